"""The command ``hook``: answers the hooks of coding agents, each in the way that it reads.

Claude Code gives a hook one JSON object on standard input and shows its agent what a hook that exits with 2 prints on
standard error (``PostToolUse`` after an edit, ``Stop`` before the agent ends). Cursor reads a ``followup_message``
from the standard output of a ``stop`` hook, and nothing from ``afterFileEdit``. Anything else is a list of files, one
a line.
"""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

import msgspec

from lkagent_lint import engine
from lkagent_lint.cli._check import print_notes
from lkagent_lint.cli._output import print_config_error, write_output
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Diagnostic, Report, Severity
from lkagent_lint.sources.discovery import kind_of

MENDS = 2
"""The exit code at which a coding agent reads what is to be mended."""
_MOST = 20
"""Findings in an answer: what is mended shows the next ones."""


class _ToolInput(msgspec.Struct):
    """What a tool was called with."""

    file_path: str | None = None
    notebook_path: str | None = None


class _Event(msgspec.Struct):
    """The fields of both agents' events that matter here."""

    hook_event_name: str = ""
    cwd: str | None = None
    tool_input: _ToolInput | None = None
    stop_hook_active: bool = False
    workspace_roots: tuple[str, ...] = ()
    loop_count: int = 0


class HookQuestion(NamedTuple):
    """What a hook is asked about."""

    directory: str
    files: tuple[str, ...] | None
    """Absolute paths; None for the whole project."""
    as_message: bool = False
    """The answer is a message on standard output, and not an exit code."""


def asked_by(data: bytes, directory: str) -> HookQuestion | None:
    """What standard input asks, in a process with this working directory; None where no answer is wanted."""
    if not data.lstrip().startswith(b"{"):
        lines = data.decode("utf-8", "surrogateescape").splitlines()
        return HookQuestion(directory, tuple(_absolute(line, directory) for line in lines if line.strip()))
    try:
        event = msgspec.json.decode(data, type=_Event)
    except msgspec.MsgspecError:
        return None  # an event of a form that nobody here knows must not stop an agent's work
    here = event.cwd or next(iter(event.workspace_roots), directory)
    match event.hook_event_name:
        case "PostToolUse":
            given = event.tool_input or _ToolInput()
            path = given.file_path or given.notebook_path
            if path is None or kind_of(os.path.basename(path)) is None:
                return None  # an image, an archive: nothing is ever said of it
            return HookQuestion(here, (_absolute(path, here),))
        case "Stop" | "SubagentStop":
            # It was asked before, and the agent went on: a second time would keep it from ever ending.
            return None if event.stop_hook_active else HookQuestion(here, None)
        case "stop":
            return None if event.loop_count else HookQuestion(here, None, as_message=True)
        case _:
            return None


def answer(data: bytes) -> int:
    """Check what standard input asks about, answer, and return the exit code: settings that cannot be used are told to
    the user, and keep no agent from its work.
    """
    asked = asked_by(data, os.getcwd())
    if asked is None or not os.path.isdir(asked.directory) or asked.files == ():
        return 0
    try:
        report = engine.check(engine.Request(paths=(asked.directory,), directory=asked.directory, cache=True))
    except ConfigError as error:
        print_config_error(error)
        return 1
    found = tuple(each for each in report.diagnostics if _counts(each, asked.files))
    if not found or not report.failing:
        return 0
    print_notes(report)
    said = _said(report, found, asked.directory)
    if asked.as_message:
        write_output(msgspec.json.encode({"followup_message": said}).decode() + "\n")
        return 0
    sys.stderr.write(said)
    return MENDS


def _counts(found: Diagnostic, files: tuple[str, ...] | None) -> bool:
    if found.severity is Severity.INFO:
        return False
    places = (found.place, *(each.place for each in found.related))
    return files is None or any(os.path.realpath(each.path) in files for each in places)


def _said(report: Report, found: tuple[Diagnostic, ...], directory: str) -> str:
    from lkagent_lint.reporters import View, source_of
    from lkagent_lint.reporters.agent import render_agent

    shown = msgspec.structs.replace(report, diagnostics=found[:_MOST])
    text = render_agent(shown, View(source_of({}), directory))
    left = len(found) - _MOST
    return f"lkagent-lint: to be mended\n{text}" + (f"and {left} more\n" if left > 0 else "")


def _absolute(path: str, directory: str) -> str:
    return os.path.realpath(os.path.join(directory, path))

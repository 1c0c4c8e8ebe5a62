"""Writing to a terminal, a pipe or a full disk, and whether to colour what is written."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

import click

from lkagent_lint import writing

if TYPE_CHECKING:
    from lkagent_lint.config import ConfigError

OUTPUT_CLOSED = 141


class OutputError(click.ClickException):
    """The report could not be written; the message says why."""


def open_closed_stdout() -> None:
    """Let output go nowhere where standard output was closed before the interpreter started."""
    # The type says that this cannot be.
    stdout: TextIO | None = sys.stdout
    if stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def write_output(text: str) -> None:
    """Write a report to standard output, escaped where its encoding has no such character.

    Raises SystemExit with 141 where its reader has gone, and OutputError where it cannot be written.
    """
    try:
        writing.to_stdout(text)
    except BrokenPipeError:
        sys.exit(OUTPUT_CLOSED)
    except OSError as error:
        raise OutputError(f"cannot write the output: {error.strerror or error}") from None


def print_error(message: str, hint: str | None = None) -> None:
    """Print ``error: …`` to standard error, on one line and without control characters."""
    from lkagent_lint.reporters.escape import Escaper

    escape = Escaper.from_environment()
    _to_stderr([f"error: {escape.message(message)}", *([escape.inline(hint)] if hint else [])])


def print_note(message: str) -> None:
    """Print a line to standard error, without control characters."""
    from lkagent_lint.reporters.escape import Escaper

    _to_stderr([Escaper.from_environment().message(message)])


def print_trace(trace: str) -> None:
    """Print a traceback to standard error, line by line and without control characters."""
    from lkagent_lint.reporters.escape import Escaper

    escape = Escaper.from_environment()
    _to_stderr([escape.leading(line) for line in trace.split("\n")])


def print_config_error(error: ConfigError) -> None:
    """Print an error in the settings to standard error, with the line that it is about and a caret."""
    from lkagent_lint.reporters.escape import Escaper
    from lkagent_lint.reporters.frame import frame
    from lkagent_lint.reporters.paths import relative_path
    from lkagent_lint.reporters.style import Style
    from lkagent_lint.text import Lines

    escape = Escaper.from_environment()
    path = error.path
    if path is not None and os.path.isabs(path):
        with contextlib.suppress(OSError):  # no current directory
            below = relative_path(path, os.getcwd())
            path = path if below.startswith("../") else below
    lines = [f"error: {escape.message(error.shown(path))}"]
    if error.span is not None and error.text is not None:
        lines += frame(Lines(error.text), error.span, escape, Style(False))
    _to_stderr(lines)


def _to_stderr(lines: list[str]) -> None:
    with contextlib.suppress(OSError):
        print("\n".join(lines), file=sys.stderr, flush=True)


def wants_colour(choice: str, environ: Mapping[str, str] | None = None) -> bool:
    """Whether to colour text output for ``--color`` ``auto``, ``always`` or ``never``.

    With ``auto`` FORCE_COLOR and CLICOLOR_FORCE switch it on, else NO_COLOR, CLICOLOR=0 and TERM=dumb switch
    it off (an empty variable counts as unset), else a terminal decides.
    """
    if choice != "auto":
        return choice == "always"
    environ = os.environ if environ is None else environ
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    if environ.get("NO_COLOR") or environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    # The classic Windows console shows colour codes as text; those that do not set one of these.
    if os.name == "nt" and not (environ.get("WT_SESSION") or environ.get("TERM")):
        return False
    return is_terminal()


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    try:
        return sys.stdout.isatty()
    except ValueError:
        return False


def width_of_output() -> int:
    """The columns that standard output has, or what COLUMNS says; 80 where neither is known."""
    from lkagent_lint.reporters import WIDTH

    return shutil.get_terminal_size((WIDTH, 24)).columns

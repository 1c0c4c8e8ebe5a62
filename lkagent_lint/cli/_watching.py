"""What ``--watch`` does: the report of a check that goes on, on one screen, anew whenever a file has changed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

import click

from lkagent_lint import engine
from lkagent_lint.cli._check import print_notes, print_traces
from lkagent_lint.cli._output import is_terminal, print_config_error, print_note, wants_colour, write_output
from lkagent_lint.cli._progress import Progress
from lkagent_lint.cli._reports import Output, Reports
from lkagent_lint.config import ConfigError, SettingsFinder
from lkagent_lint.reporters import source_of
from lkagent_lint.sources.roots import group_by_root, too_wide
from lkagent_lint.sources.watched import matters

if TYPE_CHECKING:
    from lkagent_lint.engine.live import LiveCheck

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_BELOW = 3
"""Lines below the report: what was cut off, how long it took, and the cursor's."""


def watch(request: engine.Request, outputs: tuple[Output, ...], *, color: str, stop: Event | None = None) -> int:
    """Check, show, wait for changes, and so on until the user (or ``stop``) ends it; returns the exit code.

    Raises ClickException where the extra ``watch`` is not installed.
    """
    directories = _watched(request)
    screen = Screen(outputs, request, color)
    going_on = engine.live_check(request)
    changes = changes_in(directories, {each.file for each in outputs if each.file is not None}, stop)
    try:
        screen.show(going_on)
        for changed in changes:
            going_on.changed(changed)
            screen.show(going_on)
    except KeyboardInterrupt:
        write_output("\n")
    return 0


class Screen:
    """Where the report is shown: a terminal is cleared before, anything else gets one report after the other."""

    def __init__(self, outputs: tuple[Output, ...], request: engine.Request, color: str) -> None:
        self._reports = Reports(outputs, request.paths, os.getcwd(), wants_colour(color))
        self._request = request
        self._is_terminal = is_terminal()

    def show(self, going_on: LiveCheck) -> None:
        """Check and show what is found, or what keeps it from being checked."""
        watch, began = engine.Watch(), time.perf_counter()
        try:
            with Progress(watch):
                report = going_on.check(watch)
        except ConfigError as error:
            self._clear()
            print_config_error(error)
        else:
            self._clear()
            lines = shutil.get_terminal_size().lines - _BELOW if self._is_terminal else None
            self._reports.write(report, watch.seconds, source_of({}), {}, lines)
            print_notes(report)
            print_traces(report)
        print_note(f"checked in {time.perf_counter() - began:.2f} s; waiting for changes, Ctrl+C ends it")

    def _clear(self) -> None:
        if self._is_terminal:
            write_output(_CLEAR)


def _watched(request: engine.Request) -> tuple[str, ...]:
    """The directories in which a change can matter: the projects' roots, of a root that nobody means the paths."""
    finder = SettingsFinder(request.isolated, file=request.config_file)
    try:
        grouped = group_by_root(request.paths, finder)
        wide = {root for root in grouped if too_wide(root, finder) is not None}
    except ConfigError:  # the check says it
        return tuple(sorted({_directory(each) for each in request.paths}))
    found = {each for root, paths in grouped.items() for each in (paths if root in wide else (root,))}
    return tuple(sorted(map(_directory, found)))


def _directory(path: str) -> str:
    return path if os.path.isdir(path) else os.path.dirname(path)


def changes_in(directories: tuple[str, ...], written: set[str], stop: Event | None) -> Iterator[set[str]]:
    """The files that have changed, whenever some have; ``written`` are reports that a check itself writes."""
    try:
        import watchfiles
    except ImportError as error:
        raise click.ClickException(f"{error}; pip install 'lkagent-lint[watch]'") from None
    own = {os.path.abspath(each) for each in written}

    def wanted(_: object, path: str) -> bool:
        return path not in own and any(matters(path, each) for each in directories)

    found = watchfiles.watch(  # pyright: ignore[reportUnknownMemberType]
        *directories, watch_filter=wanted, stop_event=stop, raise_interrupt=True, debounce=200
    )
    return ({path for _, path in changes} for changes in found)


def refuse(asked: dict[str, bool]) -> None:
    """Raise UsageError for what cannot be done again and again."""
    named = [name for name, is_asked in asked.items() if is_asked]
    if named:
        raise click.UsageError(f"--watch and {named[0]} contradict each other")

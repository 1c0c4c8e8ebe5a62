"""``upgrade``: what can be rewritten for another release is shown, or written; the rest is listed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from lkagent_lint import engine, writing
from lkagent_lint.cli._check import request_for
from lkagent_lint.cli._output import print_note, write_output
from lkagent_lint.cli._progress import Progress
from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.reporters.differences import diff_of
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted

if TYPE_CHECKING:
    from lkagent_lint.engine.upgrading import Upgraded


def upgrade(paths: tuple[str, ...], to: str | None, *, write: bool, pins: bool, isolated: bool) -> int:
    """Show or write the upgrade of some paths; 1 where a person has to look at something.

    Raises ConfigError as a check does, WriteError where a file cannot be written, and ClickException for a release that
    is not known.
    """
    request = request_for(paths, None, {"isolated": isolated})
    watch, cwd, escape = engine.Watch(), os.getcwd(), Escaper.from_environment()
    try:
        with Progress(watch):
            done = engine.upgraded(request, to, pins=pins, watch=watch)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if write:
        writing.rewrite_all(done.rewrites)
    else:
        write_output("".join(diff_of(done.rewrites, cwd)))
    verb = "rewrote" if write else "would rewrite"
    print_note(
        f"livekit-agents {done.target}: {verb} {counted(len(done.applied), 'place')} in "
        f"{counted(len(done.rewrites), 'file')}; {counted(len(done.left), 'place is', 'places are')} left for a person"
    )
    write_output("".join(f"{line}\n" for line in _left(done, cwd, escape)))
    return 1 if done.left else 0


def _left(done: Upgraded, cwd: str, escape: Escaper) -> Iterator[str]:
    """A line for each place: the reason, and the new spelling where there is one."""
    reasons = {(each.diagnostic.place, each.diagnostic.code): each.reason for each in done.refused}
    for each in done.left:
        span = each.place.span
        path = escape.leading(relative_path(each.place.path, cwd))
        refused = reasons.get((each.place, each.code))
        why = f" (not rewritten: {refused})" if refused else ""
        yield f"{path}:{span.line}:{span.column}: {each.code} {escape.message(_said(each))}{why}"


def _said(diagnostic: Diagnostic) -> str:
    return diagnostic.message

"""``--fix``, ``--fix-only`` and ``--diff``: files are rewritten, or what would change is shown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import click

from lkagent_lint import engine, writing
from lkagent_lint.cli._check import print_notes, print_traces
from lkagent_lint.cli._output import print_note, wants_colour, write_output
from lkagent_lint.cli._progress import Progress
from lkagent_lint.cli._reports import Output, Reports
from lkagent_lint.reporters import source_of
from lkagent_lint.reporters.differences import diff_of
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import counted

if TYPE_CHECKING:
    from lkagent_lint.engine.fixing import Fixed


class Wishes(NamedTuple):
    """The options by their names."""

    fix: bool
    unsafe_fixes: bool
    diff: bool
    fix_only: bool
    show_fixes: bool
    exit_non_zero_on_fix: bool


def fix(request: engine.Request, outputs: tuple[Output, ...], wishes: Wishes, *, color: str, exit_zero: bool) -> int:
    """Mend a request's findings, report what is left, and return the exit code.

    Raises ConfigError as the engine does, and WriteError where a file cannot be written; then none is.
    """
    if request.overlays and not wishes.diff:
        return _text(request, wishes)
    cwd = os.getcwd()
    reports = Reports(outputs, request.paths, cwd, wants_colour(color))
    watch = engine.Watch()
    with Progress(watch):
        done = engine.fixed(request, unsafe=wishes.unsafe_fixes, watch=watch)
    if wishes.diff:
        write_output("".join(diff_of(done.rewrites, cwd)))
        _say(_outcome(done, "would mend"))
        return 1 if done.rewrites and not exit_zero else 0
    writing.rewrite_all(done.rewrites)
    _say(_outcome(done, "mended"))
    _say(_taken_back(done, cwd))
    if wishes.show_fixes:
        _say(_listed(done, cwd))
    mended = 1 if done.applied and wishes.exit_non_zero_on_fix else 0
    if wishes.fix_only:
        return mended
    report = done.report
    print_notes(report)
    print_traces(report)
    reports.write(report, watch.seconds, source_of(request.overlays), os.environ)
    if report.internal_errors:
        return 2
    return max(mended, 1 if report.failing and not exit_zero else 0)


def _text(request: engine.Request, wishes: Wishes) -> int:
    """The text that was given on standard input, mended, goes to standard output, and nothing else does."""
    (path,) = request.paths
    done = engine.fixed(request, unsafe=wishes.unsafe_fixes)
    others = [each.path for each in done.rewrites if each.path != path]
    if others:
        raise click.ClickException(f"a fix would also change {relative_path(others[0], os.getcwd())}")
    after = next((each.after for each in done.rewrites), request.overlays[path])
    writing.bytes_to_stdout(after)
    _say(_outcome(done, "mended"))
    mended = bool(done.applied) and wishes.exit_non_zero_on_fix
    return 1 if mended or (done.report.failing and not wishes.fix_only) else 0


def _outcome(done: Fixed, verb: str) -> Iterator[str]:
    if done.applied:
        files = len({each.path for each in done.rewrites})
        yield f"{verb} {counted(len(done.applied), 'finding')} in {counted(files, 'file')}"
    else:
        yield f"{verb} nothing"


def _taken_back(done: Fixed, cwd: str) -> Iterator[str]:
    for diagnostic, reason in done.refused:
        place = diagnostic.place
        where = f"{relative_path(place.path, cwd)}:{place.span.line}"
        yield f"{where}: {diagnostic.code} was not mended: {reason}"


def _listed(done: Fixed, cwd: str) -> Iterator[str]:
    """How many findings of each rule were mended in each file."""
    counts = Counter((each.place.path, each.code, each.name) for each in done.applied)
    for (path, code, name), count in sorted(counts.items()):
        yield f"{relative_path(path, cwd)}: {count} × {code} ({name})"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print_note(line)

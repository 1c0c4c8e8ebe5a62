"""What ``check`` does: a request from the arguments, one call of the engine, the report, an exit code."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import click
import msgspec

from lkagent_lint import engine
from lkagent_lint.cli._output import print_note, print_trace, wants_colour
from lkagent_lint.cli._progress import Progress
from lkagent_lint.cli._reports import Output, Reports
from lkagent_lint.cli._settings import request_fields
from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters import source_of
from lkagent_lint.reporters.paths import relative_path

_STDIN = "-"


def request_for(
    paths: tuple[str, ...],
    stdin_filename: str | None,
    settings: Mapping[str, Any],
    *,
    since: str | None = None,
    jobs: int | None = None,
    cache: bool = False,
    cache_dir: str | None = None,
    manifests: tuple[str, ...] = (),
) -> engine.Request:
    """The engine's request for arguments as typed; reads standard input if ``-`` is among the paths.

    ``settings`` are the options of ``_settings`` by their names.

    Raises click's UsageError for arguments that do not fit together and ClickException for a missing path.
    """
    _current_directory()
    fields = request_fields(settings)
    overlays: Mapping[str, bytes] = {}
    if _STDIN in paths or stdin_filename is not None:
        target = os.path.abspath(_stdin_target(paths, stdin_filename))
        absolute: tuple[str, ...] = (target,)
        overlays = {target: read_stdin()}
    else:
        absolute = tuple(_existing(path) for path in paths or (".",))
    with_them = tuple(_existing(path) for path in manifests)
    if with_them:
        from lkagent_lint.cli._fleet import note_old

        note_old(with_them)
    return engine.Request(
        paths=absolute,
        manifests=with_them,
        overlays=overlays,
        changed=None if since is None else _changed_since(since, absolute) | overlays.keys(),
        jobs=jobs,
        cache=cache,
        cache_dir=os.path.abspath(cache_dir) if cache_dir else None,
        **fields,
    )


def _changed_since(revision: str, paths: tuple[str, ...]) -> frozenset[str]:
    from lkagent_lint.cli._since import changed_since

    return changed_since(revision, paths)


def check(request: engine.Request, outputs: tuple[Output, ...], *, color: str, exit_zero: bool) -> int:
    """Run a request, write its reports and return the exit code. Raises ConfigError as the engine does."""
    reports = Reports(outputs, request.paths, _current_directory(), wants_colour(color))
    watch = engine.Watch()
    if any(each.statistics for each in outputs):
        request = msgspec.structs.replace(request, anew=True)
    with Progress(watch):
        report = engine.check(request, watch)
    print_notes(report)
    if report.faults:
        print_traces(report)
    if any(baseline.stale for baseline in report.baselines):
        from lkagent_lint.cli._baseline import note_stale

        note_stale(report)
    reports.write(report, watch.seconds, source_of(request.overlays), os.environ)
    seen = report.summary
    if seen.files == seen.elsewhere and not report.diagnostics and not request.overlays:
        from lkagent_lint.cli._blind import note_blind

        note_blind(request)
    if report.internal_errors:
        return 2
    return 1 if report.failing and not exit_zero else 0


def print_notes(report: Report) -> None:
    """What is worth a word and no finding, on standard error."""
    cwd = _current_directory()
    for note in report.notes:
        where = relative_path(note.where, cwd) if os.path.isabs(note.where) else note.where
        print_note(f"{where}:{note.line}: {note.message}" if note.line else f"{where}: {note.message}")


def print_traces(report: Report) -> None:
    """The tracebacks of faults of the linter itself, where somebody asks for them."""
    from lkagent_lint.faults import is_asked

    for fault in report.faults if is_asked() else ():
        print_note(f"{fault.part}:")
        print_trace(fault.trace)


def _stdin_target(paths: tuple[str, ...], stdin_filename: str | None) -> str:
    if paths != (_STDIN,):
        raise click.UsageError(
            "--stdin-filename needs - as the only path"
            if _STDIN not in paths
            else "- reads standard input and cannot stand beside other paths"
        )
    if not stdin_filename:
        raise click.UsageError("- needs --stdin-filename, the file that the text belongs to")
    return stdin_filename


def read_stdin() -> bytes:
    """All of standard input, as far as the engine takes it; raises ClickException where it cannot be read."""
    # One byte more than the engine takes: enough for it to say that the text is too large.
    from lkagent_lint.sources.reading import DEFAULT_LIMIT

    # Closed before the interpreter started; the type says that this cannot be.
    stdin: TextIO | None = sys.stdin
    try:
        return b"" if stdin is None else stdin.buffer.read(DEFAULT_LIMIT + 1)
    except OSError as error:
        raise click.ClickException(f"cannot read standard input: {error.strerror or error}") from None


def _current_directory() -> str:
    """The absolute path that relative ones start from. Raises ClickException where it has been removed."""
    try:
        return os.getcwd()
    except OSError as error:
        raise click.ClickException(f"no current directory: {error.strerror or error}") from None


def _existing(path: str) -> str:
    if not os.path.exists(path):
        near = _near(path)
        hint = f"; did you mean {near}?" if near else ""
        raise click.ClickException(f"no such file or directory: {path}{hint}")
    _refuse_what_is_no_file(path)
    return os.path.abspath(path)


def _refuse_what_is_no_file(path: str) -> None:
    """Raise ClickException for what is neither a file nor a directory, and for a link to a directory."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        if os.path.islink(path):
            target = os.path.realpath(path)
            raise click.ClickException(f"{path} is a link to a directory, which is not followed: name {target}")
    elif not stat.S_ISREG(mode):
        kinds = {stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}
        kind = kinds.get(stat.S_IFMT(mode), "a device")
        raise click.ClickException(f"{path} is {kind}: only files and directories are checked")


def _near(path: str) -> str | None:
    """A path beside one that does not exist, by a name that is alike."""
    from lkagent_lint.likeness import misspelled

    directory, name = os.path.split(path)
    try:
        near = misspelled(name, os.listdir(directory or ".")) if name else None
    except OSError:
        return None
    return None if near is None else os.path.join(directory, near)

"""The flake8 plugin: what the engine reports for a file, in the form in which flake8 takes it.

flake8 hands over one file at a time and tells nobody when it is done, so the first file that can hold a
finding has its whole project checked, once per process, and every file then takes its own findings from that.
Nothing depends on which files were handed over before, or to which process.

Standard input with a ``--stdin-display-name`` stands in for that file in its project. Without one nobody
knows where in the project the text belongs: it is checked as an additional file ``stdin.py`` of the current
directory, and only findings with all their places in it are reported, those about dispatch (LKA2) not at all.

A file that the linter's own settings exclude has no findings here, even if flake8 is given it by name.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from lkagent_lint import __version__
from lkagent_lint.faults import is_asked, trace_of
from lkagent_lint.flake8_plugin._rows import INTERNAL_ERROR, Finding, by_file, of, row_of, safe
from lkagent_lint.importing import NothingFromCurrentDirectory

if TYPE_CHECKING:
    from lkagent_lint.config import SettingsFinder
    from lkagent_lint.diagnostics import Diagnostic, Report

Row = tuple[int, int, str, type["Plugin"]]

# flake8 has its own say on syntax (E999), unreadable files (E902) and comments (--disable-noqa).
_LEFT_TO_FLAKE8 = frozenset({"LKA001", "LKA002", "LKA003", "LKA004"})
_NEEDS_ITS_PROJECT = "LKA2"
_DEFAULT_STDIN_NAME = "stdin"


class OptionManager(Protocol):
    """The part of flake8's option manager that the plugin uses."""

    def add_option(self, *args: object, **kwargs: object) -> None: ...


class Plugin:
    """One file, as flake8 constructs it.

    ``lines`` are the file's lines with their ends; ``filename`` is relative to the current directory or
    absolute. Neither the constructor nor the iteration of ``run`` raises.
    """

    name = "lkagent-lint"
    version = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str], options: Namespace) -> None:
        self._filename = filename
        self._lines = lines
        self._options = options

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Register ``--lka-isolated`` and ``--lka-no-cache``; everything else stands in the linter's settings files."""
        manager.add_option(
            "--lka-isolated",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="Read no settings file of lkagent-lint.",
        )
        manager.add_option(
            "--lka-no-cache",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="Keep nothing between runs in .lkagent_lint_cache.",
        )

    @classmethod
    def parse_options(cls, manager: object, options: Namespace, args: Sequence[str]) -> None:
        """Begin a run. Raises flake8's ExecutionError for settings that cannot be used."""
        with NothingFromCurrentDirectory():
            _begin(options)

    def run(self) -> Iterator[Row]:
        """The findings: 1-based line, 0-based column in code points, ``LKA101 message``, this class."""
        try:
            with NothingFromCurrentDirectory():
                rows = _rows(self._filename, self._lines, self._options)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # Whatever leaves here costs flake8 the results of every file; a panic of a native parser is no
            # Exception.
            rows = [(1, 0, f"{INTERNAL_ERROR} {_describe(error)}")]
        for line, column, text in rows:
            yield line, column, text, type(self)


def _begin(options: Namespace) -> None:
    from lkagent_lint.config import ConfigError

    _runs.clear()
    try:
        _run_for(options).read_settings()
    except ConfigError as error:
        from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

        raise ExecutionError(f"lkagent-lint: {safe(str(error))}") from None
    except Exception:
        # flake8 would take a TypeError for an old signature and call again; the check meets it again too.
        return


class _CheckFailed(Exception):
    """A project could not be checked; the text says why, ready to be shown."""


class _Run:
    """The checks of one flake8 run in this process. ``typed`` are the absolute paths that it was given."""

    def __init__(self, isolated: bool, cache: bool, typed: tuple[str, ...]) -> None:
        from lkagent_lint.config import SettingsFinder

        self.seen: set[str] = set()
        self.noted: dict[tuple[str, int, int, str], Diagnostic] = {}
        """What was handed over: the findings by file (as flake8 calls it, absolute) and row."""
        self._isolated = isolated
        self._cache = cache
        self._typed = typed
        self._finder: SettingsFinder = SettingsFinder(isolated)
        self._roots: dict[str, str] = {}
        self._projects: dict[str, dict[str, list[Finding]] | str] = {}

    def read_settings(self) -> None:
        """Read the settings that govern the paths given. Raises ConfigError."""
        for path in self._typed:
            self._finder.for_directory(path if os.path.isdir(path) else os.path.dirname(path))

    def findings(self, path: str) -> list[Finding]:
        """What the project of a file on disk says about it. Raises _CheckFailed."""
        root = self._root_of(path)
        if root not in self._projects:
            try:
                self._projects[root] = by_file(self._check(root, {}))
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:
                # Kept, so that a project that cannot be checked is tried once and not for every file.
                self._projects[root] = _describe(error)
        project = self._projects[root]
        if isinstance(project, str):
            raise _CheckFailed(project)
        return self._wanted(of(path, project))

    def findings_in_buffer(self, path: str, data: bytes) -> list[Finding]:
        """The same for text that stands in for a file, also one that does not exist."""
        from lkagent_lint.sources.unsaved import is_saved

        overlays = {} if is_saved(path, data) else {path: data}
        report = self._check(self._root_of(path), overlays)
        return self._wanted(of(path, by_file(report)))

    def findings_in_loose_text(self, path: str, data: bytes) -> list[Finding]:
        """What can be said about text whose place in the project is not known."""
        found = of(path, by_file(self._check(path, {path: data})))
        return self._wanted(
            [
                (place, diagnostic)
                for place, diagnostic in found
                if not diagnostic.code.startswith(_NEEDS_ITS_PROJECT)
                and all(related.place.path == path for related in diagnostic.related)
            ]
        )

    def note(self, filename: str, path: str, findings: list[Finding]) -> set[tuple[int, int, str]]:
        """The rows of a file's findings, which ``noted`` knows from now on."""
        rows = {row_of(path, place, diagnostic): diagnostic for place, diagnostic in findings}
        self.noted.update({(os.path.abspath(filename), *row): diagnostic for row, diagnostic in rows.items()})
        return set(rows)

    def _check(self, path: str, overlays: dict[str, bytes]) -> Report:
        from lkagent_lint import engine

        directory = os.environ.get("LKAGENT_LINT_CACHE_DIR")
        request = engine.Request(
            paths=(path,),
            overlays=overlays,
            isolated=self._isolated,
            respect_noqa=False,
            plans_fixes=False,
            cache=self._cache,
            cache_dir=os.path.abspath(directory) if directory else None,
        )
        report = engine.check(request)
        for fault in report.faults:
            _show_trace(fault.trace)
        return report

    def _root_of(self, path: str) -> str:
        """The project that the command, given the same paths as flake8, would index for a file."""
        from lkagent_lint.sources.roots import group_by_root, too_wide

        directory = os.path.dirname(path)
        if directory not in self._roots:
            (root,) = group_by_root([path], self._finder)
            if root == directory:
                # A root of its own, or a file of no project: then the other paths have a say.
                grouped = group_by_root([*self._typed, path], self._finder)
                root = next(root for root, paths in grouped.items() if path in paths)
            self._roots[directory] = root
        root = self._roots[directory]
        # Nobody's project: the file is checked alone.
        return path if too_wide(root, self._finder) is not None else root

    def _wanted(self, findings: list[Finding]) -> list[Finding]:
        return [
            (place, diagnostic)
            for place, diagnostic in findings
            if diagnostic.code not in _LEFT_TO_FLAKE8
            and (diagnostic.severity.rank > 0 or self._shows_info(diagnostic.place.path))
        ]

    def _shows_info(self, path: str) -> bool:
        return self._finder.for_directory(os.path.dirname(path)).info_in_flake8


_runs: dict[tuple[object, ...], _Run] = {}


def _run_for(options: Namespace) -> _Run:
    # Under flake8's legacy interface the options may lack ours, or anything.
    isolated = bool(getattr(options, "lka_isolated", False))
    cache = not getattr(options, "lka_no_cache", False)
    filenames: Sequence[str] = getattr(options, "filenames", None) or ["."]
    key = (isolated, cache, os.getcwd(), _display_name(options), *filenames)
    if key not in _runs:
        names = [_stdin_path(options) if name == "-" else name for name in filenames]
        _runs[key] = _Run(isolated, cache, tuple(os.path.abspath(name) for name in names))
    return _runs[key]


def _rows(filename: str, lines: Sequence[str], options: Namespace) -> list[tuple[int, int, str]]:
    from lkagent_lint.sources.lifecycle_words import may_hold_finding

    text = "".join(lines)
    if not may_hold_finding(text.encode("utf-8", "surrogatepass")):
        return []
    run = _run_for(options)
    path = os.path.abspath(filename)
    if _is_stdin(filename, options):
        from lkagent_lint.sources.unsaved import encoded

        path = os.path.abspath(_stdin_path(options))
        loose = filename == _DEFAULT_STDIN_NAME
        find = run.findings_in_loose_text if loose else run.findings_in_buffer
        findings = find(path, encoded(text))
    else:
        if path in run.seen:
            # A host that stays alive checks the file again because it has changed.
            _runs.clear()
            run = _run_for(options)
        run.seen.add(path)
        findings = run.findings(path)
    return sorted(run.note(filename, path, findings))


def diagnostic_of(filename: str, row: tuple[int, int, str], options: Namespace) -> Diagnostic | None:
    """The finding that a row of a file (as flake8 calls it) was made of; None if it was made of none.

    Another process of flake8 may have made the row: then its project is checked here too.
    """
    run = _run_for(options)
    path = os.path.abspath(filename)
    if (path, *row) not in run.noted and not _is_stdin(filename, options):
        # What stood in the way of the check is a row of that file already.
        with contextlib.suppress(Exception):
            run.note(filename, path, run.findings(path))
    return run.noted.get((path, *row))


def _is_stdin(filename: str, options: Namespace) -> bool:
    return "-" in (getattr(options, "filenames", None) or ()) and filename == _display_name(options)


def _display_name(options: Namespace) -> str:
    return getattr(options, "stdin_display_name", None) or _DEFAULT_STDIN_NAME


def _stdin_path(options: Namespace) -> str:
    name = _display_name(options)
    return f"{_DEFAULT_STDIN_NAME}.py" if name == _DEFAULT_STDIN_NAME else name


def _show_trace(trace: str) -> None:
    """Print a traceback where the environment asks for it: flake8's report has room for one line."""
    if is_asked():
        lines = [safe(line) for line in trace.split("\n")]
        with contextlib.suppress(OSError):
            print("\n".join(lines), file=sys.stderr, flush=True)


def _describe(error: BaseException) -> str:
    from lkagent_lint.config import ConfigError

    if isinstance(error, _CheckFailed):
        return str(error)
    try:
        text = safe(str(error))
    except Exception:
        text = "no description"
    if isinstance(error, ConfigError):
        return f"lkagent-lint cannot use its settings: {text}"
    _show_trace(trace_of(error))
    return f"lkagent-lint failed on this file's project: {type(error).__name__}: {text}"

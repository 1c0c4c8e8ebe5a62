"""One function that every surface calls: ``check(Request) -> Report``."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from lkagent_lint import selection
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.diagnostics import Diagnostic, Place, Report, Summary
from lkagent_lint.index import Index
from lkagent_lint.rules import all_rules, lka000_internal_error
from lkagent_lint.rules._base import Subject
from lkagent_lint.sources.reading import Overlays, decode
from lkagent_lint.sources.roots import group_by_root
from lkagent_lint.stack import run_deep
from lkagent_lint.suppress import NoqaMap


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to check and how. Paths are absolute paths of the operating system."""

    paths: tuple[str, ...]
    """Files and directories to report on; what is indexed beside them follows from their roots."""
    overlays: Mapping[str, bytes] = {}
    """Unsaved text by path: it stands in for the file on disk, also where no such file exists."""
    select: tuple[str, ...] | None = None
    """Overrides the settings' ``select``: codes, prefixes or names."""
    ignore: tuple[str, ...] = ()
    """Added to the settings' ``ignore``."""
    isolated: bool = False
    """Read no settings file at all."""
    respect_noqa: bool = True
    """Apply ``# noqa`` comments here; a host that applies them itself (flake8) says False."""


def check(request: Request) -> Report:
    """Check the paths of a request and return every diagnostic that stands in them.

    Raises ``ConfigError`` where a settings file or a rule name cannot be used. Runs in a thread with a deep stack.
    """
    return run_deep(lambda: _check(request))


def _check(request: Request) -> Report:
    selection.validate((*(request.select or ()), *request.ignore), None)
    overlays = Overlays(request.overlays)
    finder = SettingsFinder(request.isolated, overlays.read_settings)
    diagnostics: list[Diagnostic] = []
    summaries: list[Summary] = []
    failing = 0
    with _collector_paused():
        for root, paths in group_by_root(request.paths, finder).items():
            check = _RootCheck(request, root, paths, finder, overlays)
            diagnostics += check.diagnostics
            failing += check.failing
            summaries.append(check.summary)
    return Report(
        diagnostics=tuple(sorted(diagnostics, key=lambda each: each.order)),
        summary=_added(summaries),
        failing=failing,
        internal_errors=sum(each.code == lka000_internal_error.META.code for each in diagnostics),
    )


@contextmanager
def _collector_paused() -> Generator[None]:
    """Trees and facts hold no cycles worth collecting; the collector would walk them again and again (1.3 x)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _RootCheck:
    """One root: its index, its findings, filtered."""

    def __init__(
        self, request: Request, root: str, paths: tuple[str, ...], finder: SettingsFinder, overlays: Overlays
    ) -> None:
        self._request = request
        self._root = root
        self._index = Index(root, finder, overlays, tuple(path for path in paths if os.path.isfile(path)))
        self._subject = Subject(self._index.project())
        self._wanted = {path: path if path.endswith(os.sep) else path + os.sep for path in paths}
        self._noqa: dict[str, NoqaMap] = {}
        found = list(self._findings())
        self.diagnostics = list(self._reported(found))
        self.failing = sum(
            each.severity.rank >= self._index.settings(each.place.path).fail_on.rank for each in self.diagnostics
        )
        self.summary = self._summary()

    def _findings(self) -> Iterator[Diagnostic]:
        """What every rule says; a rule that fails is itself a finding."""
        project = self._subject.project
        for code, rule in all_rules().items():
            try:
                yield from list(rule.check(self._subject))
            except Exception as error:
                path = next(iter(project.files), self._root)
                yield lka000_internal_error.crash(f"rule {code}", path, error)
        for crash in self._index.crashes:
            yield lka000_internal_error.crash(*crash)
        for failure in self._subject.failures:
            yield lka000_internal_error.crash("the solver", *failure)

    def _reported(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        seen: set[tuple[str, Place]] = set()
        count: dict[tuple[str, ...], int] = {}
        for diagnostic in sorted(found, key=lambda each: (each.place, each.code, -each.severity.rank)):
            place = (diagnostic.code, diagnostic.place)
            if place in seen or not self._is_wanted(diagnostic):
                continue
            seen.add(place)
            identity = (diagnostic.place.path, diagnostic.code, diagnostic.subject, *diagnostic.key)
            number = count[identity] = count.get(identity, 0) + 1
            if number > 1:
                diagnostic = msgspec.structs.replace(diagnostic, key=(*diagnostic.key, f"#{number}"))
            relative = os.path.relpath(diagnostic.place.path, self._root).replace(os.sep, "/")
            yield diagnostic.with_fingerprint(relative)

    def _is_wanted(self, diagnostic: Diagnostic) -> bool:
        path = diagnostic.place.path
        if not any(path == each or path.startswith(prefix) for each, prefix in self._wanted.items()):
            return False
        if diagnostic.code == lka000_internal_error.META.code:
            return True
        settings = self._index.settings(path)
        origin = self._index.finder.origin(os.path.dirname(path))
        selection.validate((*settings.select, *settings.ignore), origin)
        select = settings.select if self._request.select is None else self._request.select
        ignore = (*settings.ignore, *self._request.ignore)
        return selection.is_selected(diagnostic.code, select, ignore) and not self._is_suppressed(diagnostic)

    def _is_suppressed(self, diagnostic: Diagnostic) -> bool:
        if not self._request.respect_noqa:
            return False
        path = diagnostic.place.path
        if path not in self._noqa:
            data = self._index.overlays.read(path)
            text = decode(data) if isinstance(data, bytes) else ""
            self._noqa[path] = NoqaMap(text if isinstance(text, str) else "")
        return self._noqa[path].hides(diagnostic.code, diagnostic.place.span.line)

    def _summary(self) -> Summary:
        project = self._subject.project
        sdks = {self._index.sdk(worker.place.path).label(self._root) for worker in project.workers}
        return Summary(
            files=len(project.files),
            workers=len(project.workers),
            jobs=len(project.jobs),
            dispatches=len(project.dispatches),
            sdks=tuple(sorted(sdks)),
        )


def _added(summaries: list[Summary]) -> Summary:
    return Summary(
        files=sum(each.files for each in summaries),
        workers=sum(each.workers for each in summaries),
        jobs=sum(each.jobs for each in summaries),
        dispatches=sum(each.dispatches for each in summaries),
        sdks=_shortened(sorted({sdk for each in summaries for sdk in each.sdks})),
    )


def _shortened(labels: list[str]) -> tuple[str, ...]:
    """Versions with their sources; beyond three sources, versions with the number of their sources."""
    if len(labels) <= 3:
        return tuple(labels)
    counts = Counter(label.partition(" (")[0] for label in labels)
    return tuple(f"{version} ({count} places)" for version, count in sorted(counts.items()))

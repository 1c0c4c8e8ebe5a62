"""What the engine promises, done: index, link, judge."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.diagnostics import Report, Summary
from lkagent_lint.engine.baseline import Baselines, Rewritten
from lkagent_lint.engine.inspection import AskedRule, Inspection
from lkagent_lint.engine.making import cache_for, fleet_of, handed_facts, maker_for
from lkagent_lint.engine.policy import Policy, finder_for
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.root import judged
from lkagent_lint.engine.surveys import Survey, survey_of
from lkagent_lint.engine.watch import Watch
from lkagent_lint.extraction import Extractor
from lkagent_lint.languages import NOTEBOOK
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka000_internal_error, rule
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.roots import group_by_root, too_wide
from lkagent_lint.text import Place

if TYPE_CHECKING:
    from lkagent_lint.engine.live import Memory


def rewritten(request: Request, only_prune: bool) -> tuple[Rewritten, ...]:
    """What ``rewritten_baselines`` promises, on this stack."""
    overlays = Overlays(request.overlays)
    finder = finder_for(request, overlays)
    baselines = Baselines(finder, overlays, may_be_missing=not only_prune)
    with _collector_paused():
        for each in _surveys(request, finder, overlays, Watch()):
            judged(request, each, Watch(), baselines)
    return tuple(baselines.rewritten(request.paths, Policy(finder).reports, only_prune=only_prune))


def surveyed(request: Request) -> tuple[Survey, ...]:
    """What ``survey`` promises, on this stack."""
    overlays = Overlays(request.overlays)
    finder = finder_for(request, overlays)
    with _collector_paused():
        surveys = tuple(sorted(_surveys(request, finder, overlays, Watch()), key=lambda each: each.root))
        for each in surveys:
            _ = each.project  # linked on this stack
        return surveys


def inspected(
    request: Request,
    code: str | None,
    watch: Watch,
    memory: Memory | None = None,
    edited: Collection[str] | None = None,
) -> Inspection:
    """What ``inspect`` promises, on this stack, with ``memory`` and ``edited`` as for ``checked``."""
    overlays = Overlays(request.overlays)
    finder, surveys = _read(request, overlays, watch, memory, edited, most=1)
    also = () if code is None else (code,)
    with _collector_paused():
        survey = next(iter(surveys))
        found = judged(request, survey, watch, Baselines(finder, overlays), also)
    return Inspection(
        survey,
        Subject(survey.project),
        tuple(sorted(found.found, key=lambda each: each.diagnostic.order)),
        None if code is None else _asked(code, request.paths[0], finder),
    )


def _asked(code: str, path: str, finder: SettingsFinder) -> AskedRule:
    meta = rule(code).META
    return AskedRule(code, meta.name, Policy(finder).gate(path, code), meta.host_reports)


def checked(
    request: Request, watch: Watch, memory: Memory | None = None, edited: Collection[str] | None = None
) -> Report:
    """What ``check`` promises, made on this stack: here and now, but for what is in ``memory`` and still right.

    ``edited`` are the files that may have changed since the last check with that memory, None where any may have.
    """
    overlays = Overlays(request.overlays)
    finder, surveys = _read(request, overlays, watch, memory, edited)
    baselines = Baselines(finder, overlays)
    with _collector_paused():
        roots = [judged(request, each, watch, baselines) for each in surveys]
    diagnostics = [each for root in roots for each in root.diagnostics]
    suppressions = [each for root in roots for each in root.suppressions]
    notes = [*(each for root in roots for each in root.notes), *baselines.notes()]
    watch.at("")
    baselined = () if request.changed is not None else baselines.outcome(request.paths, Policy(finder).reports)
    report = Report(
        diagnostics=tuple(sorted(diagnostics, key=lambda each: each.order)),
        summary=_added([root.summary for root in roots]),
        failing=sum(root.failing for root in roots),
        suppressions=tuple(sorted(suppressions, key=lambda each: each.place)),
        baselines=tuple(sorted(baselined, key=lambda each: each.path)),
        notes=tuple(sorted({note.message: note for note in sorted(notes, reverse=True)}.values())),
        internal_errors=sum(each.code == lka000_internal_error.META.code for each in diagnostics),
        faults=tuple(sorted(each for root in roots for each in root.faults)),
    )
    if not any(each.path.endswith(NOTEBOOK) for each in _places(report)):
        return report
    from lkagent_lint.engine.cells import Cells

    return Cells(overlays).report(report)


def _read(
    request: Request,
    overlays: Overlays,
    watch: Watch,
    memory: Memory | None,
    edited: Collection[str] | None,
    most: int | None = None,
) -> tuple[SettingsFinder, Iterable[Survey]]:
    """The settings and the roots of a request, those of the last check where only files of code have changed; the
    first ones of them, if it is only they that are looked at.
    """
    if memory is None:
        finder = finder_for(request, overlays)
        return finder, _surveys(request, finder, overlays, watch)
    from lkagent_lint.engine.live import ReadRoots  # a command needs none

    read, memory.read = memory.read, None
    with _collector_paused():
        if read is None or edited is None or not read.again(edited, overlays, memory):
            finder = finder_for(request, overlays)
            surveys = islice(_surveys(request, finder, overlays, watch, memory), most)
            read = ReadRoots(finder, tuple(surveys))
            memory.facts.forget_unused()
    memory.read = read
    return read.finder, read.surveys


def _places(report: Report) -> Iterator[Place]:
    for found in report.diagnostics:
        yield from found.places
    yield from (each.place for each in report.suppressions)


def _surveys(
    request: Request, finder: SettingsFinder, overlays: Overlays, watch: Watch, memory: Memory | None = None
) -> Iterator[Survey]:
    """Every root that the request's paths belong to or hold, one after the other."""
    pending = dict(group_by_root(request.paths, finder))
    done: set[str] = set()
    given, fleet = handed_facts(request), fleet_of(request, overlays)
    with maker_for(request) as maker:
        while pending:
            watch.at("reading files")
            root = min(pending)
            cache = cache_for(request, None if too_wide(root, finder) else root, given)
            extractor = Extractor(cache, maker, None if memory is None else memory.facts)
            found = survey_of(root, pending.pop(root), finder, overlays, extractor, fleet)
            done.add(root)
            for nested in found.nested:
                # A directory asked for holds it whole, whatever else of it was asked for by name.
                if nested not in done:
                    pending[nested] = (nested,)
            yield found


@contextmanager
def _collector_paused() -> Generator[None]:
    """Trees and facts hold no cycles worth collecting; the collector would walk them again and again (1.3 x)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # All that was made meanwhile counts as old, or the next allocation would have the collector walk it.
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if enabled:
            gc.enable()


def _added(summaries: list[Summary]) -> Summary:
    return Summary(
        files=sum(each.files for each in summaries),
        elsewhere=sum(each.elsewhere for each in summaries),
        not_analysed=sum(each.not_analysed for each in summaries),
        workers=sum(each.workers for each in summaries),
        jobs=sum(each.jobs for each in summaries),
        too_large=tuple(sorted(label for each in summaries for label in each.too_large)),
        dispatches=sum(each.dispatches for each in summaries),
        sdks=_shortened(sorted({sdk for each in summaries for sdk in each.sdks})),
        steps=sum(each.steps for each in summaries),
        unanswered=sum(each.unanswered for each in summaries),
    )


def _shortened(labels: list[str]) -> tuple[str, ...]:
    """Versions with their sources; beyond three sources, versions with the number of their sources."""
    if len(labels) <= 3:
        return tuple(labels)
    counts = Counter(label.partition(" (")[0] for label in labels)
    return tuple(f"{version} ({count} places)" for version, count in sorted(counts.items()))

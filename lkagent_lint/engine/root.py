"""The check of one root: index, judge, select, hide, sort."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Fault, Hidden, Note, Place, Summary
from lkagent_lint.engine.baseline import Baselines
from lkagent_lint.engine.hiding import Hiding
from lkagent_lint.engine.inspection import Fate, Found
from lkagent_lint.engine.judging import Failure, Findings, judged_project
from lkagent_lint.engine.policy import Policy
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.surveys import Survey
from lkagent_lint.engine.watch import Watch
from lkagent_lint.rules import lka000_internal_error, rule_names
from lkagent_lint.text import START_OF_FILE
from lkagent_lint.typestate.states import MAX_ALIKE

if TYPE_CHECKING:
    from lkagent_lint.fixes import Planner

_CUT = (
    f"more than {MAX_ALIKE} places of this job may be the first that joins the room or waits: what follows is told of "
    "the first ones alone"
)


class RootReport(NamedTuple):
    """What there is to say of one root."""

    found: tuple[Found, ...]
    """In no certain order."""
    failing: int
    suppressions: tuple[Hidden, ...]
    notes: tuple[Note, ...]
    summary: Summary
    faults: tuple[Fault, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is reported."""
        return tuple(each.diagnostic for each in self.found if each.fate is Fate.SHOWN)


def judged(
    request: Request,
    survey: Survey,
    watch: Watch,
    baselines: Baselines,
    also: Collection[str] = (),
) -> RootReport:
    """Judge one root; ``baselines`` are told what was found, ``also`` are the codes of rules to run even where they are
    off. Raises ConfigError where its settings cannot be used.
    """
    check = _RootCheck(request, survey, watch, baselines)
    inside = [path for path in survey.index.facts if survey.is_reported(path)]
    found = check.found(inside, also)
    return RootReport(
        found,
        sum(check.policy.fails(each.diagnostic) for each in found if each.fate is Fate.SHOWN),
        tuple(check.hiding.listed(inside)),
        (*survey.index.notes, *check.policy.notes, *check.hiding.notes(inside), *check.notes()),
        check.summary(),
        tuple(check.faults),
    )


class _RootCheck:
    """One root, and what its findings pass through."""

    _said: Findings

    def __init__(self, request: Request, survey: Survey, watch: Watch, baselines: Baselines) -> None:
        self._request = request
        self._survey = survey
        self._watch = watch
        self._baselines = baselines
        self._root = survey.root
        self._index = survey.index
        self._inside: list[str] = []
        self.faults: list[Fault] = []
        self.policy = Policy(survey.index.finder)
        self.hiding = Hiding(self._bytes, self._index.may_suppress, request.respect_noqa)

    def found(self, inside: list[str], also: Collection[str]) -> tuple[Found, ...]:
        """Every finding with its fate, and what there is to say of the comments in the files that were asked for."""
        self._inside = inside
        self.policy.validate(self._survey.directories())
        for directory in {os.path.dirname(path) for path in inside} | {self._root}:
            self._baselines.use(directory, self._root)
        # LKA002 comes last: it says what hid none of the others.
        found = list(self._sifted(self._findings(also)))
        found += self._sifted(list(self.hiding.invalid(inside)))
        found += self._sifted(list(self.hiding.unused(inside, self.policy.reports)))
        return (*self._planned(found), *(Found(each, Fate.UNGROUNDED) for each in self._said.ungrounded))

    def _planned(self, found: Iterable[Found]) -> Iterator[Found]:
        """What is shown comes with the edits that mend it, the rest without any fix."""
        for each in found:
            fix = each.diagnostic.fix
            if fix is not None:
                is_wanted = each.fate is Fate.SHOWN and self._request.plans_fixes
                planned = self._planner.planned(fix) if is_wanted else None
                mended = self.policy.mended(msgspec.structs.replace(each.diagnostic, fix=planned))
                each = each._replace(diagnostic=mended)
            yield each

    @cached_property
    def _planner(self) -> Planner:
        from lkagent_lint.fixes import Planner  # few projects have anything to mend

        return Planner(self._bytes)

    def _sifted(self, found: Iterable[Diagnostic]) -> Iterator[Found]:
        for each in self._identified(found):
            judged = self.policy.judged(each)
            yield Found(judged, self._fate(judged))

    def _fate(self, diagnostic: Diagnostic) -> Fate:
        """The order of the questions matters: each hears only of what came through those before it."""
        path = diagnostic.place.path
        if not self.policy.reports(path, diagnostic.code):
            return Fate.OFF
        # Asked of every finding: a comment in a file that was asked for may hide one that stands in another.
        if self.hiding.hides(diagnostic):
            return Fate.HIDDEN
        if not self._survey.is_reported(path) and not lka000_internal_error.concerns_every_file(diagnostic):
            return Fate.ELSEWHERE
        if self._baselines.hides(diagnostic, self._root):
            return Fate.KNOWN
        return Fate.SHOWN if self._is_new(diagnostic) else Fate.UNCHANGED

    def _findings(self, also: Collection[str]) -> Iterator[Diagnostic]:
        """What every rule says; a rule that fails is itself a finding."""
        codes = [code for code in rule_names() if self.policy.may_report(code) or code in also]
        self._said = judged_project(self._survey.project, codes, self._watch)
        yield from self._said.found
        self._watch.at("applying comments")
        for path, failed in self._index.crashes:
            self.faults.append(Fault(path, failed.part, failed.trace))
            yield lka000_internal_error.failed(failed.part, Place(path, START_OF_FILE), failed.error, failed.text)
        for failure in self._said.failures:
            yield self._crashed(failure)

    def _crashed(self, failure: Failure) -> Diagnostic:
        """The finding for a part of the linter that raised; it stands in a file that was asked for if no other is
        known."""
        from lkagent_lint.faults import trace_of

        some = next(iter(self._inside or self._index.facts), self._root)
        found = lka000_internal_error.crash(failure.part, failure.error, failure.place, some)
        self.faults.append(Fault(found.place.path, failure.part, trace_of(failure.error)))
        return found

    def _identified(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """One finding per code and place, with its fingerprint. Findings that are alike are numbered before any is
        hidden or left out, so that no fingerprint depends on what else is shown.
        """
        seen: set[tuple[str, Place, str]] = set()
        count: dict[tuple[str, ...], int] = {}
        for diagnostic in sorted(found, key=lambda each: (each.place, each.code, -each.severity.rank)):
            place = (diagnostic.code, diagnostic.place, lka000_internal_error.part_of(diagnostic))
            if place in seen:
                continue
            seen.add(place)
            identity = (diagnostic.place.path, diagnostic.code, diagnostic.subject, *diagnostic.key)
            number = count[identity] = count.get(identity, 0) + 1
            if number > 1:
                diagnostic = msgspec.structs.replace(diagnostic, key=(*diagnostic.key, f"#{number}"))
            relative = self._relative(diagnostic.place.path)
            yield diagnostic.seen_from(self._root).with_fingerprint(relative)

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self._root).replace(os.sep, "/")

    def _is_new(self, diagnostic: Diagnostic) -> bool:
        """One of the finding's places is in a file that was asked for by its change."""
        changed = self._request.changed
        if changed is None or diagnostic.code == lka000_internal_error.META.code:
            return True
        places = (diagnostic.place, *(each.place for each in diagnostic.related))
        return any(self._in_one_of(each.path, changed) for each in places)

    def _in_one_of(self, path: str, changed: frozenset[str]) -> bool:
        """The path is among those given, or lies below one (a submodule)."""
        while path not in changed:
            parent: str = os.path.dirname(path)
            if path in (self._root, parent):
                return False
            path = parent
        return True

    def _bytes(self, path: str) -> bytes:
        return self._index.bytes_of(path) or b""

    def notes(self) -> Iterator[Note]:
        """What of the jobs was followed in part."""
        for place in self._said.cut:
            yield Note(place.path, place.span.line, _CUT)

    def summary(self) -> Summary:
        said, project = self._said, self._survey.project
        sdks = {sdk.label(self._root) for sdk in {project.sdk(worker.place.path) for worker in project.workers}}
        return Summary(
            files=len(project.files),
            elsewhere=len(project.files) - len(self._inside),
            not_analysed=sum(bool(facts.problems) for facts in project.files.values()),
            workers=len(project.workers),
            jobs=said.jobs - len(said.too_large),
            too_large=tuple(f"{self._relative(each.path)}:{each.span.line}" for each in sorted(said.too_large)),
            dispatches=len({each.place for each in project.dispatches}),
            sdks=tuple(sorted(sdks)),
            steps=said.steps,
            unanswered=said.unanswered,
        )

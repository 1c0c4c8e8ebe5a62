"""Fixes applied: in rounds, each one checked again, until nothing more is to be mended. Nothing is written here.

What a round changes is kept where every file still parses, each mended finding is gone, and none has come: so every
round leaves fewer findings. A fix for which that is not so is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lkagent_lint import writing
from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.engine.request import Request
from lkagent_lint.engine.watch import Watch
from lkagent_lint.fixes import Planner
from lkagent_lint.fixes.soundness import breaks
from lkagent_lint.fixes.tidying import tidied
from lkagent_lint.intents import Fix, Safety
from lkagent_lint.languages import NOTEBOOK
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.sources.splicing import Original, Splice

_ROUNDS = 10


class LeftOut(NamedTuple):
    """A fix that was not applied, or taken back. ``reason`` completes "…was not mended: "."""

    diagnostic: Diagnostic
    reason: str


class Fixed(NamedTuple):
    """What to write, and what is left."""

    rewrites: tuple[writing.Rewrite, ...]
    applied: tuple[Diagnostic, ...]
    """The findings that are mended, each as it was in the round that mended it."""
    refused: tuple[LeftOut, ...]
    report: Report
    """Of the files as they will be."""


def fix_all(
    request: Request,
    *,
    unsafe: bool,
    watch: Watch | None = None,
    wanted: Callable[[Diagnostic], bool] = lambda _: True,
    known: Mapping[tuple[str, str], int] | None = None,
) -> Fixed:
    """Mend what can be: by safe fixes only, or by unsafe ones too. Raises ConfigError as a check does.

    ``wanted`` says of a finding whether it is to be mended at all, ``known`` how many findings there may be in a file
    (absolute path) of a rule, beside those that there are before.
    """
    from lkagent_lint.engine import check

    applicable = (Safety.SAFE, Safety.UNSAFE) if unsafe else (Safety.SAFE,)
    rounds = _Rounds(
        request,
        lambda each: each.fix is not None and each.fix.safety in applicable and wanted(each),
        known or {},
        watch,
    )
    report = check(request, watch)
    for _ in range(_ROUNDS):
        chosen = rounds.chosen(report)
        if not chosen:
            break
        report = rounds.mended(report, chosen)
    return rounds.outcome(report)


class _Rounds:
    def __init__(
        self,
        request: Request,
        wanted: Callable[[Diagnostic], bool],
        known: Mapping[tuple[str, str], int],
        watch: Watch | None,
    ) -> None:
        self._request = request
        self._wanted = wanted
        self._known = Counter(dict(known))
        self._watch = watch
        self._files = Overlays(request.overlays)
        self._before: dict[str, bytes] = {}
        self._now: dict[str, bytes] = {}
        self._applied: list[Diagnostic] = []
        self._refused: dict[str, LeftOut] = {}
        """By fingerprint."""

    def chosen(self, report: Report) -> list[Diagnostic]:
        """The findings to mend in one round: what would change the same part of a file waits for the next."""
        taken: dict[str, list[Splice]] = {}
        chosen: list[Diagnostic] = []
        for each in report.diagnostics:
            fix = each.fix
            if fix is None or not self._wanted(each) or each.fingerprint in self._refused:
                continue
            reason = self._hindrance(fix)
            if reason:
                self._refused[each.fingerprint] = LeftOut(each, reason)
                continue
            changes = self._changes(fix)
            if all(_fits(found, taken.get(path, [])) for path, found in changes.items()):
                for path, found in changes.items():
                    taken.setdefault(path, []).extend(found)
                chosen.append(each)
        return chosen

    def _hindrance(self, fix: Fix) -> str:
        """Why a fix cannot be applied; empty where it can be."""
        for path in fix.paths:
            if path.endswith(NOTEBOOK):
                return "it is a notebook, into which nothing is written"
            if path not in self._now:
                data = self._files.read(path)
                if not isinstance(data, bytes):
                    return data.reason
                reason = "" if path in self._files else writing.hindrance(path)
                if reason:
                    return reason
                self._before[path] = self._now[path] = data
        planned = Planner(self._now.get).planned(msgspec.structs.replace(fix, edits=()))
        return "" if planned is not None and planned.edits == fix.edits else "the file has changed since it was read"

    def _changes(self, fix: Fix) -> dict[str, list[Splice]]:
        found: dict[str, list[Splice]] = {}
        for edit in fix.edits:
            path = edit.place.path
            start, end = Original(path, self._now[path]).offsets(edit.place.span)
            found.setdefault(path, []).append(Splice(start, end, edit.text))
        return found

    def mended(self, report: Report, chosen: list[Diagnostic]) -> Report:
        """The report after a round; what does not stand the check is looked for by halves, and taken back."""
        reason, after, now = self._tried(report, chosen)
        if after is not None:
            self._now = now
            self._applied += chosen
            return after
        if len(chosen) == 1:
            self._refused[chosen[0].fingerprint] = LeftOut(chosen[0], reason)
            return report
        middle = len(chosen) // 2
        first = self.mended(report, chosen[:middle])
        # What the first half has changed moves what the second is about: each finding as it is now.
        rest = {each.fingerprint for each in chosen[middle:]}
        again = [each for each in self.chosen(first) if each.fingerprint in rest]
        return self.mended(first, again) if again else first

    def _tried(self, report: Report, chosen: list[Diagnostic]) -> tuple[str, Report | None, dict[str, bytes]]:
        from lkagent_lint.engine import check

        now = dict(self._now)
        changes: dict[str, list[Splice]] = {}
        for each in chosen:
            assert each.fix is not None
            for path, found in self._changes(each.fix).items():
                changes.setdefault(path, []).extend(found)
        for path, found in changes.items():
            after = Original(path, now[path]).spliced(dict.fromkeys(found))
            if after is None:
                return "the file's encoding has no such text", None, now
            after = tidied(path, self._before[path], after)
            if breaks(path, now[path], after):
                return "the file could not be parsed afterwards", None, now
            now[path] = after
        request = msgspec.structs.replace(self._request, overlays={**self._request.overlays, **now})
        try:
            new = check(request, self._watch)
        except RecursionError:
            return "it could not be checked afterwards", None, now
        problem = _problem(report, new, chosen, self._known)
        return problem, None if problem else new, now

    def outcome(self, report: Report) -> Fixed:
        rewrites = [
            writing.Rewrite(path, before, self._now[path])
            for path, before in sorted(self._before.items())
            if before != self._now[path]
        ]
        return Fixed(tuple(rewrites), tuple(self._applied), tuple(self._refused.values()), report)


def _fits(changes: list[Splice], taken: list[Splice]) -> bool:
    """None of the changes is about a part that another one is about; to put in the same at the same place is one."""
    return not any(one.meets(other) and one != other for one in changes for other in taken)


def _problem(before: Report, after: Report, mended: list[Diagnostic], known: Counter[tuple[str, str]]) -> str:
    """What is wrong with the report after some findings were mended; empty for nothing."""
    old, new = _counted(before.diagnostics), _counted(after.diagnostics)
    gone = _counted(mended)
    added = sorted({code for (_, code), count in (new - (old | known)).items() if count})
    if added:
        return f"{', '.join(added)} would be reported then"
    if any(new[each] > old[each] - count for each, count in gone.items()):
        return "it would be reported all the same"
    if after.internal_errors > before.internal_errors:
        return "the check fails then"
    return ""


def _counted(diagnostics: Sequence[Diagnostic]) -> Counter[tuple[str, str]]:
    """By file and code: lines move, and what a finding is about may have another name afterwards."""
    return Counter((each.place.path, each.code) for each in diagnostics)

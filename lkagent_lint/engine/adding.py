"""Suppression comments for every finding that is left: what to write, from one consistent look at the files."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Place
from lkagent_lint.engine import Request, check
from lkagent_lint.sources.reading import Overlays
from lkagent_lint.suppressions.adding import with_suppressions
from lkagent_lint.writing import Rewrite

_OF_THE_LINTER = "LKA0"
"""What these rules say is about comments and files as such: no comment belongs there."""


class Added(NamedTuple):
    """What to write, and the findings that no comment can be written for."""

    rewrites: tuple[Rewrite, ...]
    hidden: int
    """How many findings the comments hide."""
    left: tuple[Diagnostic, ...]


def suppress_all(request: Request, reason: str) -> Added:
    """Comments that hide every finding of a request, with a reason (one line, may be empty). Nothing is written here.

    The findings are those of the bytes that the comments are put into, and what the comments hide is checked before
    anyone writes them. Raises ConfigError as the check does.
    """
    first = check(request).diagnostics
    files = Overlays(request.overlays)
    read = {place.path: files.raw(place.path) for each in first for place in _places(each)}
    before = {path: data for path, data in read.items() if isinstance(data, bytes)}
    found = check(msgspec.structs.replace(request, overlays={**request.overlays, **before})).diagnostics
    after = dict(before)
    pending = [each for each in found if not each.code.startswith(_OF_THE_LINTER)]
    # Where a finding's own file can hold no comment, a place that it is related to may.
    for end in range(max((len(_places(each)) for each in pending), default=0)):
        pending = _written(pending, end, before, after, reason)
    changed = {path: data for path, data in after.items() if data != before[path]}
    left = check(msgspec.structs.replace(request, overlays={**request.overlays, **before, **changed})).diagnostics
    rewrites = tuple(Rewrite(path, before[path], data) for path, data in sorted(changed.items()))
    return Added(rewrites, len(found) - len(left), left)


def _written(
    pending: list[Diagnostic], end: int, before: dict[str, bytes], after: dict[str, bytes], reason: str
) -> list[Diagnostic]:
    """Write comments at one end of the findings; those that have none yet are returned."""
    wanted: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in pending:
        if end < len(_places(each)):
            place = _places(each)[end]
            # A second comment would have to be put by line numbers that the first has moved.
            if place.path in before and after[place.path] == before[place.path]:
                wanted[place.path][place.span.line].add(each.code)
    done: set[tuple[str, int]] = set()
    for path, lines in wanted.items():
        codes = {line: sorted(found) for line, found in lines.items()}
        after[path], written = with_suppressions(path, before[path], codes, reason)
        done |= {(path, line) for line in written}
    return [each for each in pending if not _is_done(each, end, done)]


def _is_done(diagnostic: Diagnostic, end: int, done: set[tuple[str, int]]) -> bool:
    places = _places(diagnostic)
    return end < len(places) and (places[end].path, places[end].span.line) in done


def _places(diagnostic: Diagnostic) -> list[Place]:
    return [diagnostic.place, *(related.place for related in diagnostic.related)]

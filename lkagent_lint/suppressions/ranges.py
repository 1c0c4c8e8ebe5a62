"""Ranges of lines that are asked about often: a search instead of a look at each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Ranges:
    """Some ranges of lines, the stops exclusive."""

    def __init__(self, ranges: Iterable[range]) -> None:
        in_order = sorted((each.start, each.stop) for each in ranges)
        self._starts = [start for start, _ in in_order]
        self._stops = list(accumulate((stop for _, stop in in_order), max))
        """The furthest stop of each range and those before it."""

    def meet(self, lines: range) -> bool:
        """Whether one of them has a line in common with these."""
        begun = bisect_right(self._starts, lines.stop - 1)
        return begun > 0 and self._stops[begun - 1] > lines.start

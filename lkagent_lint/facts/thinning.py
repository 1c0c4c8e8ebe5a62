"""A flow's graph without the blocks that say nothing: three of four, because calls that cannot matter are not recorded.

The same steps are reached in the same orders, by the same kinds of edges: who walks the graph finds the same, sooner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK
from lkagent_lint.facts.graph import BlockDraft

_ENDS = (ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK)


LONG = 16
"""A graph of fewer blocks is walked sooner than it is thinned."""


def thin(blocks: list[BlockDraft], kept: Collection[int], least: int = 0) -> dict[int, int]:
    """Take what is not needed out of a graph's blocks, and none of those whose numbers are ``kept``; nothing of a graph
    with fewer blocks than ``least``.

    The numbers that blocks have then, by those that they had.
    """
    if len(blocks) < least:
        return {number: number for number in range(len(blocks))}
    left = _Thinning(blocks, kept).blocks
    numbers = {number: index for index, number in enumerate(left)}
    for block in left.values():
        block.raises = numbers[block.raises]
        block.following[:] = [numbers[each] for each in block.following]
    blocks[:] = left.values()
    return numbers


class _Thinning:
    def __init__(self, blocks: list[BlockDraft], kept: Collection[int]) -> None:
        self.blocks = dict(enumerate(blocks))
        self._fixed = frozenset((*_ENDS, *kept))
        self._before: dict[int, set[int]] = {number: set() for number in self.blocks}
        """From which blocks control comes to each in the usual way."""
        self._thrown: dict[int, set[int]] = {number: set() for number in self.blocks}
        """From which it comes by an exception."""
        for number, block in self.blocks.items():
            self._thrown[block.raises].add(number)
            for each in block.following:
                self._before[each].add(number)
        self._pending = sorted(self.blocks, reverse=True)
        while self._pending:
            number = self._pending.pop()
            if number in self.blocks and number not in self._fixed:
                self._look(number)

    def _look(self, number: int) -> None:
        block, before = self.blocks[number], self._before[number]
        if not before and not self._thrown[number]:
            self._drop(number)
        elif self._thrown[number] or number in before:
            return
        elif not block.steps and block.following and self._is_passed_over(block, before):
            for each in before:
                following = self.blocks[each].following
                at = following.index(number)
                following[at : at + 1] = [way for way in block.following if way not in following]
            for way in block.following:
                self._before[way] |= before
            self._drop(number)
        elif len(before) == 1:
            (first,) = before
            if self._is_joined(self.blocks[first], block):
                self.blocks[first].steps += block.steps
                self.blocks[first].following[:] = block.following
                for way in block.following:
                    self._before[way].add(first)
                self._drop(number)

    def _is_passed_over(self, block: BlockDraft, before: Iterable[int]) -> bool:
        """It can be left out: an exception in it goes where those before it send theirs, and edges get no more."""
        sources = [self.blocks[each] for each in before]
        ways = len(block.following)
        return len(sources) * ways <= len(sources) + ways and all(each.raises == block.raises for each in sources)

    def _is_joined(self, first: BlockDraft, second: BlockDraft) -> bool:
        return len(first.following) == 1 and first.raises == second.raises

    def _drop(self, number: int) -> None:
        """Take a block out; what it led to may be needed less now."""
        block = self.blocks.pop(number)
        before = self._before.pop(number)
        for each in block.following:
            if each in self._before:
                self._before[each].discard(number)
        if block.raises in self._thrown:
            self._thrown[block.raises].discard(number)
        self._pending += sorted({*before, *block.following, block.raises} & self.blocks.keys(), reverse=True)

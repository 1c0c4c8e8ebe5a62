"""A thinned graph leads through the same steps in the same orders, by the same kinds of edges."""

from __future__ import annotations

from random import Random

import pytest

from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK
from lkagent_lint.facts.graph import BlockDraft
from lkagent_lint.facts.thinning import thin

_MOST = 6
"""Steps of a way that is looked at."""
_ENDS = (EXIT_BLOCK, RAISE_BLOCK)


def _drawn(random: Random) -> list[BlockDraft]:
    """Some graph, most of whose blocks have no steps."""
    size = random.randrange(4, 14)
    blocks = [BlockDraft(RAISE_BLOCK if random.random() < 0.6 else random.randrange(2, size)) for _ in range(size)]
    for number, block in enumerate(blocks):
        block.steps += [f"{number}.{each}" for each in range(random.choice((0, 0, 0, 1, 2)))]
        if number not in _ENDS:
            block.following += random.sample(range(1, size), random.choice((0, 1, 1, 2)))
    for each in _ENDS:
        blocks[each].steps.clear()
        blocks[each].raises = RAISE_BLOCK
    return blocks


def _ways(blocks: list[BlockDraft], names: dict[int, int]) -> set[tuple[str, ...]]:
    """All ways from the entry, up to a number of steps: the steps, ``!`` once an exception was taken, and the blocks
    with names that are passed.
    """
    found: set[tuple[str, ...]] = set()
    seen: set[tuple[int, int, tuple[str, ...], bool]] = set()
    pending: list[tuple[int, int, tuple[str, ...], bool]] = [(ENTRY_BLOCK, 0, (), False)]
    while pending:
        here = number, at, way, thrown = pending.pop()
        if here in seen or len(way) > _MOST:
            continue
        seen.add(here)
        block = blocks[number]
        if at == 0 and number in names:
            way = (*way, f"block {names[number]}")
        found.add((*way, "!") if thrown else way)
        if number not in _ENDS:
            pending.append((block.raises, 0, way, True))
        if at < len(block.steps):
            pending.append((number, at + 1, (*way, str(block.steps[at])), thrown))
        else:
            pending += [(each, 0, way, thrown) for each in block.following]
    return {each for each in found if len(each) <= _MOST}


@pytest.mark.parametrize("seed", range(300))
def test_the_ways_through_a_graph_stay(seed: int) -> None:
    random = Random(seed)
    blocks = _drawn(random)
    kept = random.sample(range(len(blocks)), random.choice((0, 1)))
    marked = {number: number for number in (*_ENDS, *kept)}
    before = _ways(blocks, marked)
    numbers = thin(blocks, kept)
    assert _ways(blocks, {numbers[old]: name for old, name in marked.items()}) == before


def test_blocks_without_steps_go() -> None:
    blocks = [BlockDraft(RAISE_BLOCK) for _ in range(9)]
    for number in range(3, 8):
        blocks[number].following.append(number + 1)
    blocks[ENTRY_BLOCK].following.append(3)
    blocks[5].steps.append("step")
    blocks[8].following.append(EXIT_BLOCK)
    thin(blocks, ())
    assert [(each.steps, each.following) for each in blocks] == [(["step"], [EXIT_BLOCK]), ([], []), ([], [])]

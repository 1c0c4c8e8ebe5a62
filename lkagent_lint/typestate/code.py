"""The code of an activation as it is run: without steps that change no state, and blocks that then say nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, cast

from lkagent_lint.facts.flows import Block, EndlessLoop, Flow, Step
from lkagent_lint.facts.graph import BlockDraft
from lkagent_lint.facts.thinning import thin


class Code(NamedTuple):
    """Blocks, the first three as in a flow."""

    blocks: tuple[Block, ...]
    endless: tuple[EndlessLoop, ...]


def code_of(flow: Flow) -> Code:
    """All of it."""
    return Code(flow.blocks, flow.endless)


def thinned(flow: Flow, is_idle: Callable[[object], bool]) -> Code:
    """What is left of it without idle steps."""
    drafts: list[BlockDraft] = []
    for block in flow.blocks:
        draft = BlockDraft(block.raises[0])
        draft.steps += [step for step in block.steps if not is_idle(step)]
        draft.following += block.next
        drafts.append(draft)
    numbers = thin(drafts, [number for loop in flow.endless for number in (loop.head, loop.behind)])
    return Code(
        tuple(Block(tuple(cast("list[Step]", each.steps)), tuple(each.following), (each.raises,)) for each in drafts),
        tuple(EndlessLoop(numbers[each.head], numbers[each.behind], each.span) for each in flow.endless),
    )

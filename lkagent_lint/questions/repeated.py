"""Calls of one method on one function's path, the second of which comes after the first whatever way is taken."""

from __future__ import annotations

from lkagent_lint.facts.flows import ENTRY_BLOCK, Call, Do, Flow
from lkagent_lint.project.things import Activation, SdkMethod, only


def repeated(number: int, inside: Activation, method: SdkMethod) -> Call | None:
    """The call of a method that has surely run before the call of this number, in the same function."""
    flow = inside.flow
    earlier = frozenset(
        each
        for each, call in enumerate(flow.calls)
        if each != number and call.target == flow.calls[number].target and inside.targets(call) == only(method)
    )
    if not earlier or not _always_before(number, earlier, flow):
        return None
    return flow.calls[min(earlier)]


def _always_before(number: int, earlier: frozenset[int], flow: Flow) -> bool:
    """Every path to a call leads through one of these. What an exception leads past counts as a path."""
    wanted = next((at for at, block in enumerate(flow.blocks) if Do(number) in block.steps), None)
    if wanted is None:
        return False
    pending, seen = [ENTRY_BLOCK], set[int]()
    while pending:  # along paths on which none of them has run
        at = pending.pop()
        if at in seen:
            continue
        seen.add(at)
        block = flow.blocks[at]
        calls = [step.call for step in block.steps if isinstance(step, Do)]
        first = next((index for index, each in enumerate(calls) if each in earlier), None)
        if at == wanted and (first is None or calls.index(number) < first):
            return False
        pending.extend(block.raises)
        if first is None:
            pending.extend(block.next)
    return True

"""Questions to the graph of one flow: what surely runs, and what before what. Exception edges are left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, Do, Flow
from lkagent_lint.facts.scopes import spelled

_ENDS = frozenset({"sys.exit", "os._exit", "exit", "quit"})


def surely_runs(flow: Flow, call: int) -> bool:
    """Whether every way through a flow makes this call; a way that raises or ends the program does not."""
    return call in calls_on_every_way(flow)


def calls_on_every_way(flow: Flow) -> frozenset[int]:
    """The calls that no way through a flow goes around. A way ends where the flow or the program does, or where it
    turns for ever.

    All of them at once, in steps that follow the number of blocks. The copies of a ``finally`` hold calls of their own.
    """
    if not flow.blocks:
        return frozenset()
    made: dict[int, list[int]] = {}
    ways: dict[int, Sequence[int]] = {}
    for number in _reached(flow, None):
        ways[number] = flow.blocks[number].next
        made[number] = []
        for step in flow.blocks[number].steps:
            if isinstance(step, Do):
                made[number].append(step.call)
                if _ends(flow, step.call):
                    ways[number] = ()
                    break
    return frozenset(call for number in _passed_by_all(ENTRY_BLOCK, ways) for call in made[number])


def _passed_by_all(start: int, ways: Mapping[int, Sequence[int]]) -> set[int]:
    """The blocks that every way from the start to an end passes.

    One way is taken, and such a block is one of it that nothing which leaves the way before leads around.
    """
    came: dict[int, int] = {start: start}
    for here in (line := [start]):
        for each in ways[here]:
            if each not in came:
                came[each] = here
                line.append(each)
    ends = {each for each in line if not ways[each]} or {line[-1]}
    way = [next(each for each in line if each in ends)]
    while way[-1] != start:
        way.append(came[way[-1]])
    way.reverse()
    index = {each: number for number, each in enumerate(way)}
    passed: set[int] = set()
    beside: set[int] = set()
    furthest = 0
    for number, here in enumerate(way):
        if furthest <= number:
            passed.add(here)
        stack = [here]
        while stack:
            for each in ways[stack.pop()]:
                if each in index:
                    furthest = max(furthest, index[each])
                elif each in ends:
                    furthest = len(way)
                elif each not in beside:
                    beside.add(each)
                    stack.append(each)
    return passed


def surely_before(flow: Flow, first: int, second: int) -> bool:
    """Whether every way to the second call has made the first."""
    before, after = _home(flow, first), _home(flow, second)
    if before is None or after is None:
        return False
    if before[0] == after[0]:
        return before[1] < after[1]
    return after[0] in _reached(flow, None) and after[0] not in _reached(flow, before[0])


def leads_to(flow: Flow, first: int, second: int) -> bool:
    """Whether a path goes from one call to another, or both are of one block."""
    homes = {
        step.call: number for number, block in enumerate(flow.blocks) for step in block.steps if isinstance(step, Do)
    }
    ways = [block.next for block in flow.blocks]
    return first in homes and second in homes and homes[second] in reached(homes[first], ways)


def can_end(flow: Flow) -> bool:
    """Whether some way through a flow comes to its end; where it was not followed, it is taken to."""
    return not flow.blocks or EXIT_BLOCK in _reached(flow, None)


def reached(start: int, ways: Sequence[Sequence[int]], without: Set[int | None] = frozenset()) -> frozenset[int]:
    """The blocks that these ways lead to from one of them, which is among them, without passing through others."""
    seen: set[int] = set()
    stack = [start]
    while stack:
        here = stack.pop()
        if here not in seen and here not in without:
            seen.add(here)
            stack.extend(ways[here])
    return frozenset(seen)


def _home(flow: Flow, call: int) -> tuple[int, int] | None:
    """The block and the step of a call. None where it has none, or several (copies of a ``finally``)."""
    found = [
        (number, index)
        for number, block in enumerate(flow.blocks)
        for index, step in enumerate(block.steps)
        if step == Do(call)
    ]
    return found[0] if len(found) == 1 else None


def _reached(flow: Flow, barred: int | None) -> frozenset[int]:
    """The blocks that can be entered without passing through one of them."""
    return reached(ENTRY_BLOCK, [block.next for block in flow.blocks], frozenset({barred}))


def _ends(flow: Flow, call: int) -> bool:
    return spelled(flow.calls[call].target) in _ENDS

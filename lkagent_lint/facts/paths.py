"""Questions to the graph of one flow: what surely runs, and what before what. Exception edges are left out."""

from __future__ import annotations

from lkagent_lint.facts.flows import ENTRY_BLOCK, Do, Flow
from lkagent_lint.facts.scopes import spelled

_ENDS = frozenset({"sys.exit", "os._exit", "exit", "quit"})


def surely_runs(flow: Flow, call: int) -> bool:
    """Whether every way through a flow makes this call; a way that raises or ends the program does not."""
    home = _home(flow, call)
    return home is not None and not _escapes(flow, home[0], home[1])


def surely_before(flow: Flow, first: int, second: int) -> bool:
    """Whether every way to the second call has made the first."""
    before, after = _home(flow, first), _home(flow, second)
    if before is None or after is None:
        return False
    if before[0] == after[0]:
        return before[1] < after[1]
    return after[0] in _reached(flow, None) and after[0] not in _reached(flow, before[0])


def _home(flow: Flow, call: int) -> tuple[int, int] | None:
    """The block and the step of a call. None where it has none, or several (copies of a ``finally``)."""
    found = [
        (number, index)
        for number, block in enumerate(flow.blocks)
        for index, step in enumerate(block.steps)
        if step == Do(call)
    ]
    return found[0] if len(found) == 1 else None


def _reached(flow: Flow, barred: int | None) -> set[int]:
    """The blocks that can be entered without passing through one of them."""
    seen: set[int] = set()
    stack = [ENTRY_BLOCK]
    while stack:
        here = stack.pop()
        if here not in seen and here != barred:
            seen.add(here)
            stack.extend(flow.blocks[here].next)
    return seen


def _escapes(flow: Flow, barred: int, index: int) -> bool:
    """Whether the flow can end before it comes to this step."""
    reached = _reached(flow, barred)
    early = flow.blocks[barred].steps[:index]
    if any(isinstance(step, Do) and _ends(flow, step.call) for step in early):
        return True
    return any(
        not flow.blocks[here].next
        or any(isinstance(step, Do) and _ends(flow, step.call) for step in flow.blocks[here].steps)
        for here in reached
    )


def _ends(flow: Flow, call: int) -> bool:
    return spelled(flow.calls[call].target) in _ENDS

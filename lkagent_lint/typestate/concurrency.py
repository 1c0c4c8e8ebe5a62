"""Which coroutines an await waits for: through variables, tasks, gathers and chains of promises."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import held_by, last_name
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.things import Activation, Library
from lkagent_lint.sources.scheduling import CONTINUATIONS, PROMISES_OF_MANY, TASK_MAKERS, WAIT_FOR_MANY, WAIT_FOR_ONE
from lkagent_lint.typestate.lifecycle import State

PROMISE = f"{BUILTINS}Promise"
JOINS_MANY = WAIT_FOR_MANY | {f"{PROMISE}.{each}" for each in PROMISES_OF_MANY}
LIMITS = frozenset({"asyncio.wait_for", "asyncio.wait", f"{PROMISE}.race"})
"""Waits that may end before what they wait for."""
CARRIERS = JOINS_MANY | WAIT_FOR_ONE
"""Awaiting what these return awaits the coroutines given to them."""
RACES = frozenset({f"{PROMISE}.race"})
"""The same of one of them, where the others are only timers."""

_WAITED = frozenset({"fut", "arg", "coro", "coro_or_future"})
_TOGETHER = frozenset(each.rpartition(".")[2] for each in JOINS_MANY)

Key = tuple[Activation, int]
"""A call in an activation, by its number."""


class Concurrency:
    """Answers for one solver."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def effects(self, value: v.Expr, activation: Activation) -> Iterator[Key]:
        """The calls whose effects awaiting a value waits for."""
        flow = activation.flow
        seen: set[v.Expr] = set()
        stack = [value]
        while stack:
            here = stack.pop()
            if here in seen:
                continue
            seen.add(here)
            match here:
                case v.Result(number):
                    yield activation, number
                    stack.extend(self._passed(flow.calls[number], activation))
                case v.Name(name):
                    if owner_of(activation.facts, flow, name) is flow:
                        stack.extend(flow.variables.get(name, ()))
                case _:
                    stack.extend(held_by(here))

    def _passed(self, call: Call, activation: Activation) -> tuple[v.Expr, ...]:
        """What a call waits for itself."""
        if isinstance(call.target, v.Attribute):
            if call.target.name in TASK_MAKERS:
                return waited_for(call.target.name, call)
            if call.target.name in CONTINUATIONS:
                return (call.target.base,)
        names = {each.name for each in activation.targets(call) if isinstance(each, Library)}
        return tuple(value for name in names if waits_for_all(name, call) for value in waited_for(name, call))

    def awaited_by(self, dotted: str, call: Call, activation: Activation) -> frozenset[Key]:
        """The calls whose effects awaiting a call of the standard library waits for, if they run."""
        if not waits_for_all(dotted, call) and dotted not in RACES:
            return frozenset()
        return frozenset(key for value in waited_for(dotted, call) for key in self.effects(value, activation))

    def is_of_one(self, keys: frozenset[Key], running: frozenset[tuple[object, int]]) -> bool:
        """Waiting for these calls waits for one that runs, and for nothing beside it."""
        calls = (activation.flow.calls[number] for activation, number in keys)
        return len(running.intersection(keys)) == 1 and not any(
            last_name(each.target) in _TOGETHER and not gathers_one(each) for each in calls
        )

    def created_in(self, activation: Activation) -> Iterator[Key]:
        """The effects of tasks that a function creates by ``group.create_task(...)``."""
        for number, call in enumerate(activation.flow.calls):
            if isinstance(call.target, v.Attribute) and call.target.name == "create_task":
                yield from self.effects(v.Result(number), activation)


def ended_by(dotted: str, keys: frozenset[Key], state: State) -> frozenset[tuple[object, int]]:
    """Which of these run in a state, and are ended by awaiting a call of the standard library that waits for them."""
    ended = frozenset(each.key for each in state.pending if each.key in keys)
    return ended if dotted not in RACES or len(ended) == 1 else frozenset()


def gathered(call: Call) -> tuple[v.Expr, ...]:
    """What a call waits for: what the one list among its arguments holds, or all of them."""
    first = call.args[0] if call.args else None
    if isinstance(first, v.Spread):
        first = first.value
    return first.items if isinstance(first, v.Items) else call.args


def gathers_one(call: Call) -> bool:
    """A call that waits for many together is given just one."""
    first = call.args[0] if len(call.args) == 1 else None
    if last_name(call.target) == "gather" and not isinstance(first, v.Spread):
        return first is not None
    return isinstance(first.value if isinstance(first, v.Spread) else first, v.Items) and len(gathered(call)) == 1


def waited_for(dotted: str, call: Call) -> tuple[v.Expr, ...]:
    """What a call of one of the carriers waits for, without the limit and the name that it is given."""
    if dotted in JOINS_MANY or dotted in RACES:
        return gathered(call)
    return call.args[:1] or tuple(value for name, value in call.keywords if name in _WAITED)


def waits_for_all(dotted: str, call: Call) -> bool:
    """A call of one of the carriers waits for everything that it is given, and not for the first of it."""
    return dotted in CARRIERS and (
        dotted != "asyncio.wait" or all(name != "return_when" for name, _ in call.keywords) or gathers_one(call)
    )

"""Which coroutines an await waits for: through variables, tasks, gathers and chains of promises."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.facts.following import given_to, held_by
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.things import Activation, Library

PROMISE = f"{BUILTINS}Promise"
JOINS_MANY = frozenset({"asyncio.gather", f"{PROMISE}.all", f"{PROMISE}.allSettled"})
CARRIERS = JOINS_MANY | {"asyncio.wait_for", "asyncio.shield", "asyncio.create_task", "asyncio.ensure_future"}
"""Awaiting what these return awaits the coroutines given to them."""

_TASKS = ("create_task", "ensure_future")
_CONTINUATIONS = ("then", "catch", "finally")

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
        given = given_to(call)
        if isinstance(call.target, v.Attribute):
            if call.target.name in _TASKS:
                return given
            if call.target.name in _CONTINUATIONS:
                return (call.target.base,)
        things = activation.targets(call)
        return given if any(isinstance(each, Library) and each.name in CARRIERS for each in things) else ()

    def created_in(self, activation: Activation) -> Iterator[Key]:
        """The effects of tasks that a function creates by ``group.create_task(...)``."""
        for number, call in enumerate(activation.flow.calls):
            if isinstance(call.target, v.Attribute) and call.target.name == "create_task":
                yield from self.effects(v.Result(number), activation)


def is_awaited_at_once(number: int, flow: Flow) -> bool:
    """``await asyncio.wait_for(coroutine, 5)`` and the like: nothing of the job's own happens beside it."""
    return any(
        call.use is Use.AWAITED
        and v.Result(number) in call.args
        and isinstance(call.target, (v.Name, v.Attribute))
        and call.target.name in ("wait_for", "shield")
        for call in flow.calls
    )

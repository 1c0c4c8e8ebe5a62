"""Coroutines that are waited for as if they were awaited in place.

``await asyncio.wait_for(ctx.connect(), 5)``, a shield, a gather of one, a task that is awaited as soon as it is made, a
race against a timer, and a function of the project that does no more than wait for what it is given: nothing of the
job's own happens between the call and its await.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Call, Do, Flow, Leave, Step, Use
from lkagent_lint.facts.following import given_to, held_by, last_name
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, Closure, Foreign, Library, SdkMethod, Thing
from lkagent_lint.sources.scheduling import TASK_MAKERS
from lkagent_lint.typestate.concurrency import (
    CARRIERS,
    JOINS_MANY,
    LIMITS,
    RACES,
    gathered,
    gathers_one,
    waited_for,
)

HELPER = "a function of the project that only waits"
_MAX_LINKS = 6
"""``wait_for(shield(create_task(...)), 5)`` is followed through so many calls."""


class Chain(NamedTuple):
    """How a call that is not awaited itself is waited for in its place."""

    links: tuple[int, ...]
    """The calls that it goes through, the innermost first."""
    is_limited: bool
    """The wait may end before the coroutine does."""
    by_name: bool
    """What ends it is an await of a variable, and none of these calls."""


class _Links(NamedTuple):
    """What one function does with what its calls return."""

    takers: dict[int, list[int]]
    """The calls that are given a call's result, as it is or under the one name that holds it."""
    awaits: dict[int, tuple[int, int]]
    """Where the one name of a call's result is awaited: block and step."""
    places: dict[int, tuple[int, int]]
    """Where each call is made."""
    named: frozenset[int]
    """The calls whose result has a name."""
    leaves: bool
    """It leaves some ``with`` block, which may wait for the tasks that were made in it."""


class InPlace:
    """Answers for one solver."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._links: dict[tuple[str, str], _Links] = {}
        self._chains: dict[tuple[Activation, int], Chain | None] = {}

    def chain(self, number: int, activation: Activation) -> Chain | None:
        """How the call of this number is waited for in its place; None where it is awaited itself or runs apart."""
        key = (activation, number)
        if key not in self._chains:
            self._chains[key] = self._find(number, activation)
        return self._chains[key]

    def is_link(self, number: int, activation: Activation) -> bool:
        """The call of this number is part of such a wait: it lets happen what the coroutine lets happen, and nothing
        else.
        """
        flow = activation.flow
        inner = (each for value in given_to(flow.calls[number]) for each in _results(value, flow))
        return any((chain := self.chain(each, activation)) is not None and number in chain.links for each in inner)

    def is_end(self, value: v.Expr, activation: Activation) -> bool:
        """Awaiting a variable is no more than the end of such a wait."""
        chains = [self.chain(each, activation) for each in _results(value, activation.flow)]
        return bool(chains) and all(each is not None and each.by_name for each in chains)

    def begins(self, number: int, activation: Activation) -> bool:
        """A coroutine of Python runs before its await: a task is made of it."""
        calls = activation.flow.calls
        takers = [calls[each] for each in self._links_of(activation).takers.get(number, ())]
        return any(last_name(each.target) in (*TASK_MAKERS, "gather", "wait", "start_soon") for each in takers)

    def is_awaited_later(self, number: int, activation: Activation) -> bool:
        """The function awaits it somewhere, perhaps through other calls; leaving a task group does too."""
        flow, links = activation.flow, self._links_of(activation)
        here, seen = [number], {number}
        while here:
            each = here.pop()
            if each in links.awaits or (each != number and flow.calls[each].use is Use.AWAITED):
                return True
            takers = [taker for taker in links.takers.get(each, ()) if taker not in seen]
            seen.update(takers)
            here += takers
        return links.leaves

    def _find(self, number: int, activation: Activation) -> Chain | None:
        flow, links = activation.flow, self._links_of(activation)
        passed: list[int] = []
        is_limited = False
        here = number
        while not passed or flow.calls[here].use is not Use.AWAITED:
            takers = links.takers.get(here, [])
            if len(takers) != 1 or len(passed) == _MAX_LINKS:
                end = None if takers else links.awaits.get(here)
                is_whole = end is not None and self._is_at_once(number, end, passed, activation)
                return Chain(tuple(passed), is_limited, by_name=True) if is_whole else None
            waits = self._waits(flow.calls[takers[0]], here, activation)
            if waits is None:
                return None
            is_limited |= waits in LIMITS or waits == HELPER
            here = takers[0]
            passed.append(here)
        is_whole = links.named.isdisjoint((number, *passed)) or (
            here in links.places and self._is_at_once(number, links.places[here], passed, activation)
        )
        return Chain(tuple(passed), is_limited, by_name=False) if is_whole else None

    def _is_at_once(self, number: int, end: tuple[int, int], passed: list[int], activation: Activation) -> bool:
        """Nothing but these calls, and what is plain, stands between a call and where its wait ends."""
        block, last = end
        start = self._links_of(activation).places.get(number, (-1, 0))
        steps = activation.flow.blocks[block].steps[start[1] + 1 : last]
        return start[0] == block and all(self._is_plain(each, passed, activation) for each in steps)

    def _is_plain(self, step: Step, passed: list[int], activation: Activation) -> bool:
        if not isinstance(step, Do):
            return False
        call = activation.flow.calls[step.call]
        return step.call in passed or (
            call.use is not Use.AWAITED and all(isinstance(each, Library) for each in activation.targets(call))
        )

    # What a call does with a coroutine that it is given

    def _waits(self, call: Call, given: int, activation: Activation) -> str | None:
        """By which kind of wait a call waits for a coroutine that it is given, alone; None where it does not."""
        if isinstance(call.target, v.Attribute) and call.target.name in TASK_MAKERS:
            return call.target.name if _waits_for(call.target.name, call, given, activation.flow) else None
        kinds = {self._waits_by(each, call, given, activation) for each in activation.targets(call)}
        return kinds.pop() if len(kinds) == 1 else None

    def _waits_by(self, thing: Thing, call: Call, given: int, activation: Activation) -> str | None:
        match thing:
            case Library(name) if name in CARRIERS and _waits_for(name, call, given, activation.flow):
                return name if name not in JOINS_MANY or gathers_one(call) else None
            case Library(name) if name in RACES and self._is_against_timers(call, given, activation):
                return name
            case Closure() if self._only_waits(thing, call, given, activation.flow):
                return HELPER
            case _:
                return None

    def _is_against_timers(self, call: Call, given: int, activation: Activation) -> bool:
        """Whatever else runs in a race is no step of the SDK and is handed nothing that has a name."""
        flow = activation.flow
        raced = [each for value in gathered(call) for each in _results(value, flow)]
        others = [flow.calls[each] for each in raced if each != given]
        return len(raced) == len(gathered(call)) and not any(
            isinstance(thing, SdkMethod) for each in others for thing in activation.targets(each)
        )

    def _only_waits(self, function: Closure, call: Call, given: int, flow: Flow) -> bool:
        """The function awaits, or returns, what it is given there, perhaps through other waits, and awaits nothing
        else.
        """
        callee = self._evaluator.files[function.path].flows.get(function.flow)
        name = None if callee is None else _parameter(callee, function, call, given, flow)
        if callee is None or name is None or callee.decorators or callee.is_generator:
            return False
        here = self._evaluator.usual(function.path, callee)
        steps = list(callee.steps)
        awaited = [each.value for each in steps if isinstance(each, Await)]
        calls = [callee.calls[each.call] for each in steps if isinstance(each, Do)]
        awaited += [
            v.Result(callee.calls.index(each))
            for each in calls
            if each.use is Use.AWAITED and not lets_nothing_run(each, here)
        ]
        awaited = awaited or list(callee.returns)
        return bool(awaited) and all(self._waits_for(each, name, here) for each in awaited)

    def _waits_for(self, value: v.Expr, name: str, here: Activation) -> bool:
        """Waiting for a value waits for the parameter of this name, and for nothing else of the job's."""
        if not isinstance(value, v.Result):
            return value == v.Name(name)
        call = here.flow.calls[value.call]
        things = here.targets(call)
        known = bool(things) and all(isinstance(each, Library) and each.name in CARRIERS | RACES for each in things)
        return known and any(
            part == v.Name(name) or (part != value and self._waits_for(part, name, here))
            for each in things
            if isinstance(each, Library)
            for part in waited_for(each.name, call)
        )

    def _links_of(self, activation: Activation) -> _Links:
        key = (activation.path, activation.name)
        if key not in self._links:
            self._links[key] = _linked(activation.flow)
        return self._links[key]


def lets_nothing_run(call: Call, activation: Activation) -> bool:
    """It enters or leaves a block with a limit of time, which by itself waits for nothing."""
    if not isinstance(call.target, v.Attribute) or not call.target.name.startswith("__a"):
        return False
    made = call.target.base
    if not isinstance(made, v.Result):
        return False
    things = activation.targets(activation.flow.calls[made.call])
    return bool(things) and all(
        isinstance(each, (Library, Foreign)) and "timeout" in each.name.rpartition(".")[2] for each in things
    )


def _results(value: v.Expr, flow: Flow) -> Iterator[int]:
    """The calls whose results a value is or holds, under the one name that such a result has."""
    match value:
        case v.Result(number):
            yield number
        case v.Name(name):
            held = flow.variables.get(name, ())
            if len(held) == 1 and isinstance(held[0], v.Result) and all(each.name != name for each in flow.parameters):
                yield held[0].call
        case _:
            for part in held_by(value):
                yield from _results(part, flow)


def _waits_for(dotted: str, call: Call, given: int, flow: Flow) -> bool:
    return any(given in _results(value, flow) for value in waited_for(dotted, call))


def _linked(flow: Flow) -> _Links:
    takers: dict[int, list[int]] = {}
    for number, call in enumerate(flow.calls):
        for inner in {each for value in given_to(call) for each in _results(value, flow)}:
            takers.setdefault(inner, []).append(number)
    awaits: dict[int, tuple[int, int]] = {}
    places: dict[int, tuple[int, int]] = {}
    for block, held in enumerate(flow.blocks):
        for index, step in enumerate(held.steps):
            if isinstance(step, Do):
                places[step.call] = (block, index)
            elif isinstance(step, Await) and isinstance(step.value, v.Name):
                for number in _results(step.value, flow):
                    awaits.setdefault(number, (block, index))
    named = {each.call for values in flow.variables.values() for each in values if isinstance(each, v.Result)}
    leaves = any(isinstance(step, Leave) for step in flow.steps)
    return _Links(takers, awaits, places, frozenset(named), leaves)


def _parameter(callee: Flow, function: Closure, call: Call, given: int, flow: Flow) -> str | None:
    """The parameter of a function of the project that gets the result of a call."""
    for keyword, value in call.keywords:
        if given in _results(value, flow):
            return keyword
    positional = [each.name for each in callee.parameters if each.kind == "positional"]
    if function.bound is not None:
        del positional[:1]
    for name, value in zip(positional, call.args, strict=False):
        if given in _results(value, flow):
            return name
    return None

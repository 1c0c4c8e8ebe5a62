"""Tasks that a function starts, that nobody can wait for, and that do work outside of the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Call, Flow, Use
from lkagent_lint.facts.following import parts_of_call, walk
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, Foreign, Library, Plain, Thing, Things, Unknown, in_order
from lkagent_lint.questions.walks import called, walked
from lkagent_lint.typestate.events import STEP_WORDS

_MAKES_TASK = ("create_task", "ensure_future")
_STEPS = STEP_WORDS | {"sleep", "gather", "wait", "aclose", "close", "disconnect", "delete_room", "shutdown", "drain"}
"""What takes a step of the SDK wherever it is not known what is called."""
_DEPTH = 3
"""Functions that call functions are followed so far."""


class Leftover(NamedTuple):
    """A task that nobody waits for."""

    place: Place
    """Of the call that makes it."""
    function: str


def leftovers(handlers: Things, evaluator: Evaluator) -> Iterator[Leftover]:
    """The tasks that these functions leave behind, and the project's functions that they call or await."""
    roots = (run.activation for each in in_order(handlers) for run in evaluator.running.given(each))
    for inside in walked(roots, evaluator, _is_run_now, depth=_DEPTH):
        for number, call in enumerate(inside.flow.calls):
            if word_of(call) in _MAKES_TASK and call.span is not None:
                if is_task_maker(call, inside) and not _is_kept(number, call, inside):
                    if _does_work(call, inside, evaluator):
                        yield Leftover(inside.place(call.span), inside.name)


def _is_run_now(call: Call) -> bool:
    return call.use in (Use.AWAITED, Use.DROPPED) and word_of(call) not in _MAKES_TASK


def is_task_maker(call: Call, inside: Activation) -> bool:
    """It is surely asyncio that is asked for a task, and no group that waits for its tasks."""
    targets = inside.targets(call)
    return (
        bool(targets)
        and all(isinstance(each, Library) and each.name.startswith("asyncio.") for each in targets)
        and (not any("TaskGroup" in each.name for each in targets if isinstance(each, Library)))
    )


def _is_kept(number: int, call: Call, inside: Activation) -> bool:
    """Somebody has the task, who may wait for it."""
    if call.use is Use.DROPPED:
        return False
    flow, made = inside.flow, v.Result(number)
    names = [name for name, values in flow.variables.items() if made in values]
    others = any(each.parent == flow.name for each in inside.facts.flows.values())
    if len(names) != 1 or len(flow.variables[names[0]]) != 1 or others:
        return True
    return any(part in (made, v.Name(names[0])) for part in walk(*_given(flow)))


def _given(flow: Flow) -> Iterator[v.Expr]:
    """Everything that a function gives to somebody, keeps or waits for, but for what it does with its own variables."""
    for call in flow.calls:
        target, *given = parts_of_call(call)
        yield from given
        if isinstance(target, v.Attribute) and target.name != "add_done_callback":
            yield target
    yield from flow.returns
    yield from (each.value for each in flow.stores)
    for block in flow.blocks:
        yield from (step.value for step in block.steps if isinstance(step, Await))


def _does_work(call: Call, inside: Activation, evaluator: Evaluator) -> bool:
    """The coroutine of which a task is made waits for something outside of the SDK."""
    coroutine = call.args[0] if call.args else None
    if not isinstance(coroutine, v.Result):
        return False
    made = inside.flow.calls[coroutine.call]
    if _is_outside(inside.targets(made)):
        return True
    return any(_waits_outside(each, evaluator, _DEPTH) for each in called(made, inside, evaluator))


def _waits_outside(inside: Activation, evaluator: Evaluator, depth: int) -> bool:
    """A coroutine function waits for something outside of the SDK, itself or in functions that it awaits."""
    for call in inside.flow.calls:
        if call.use is Use.AWAITED:
            targets = inside.targets(call)
            unknown = any(isinstance(each, Unknown) for each in targets) and word_of(call) not in _STEPS
            if unknown or _is_outside(targets):
                return True
            if depth and any(_waits_outside(each, evaluator, depth - 1) for each in called(call, inside, evaluator)):
                return True
    return False


def _is_outside(targets: Things) -> bool:
    return bool(targets) and all(map(_is_foreign, targets))


def _is_foreign(thing: Thing) -> bool:
    """A coroutine function that is not of the SDK: another package's, or one of the project's in which nothing matters
    to a job. It waits for something all the same, or it would have been read.
    """
    match thing:
        case Foreign() | Plain():
            return True
        case Library(name):
            return name.endswith((".to_thread", ".run_in_executor")) or not name.startswith(("asyncio.", "builtins."))
        case _:
            return False

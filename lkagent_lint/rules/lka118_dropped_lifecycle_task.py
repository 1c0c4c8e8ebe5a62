"""The session starts, or the room is joined, in a task that nobody awaits.

## What it does

Reports `asyncio.create_task(session.start(...))` and `create_task(ctx.connect())` whose task is thrown away, or kept
in a variable that nothing uses. Also where a coroutine function makes a task of another one of the project that
surely awaits one of them.

## Why it is bad

Nothing waits for the task. Code after it runs while the session is still starting ("AgentSession isn't running"), an
error in it is seen by nobody, and the event loop keeps only a weak reference: the task may be collected before it is
done.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In a task group, which waits for its tasks. When the task is awaited, returned, stored or handed on anywhere, and when
the coroutine is not surely one of the two. Dropped tasks in general are ruff's RUF006.

## Evidence

Python documentation of `asyncio.create_task` ("Save a reference to the result"); livekit-agents 1.8.9,
`voice/agent_session.py` 1567 (what a session that is still starting raises).

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Flow, Leave, Use
from lkagent_lint.facts.following import parts_of_call, walk
from lkagent_lint.facts.paths import surely_runs
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure, Library, SdkMethod, Thing, Things
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.scheduling import TASK_MAKERS
from lkagent_lint.sources.sdk.vocabulary import spoken, term

META = Meta(
    "LKA118",
    "dropped-lifecycle-task",
    Severity.WARNING,
    "a start or a connect in a task that nobody awaits",
    sdks=IN_PYTHON,
)

_STEPS = ("CONNECT", "START")
_DEEPEST = 3
"""How far coroutine functions of the project are followed."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.methods.written(TASK_MAKERS):
        name = _step_in_task(found, subject.project)
        if name and not any(map(_is_awaited_by_others, found.targets)) and _is_dropped(found):
            yield META.at(
                found.place,
                f"nobody awaits the task that runs {name}",
                note="what follows does not wait for it, and its errors are lost",
                help="await it, or keep the task and await that",
                label="this task is dropped",
                subject=found.activation.name,
                key=(name,),
            )


def _is_awaited_by_others(target: Thing) -> bool:
    """``group.create_task()`` of a task group that waits for its tasks, or of something that is not asyncio's."""
    return not isinstance(target, Library) or "TaskGroup" in target.name


def _step_in_task(found: WrittenCall, project: Project) -> str:
    """The step of the lifecycle that a task is surely made for; empty for all others."""
    call, activation = found.call, found.activation
    if call.use not in (Use.DROPPED, Use.KEPT) or not call.args or not isinstance(call.args[0], v.Result):
        return ""
    depth = _DEEPEST if activation.flow.is_async else 0  # a listener has to make a task of what it begins
    return _step(activation.targets(activation.flow.calls[call.args[0].call]), project, depth)


def _step(targets: Things, project: Project, depth: int) -> str:
    """The step that a call of these surely is, or that a coroutine function of the project surely awaits."""
    (target,) = targets if len(targets) == 1 else (None,)
    if isinstance(target, SdkMethod):
        known = term(target.kind, target.name)
        return spoken(known) if known is not None and known.event in _STEPS else ""
    if not isinstance(target, Closure) or not depth:
        return ""
    flow = project.files[target.path].flows[target.flow]
    if not flow.is_async or flow.is_generator or flow.decorators:
        return ""
    inside = project.evaluator.results.enter(target, (), ())
    awaited = (n for n, each in enumerate(flow.calls) if each.use is Use.AWAITED and surely_runs(flow, n))
    return next((name for n in awaited if (name := _step(inside.targets(flow.calls[n]), project, depth - 1))), "")


def _is_dropped(found: WrittenCall) -> bool:
    """The task is thrown away, or kept in variables that nothing in the file mentions."""
    call, flow, facts, number = found.call, found.activation.flow, found.activation.facts, found.number
    if call.use is Use.DROPPED:
        return True
    names = {name for name, values in flow.variables.items() if v.Result(number) in values}
    elsewhere = [*flow.returns, *(store.value for store in flow.stores)]
    elsewhere += [part for other in flow.calls if other is not call for part in parts_of_call(other)]
    if not names or v.Result(number) in elsewhere:
        return False
    return not any(_mentions(each, names) for each in facts.flows.values())


def _mentions(flow: Flow, names: set[str]) -> bool:
    """Whether a function uses one of these variables. A reading alone leaves no trace, so any expression counts."""
    steps = [step.value for step in flow.steps if isinstance(step, (Await, Leave))]
    expressions = [
        *steps,
        *flow.returns,
        *(part for call in flow.calls for part in parts_of_call(call)),
        *(value for values in flow.variables.values() for value in values),
        *(part for store in flow.stores for part in (store.base, store.value)),
    ]
    return any(isinstance(each, v.Name) and each.name in names for each in walk(*expressions))

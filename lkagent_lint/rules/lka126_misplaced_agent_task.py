"""A task of an agent is awaited where none can run, or is completed twice.

## What it does

Reports

- an `AgentTask` of the project or of `livekit.agents.beta.workflows` that is awaited (Node: `await task.run()`) in the
  entry function, a listener, a handler or a shutdown callback, or in a function that these await;
- a second `self.complete()` on a path on which the task has been completed already.

## Why it is bad

A task takes the conversation over from the agent that awaits it, so somebody has to be in it: outside of a tool and of
the agent's `on_enter` and `on_exit` it raises "RuntimeError: Consent should only be awaited inside tool_functions or
the on_enter/on_exit methods of an Agent". The second `complete()` raises "RuntimeError: Consent is already done".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In tools, in the hooks of agents and in what these call; when it is not known who calls a function; when a task is only
made and handed on. For `complete()` where some path leads past the first one, an exception may have kept it from
happening, or the function asks `done()`.

## Evidence

livekit-agents 1.8.9, `voice/agent.py` 939-976; run. @livekit/agents 1.9.0, `voice/agent.js` 467-500.

## Fix safety

There is no fix: where the task belongs is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Use
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.things import Activation, Instance, SdkMethod, Thing, only
from lkagent_lint.questions.agent_tasks import is_awaited, task_of
from lkagent_lint.questions.loop import OnLoop
from lkagent_lint.questions.repeated import repeated
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA126",
    "misplaced-agent-task",
    Severity.ERROR,
    "a task of an agent is awaited where none can run, or completed twice",
    basis=Basis.REFUSAL,
)

_WHERE = {
    "entry": "in the course of the entry function",
    "handler": "in a listener or a handler",
    "shutdown": "in a shutdown callback",
}
"""What is no tool and no hook, by the roles of those who call it."""
_COMPLETE = SdkMethod("AgentTask", "complete")


def check(subject: Subject) -> Iterator[Diagnostic]:
    classes = subject.project.evaluator.classes
    for found in subject.loop.calls(lambda thing, call, inside: _task(thing, call, inside, classes), shutdown=True):
        if found.root.role in _WHERE:
            yield _misplaced(found)
    for each in subject.methods.written(("complete",)):
        if each.targets == only(_COMPLETE) and not _asks(each.activation):
            first = repeated(each.number, each.activation, _COMPLETE)
            if first is not None:
                yield _twice(each.place, each.activation.place(first.span), each.activation)


def _task(thing: Thing, call: Call, inside: Activation, classes: Classes) -> str:
    """The class of the task that a call makes and the function awaits; empty if it does not."""
    if inside.is_node:
        if (
            call.use is not Use.AWAITED
            or thing != SdkMethod("AgentTask", "run")
            or not isinstance(call.target, v.Attribute)
        ):
            return ""
        names = {each.name if isinstance(each, Instance) else "" for each in inside.value(call.target.base)}
        return names.pop() if len(names) == 1 else ""
    known = task_of(thing, classes)
    return known if known and is_awaited(call, inside) else ""


def _asks(inside: Activation) -> bool:
    return any(isinstance(each.target, v.Attribute) and each.target.name == "done" for each in inside.flow.calls)


def _misplaced(found: OnLoop) -> Diagnostic:
    spoken = words(found.place)
    hooks = f"{spoken.spelt('on_enter')} or {spoken.spelt('on_exit')}"
    raises = "throws" if spoken.spells_camel else "raises RuntimeError"
    return META.at(
        found.place,
        f"{shortened(found.what)} is awaited {_WHERE[found.root.role]}",
        note=f"it {raises} (should only be awaited inside function tools or the {hooks} of an agent)",
        help="await it in a tool or a hook",
        label="no agent runs here",
        subject=found.function,
        key=(found.what,),
    )


def _twice(place: Place, first: Place, inside: Activation) -> Diagnostic:
    spoken = words(place)
    return META.at(
        place,
        "the task is completed a second time",
        note=f"it has been completed already ({where(first, place)}), so this "
        f"{'throws' if spoken.spells_camel else 'raises RuntimeError'} (is already done)",
        help="return after the first one",
        label="the second completion",
        related=[Related(first, "it is completed here")],
        subject=inside.name,
    )

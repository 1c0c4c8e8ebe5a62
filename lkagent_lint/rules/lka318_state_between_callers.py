"""An agent that answers everybody keeps on itself what one of them said.

## What it does

Reports, from livekit-agents 2.0.0b1 on, as an info, what a tool or the `llm_node` of an agent takes as an argument and
stores on the agent, `self.name = name`, where the agent is made at module level and runs (`agent.run()`) for a text
door or a route.

## Why it is bad

A call has a process of its own, so that an agent's attributes are that call's. Text doors and routes are served in the
worker's process, all callers at once, and an agent of the module is one object for all of them: whoever asks next
reads what the last one said. An `Agent` of livekit-agents 2.0 is a configuration; what belongs to a conversation is
its state.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

`LiveSession(state=)` gives a call the same.

## When it stays silent

When the agent is made where it is asked, or it is not known which call makes it; for what is stored in the constructor,
or is not made of an argument, as what is fetched once and kept; in other hooks, which `run()` does not call; before
livekit-agents 2.0, and in test files.

## Evidence

livekit-agents 2.0.0b1, `voice/agent.py` 383-446 and `voice/agent_run.py`: a run has a state of its own, and the agent's
attributes are the object's; run.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.following import last_name, walk
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.things import Activation, Instance, Thing, in_order
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.text_runs import TextRun
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA318",
    "state-between-callers",
    Severity.INFO,
    "what one caller said is stored on an agent that answers all of them",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.RUNS_IN_TEXT,
)

_NODE = "llm_node"
_SERVED = {"text": "text door", "route": "route"}


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(path).has(Change.RUNS_IN_TEXT) for path in project.files if path.endswith(PYTHON)):
        return
    for run, served in _shared(subject):
        for owner in in_order(run.owners):
            if not isinstance(owner, Instance):
                continue
            for flow in project.files[owner.path].flows.values():
                if flow.owner == owner.name and flow.own_name != "__init__" and _is_called(subject, owner.path, flow):
                    yield from _stored(owner.path, flow, run, served)


def _shared(subject: Subject) -> Iterator[tuple[TextRun, str]]:
    """Runs of agents of a module for a text door or a route, with which of them it is."""
    at_module = {
        each.place: each
        for each in subject.text_runs.known
        if each.made is not None
        and each.made.flow == MODULE
        and subject.project.sdk(each.place.path).has(Change.RUNS_IN_TEXT)
    }
    for found in subject.loop.calls(_runs) if at_module else ():
        if found.root.role in _SERVED and found.through is None and found.place in at_module:
            yield at_module[found.place], _SERVED[found.root.role]


def _runs(_thing: Thing, call: Call, _inside: Activation) -> str:
    return "run" if last_name(call.target) == "run" else ""


def _is_called(subject: Subject, path: str, flow: Flow) -> bool:
    """A run in text calls the function: it is a tool, or the one hook that such a run has."""
    return subject.loop.is_tool(path, flow) or (flow.own_name == _NODE and subject.loop.is_hook(path, flow))


def _stored(path: str, flow: Flow, run: TextRun, served: str) -> Iterator[Diagnostic]:
    if not flow.parameters:
        return
    own, *others = (each.name for each in flow.parameters)
    said = {v.Name(each) for each in others}
    for store in flow.stores:
        if store.base == v.Name(own) and store.span is not None and not said.isdisjoint(walk(store.value)):
            place = Place(path, store.span)
            yield META.at(
                place,
                f"{own}.{shortened(store.name, 24)} holds what any of the callers said last",
                note=f"one agent answers all callers of this {served} ({where(run.place, place)})",
                help="keep it in the run's state (ctx.state, run(state=))",
                label="the next caller overwrites it",
                related=[Related(run.place, f"it runs for a {served} here")],
                subject=flow.name,
                key=(store.name,),
            )

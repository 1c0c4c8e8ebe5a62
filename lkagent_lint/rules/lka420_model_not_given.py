"""An agent uses a model of its own that it was never given.

## What it does

Reports `self.llm.…`, `self.stt.…`, `self.tts.…` and `self.vad.…` in a method of an agent whose constructor surely gives
the agent no such model.

## Why it is bad

`Agent.llm` is what the agent itself was given, and not what the session has. Without one it is NOT_GIVEN, and using it
raises "AttributeError: 'NotGiven' object has no attribute 'chat'": in a tool the model hears of an internal error, and
nothing else happens.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the class, one that derives from it or whoever makes an object of it gives the model, or may do so by `**`; when a
class of the project stands between that defines the attribute; when the method asks for the attribute in any other way,
as in `if self.llm:`; when no object of the class is made in the project.

## Evidence

livekit-agents 1.8.9, `voice/agent.py` 736-760; run.

## Fix safety

Unsafe: the session's model is used, `self.session.llm`, which may be none either.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Access, Flow
from lkagent_lint.intents import Replace, unsafe
from lkagent_lint.questions.agent_options import AgentOptions
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta, once
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA420",
    "model-not-given",
    Severity.ERROR,
    "an agent uses a model that it was not given",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from once(_each(subject))


def _each(subject: Subject) -> Iterator[Diagnostic]:
    agents = AgentOptions(subject.project, subject.methods)
    for activation in subject.methods.activations(lambda flow: bool(flow.owner and flow.looks)):
        if activation.is_node:
            continue
        flow = activation.flow
        for look in flow.looks:
            name = _own_model(look.value, flow) if look.access is Access.USED else ""
            if name and not _asks(name, flow) and agents.surely_without(name, activation.path, flow.owner):
                place = activation.place(look.span)
                yield META.at(
                    place,
                    f"self.{name} is used, and {shortened(flow.owner.rpartition('.')[2])} is given none",
                    note=f"self.{name} is what the agent itself was given, so this raises AttributeError ('NotGiven' "
                    "object has no attribute ...)",
                    help=f"use self.session.{name}, the session's",
                    label="not given",
                    subject=flow.name,
                    key=(name,),
                    fix=unsafe("use the session's", Replace(place, f"self.session.{name}")),
                )


def _own_model(value: v.Expr, flow: Flow) -> str:
    """The model that a method reads of its own object; empty for everything else."""
    match value:
        case v.Attribute(v.Name(base), name) if flow.parameters and flow.parameters[0].name == base == "self":
            return name
        case _:
            return ""


def _asks(name: str, flow: Flow) -> bool:
    """The method names the model in a way that is no use of it: it may ask whether there is one."""
    own = v.Attribute(v.Name("self"), name)
    return any(each.value == own and each.access is Access.READ for each in flow.looks)

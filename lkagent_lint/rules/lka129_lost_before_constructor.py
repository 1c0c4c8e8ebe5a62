"""What an agent stores before its base's constructor runs is lost.

## What it does

Reports, from livekit-agents 2.0.0b1 on, two kinds of attributes that an agent's `__init__` sets before
`super().__init__()`: `self.state` of a task, and tools (`self.look_up = function_tool(...)`).

## Why it is bad

Nothing raises, and nothing is logged. The constructor of `AgentTask` sets `state` itself, to None or to what
`AgentTask[Output, State]` says, so what was stored is gone. Tools are looked up on the class, no longer on the object
as in livekit-agents 1.x, so the model never sees one that only the object has.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

A tool is a method with `@function_tool`, or is given in `tools=[...]`.

## When it stays silent

In livekit-agents 1.x, where tasks have no `state` and such tools are found. For other attributes; behind
`super().__init__()`, where a task's state stays, and where no release finds a tool; for a tool that is given in
`tools=` too, or where what is given there is not known; for classes with a `state` of their own.

## Evidence

livekit-agents 2.0.0b1, `voice/agent.py` 1233 and `llm/tool_context.py` 795; 1.8.9 for comparison; run.

## Fix safety

`self.state` is set behind the constructor, which is safe where the constructor is not given it. For tools there is no
fix.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Store
from lkagent_lint.facts.following import given_to, walk
from lkagent_lint.intents import Fix, Follows, Move, safe
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.things import Activation, Instance, Sdk, SdkObject, Super, Thing
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role, function

META = Meta(
    "LKA129",
    "lost-before-constructor",
    Severity.WARNING,
    "what an agent stores before its base's constructor runs",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.HISTORY_OF_SESSION,
)


class _Early(NamedTuple):
    """Something that a constructor stores on its object, and the call of its base's constructor that follows."""

    activation: Activation
    store: Store
    begins: Call
    owner: Instance


def check(subject: Subject) -> Iterator[Diagnostic]:
    project, classes = subject.project, subject.project.evaluator.classes
    for each in _early(subject):
        if not project.sdk(each.activation.path).has(Change.HISTORY_OF_SESSION):
            continue
        said = _said(each, classes)
        if said is not None:
            place = each.activation.place(each.store.span)
            yield META.at(place, said, subject=each.activation.name, key=(each.store.name,), fix=_fix(each))


def _fix(found: _Early) -> Fix | None:
    """Behind the constructor, which must not read what is set there."""
    store, begins = found.store, found.begins
    own = v.Attribute(store.base, store.name)
    read = any(own in walk(each) for each in given_to(begins))
    if store.name != "state" or store.span is None or begins.span is None or read:
        return None
    place, constructor = found.activation.place(store.span), found.activation.place(begins.span)
    return safe(
        f"set it behind {_constructor(found)}", Move(place, constructor, behind=True), Follows(place, constructor)
    )


def _early(subject: Subject) -> Iterator[_Early]:
    classes = subject.project.evaluator.classes
    for activation in subject.methods.activations(lambda flow: bool(flow.owner) and flow.own_name == "__init__"):
        flow, owner = activation.flow, Instance(activation.path, activation.flow.owner, None)
        if activation.is_node or not flow.parameters or not flow.stores or "Agent" not in classes.kinds(owner):
            continue
        receiver = v.Name(flow.parameters[0].name)
        begins = [call for call in flow.calls if _is_constructor(call, activation)]
        for store in flow.stores if len(begins) == 1 else ():
            before = begins[0].span
            if store.base == receiver and store.span is not None and before is not None and store.span < before:
                yield _Early(activation, store, begins[0], owner)


def _is_constructor(call: Call, activation: Activation) -> bool:
    """``super().__init__(...)``, or that of a base by its name."""
    if not isinstance(call.target, v.Attribute) or call.target.name != "__init__":
        return False
    bases = activation.value(call.target.base)
    return bool(bases) and all(isinstance(each, (Super, Sdk)) for each in bases)


def _said(found: _Early, classes: Classes) -> Said | None:
    name = found.store.name
    if name == "state" and "AgentTask" in classes.kinds(found.owner) and not _declares(found, classes):
        return Said(
            "self.state is lost: it is set before the base's constructor",
            "AgentTask's constructor sets it anew since livekit-agents 2.0",
            f"set it behind {_constructor(found)}",
            "this is overwritten",
        )
    things = found.activation.value(found.store.value)
    if things and all(map(_is_tool, things)) and not _may_be_given(found):
        return Said(
            f"no model sees the tool self.{shortened(name)}",
            "since livekit-agents 2.0 tools are looked up on the class",
            f"give it in tools=[...] of {_constructor(found)}, or make it a method with @function_tool",
            "nobody looks here",
        )
    return None


def _constructor(found: _Early) -> str:
    return f"super().__init__() (line {found.begins.span.line if found.begins.span else 0})"


def _declares(found: _Early, classes: Classes) -> bool:
    """Some class of the project has a ``state`` of its own, such as a property."""
    record = classes.record(found.owner)
    return record is not None and found.store.name in record.attributes


def _is_tool(thing: Thing) -> bool:
    """What a call of ``function_tool`` gives."""
    known = function(thing.kind) if isinstance(thing, SdkObject) else None
    return known is not None and known.hands is not None and known.hands.role is Role.TOOL


def _may_be_given(found: _Early) -> bool:
    """The constructor of the base may be given the tool, too."""
    given = dict(found.begins.keywords)
    if "**" in given:
        return True
    tools = given.get("tools")
    if tools is None:
        return False
    parts = set(walk(tools))
    own = v.Attribute(found.store.base, found.store.name)
    return not isinstance(tools, v.Items) or own in parts or found.store.value in parts

"""A method is called that the SDK's class does not have.

## What it does

Reports calls of methods that `JobContext`, `JobRequest`, `AgentSession`, `Agent` or `Room` does not have in this
release, on objects that are surely of that class or of the project's own subclass of it, and says who has a method of
that name, or which name is nearest.

## Why it is bad

The call raises where it is reached: "AttributeError: 'AgentSession' object has no attribute 'speak'"; in Node
"TypeError: session.speak is not a function". In a hook or a tool the SDK swallows it: livekit-agents 2.0 has no
`self.complete(...)` of a task any more, so the tool fails, the model reads "An internal error occurred", and the task
never ends.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the file asks first (`hasattr`, `getattr`, `typeof`, `?.()`); a `try` around the call does not count. For names
that the project stores on some object (`session.extra = ...`), for subclasses with a base, a decorator or a
`__getattr__` that is not known, and for private names. When the receiver may be something else. Code for livekit-agents
0.x is not judged.

## Evidence

livekit-agents 1.8.9 and livekit rtc 1.1.21, run: `AgentSession().speak` and `Room().publish_data` raise the
AttributeError above. The members of each release are read from the released packages by `tools/sdk_tables`, those of
bases included.

## Fix safety

Unsafe: a method whose name is spelled almost so is called instead. `self.complete(value)` of an AgentTask, which
livekit-agents 2.0 no longer has, becomes `return Completed(value)` where it is a statement of its own in a tool and
nothing comes after it, and the value is no exception, which is safe. For everything else there is no fix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.intents import AddImport, Ends, Fix, RenameCallee, ReturnInstead, safe, unsafe
from lkagent_lint.likeness import misspelled, most_alike, strange_letters
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.things import Instance, SdkObject, Thing
from lkagent_lint.questions.absence import EVERYWHERE
from lkagent_lint.questions.methods import WrittenCall, class_called
from lkagent_lint.questions.offers import Lack
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.successors import METHODS, invented
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release
from lkagent_lint.sources.sdk.vocabulary import written

META = Meta(
    "LKA406",
    "unknown-method",
    Severity.ERROR,
    "a method that the SDK's class does not have in this release",
    basis=Basis.TABLES,
)

_JUDGED = frozenset({"JobContext", "JobRequest", "AgentSession", "Agent", "AgentTask", "Room"})
_OTHERS = {
    "Room": "the room",
    "LocalParticipant": "room.local_participant",
    "AgentSession": "the session",
    "JobContext": "the job's context",
    "Agent": "the agent",
    "SpeechHandle": "the speech handle that say() and generate_reply() return",
}
"""Who may have been meant, by class."""
_MAKERS = written(lambda term: term.is_called and term.gives)
"""Functions and methods of the SDK that give an object that is followed."""
_HOLDS = re.compile(r"(?i)session|room|agent|ctx|context|job|req")
"""What attributes are called that hold one of the objects in question."""
_DEPTH = 3
"""Names are followed through so many others before they are evaluated."""


class _Unknown(NamedTuple):
    place: Place
    kind: str
    shown: str
    """The class as the error calls it: the project's subclass, where the object is one."""
    lack: Lack
    function: str
    fails: bool
    """It may be given an exception, by its name."""

    @property
    def name(self) -> str:
        return self.lack.name

    @property
    def release(self) -> Release:
        return self.lack.release


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in _unknown(subject):
        yield META.at(
            found.place,
            _said(found),
            culprit=(found.name,),
            subject=found.function,
            key=(found.kind, found.name),
            fix=_fix(found),
        )


def _fix(found: _Unknown) -> Fix | None:
    if (found.kind, found.name) == ("AgentTask", "complete") and (found.kind, found.name) in METHODS:
        if found.fails:
            return None
        completed = AddImport(found.place.path, "livekit.agents", "Completed")
        title, returned = "return Completed(value)", ReturnInstead(found.place, "Completed")
        return safe(title, returned, completed, Ends(found.place, "function_tool"))
    if (found.kind, found.name) in METHODS or found.lack.comes:
        return None
    meant = misspelled(found.name, _methods(found))
    if meant is None:
        return None
    return unsafe(f"call {meant}()", RenameCallee(found.place, found.name, meant))


def _unknown(subject: Subject) -> Iterator[_Unknown]:
    names = _known_names(subject)
    words = {each for each in subject.project.words if each not in names and not each.startswith("_")} - EVERYWHERE
    for found in subject.methods.best_known(words):
        target, facts, flow = found.call.target, found.activation.facts, found.activation.flow
        if not isinstance(target, v.Attribute) or target.name in facts.asked_for:
            continue
        receiver = _receiver(subject, found, target) if _is_promising(facts, flow, target.base, _DEPTH) else None
        if receiver is None:
            continue
        kind, shown = receiver
        lack = subject.offers.lacked_member(found.activation.path, kind, target.name)
        if lack is not None:
            yield _Unknown(found.place, kind, shown, lack, flow.name, _fails(flow, found.call))


def _fails(flow: Flow, call: Call) -> bool:
    """A task that is completed with an exception has failed, and what does that in 2.0 is another call."""
    match call.args:
        case (v.Name(name) | v.Attribute(_, name),):
            return name == "e" or any(word in name.lower() for word in ("err", "exc"))
        case (v.Result(number),):
            return word_of(flow.calls[number]).endswith(("Error", "Exception"))
        case _:
            return len(call.args) != 1


def _is_promising(facts: FileFacts, flow: Flow, receiver: v.Expr, depth: int) -> bool:
    """Whether a receiver can be of the SDK by what it looks like. Evaluating every receiver of a large project takes
    seconds, and next to none of them is.
    """
    match receiver:
        case v.Attribute(_, name):
            return _HOLDS.search(name) is not None
        case v.Result(number):
            word = word_of(flow.calls[number])
            return word[:1].isupper() or word in _MAKERS or word == "super"
        case v.Typed():
            return True
        case v.Either(options) | v.Or(options):
            return any(_is_promising(facts, flow, each, depth) for each in options)
        case v.Name(name) if depth:
            home = owner_of(facts, flow, name)
            if home is None or any(each.name == name for each in home.parameters):
                return home is not None
            return any(_is_promising(facts, home, each, depth - 1) for each in home.variables[name])
        case _:
            return False


def _known_names(subject: Subject) -> frozenset[str]:
    """Names that the project stores on objects, or looks for or sets by their names: somebody makes them up."""
    found: set[str] = set()
    for facts in subject.project.files.values():
        found.update(store.name for flow in facts.flows.values() for store in flow.stores)
        if facts.language == "python":
            found.update(facts.asked_for)
    return frozenset(found)


def _receiver(subject: Subject, found: WrittenCall, target: v.Attribute) -> tuple[str, str] | None:
    """The one SDK class of what the method is called on, and its name in the error; None where that is not sure."""
    kind = class_called(found.targets)
    if kind not in _JUDGED:
        return None
    shown = {_shown(subject, each, target.name) for each in found.activation.value(target.base)}
    name = shown.pop() if len(shown) == 1 else kind
    return (kind, name) if name and "" not in shown else None


def _shown(subject: Subject, thing: Thing, method: str) -> str:
    """The class of an object whose attributes are all known and none is called so; empty for every other value."""
    match thing:
        case SdkObject(kind):
            return kind
        case Instance(_, name):
            classes = subject.project.evaluator.classes
            surely = classes.is_closed(thing) and not classes.has_own(thing, method)
            return name.rpartition(".")[2] if surely else ""
        case _:
            return ""


def _said(found: _Unknown) -> Said:
    if is_node(found.place):
        error = f"TypeError ({found.name} is not a function)"
    else:
        shown = found.release.called(found.kind) if found.shown == found.kind else found.shown
        error = f"AttributeError ('{shown}' object has no attribute '{found.name}')"
    kind = found.release.called(found.kind)
    return Said(
        f"{kind} has no method {shortened(found.name)}",
        f"{found.release.table.package} {found.release.label} does not have it, so this call raises {error}",
        _advice(found, is_in_node=is_node(found.place)) or "call a method that it has",
        "no such method",
    )


def _advice(found: _Unknown, *, is_in_node: bool) -> str:
    package = found.release.table.package
    successor = METHODS.get((found.kind, found.name)) or invented(found.kind, found.name, node=is_in_node)
    if successor:
        return successor
    if found.lack.comes:
        return f"upgrade: {package} has it since {found.lack.comes}"
    for kind, who in _OTHERS.items():
        for other in tables.packages(node=is_in_node)[:2]:
            member = found.release.table.catalog.newest(other).member(kind, found.name) if kind != found.kind else None
            if member is not None and member.kind in (SymbolKind.METHOD, SymbolKind.COROUTINE):
                return f"call it there: {who} has a method of that name"
    near = most_alike(found.name, _methods(found), 0.66)
    return f"the nearest method that it has is {near}(){strange_letters(found.name, near)}" if near else ""


def _methods(found: _Unknown) -> list[str]:
    """The methods that the class has."""
    return [
        name
        for name, member in found.release.members(found.kind).items()
        if member.kind in (SymbolKind.METHOD, SymbolKind.COROUTINE, SymbolKind.GENERATOR)
    ]

"""Of which classes of the SDK an object is, whether it is followed or not: by annotations, by what makes it, by the
events that listeners hear, and by what the tables say that members hold and return.

The evaluator knows the objects whose steps matter to a job. Of all others the tables know as much as their annotations
promise: what is not told is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Nothing, Sdk, SdkObject, Thing, functions_among
from lkagent_lint.project.types import dotted, is_dotted
from lkagent_lint.questions.listeners import Listeners
from lkagent_lint.questions.offers import Offers
from lkagent_lint.sources.sdk.parts import part_of
from lkagent_lint.sources.sdk.releases import PACKAGES
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release, spelt
from lkagent_lint.sources.sdk.vocabulary import CLASSES, Role

_DEPTH = 6
_CLASSES = (SymbolKind.CLASS, SymbolKind.TYPE)
_HOLDING = frozenset({SymbolKind.PROPERTY, SymbolKind.SETTABLE, SymbolKind.ATTRIBUTE})
_AWAITED = frozenset({SymbolKind.COROUTINE})
_RETURNING = frozenset({SymbolKind.METHOD, *_AWAITED})
_SELF_AWAITED = frozenset({"SpeechHandle"})
"""Classes whose objects give themselves where they are awaited."""
_NODE_HOMES = ("@livekit/agents", "@livekit/agents.voice", "@livekit/agents.metrics", "@livekit/agents.llm")


class Promise(NamedTuple):
    """A parameter whose annotation is all that is known of it."""

    path: str
    function: str
    name: str


class Held(NamedTuple):
    """A class of the SDK in the release that holds for a file, where all that it has is known."""

    release: Release
    path: str
    """In the tables."""

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def is_task(self) -> bool:
        """Awaiting it gives its result, and what is awaited by its name is seen as the object itself."""
        members = (self.release.member(self.path, each) for each in ("complete", "on_enter"))
        return self.name.endswith(("Task", "TaskGroup")) or all(each is not None for each in members)

    @property
    def package(self) -> str:
        return self.release.table.package


Owners = frozenset[Held]
_NONE: Owners = frozenset()


class HeldObjects:
    """Answers for one project."""

    def __init__(self, project: Project, offers: Offers, listeners: Listeners) -> None:
        self._project = project
        self._offers = offers
        self._listeners = listeners
        self._known: dict[tuple[Activation, v.Expr, int], Owners] = {}
        """By how far was still to be gone: what was cut short for one who asked from afar holds for no other."""
        self._roles = {
            (each.path, each.flow) for worker in project.here.workers for each in (*worker.entries, *worker.requests)
        }
        self._events: dict[tuple[str, str], frozenset[str]] | None = None

    def classes(self, expression: v.Expr, activation: Activation) -> Owners:
        """The classes, of one of which a value is if it is not None; empty where that is not known."""
        found = self._classes(expression, activation, _DEPTH)
        return _NONE if any(each.is_task for each in found) else found

    def promise(self, expression: v.Expr, activation: Activation) -> Promise | None:
        """The parameter that an expression names, where nothing but its annotation says what it holds."""
        if not isinstance(expression, v.Name):
            return None
        home = owner_of(activation.facts, activation.flow, expression.name)
        annotated = home is not None and any(
            each.name == expression.name and each.annotation is not None for each in home.parameters
        )
        things = [each for each in activation.value(expression) if not isinstance(each, Nothing)]
        if home is None or not annotated or (things and all(isinstance(each, SdkObject) for each in things)):
            return None
        return Promise(activation.path, home.name, expression.name)

    def _classes(self, expression: v.Expr, activation: Activation, depth: int) -> Owners:
        if not depth:
            return _NONE
        key = activation, expression, depth
        if key not in self._known:
            self._known[key] = self._found(expression, activation, depth)
        return self._known[key]

    def _found(self, expression: v.Expr, activation: Activation, depth: int) -> Owners:
        if isinstance(expression, v.Name) and self._is_by_role(expression.name, activation):
            return _NONE
        things = [each for each in activation.value(expression) if not isinstance(each, Nothing)]
        if isinstance(expression, v.Result):
            return self._result(activation.flow.calls[expression.call], things, activation, depth)
        if things and all(isinstance(each, SdkObject) for each in things):
            return _together(self._of_object(each, activation) for each in things)
        match expression:
            case v.Name(name):
                return self._name(name, activation, depth - 1)
            case v.Attribute(base, name):
                return self._member(self._classes(base, activation, depth - 1), name, _HOLDING)
            case v.Typed(annotation):
                return self._promised(annotation, activation, depth - 1)
            case v.Either(options) | v.Or(options):
                return _together(self._classes(each, activation, depth - 1) for each in options if each != v.NONE)
            case _:
                return _NONE

    def _result(self, call: Call, things: Sequence[Thing], activation: Activation, depth: int) -> Owners:
        """What a call gives: the object that it makes, or what a method returns. Awaiting an object gives another one,
        but for a speech handle.
        """
        is_awaited = call.use is Use.AWAITED
        if things and all(isinstance(each, SdkObject) for each in things) and not is_awaited:
            return _together(self._of_object(each, activation) for each in things)
        if not isinstance(call.target, v.Attribute):
            return _NONE
        owners = self._classes(call.target.base, activation, depth - 1)
        found = self._member(owners, call.target.name, _RETURNING)
        kept = self._member(owners, call.target.name, _AWAITED)
        return found if not is_awaited or found == kept or all(each.name in _SELF_AWAITED for each in found) else _NONE

    def _is_by_role(self, name: str, activation: Activation) -> bool:
        """A parameter of a function that the SDK runs for its role, whatever it is annotated with: what it holds is
        known where the function is entered.
        """
        home = owner_of(activation.facts, activation.flow, name)
        if home is None or (activation.path, home.name) not in self._roles:
            return False
        is_bound = any(each == name for each, _ in activation.around(home).bindings)
        return not is_bound and any(each.name == name for each in home.parameters)

    def _name(self, name: str, activation: Activation, depth: int) -> Owners:
        home = owner_of(activation.facts, activation.flow, name)
        if home is None:
            return _NONE
        here = activation.around(home)
        values = home.variables.get(name, ())
        found = [self._classes(each, here, depth) for each in values if each != v.NONE]
        for index, parameter in enumerate(home.parameters):
            if parameter.name == name:
                promised = parameter.annotation is not None
                own = self._promised(parameter.annotation, here, depth) if promised else _NONE
                found.append(own or self._heard(home, index, here))
        return _together(found)

    def _member(self, owners: Owners, name: str, kinds: frozenset[SymbolKind]) -> Owners:
        """What a member of these classes holds, or returns, if it is of these kinds."""
        return _together(self._of_member(owner, name, kinds) for owner in owners) if owners else _NONE

    @staticmethod
    def _of_member(owner: Held, name: str, kinds: frozenset[SymbolKind]) -> Owners:
        member = owner.release.member(owner.path, name)
        if member is None or not member.promised or member.kind not in kinds:
            return _NONE
        return _together(_at(owner.release, path) for path in member.promised)

    # Objects that are followed, and annotations

    def _of_object(self, thing: Thing, activation: Activation) -> Owners:
        if not isinstance(thing, SdkObject):
            return _NONE
        if thing.kind not in CLASSES:
            return self._dotted(thing.kind, activation)
        if CLASSES[thing.kind].in_plugins:
            return _NONE
        release = self._offers.all_of_class(activation.path, thing.kind)
        path = "" if release is None else release.path(thing.kind)
        return frozenset({Held(release, path)}) if release is not None and path else _NONE

    def _promised(self, annotation: v.Expr | None, activation: Activation, depth: int) -> Owners:
        if not depth:
            return _NONE
        match annotation:
            case v.Either(options):
                return _together(self._promised(each, activation, depth - 1) for each in options if not _is_none(each))
            case v.Text(text) if "|" in text:
                parts = tuple(v.Text(each.strip()) for each in text.split("|"))
                return self._promised(v.Either(parts), activation, depth - 1)
            case v.Text(text):
                return self._promised(dotted(text), activation, depth - 1) if is_dotted(text) else _NONE
            case v.Subscript(base, v.Items(items)) if last_name(base) in ("Union", "Optional"):
                return self._promised(v.Either(items), activation, depth - 1)
            case v.Subscript(base, v.Items(items)) if last_name(base) == "Annotated" and items:
                return self._promised(items[0], activation, depth - 1)
            case v.Subscript(base):
                return self._promised(base, activation, depth - 1)
            case v.Name() | v.Attribute() | v.Import() | v.External():
                return _together(self._of_class(each, activation) for each in activation.value(annotation))
            case _:
                return _NONE

    def _of_class(self, thing: Thing, activation: Activation) -> Owners:
        return self._dotted(thing.name, activation) if isinstance(thing, Sdk) else _NONE

    def _dotted(self, path: str, activation: Activation) -> Owners:
        """The class of a dotted name, as Python has it, in a file."""
        part, (module, _, name) = part_of(path), path.rpartition(".")
        if part is None:
            return _NONE
        package = part.package(node=activation.is_node)
        release = self._offers.complete(activation.path, package) if package in PACKAGES else None
        if release is None:
            return _NONE
        homes = (module,) if not activation.is_node else (release.table.package, *_NODE_HOMES)
        for home in homes:
            for each in spelt(name):
                found = release.name(home, each)
                if found is not None and found.kind in _CLASSES and found.path in release.table.members:
                    return frozenset(Held(release, path) for path in _kin(release, found.path))
        return _NONE

    # What listeners hear

    def _heard(self, flow: Flow, index: int, here: Activation) -> Owners:
        """What a session's listener gets, where it is one and nothing calls it otherwise."""
        first = 1 if flow.owner and flow.binding != "static" else 0
        if index != first:
            return _NONE
        if self._events is None:
            self._events = self._listening()
        events = self._events.get((here.path, flow.name), frozenset())
        return _together(self._of_event(each, here) for each in sorted(events))

    def _listening(self) -> dict[tuple[str, str], frozenset[str]]:
        """The events of sessions that the project's functions hear; an event that is not known is an empty name."""
        found: dict[tuple[str, str], set[str]] = {}
        for handed in self._listeners.handed(Role.LISTENER):
            for closure, given in functions_among(handed.things):
                event = handed.event if handed.kind == "AgentSession" and not given else ""
                found.setdefault((closure.path, closure.flow), set()).add(event)
        return {key: frozenset(events) for key, events in found.items()}

    def _of_event(self, event: str, activation: Activation) -> Owners:
        """The class of an event of sessions: named after it, as all of them are."""
        release = self._offers.all_of_class(activation.path, "AgentSession")
        if not event or release is None or release.events("AgentSession").get(event, 1) != 1:
            return _NONE
        name = "".join(part.capitalize() for part in event.split("_")) + "Event"
        return self._dotted(f"livekit.agents.{name}", activation)


def _kin(release: Release, path: str) -> list[str]:
    """A class, and those beside it that are called as kinds of it: who is given a ``TrackPublication`` has one of
    those of others.
    """
    home, _, name = path.rpartition(".")
    kinds = [each for each in release.table.members if each.startswith(home) and each.endswith(name) and each != path]
    return [path, *filter(release.members, kinds)]


def _at(release: Release, path: str) -> Owners:
    """A class that a table names: of its own package, or of another one."""
    if path in release.table.members:
        return frozenset({Held(release, path)}) if release.members(path) else _NONE  # some releases do not export it
    part = part_of(path)
    if part is None or part.python == release.table.package or release.table.package.startswith("@"):
        return _NONE
    other, (module, _, name) = release.table.catalog.newest(part.python), path.rpartition(".")
    found = other.name(module, name)
    return frozenset({Held(other, found.path)}) if found is not None and found.kind in _CLASSES else _NONE


def _together(found: Iterable[Owners]) -> Owners:
    """One of several; not known where one of them is not."""
    parts = list(found)
    if len(parts) == 1:  # as most are: nothing is made anew
        return parts[0]
    return _NONE.union(*parts) if parts and all(parts) else _NONE


def _is_none(annotation: v.Expr) -> bool:
    return annotation in (v.NONE, v.Text("None"))

"""Attributes of the SDK's objects that are read or assigned, and that they do not have, or do not let anybody set."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Access, Flow, Store
from lkagent_lint.facts.following import last_name
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, ClassOf, Instance, SdkMethod, SdkObject
from lkagent_lint.questions.held import Held, HeldObjects, Owners, Promise
from lkagent_lint.questions.methods import Methods
from lkagent_lint.questions.offers import Lack, Offers
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from lkagent_lint.text import Span

_SPOKEN_OF = frozenset({"JobContext", "JobRequest", "AgentSession", "LiveSession", "Agent", "AgentTask", "Room"})
"""Owners whose unknown methods are LKA406's."""
_OWN = frozenset({"self", "this"})
_TEXTS = frozenset(
    {
        *(("Job", "metadata"), ("Room", "metadata"), ("Room", "name"), ("RoomInfo", "metadata"), ("RoomInfo", "name")),
        *(("LocalParticipant", "metadata"), ("LocalParticipant", "identity"), ("LocalParticipant", "name")),
    }
)
"""Attributes that are texts (livekit 1.2.1, ``rtc/room.py``, ``participant.py``; livekit-protocol 1.1.29)."""


class Wrong(enum.Enum):
    """What is wrong with a use of an attribute."""

    READ = "it is read, and is not there"
    CALLED = "it is called, and is not there"
    UNREAD = "it is assigned, is not there, and nothing reads it"
    FIXED = "it is assigned, and cannot be"
    TEXT = "it is read of a text, which has no such attribute"


class WrongAttribute(NamedTuple):
    place: Place
    wrong: Wrong
    name: str
    owners: tuple[Held, ...]
    """The classes, one of which it is that has no such attribute."""
    lack: Lack | None
    """When the first of them had it, or has; None for one that is there and cannot be set."""
    function: str
    promise: Promise | None = None
    """The annotation alone says what it is."""


class Attributes:
    """Answers for one project."""

    def __init__(self, project: Project, methods: Methods, offers: Offers, held: HeldObjects) -> None:
        self._project = project
        self._methods = methods
        self._offers = offers
        self._held = held

    def wrong(self) -> Iterator[WrongAttribute]:
        """Every wrong use. The same place may come several times, once for each activation.

        Where a parameter lacks several of the attributes that are read of it, its annotation is what is wrong.
        """
        found = list(self._found())
        lacked: dict[Promise, set[str]] = {}
        for each in found:
            if each.promise is not None:
                lacked.setdefault(each.promise, set()).add(each.name)
        yield from (each for each in found if each.promise is None or len(lacked[each.promise]) == 1)

    def _found(self) -> Iterator[WrongAttribute]:
        for activation in self._methods.best(self._methods.activations(_uses_attributes)):
            if self._is_doubled(activation.path):
                continue
            yield from self._read(activation)
            yield from self._called(activation)
            for store in activation.flow.stores:
                found = None if store.span is None else self._assigned(store, activation)
                if found is not None:
                    yield found

    def _is_doubled(self, path: str) -> bool:
        """A test whose objects may be doubles."""
        facts = self._project.files[path]
        return self._project.in_tests(path) and any("mock" in each for each in facts.modules)

    # What is read

    def _read(self, activation: Activation) -> Iterator[WrongAttribute]:
        for look in activation.flow.looks:
            if isinstance(look.value, v.Attribute) and look.access in (Access.READ, Access.USED):
                found = self._lacking(look.value, look.span, activation, Wrong.READ)
                if found is not None:
                    yield found

    def _called(self, activation: Activation) -> Iterator[WrongAttribute]:
        for call in activation.flow.calls:
            if (
                isinstance(call.target, v.Attribute)
                and call.span is not None
                and not _is_super(call.target, activation)
            ):
                found = self._lacking(call.target, call.span, activation, Wrong.CALLED)
                if found is not None:
                    yield found

    def _lacking(
        self, value: v.Attribute, span: Span | None, activation: Activation, wrong: Wrong
    ) -> WrongAttribute | None:
        """The first of a chain of attributes that is not there."""
        inner = value.base
        if isinstance(inner, v.Attribute):
            found = self._lacking(inner, span, activation, Wrong.READ)
            if found is not None:
                return found
        name = value.name
        if span is None or name.startswith("_") or (isinstance(inner, v.Name) and inner.name in _OWN):
            return None
        if self._is_text(inner, activation) and not hasattr(str, name):
            return WrongAttribute(activation.place(span), Wrong.TEXT, name, (), None, activation.name)
        owners = self._held.classes(inner, activation)
        lack = self._lack(owners, name) if owners else None
        if lack is None:
            return None
        if self._project.in_tests(activation.path) and name in self._doubles:
            return None
        if self._may_have(name, owners) or (wrong is Wrong.CALLED and any(map(_is_spoken_of, owners))):
            return None
        promise = self._held.promise(inner, activation)
        return WrongAttribute(activation.place(span), wrong, name, _sorted(owners), lack, activation.name, promise)

    @staticmethod
    def _is_text(value: v.Expr, activation: Activation) -> bool:
        """A value is surely a text that the SDK gives."""
        found = activation.value(value) if isinstance(value, v.Attribute) and not activation.is_node else ()
        return bool(found) and all(isinstance(each, SdkMethod) and (each.kind, each.name) in _TEXTS for each in found)

    def _lack(self, owners: Owners, name: str) -> Lack | None:
        """What none of these classes has; None where one of them has it, or may have."""
        found = [self._offers.lacked_by(each.release, each.path, name) for each in _sorted(owners)]
        return None if None in found else next(iter(found), None)

    def _may_have(self, name: str, owners: Owners) -> bool:
        """Code of the project gives such objects the attribute, asks for it first, or has it in a class below."""
        return name in self._given or any(name in self._below(each.name) for each in owners)

    @cached_property
    def _given(self) -> frozenset[str]:
        """Names that something is given which is not of the project's own making, or is asked for by."""
        found = {name for facts in self._project.files.values() for name in facts.given}
        for facts in self._project.files.values():
            for flow in facts.flows.values():
                found.update(each.name for each in flow.stores if _is_of_others(each, facts))
        return frozenset(found)

    def _below(self, owner: str) -> frozenset[str]:
        """What the project's classes that derive from one of that name have of their own."""
        return frozenset(name for each in self._deriving(owner) for name in self._members.get(each, ()))

    def _deriving(self, owner: str) -> set[str]:
        found: set[str] = set()
        new = set(self._bases.get(owner, ()))
        while new - found:
            found |= new
            new = {each for base in new for each in self._bases.get(base, ())}
        return found

    @cached_property
    def _bases(self) -> dict[str, set[str]]:
        """The project's classes by the last names of their bases, both as they are written."""
        found: dict[str, set[str]] = {}
        for facts in self._project.files.values():
            for name, record in facts.classes.items():
                for base in record.bases:
                    written = base.base if isinstance(base, v.Subscript) else base
                    found.setdefault(last_name(written), set()).add(name.rpartition(".")[2])
        return found

    @cached_property
    def _doubles(self) -> frozenset[str]:
        """What classes of tests have, which may stand in for the SDK's."""
        found: set[str] = set()
        for path, facts in self._project.files.items():
            if self._project.in_tests(path):
                found.update(*(self._members.get(each.rpartition(".")[2], ()) for each in facts.classes))
                found.update(each.rpartition(".")[2] for each in facts.inert)
                found.update(facts.asked_for)
        return frozenset(found)

    @cached_property
    def _members(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for facts in self._project.files.values():
            for name, record in facts.classes.items():
                found.setdefault(name.rpartition(".")[2], set()).update(record.attributes, record.annotations)
            for flow in facts.flows.values():
                if flow.owner:
                    own = found.setdefault(flow.owner.rpartition(".")[2], set())
                    own.update(each.name for each in flow.stores if _is_own(each.base))
            for dotted in facts.inert:
                owner, _, name = dotted.rpartition(".")
                found.setdefault(owner.rpartition(".")[2], set()).add(name)
        return found

    # What is assigned

    def _assigned(self, store: Store, activation: Activation) -> WrongAttribute | None:
        owners = self._of_own(store, activation) or self._held.classes(store.base, activation)
        if not owners or store.name.startswith("_"):
            return None
        members = [each.release.member(each.path, store.name) for each in owners]
        lack = None
        if all(each is not None and each.kind is SymbolKind.PROPERTY for each in members):
            wrong = Wrong.FIXED
        elif (lack := self._lack(owners, store.name)) is not None and self._is_unread(store.name, owners):
            wrong = Wrong.UNREAD
        else:
            return None
        return WrongAttribute(activation.place(store.span), wrong, store.name, _sorted(owners), lack, activation.name)

    def _of_own(self, store: Store, activation: Activation) -> Owners:
        """The SDK's class from which an object of the project's own class has an attribute, if no class of the project
        has it.
        """
        found: set[Held] = set()
        for thing in activation.value(store.base):
            classes = self._project.evaluator.classes
            if not isinstance(thing, Instance) or not classes.is_closed(thing):
                return frozenset()
            for base in classes.lineage(thing):
                if isinstance(base, SdkObject):
                    release = self._offers.all_of_class(activation.path, base.kind)
                    if release is None or release.member(base.kind, store.name) is None:
                        return frozenset()
                    found.add(Held(release, release.path(base.kind)))
                    break
                if not isinstance(base, ClassOf) or self._declares(base, store.name):
                    return frozenset()
        return frozenset(found)

    def _declares(self, owner: ClassOf, name: str) -> bool:
        facts = self._project.files[owner.path]
        record = facts.classes.get(owner.name)
        has_own = record is None or name in record.attributes or name in record.annotations
        return has_own or f"{owner.name}.{name}" in facts.inert

    def _is_unread(self, name: str, owners: Owners) -> bool:
        """The objects are made to be handed over, and nothing in the project reads such an attribute."""
        if any(each.name in CLASSES for each in owners):
            return False
        return name not in self._read_names and not any(name in self._below(each.name) for each in owners)

    @cached_property
    def _read_names(self) -> frozenset[str]:
        found: set[str] = set()
        for facts in self._project.files.values():
            for flow in facts.flows.values():
                for look in flow.looks:
                    found.update(_names(look.value))
                for call in flow.calls:
                    found.update(_names(call.target))
        return frozenset(found)


def _uses_attributes(flow: Flow) -> bool:
    return bool(flow.looks or flow.stores or flow.calls)


def _names(value: v.Expr) -> Iterator[str]:
    while isinstance(value, (v.Attribute, v.Subscript)):
        if isinstance(value, v.Attribute):
            yield value.name
        value = value.base


def _is_super(target: v.Attribute, activation: Activation) -> bool:
    base = target.base
    return isinstance(base, v.Result) and activation.flow.calls[base.call].target == v.Name("super")


def _is_own(base: v.Expr) -> bool:
    return isinstance(base, v.Name) and base.name in _OWN


def _is_of_others(store: Store, facts: FileFacts) -> bool:
    """Node: Python's front end says so of inert code too (``FileFacts.given``)."""
    return facts.language != "python" and not _is_own(store.base)


def _is_spoken_of(held: Held) -> bool:
    return held.name in _SPOKEN_OF


def _sorted(owners: Owners) -> tuple[Held, ...]:
    return tuple(sorted(owners, key=lambda each: each.path))

"""Attributes of the project's own classes and of their instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Class, Flow
from lkagent_lint.project.settings_classes import reads_environment, variable_of
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    Activation,
    ClassOf,
    Closure,
    Instance,
    Library,
    Plain,
    Sdk,
    SdkObject,
    Super,
    Thing,
    Things,
    Unknown,
    in_order,
    only,
)
from lkagent_lint.sources.sdk.vocabulary import CLASSES, class_name

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

StoredValue = tuple[Flow, v.Expr]

_MAKES_UP = frozenset({"__getattr__", "__getattribute__"})
_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"})


class Classes:
    """Looks attributes up along the bases, instance attributes first."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._stores: dict[str, dict[tuple[str, str], list[StoredValue]]] = {}

    def record(self, base: ClassOf | Instance) -> Class | None:
        return self._evaluator.files[base.path].classes.get(base.name)

    def lineage(self, start: ClassOf | Instance) -> Iterator[Thing]:
        """The class itself, then its bases depth first: ``ClassOf`` for the project's, ``SdkObject`` for the SDK's,
        ``Unknown`` where a base is not known. Foreign and library bases are left out.
        """
        seen: set[Thing] = set()
        stack: list[Thing] = [ClassOf(start.path, start.name)]
        while stack:
            here = stack.pop(0)
            if here in seen:
                continue
            seen.add(here)
            yield here
            if isinstance(here, ClassOf) and (record := self.record(here)) is not None:
                bases: list[Thing] = []
                for expression in record.bases:
                    for base in in_order(self._evaluator.value(expression, self._scope(here, record))):
                        if isinstance(base, Sdk) and (kind := class_name(base.name)):
                            bases.append(SdkObject(kind))
                        elif isinstance(base, (ClassOf, Unknown)):
                            bases.append(base)
                stack[:0] = bases

    def _scope(self, owner: ClassOf, record: Class) -> Activation:
        flow = self._evaluator.files[owner.path].flows[record.scope]
        return self._evaluator.usual(owner.path, flow)

    def is_closed(self, start: ClassOf | Instance) -> bool:
        """Nothing but the project's classes and the SDK's makes up an object's attributes."""
        for here in self.lineage(start):
            if isinstance(here, SdkObject):
                continue
            record = self.record(here) if isinstance(here, ClassOf) else None
            if not isinstance(here, ClassOf) or record is None or record.decorators:
                return False
            inert = self._evaluator.files[here.path].inert
            if any(each in record.attributes or f"{here.name}.{each}" in inert for each in _MAKES_UP):
                return False
            values = [self._evaluator.value(each, self._scope(here, record)) for each in record.bases]
            if not all(len(each) == 1 and all(map(_is_known_base, each)) for each in values):
                return False
        return True

    def kinds(self, thing: Thing) -> frozenset[str]:
        """The SDK classes that an object is an instance of."""
        match thing:
            case SdkObject(kind):
                above = CLASSES[kind].base if kind in CLASSES else ""
                return frozenset({kind, above or kind})
            case Instance():
                found: set[str] = set()
                for base in self.lineage(thing):
                    if isinstance(base, SdkObject):
                        found |= self.kinds(base)
                return frozenset(found)
            case _:
                return frozenset()

    def attribute(self, base: ClassOf | Instance | Super, name: str) -> Things:
        """``base.name``; anything where the class does not say."""
        start: ClassOf | Instance
        receiver: Thing
        if isinstance(base, Super):
            start, receiver = ClassOf(base.path, base.name), base.receiver
        else:
            start, receiver = base, base
        lineage = list(self.lineage(start))
        if isinstance(base, Super):
            lineage = lineage[1:]
        if isinstance(receiver, Instance):
            held: set[Thing] = set()
            for each in lineage:
                if isinstance(each, ClassOf):
                    held |= self._held(each, receiver, name)
            if held:
                return frozenset(held)
        for each in lineage:
            found = self._declared(each, receiver, name, start.path)
            if found:
                return found
        return ANYTHING

    def _held(self, owner: ClassOf, receiver: Instance, name: str) -> Things:
        """Values that methods of a class store on ``self``; ``None`` alone says nothing yet."""
        evaluator = self._evaluator
        found: set[Thing] = set()
        for flow, expression in self._stored(owner.path).get((owner.name, name), ()):
            if flow.name == f"{owner.name}.__init__" and receiver.made is not None:
                activation = receiver.made
                if activation.flow is not flow:
                    activation = evaluator.usual(owner.path, flow)
            elif not flow.owner:  # a function within the method
                activation = evaluator.usual(owner.path, flow)
            else:
                bindings = ((flow.parameters[0].name, only(receiver)),)
                activation = evaluator.intern(owner.path, flow.name, bindings)
            found |= evaluator.value(expression, activation)
        return frozenset(found)

    def _stored(self, path: str) -> dict[tuple[str, str], list[StoredValue]]:
        found = self._stores.get(path)
        if found is None:
            found = self._stores[path] = {}
            flows = self._evaluator.files[path].flows
            for flow in flows.values():
                method = _method_around(flow, flows)
                if method is not None and method.parameters:
                    for store in flow.stores:
                        if store.base == v.Name(method.parameters[0].name):
                            found.setdefault((method.owner, store.name), []).append((flow, store.value))
        return found

    def _declared(self, owner: Thing, receiver: Thing, name: str, path: str) -> Things:
        """What the class level of one class of the lineage says of a name, asked in a file; empty if nothing."""
        evaluator = self._evaluator
        if isinstance(owner, SdkObject):
            return evaluator.attribute(owner, name, evaluator.module(path))
        if not isinstance(owner, ClassOf):
            return ANYTHING
        record = self.record(owner)
        if record is None or f"{owner.name}.{name}" in evaluator.files[owner.path].inert:
            return only(Plain())
        scope = self._scope(owner, record)
        if name in record.annotations and reads_environment(record, scope):
            return self.field(receiver, name) or variable_of(record, scope, name, evaluator)
        if name in record.attributes:
            found: set[Thing] = set()
            for value in evaluator.union(record.attributes[name], scope):
                found |= self._bind(value, receiver)
            return frozenset(found)
        if name in record.annotations:
            fields = self.field(receiver, name)
            return fields or evaluator.typed(record.annotations[name], scope) or ANYTHING
        return frozenset()

    def field(self, receiver: Thing, name: str) -> Things:
        """A dataclass field as given to the constructor, where that was seen."""
        if isinstance(receiver, Instance) and receiver.made is not None:
            return next((values for each, values in receiver.made.bindings if each == name), NEVER)
        return NEVER

    def _bind(self, value: Thing, receiver: Thing) -> Things:
        """A function found on a class, as its receiver sees it."""
        if not isinstance(value, Closure):
            return only(value)
        flow = self._evaluator.files[value.path].flows[value.flow]
        if flow.binding == "property":
            return self._evaluator.results.called(value.on(receiver), (), ())
        if flow.binding == "static" or (isinstance(receiver, ClassOf) and flow.binding != "class"):
            return only(value)
        return only(value.on(receiver))


def _method_around(flow: Flow, flows: Mapping[str, Flow]) -> Flow | None:
    """The method that a function is, or that holds it: ``self`` and ``this`` mean the same in both."""
    here: Flow | None = flow
    while here is not None and not here.owner:
        if "this" in here.variables:  # a plain function of ECMAScript has one of its own
            return None
        here = flows.get(here.parent) if here.parent else None
    return here if here is not None and here.binding not in ("static", "class") else None


def _is_known_base(base: Thing) -> bool:
    """A base whose attributes are known."""
    match base:
        case ClassOf():
            return True
        case Sdk(dotted):
            return bool(class_name(dotted))
        case Library(name):
            return name in _PLAIN_BASES
        case _:
            return False

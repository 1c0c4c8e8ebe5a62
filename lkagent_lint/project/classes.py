"""Attributes of the project's own classes and of their instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Class, Flow
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.paths import can_end
from lkagent_lint.project.settings_classes import reads_environment, variable_of
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    NOTHING,
    Activation,
    ClassOf,
    Closure,
    Foreign,
    Instance,
    Library,
    Plain,
    Sdk,
    SdkObject,
    String,
    Super,
    Thing,
    Things,
    Unknown,
    in_order,
    only,
)
from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.parts import package_of
from lkagent_lint.sources.sdk.vocabulary import CLASSES, class_name

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator

StoredValue = tuple[Flow, v.Expr]

_MAKES_UP = frozenset({"__getattr__", "__getattribute__"})
_HOLDERS = frozenset({"attr", "attrs", "msgspec", "pydantic", "pydantic_settings", "sqlmodel"})
"""Packages whose classes hold what they are given and do nothing with it."""
_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"})


class Classes:
    """Looks attributes up along the bases, instance attributes first."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._stores: dict[str, dict[tuple[str, str], list[StoredValue]]] = {}
        self._lines: dict[tuple[str, str], list[Thing]] = {}
        """The lineages that are known for good."""
        self._below: dict[tuple[ClassOf, str], tuple[ClassOf, ...]] = {}

    def record(self, base: ClassOf | Instance) -> Class | None:
        return self._evaluator.files[base.path].classes.get(base.name)

    def lineage(self, start: ClassOf | Instance) -> Sequence[Thing]:
        """The class itself, then its bases in the order in which Python asks them: ``ClassOf`` for the project's,
        ``SdkObject`` for the SDK's, ``Unknown`` where a base is not known. Foreign and library bases are left out.
        """
        key = start.path, start.name
        found = self._lines.get(key)
        if found is None:
            before = self._evaluator.answers.tentative
            found = self._line(ClassOf(start.path, start.name), {})
            if self._evaluator.answers.tentative == before:
                self._lines[key] = found
        return found

    def _line(self, start: ClassOf, known: dict[ClassOf, list[Thing]]) -> list[Thing]:
        """The lineage of one class. ``known`` holds those that were asked; one that is still open stands alone."""
        if start not in known:
            known[start] = [start]
            bases = self._bases(start)
            lines = [bases]
            for each in reversed(bases):
                lines.insert(0, self._line(each, known) if isinstance(each, ClassOf) else [each])
            known[start] = [start, *(each for each in _merged(lines) if each != start)]
        return known[start]

    def _bases(self, owner: ClassOf) -> list[Thing]:
        record = self.record(owner)
        if record is None:
            return []
        bases: dict[Thing, None] = {}
        for expression in record.bases:
            for base in in_order(self._evaluator.value(expression, self._scope(owner, record))):
                if isinstance(base, Sdk) and (kind := class_name(base.name)):
                    bases[SdkObject(kind)] = None
                elif isinstance(base, (ClassOf, Unknown)) and base != owner:
                    bases[base] = None
        return list(bases)

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

    def is_made_elsewhere(self, owner: ClassOf) -> bool:
        """A base that is not known, or of a package that does more than hold values, says what making one does."""
        for here in self.lineage(owner):
            if not isinstance(here, ClassOf):
                if isinstance(here, Unknown):
                    return True
                continue
            record = self.record(here)
            scope = None if record is None else self._scope(here, record)
            values = () if record is None else record.bases
            bases = (base for each in values if scope is not None for base in self._evaluator.value(each, scope))
            if any(isinstance(each, Foreign) and each.name.partition(".")[0] not in _HOLDERS for each in bases):
                return True
        return False

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
        mark = self._evaluator.answers.mark()
        lineage = self._behind(start, receiver) if isinstance(base, Super) else self.lineage(start)
        if isinstance(receiver, Instance):
            held: set[Thing] = set()
            for each in lineage:
                if isinstance(each, ClassOf):
                    held |= self._held(each, receiver, name)
            if held:
                return frozenset(held)
        for index, each in enumerate(lineage):
            if self._evaluator.answers.waits(mark):  # what it holds, or what its bases are, is still being found out
                break
            if isinstance(each, SdkObject) and not _has(each.kind, name) and self._own(lineage[index:], name):
                continue
            found = self._declared(each, receiver, name, start.path)
            if found and base is receiver and isinstance(base, Instance):
                found |= self._instead(found, base, name)
            if found:
                return found
        return self._evaluator.unless_waiting(mark)

    def _instead(self, found: Things, receiver: Instance, name: str) -> Things:
        """What may stand in the place of a method, where of an object only a class is known that it is of: methods of
        the project's classes below that, and where there is none and the method only raises, one of another's.
        """
        methods = [each for each in found if isinstance(each, Closure)]
        if receiver.made is not None or not methods:
            return NEVER
        below = [
            (each, value)
            for each in self.below(receiver, name)
            if (record := self.record(each)) is not None
            for value in record.attributes[name]
        ]
        overriding: set[Thing] = set()
        for each, value in below:
            if isinstance(value, v.Function):
                overriding |= self._bind(Closure(each.path, value.flow, None), Instance(each.path, each.name, None))
        flows = (self._evaluator.files[each.path].flows[each.flow] for each in methods)
        return frozenset(overriding) if overriding or not all(map(_is_abstract, flows)) else ANYTHING

    def below(self, thing: ClassOf | Instance, name: str) -> tuple[ClassOf, ...]:
        """The project's classes below that of a thing that declare a name themselves."""
        owner = ClassOf(thing.path, thing.name)
        key = (owner, name)
        if key in self._below:
            return self._below[key]
        mark = self._evaluator.answers.mark()
        found = tuple(each for each in self._declaring.get(name, ()) if each != owner and owner in self.lineage(each))
        if not self._evaluator.answers.waits(mark):
            self._below[key] = found
        return found

    @cached_property
    def _declaring(self) -> dict[str, list[ClassOf]]:
        """The project's classes with bases, by what they declare."""
        found: dict[str, list[ClassOf]] = {}
        for path, facts in self._evaluator.files.items():
            for name, record in facts.classes.items():
                for attribute in record.attributes if record.bases else ():
                    found.setdefault(attribute, []).append(ClassOf(path, name))
        return found

    def _behind(self, start: ClassOf | Instance, receiver: Thing) -> Sequence[Thing]:
        """Where ``super()`` looks: behind the method's own class in the lineage of what it is called on."""
        owner = ClassOf(start.path, start.name)
        lineage = self.lineage(receiver if isinstance(receiver, (ClassOf, Instance)) else owner)
        if owner not in lineage:
            lineage = self.lineage(owner)
        return lineage[lineage.index(owner) + 1 :]

    def has_own(self, start: ClassOf | Instance, name: str) -> bool:
        """Some class of the project in the lineage has the name, wherever it stands: declared, or stored on ``self``;
        or one below, where of an object only a class is known that it is of.

        What only the SDK's classes lack is not lacking before this is asked.
        """
        is_open = isinstance(start, Instance) and start.made is None
        return self._own(self.lineage(start), name) or (is_open and bool(self.below(start, name)))

    def _own(self, lineage: Sequence[Thing], name: str) -> bool:
        return any(isinstance(each, ClassOf) and self._has_name(each, name) for each in lineage)

    def _has_name(self, owner: ClassOf, name: str) -> bool:
        record = self.record(owner)
        return record is not None and (
            name in record.attributes
            or name in record.annotations
            or f"{owner.name}.{name}" in self._evaluator.files[owner.path].inert
            or (owner.name, name) in self._stored(owner.path)
        )

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
        given = self.field(receiver, name) if name in record.annotations and _is_of_fields(receiver, record) else NEVER
        if given:
            return given
        if name in record.attributes:
            found: set[Thing] = set()
            for value in in_order(evaluator.union(record.attributes[name], scope)):
                found |= self._bind(value, receiver)
            if name in record.annotations and found <= {NOTHING}:  # the default of a field that somebody fills
                mark = evaluator.answers.mark()
                given = self.field(receiver, name) or evaluator.typed(record.annotations[name], scope)
                return given or evaluator.unless_waiting(mark)
            if record.decorators and _is_default(found) and isinstance(receiver, Instance) and receiver.made is None:
                found |= ANYTHING  # whoever has made it may have given another text
            return frozenset(found)
        if name in record.annotations:
            mark = evaluator.answers.mark()
            fields = self.field(receiver, name)
            return fields or evaluator.typed(record.annotations[name], scope) or evaluator.unless_waiting(mark)
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


def _is_abstract(flow: Flow) -> bool:
    """A method that stands for those of the classes below: it says so, or can only raise."""
    if any(last_name(each).startswith("abstract") for each in flow.decorators):
        return True
    return not can_end(flow)


def _merged(lines: list[list[Thing]]) -> list[Thing]:
    """Python's own order of bases (C3); where it would refuse a class, what comes first comes first."""
    found: list[Thing] = []
    while lines := [each for each in lines if each]:
        heads = (line[0] for line in lines if not any(line[0] in each[1:] for each in lines))
        head = next(heads, lines[0][0])
        found.append(head)
        lines = [[each for each in line if each != head] for line in lines]
    return found


def _is_of_fields(receiver: Thing, record: Class) -> bool:
    """Whether an object was made of its class's fields, and not by an ``__init__``."""
    made = receiver.made if isinstance(receiver, Instance) else None
    return made is not None and made.name == record.scope


def _is_default(values: set[Thing]) -> bool:
    return bool(values) and all(isinstance(each, String) for each in values)


def _has(kind: str, name: str) -> bool:
    """Whether a class of the SDK has a member, in the newest release."""
    package = package_of(CLASSES[kind].home) if kind in CLASSES else ""
    return not package or tables.newest(package).member(kind, name) is not None


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

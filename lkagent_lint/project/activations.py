"""Activations: equal ones are one object, and no function has more than a bounded number of them.

A function that is called with ever new arguments would have ever new activations, and each of them its own answers. So
a function's first activations know their arguments whole; the next ones know them without what they were made of, then
only what is no part of the project, and the last one nothing but what its annotations promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Flow
from lkagent_lint.project import limits
from lkagent_lint.project.things import (
    ANYTHING,
    UNKNOWN,
    Activation,
    Answering,
    Bindings,
    Box,
    ClassOf,
    Closure,
    Foreign,
    Instance,
    Library,
    Nothing,
    Partial,
    Plain,
    Record,
    Sdk,
    SdkMethod,
    SdkObject,
    Super,
    Thing,
    Things,
    Unknown,
    box,
    only,
    partial_of,
    record_of,
)

_Key = tuple[str, str, Bindings, Activation | None]
_OUTSIDE = (Sdk, SdkMethod, SdkObject, Library, Foreign, Nothing, Plain, Unknown)


class Activations:
    """Those of one evaluator."""

    def __init__(self, evaluator: Answering, files: Mapping[str, FileFacts]) -> None:
        self._evaluator = evaluator
        self._files = files
        self._known: dict[_Key, Activation] = {}
        self._usual: dict[tuple[str, str], Activation] = {}
        self._numbers: Counter[tuple[str, str, int]] = Counter()

    def intern(self, path: str, flow: str, bindings: Bindings, parent: Activation | None) -> Activation:
        """The activation of a flow with these bindings, or the one that stands for too many such."""
        key = path, flow, bindings, parent
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._bounded(key)
        return found

    def usual(self, path: str, flow: Flow) -> Activation:
        """The activation of a flow of which no call is known: ``self`` is an instance, the rest is annotations."""
        found = self._usual.get((path, flow.name))
        if found is None:
            parent = self.usual(path, self._files[path].flows[flow.parent]) if flow.parent else None
            key = path, flow.name, _receiving(path, flow), parent
            found = self._known.get(key) or self._make(key)
            self._known[key] = self._usual[path, flow.name] = found
        return found

    def within(self, around: Activation, flow: Flow) -> Activation:
        """The same for a flow of the same file, in an activation that encloses it if this one does."""
        if flow is around.flow:
            return around
        outer = self.within(around, around.facts.flows[flow.parent]) if flow.parent else None
        if outer is None or outer is self.usual(around.path, outer.flow):
            return self.usual(around.path, flow)
        return self.intern(around.path, flow.name, _receiving(around.path, flow), outer)

    def flatten(self, things: Things) -> Things:
        """Things as they are known without what they were made of."""
        return frozenset(self._flat(each) for each in things)

    def _make(self, key: _Key) -> Activation:
        path, flow, bindings, parent = key
        facts = self._files[path]
        return Activation(self._evaluator, path, facts, facts.flows[flow], bindings, parent)

    def _bounded(self, key: _Key) -> Activation:
        path, name, bindings, parent = key
        if not bindings and parent is None:
            return self._make(key)
        flow = self._files[path].flows[name]
        for level, less in enumerate((None, self.flatten, _outside)):
            if less is not None:
                bindings = self._less(path, flow, bindings, less)
                parent = None if parent is None else self.usual(path, parent.flow)
                found = self._known.get((path, name, bindings, parent))
                if found is not None:
                    return found
            made = self._make((path, name, bindings, parent))
            if made.depth <= limits.MAX_DEPTH and self._numbers[path, name, level] < limits.MAX_ACTIVATIONS:
                self._numbers[path, name, level] += 1
                self._known[path, name, bindings, parent] = made
                return made
        return self.usual(path, flow)

    def _less(self, path: str, flow: Flow, bindings: Bindings, less: Callable[[Things], Things]) -> Bindings:
        """Bindings of which less is known; a method's receiver is always one of its class."""
        found = [(name, less(values)) for name, values in bindings]
        if less is _outside and flow.owner and flow.binding != "static" and flow.parameters:
            own = flow.parameters[0].name
            found = [(name, only(receiver_of(path, flow)) if name == own else values) for name, values in found]
        return tuple(found)

    def _flat(self, thing: Thing) -> Thing:
        match thing:
            case Box(items, parts):
                return box(self._inner(items), None if parts is None else tuple(map(self._inner, parts)), thing.keys)
            case Record(path, entries, open_ended):
                return record_of(path, [(name, self._inner(values)) for name, values in entries], open_ended)
            case Partial(function, args, keywords):
                named = tuple((name, self._inner(values)) for name, values in keywords)
                return partial_of(self._shallow(function), tuple(map(self._inner, args)), named)
            case _:
                return self._shallow(thing)

    def _inner(self, things: Things) -> Things:
        return frozenset(map(self._shallow, things))

    def _shallow(self, thing: Thing) -> Thing:
        """The same of what a container holds."""
        match thing:
            case Instance(path, name):
                return Instance(path, name, None)
            case Closure(path, flow, home, bound, undecorated):
                outer = None if home is None else self.usual(home.path, home.flow)
                return Closure(path, flow, outer, None if bound is None else self._shallow(bound), undecorated)
            case Super(path, name, receiver):
                return Super(path, name, self._shallow(receiver))
            case Box():
                return box(ANYTHING)
            case Record() | Partial():
                return UNKNOWN
            case _:
                return thing


def _receiving(path: str, flow: Flow) -> Bindings:
    """What a flow of which no call is known is called on."""
    if flow.owner and flow.binding != "static" and flow.parameters:
        return ((flow.parameters[0].name, only(receiver_of(path, flow))),)
    return ()


def receiver_of(path: str, flow: Flow) -> Thing:
    """What a method is called on."""
    return ClassOf(path, flow.owner) if flow.binding == "class" else Instance(path, flow.owner, None)


def _outside(things: Things) -> Things:
    """What is no part of the project; for all else, unknown."""
    return frozenset(each if isinstance(each, _OUTSIDE) else UNKNOWN for each in things)

"""What stands on a function: which kinds of decorators, and what the project's own make of it."""

from __future__ import annotations

import enum
from collections.abc import Collection
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.things import (
    Activation,
    ClassOf,
    Closure,
    Foreign,
    Instance,
    Library,
    Partial,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Things,
    Unknown,
    in_order,
    only,
)
from lkagent_lint.sources.sdk import vocabulary

if TYPE_CHECKING:
    from lkagent_lint.project.evaluate import Evaluator


class Decoration(enum.Enum):
    """What a decorator is to those who call the function."""

    HOLDS = "how a class or a module holds it: staticmethod, property, abstractmethod, final"
    CACHES = "calling it gives what the function gives, which may have been found out before"
    REGISTERS = "the SDK is handed the function and gives it back as it is"
    SDKS = "another one of the SDK"
    WRAPS = "functools.wraps: the function stands in for another one"
    OWN = "the project's own"
    LIBRARY = "another one of the standard library"
    UNKNOWN = "a package's, or not known"


AS_WRITTEN = frozenset({Decoration.HOLDS, Decoration.REGISTERS})
"""The name means the very function that is written there."""
GIVES_THE_SAME = AS_WRITTEN | {Decoration.CACHES, Decoration.SDKS, Decoration.WRAPS}
"""Calling it gives what the function gives."""
DOES_THE_SAME = GIVES_THE_SAME | {Decoration.LIBRARY}
"""Calling it does to a job what the function does."""

WHATEVER = frozenset(Decoration)
"""Somebody asks for the function alone."""

_HOLDING = frozenset(
    {
        *("builtins.staticmethod", "builtins.classmethod", "builtins.property", "functools.cached_property"),
        *("abc.abstractmethod", "abc.abstractproperty", "atexit.register", "warnings.deprecated"),
        *(f"{module}.{name}" for module in ("typing", "typing_extensions") for name in ("final", "override")),
        *("typing.no_type_check", "typing_extensions.deprecated"),
    }
)
_HOLDING_WORDS = frozenset({"setter", "getter", "deleter", "cached_property"})
"""``@size.setter``, and the properties that packages have under the name that the standard library gives them."""
_CACHING = frozenset({"functools.cache", "functools.lru_cache"})
_ENTRY_WORDS = vocabulary.written(lambda term: term.hands is not None and term.hands.role is vocabulary.Role.ENTRY)
_MAX_LAYERS = 4


class Decorators:
    """Answers for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._open: set[Closure] = set()

    def on(self, function: Closure) -> tuple[Decoration, ...]:
        """The kinds of a function's decorators, the outermost first; none of one that is seen without them."""
        flow = self._flow(function)
        scope = self._scope(function, flow)
        return () if function.undecorated else tuple(self._kind(each, flow, scope) for each in flow.decorators)

    def are_only(self, function: Closure, kinds: Collection[Decoration]) -> bool:
        """No decorator of another kind stands on a function."""
        return all(each in kinds for each in self.on(function))

    def made(self, function: Closure, through: Collection[Decoration]) -> Thing | None:
        """What runs when a decorated function is called: itself, if all its decorators are of the kinds that are looked
        through; what the project's own decorators return for it; None where that is not known.

        A method's receiver is passed on to what stands in its place.
        """
        flow = self._flow(function)
        kinds = self.on(function)
        layers = [each for each, kind in zip(flow.decorators, kinds, strict=False) if kind not in through][::-1]
        if not layers:
            return function
        if len(layers) > _MAX_LAYERS or not set(kinds) <= {*through, Decoration.OWN} or function in self._open:
            return None
        self._open.add(function)
        try:
            return self._layered(function, layers, flow)
        finally:
            self._open.discard(function)

    def _layered(self, function: Closure, layers: list[v.Expr], flow: Flow) -> Thing | None:
        scope = self._scope(function, flow)
        made: Thing = Closure(function.path, function.flow, function.home, undecorated=True)
        for layer in layers:
            decorators = in_order(self._value(layer, flow, scope))
            if len(decorators) != 1:
                return None
            results = in_order(self._evaluator.results.called(decorators[0], (only(made),), ()))
            if len(results) != 1 or not self._is_stand_in(results[0]):
                return None
            made = results[0]
        return made.on(function.bound) if isinstance(made, Closure) else made

    def _is_stand_in(self, made: Thing) -> bool:
        """What a decorator has returned can be followed."""
        if isinstance(made, Closure):
            return made.undecorated or self.are_only(made, (Decoration.HOLDS, Decoration.WRAPS))
        return isinstance(made, (Instance, Partial))

    def _flow(self, function: Closure) -> Flow:
        return self._evaluator.files[function.path].flows[function.flow]

    def _scope(self, function: Closure, flow: Flow) -> Activation:
        """Where the decorators stand."""
        if function.home is not None:
            return function.home
        return self._evaluator.usual(function.path, self._evaluator.files[function.path].flows[flow.parent or MODULE])

    def _value(self, decorator: v.Expr, flow: Flow, scope: Activation) -> Things:
        """What a decorator is; a method's may be a function of its class's own body."""
        record = scope.facts.classes.get(flow.owner) if flow.owner else None
        if record is not None and isinstance(decorator, v.Name):
            own = record.attributes.get(decorator.name)
            if own is not None and owner_of(scope.facts, scope.flow, decorator.name) is None:
                return self._evaluator.union(own, scope)
        return scope.value(decorator)

    def _kind(self, decorator: v.Expr, flow: Flow, scope: Activation) -> Decoration:
        if last_name(decorator) in _HOLDING_WORDS:
            return Decoration.HOLDS
        things = self._value(decorator, flow, scope)
        if isinstance(decorator, v.Result):
            target = scope.flow.calls[decorator.call].target
            called = self._value(target, flow, scope)
            if called and all(isinstance(each, SdkMethod) for each in called):
                things = called
            elif last_name(target) in _ENTRY_WORDS and all(isinstance(each, (Unknown, Foreign)) for each in called):
                return Decoration.REGISTERS
        elif last_name(decorator) in _ENTRY_WORDS and all(isinstance(each, (Unknown, Foreign)) for each in things):
            return Decoration.REGISTERS
        kinds = {_kind_of(each) for each in things}
        return kinds.pop() if len(kinds) == 1 else Decoration.UNKNOWN


def _kind_of(thing: Thing) -> Decoration:
    match thing:
        case Library(name) if name in _HOLDING:
            return Decoration.HOLDS
        case Library(name) if name in _CACHING:
            return Decoration.CACHES
        case Library("functools.wraps"):
            return Decoration.WRAPS
        case Library(name) if not name.startswith("builtins."):  # a name that nothing binds may be anything
            return Decoration.LIBRARY
        case SdkMethod(kind, name):
            term = vocabulary.term(kind, name)
            hands = None if term is None else term.hands
            registers = hands is not None and hands.decorates and hands.role is not vocabulary.Role.TOOL
            return Decoration.REGISTERS if registers else Decoration.SDKS
        case Sdk() | SdkObject():
            return Decoration.SDKS
        case Closure() | ClassOf() | Instance() | Partial():
            return Decoration.OWN
        case _:
            return Decoration.UNKNOWN

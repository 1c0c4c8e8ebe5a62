"""Functions that are handed to the SDK to be called later: listeners, and handlers of streams and of remote calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call
from lkagent_lint.facts.following import argument
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.decorators import AS_WRITTEN
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Sdk, SdkMethod, Thing, Things, only
from lkagent_lint.questions.methods import Methods, WrittenCall
from lkagent_lint.sources.sdk.vocabulary import (
    CLASSES,
    EMITTING_MODELS,
    TERMS,
    Hands,
    Role,
    function,
    term,
    written,
)
from lkagent_lint.typestate.events import listened_for

_MODELS = re.compile(rf"livekit\.(?:plugins|agents)\.[\w.]*\b(?:{'|'.join(EMITTING_MODELS)})(?:\.load)?$")
"""Models of plugins and of inference, whose objects are emitters too."""
_ON = TERMS["Room", "on"].hands
_LISTENS = written(lambda term: term.hands is not None and term.hands.role is Role.LISTENER)
HANDLERS = (Role.LISTENER, Role.STREAM, Role.RPC, Role.PARTICIPANT)
"""What the SDK may call while a job goes on."""
NAMED_EMITTER = "EventEmitter"
"""The kind of objects whose class the settings call an emitter; which events they emit is not known."""


class Handed(NamedTuple):
    """A function that the SDK is given at one place."""

    place: Place
    """Of the call that registers it."""
    kind: str
    """The class of the receiver: ``Room``, ``AgentSession``, ``livekit.plugins.openai.LLM``."""
    method: str
    """In Python's spelling: ``on``, ``register_text_stream_handler``."""
    hands: Hands
    call: Call
    handler: v.Expr
    things: Things
    """What the handler can be."""
    activation: Activation
    """The activation in which it is registered."""

    @property
    def topic(self) -> str:
        """The event, stream or method that it is for; empty where it is not written out."""
        first = self.call.args[0] if self.call.args and self.hands.position else None
        return first.value if isinstance(first, v.Text) else ""

    @property
    def event(self) -> str:
        """The event that a listener is for, in Python's spelling; empty where it is not written out."""
        return listened_for(self.call) if self.hands.role is Role.LISTENER else ""

    @property
    def hears_the_end(self) -> bool:
        """It listens for the end of a session."""
        return self.kind == "AgentSession" and self.event == "close"


def is_emitter(kind: str) -> bool:
    """An SDK class that emits events, by the name that the evaluator gives its objects."""
    if kind in CLASSES:
        return CLASSES[kind].emits
    return kind == NAMED_EMITTER or _MODELS.match(kind) is not None


class Listeners:
    """What one project hands to the SDK."""

    def __init__(self, project: Project, methods: Methods) -> None:
        self._project = project
        self._methods = methods

    def handed(self, *roles: Role) -> Iterator[Handed]:
        """Every function that the SDK is given for one of these roles, as an argument or by a decorator.

        The receiver can be nothing else. The same place may come several times, once for each activation.
        """
        return (each for each in self._all if each.hands.role in roles)

    @cached_property
    def _all(self) -> tuple[Handed, ...]:
        return tuple(self._handed())

    def _handed(self) -> Iterator[Handed]:
        for found in self._methods.written(written(lambda term: term.hands is not None)):
            if not found.is_meant:
                continue
            receivers = only(SdkMethod(NAMED_EMITTER, word_of(found.call))) if self._is_named(found) else found.targets
            method = next(iter(receivers)) if len(receivers) == 1 else None
            hands = _hands(method)
            if not isinstance(method, (Sdk, SdkMethod)) or hands is None:
                continue
            handler = self._handler(found, hands)
            if handler is not None:
                kind, name = (method.kind, method.name) if isinstance(method, SdkMethod) else _divided(method)
                activation, things = found.activation, found.activation.value(handler)
                yield Handed(found.place, kind, name, hands, found.call, handler, things, activation)

    def _is_named(self, found: WrittenCall) -> bool:
        """The receiver is surely an object of a class that the settings call an emitter."""
        if not isinstance(found.call.target, v.Attribute) or word_of(found.call) not in _LISTENS:
            return False
        bases = found.activation.value(found.call.target.base)
        emits = self._project.evaluator.wrappers.emits
        return bool(bases) and all(emits(each, found.activation.path) for each in bases)

    def _handler(self, found: WrittenCall, hands: Hands) -> v.Expr | None:
        """The function that a registration is given; None where it is given in a way that is not followed."""
        given = argument(found.call, hands.position, hands.keyword)
        if given is not None:
            return given
        flow, made = found.activation.flow, v.Result(found.number)
        decorators = self._project.evaluator.decorators
        for each in found.activation.facts.flows.values():
            if made in each.decorators and (each.parent or MODULE) == flow.name:
                home = None if flow.name == MODULE else found.activation
                kinds = decorators.on(Closure(found.activation.path, each.name, home))
                # What the decorators below make of the function is what this one is given.
                below = kinds[each.decorators.index(made) + 1 :]
                return v.Function(each.name) if AS_WRITTEN.issuperset(below) else None
        later = (each.args[0] for each in flow.calls if each.target == made and each.args)
        return next(later, None)


def _divided(function: Sdk) -> tuple[str, str]:
    """The module and the name of a function."""
    module, _, name = function.name.rpartition(".")
    return module, name


def _hands(method: Thing | None) -> Hands | None:
    """How a method or a function of the SDK is handed a function; None if it is handed none."""
    if isinstance(method, Sdk):
        found = function(method.name)
        return None if found is None else found.hands
    if not isinstance(method, SdkMethod):
        return None
    known = term(method.kind, method.name)
    if known is not None:
        return known.hands
    return _ON if method.name in _LISTENS and is_emitter(method.kind) else None

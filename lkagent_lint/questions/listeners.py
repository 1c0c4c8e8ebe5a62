"""Functions that are handed to the SDK to be called later: listeners, and handlers of streams and of remote calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.following import argument
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, SdkMethod, Things, only
from lkagent_lint.questions.methods import callers
from lkagent_lint.sources.sdk.vocabulary import camel, snake
from lkagent_lint.typestate.solver import Solved

LISTENERS = frozenset({"on", "once"})
STREAM_HANDLERS = frozenset({"register_text_stream_handler", "register_byte_stream_handler"})
OTHER_HANDLERS = frozenset({"register_rpc_method", "add_participant_entrypoint", "add_shutdown_callback"})
_EMITTERS = frozenset({"Room", "AgentSession", "AgentServer", "AvatarSession"})
_MODELS = re.compile(r"livekit\.(?:plugins|agents)\.[\w.]*\b(?:LLM|STT|TTS|VAD)(?:\.load)?$")
"""Models of plugins and of inference are emitters too (livekit-agents 1.8.9, ``llm/llm.py``, ``stt/stt.py``, …)."""
NAMED_EMITTER = "EventEmitter"
"""The kind of objects whose class the settings call an emitter; which events they emit is not known."""
_FIRST = frozenset({"add_participant_entrypoint", "add_shutdown_callback"})
_NAMES = {
    "on": "callback",
    "once": "callback",
    "add_participant_entrypoint": "entrypoint_fnc",
    "add_shutdown_callback": "callback",
}


class Handed(NamedTuple):
    """A function that the SDK is given at one place."""

    place: Place
    """Of the call that registers it."""
    kind: str
    """The class of the receiver: ``Room``, ``AgentSession``, ``livekit.plugins.openai.LLM``."""
    method: str
    """In Python's spelling: ``on``, ``register_text_stream_handler``."""
    call: Call
    handler: v.Expr
    things: Things
    """What the handler can be."""
    activation: Activation
    """The activation in which it is registered."""

    @property
    def topic(self) -> str:
        """The event, stream or method that it is for; empty where it is not written out."""
        first = self.call.args[0] if self.call.args and self.method not in _FIRST else None
        return first.value if isinstance(first, v.Text) else ""


def is_emitter(kind: str) -> bool:
    """An SDK class that emits events, by the name that the evaluator gives its objects."""
    return kind in _EMITTERS or kind == NAMED_EMITTER or _MODELS.match(kind) is not None


def handed(project: Project, solved: Sequence[Solved], methods: frozenset[str]) -> Iterator[Handed]:
    """Every function given to one of these methods of the SDK, as an argument or by a decorator.

    The receiver can be nothing else. The same place may come several times, once for each activation.
    """

    words = methods | {camel(each) for each in methods}

    for flow, activation in callers(project, solved, words):
        for number, call in enumerate(flow.calls):
            if call.span is None or word_of(call) not in words:
                continue
            receivers = activation.targets(call)
            if word_of(call) in LISTENERS and _is_named(project, call, activation):
                receivers = only(SdkMethod(NAMED_EMITTER, word_of(call)))
            kinds = {each.kind for each in receivers if isinstance(each, SdkMethod)}
            if len(kinds) != 1 or not all(isinstance(each, SdkMethod) for each in receivers):
                continue
            kind, method = kinds.pop(), snake(word_of(call))
            if method in LISTENERS and not is_emitter(kind):
                continue
            handler = _handler(flow, number, call, method, activation)
            if handler is not None:
                things = activation.value(handler)
                yield Handed(activation.place(call.span), kind, method, call, handler, things, activation)


def _is_named(project: Project, call: Call, activation: Activation) -> bool:
    """The receiver is surely an object of a class that the settings call an emitter."""
    if not isinstance(call.target, v.Attribute):
        return False
    bases = activation.value(call.target.base)
    return bool(bases) and all(project.evaluator.wrappers.emits(each, activation.path) for each in bases)


def _handler(flow: Flow, number: int, call: Call, method: str, activation: Activation) -> v.Expr | None:
    """The function that a registration is given; None where it is given in a way that is not followed."""
    position = 0 if method in _FIRST else 1
    given = argument(call, position, _NAMES.get(method, "handler"))
    if given is not None:
        return given
    for each in activation.facts.flows.values():
        # The innermost decorator is given the function itself; what the others are given is not known.
        if each.decorators and each.decorators[-1] == v.Result(number) and (each.parent or MODULE) == flow.name:
            return v.Function(each.name)
    later = (each.args[0] for each in flow.calls if each.target == v.Result(number) and each.args)
    return next(later, None)

"""What makes a step early or late: models being set up, waits that nothing ends, and what a value is made from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.following import argument, given_to, made_from, number_of, parts_of_call, walk
from lkagent_lint.project.things import Activation, Library, Sdk, SdkMethod, SdkObject, Thing
from lkagent_lint.sources.sdk.vocabulary import MODELS, class_name, written
from lkagent_lint.text import Span
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Event, Origin

_SETUP = re.compile(
    rf"livekit\.(?:plugins|agents\.inference)\.[\w.]*?(?P<made>\w+\.(?:{'|'.join(MODELS)}))(?P<load>\.load)?$"
)
_ENDLESS_SECONDS = 86_400.0
"""A day: nobody sleeps that long to get on with it."""
_FROM_ROOM = frozenset({SdkObject("Room"), SdkObject("LocalParticipant")})
_WAITS = written(lambda term: term.waits)
_ENDERS = frozenset({"set", "set_result", "set_exception", "cancel"})


def setup_event(thing: Thing, call: Call, activation: Activation, place: Place) -> Event | None:
    """Making a model of a plugin or of inference, or the session itself; None for every other call."""
    if not isinstance(thing, Sdk):
        return None
    match = _SETUP.match(thing.name)
    if match is not None:
        what = match["made"] + (match["load"] or "")
    elif class_name(thing.name) == "AgentSession":
        what = "AgentSession"
    else:
        return None
    derived = any(
        _is_from_room(part, inside) for value in given_to(call) for part, inside in _sources(value, activation)
    )
    return Event(Kind.SETUP, place, could_be_earlier=not derived, detail=f"{what}()")


def _sources(value: v.Expr, activation: Activation) -> Iterator[tuple[v.Expr, Activation]]:
    """Everything that a value is made from in functions of its file, with their activations: a job's own values."""
    for flow, part in made_from(value, activation.flow, activation.facts):
        if flow.name != MODULE:
            yield part, activation.around(flow)


def _is_from_room(value: v.Expr, activation: Activation) -> bool:
    if isinstance(value, v.Attribute) and value.name in _WAITS:
        return True
    if isinstance(value, v.Opaque):  # it could be made from anything
        return True
    return isinstance(value, (v.Attribute, v.Name)) and any(
        each in _FROM_ROOM or (isinstance(each, SdkMethod) and each.kind in ("Room", "LocalParticipant"))
        for each in activation.value(value)
    )


def is_endless_call(dotted: str, call: Call, activation: Activation) -> bool:
    """Whether awaiting a call of the standard library ends only with the job."""
    if dotted == "asyncio.sleep":
        return (_seconds(call, activation) or 0.0) >= _ENDLESS_SECONDS
    if dotted == "asyncio.Future" or dotted.endswith(".create_future"):
        return True  # awaited where it is made: nobody else has it
    if dotted == "asyncio.Event.wait" and isinstance(call.target, v.Attribute):
        return not _is_ended(call.target.base, activation)
    return False


def is_endless_value(value: v.Expr, activation: Activation) -> bool:
    """Whether a value is a bare future that nothing in the file ends."""
    things = activation.value(value)
    futures = [
        each for each in things if isinstance(each, Library) and each.name.endswith((".Future", ".create_future"))
    ]
    return bool(futures) and len(futures) == len(things) and not _is_ended(value, activation)


def _seconds(call: Call, activation: Activation) -> float | None:
    """For how long ``asyncio.sleep`` sleeps; None where that is not written out."""
    return number_of(argument(call, 0, "delay"), activation.facts, activation.flow)


def _is_ended(value: v.Expr, activation: Activation) -> bool:
    """Whether some function of the file ends what is waited for, or it is passed on and anything may."""
    facts = activation.facts
    if not isinstance(value, (v.Name, v.Attribute)):
        return False
    for flow in facts.flows.values():
        for call in flow.calls:
            target = call.target
            if isinstance(target, v.Attribute) and target.base == value and target.name in _ENDERS:
                return True
            if value in given_to(call):
                return True
            if any(isinstance(arg, v.Attribute) and arg.base == value for arg in call.args):
                return True
        if value in flow.returns or any(store.value == value for store in flow.stores):
            return True
    return False


def needs_later_value(call: Call, endless: Origin | None, activation: Activation) -> bool:
    """Whether a callback uses a variable that is only assigned after an endless wait."""
    if endless is None:
        return False
    flow = activation.flow
    site = endless.lead
    # A function that is entered after the wait makes all its variables after it.
    begins = site.place.span if (site.place.path, site.function) == (activation.path, flow.name) else flow.span
    later = {
        name for name, values in flow.variables.items() if any(_is_made_after(value, flow, begins) for value in values)
    }
    return bool(later) and any(name in later for arg in call.args for name in _names_used(arg, activation))


def _is_made_after(value: v.Expr, flow: Flow, begins: Span) -> bool:
    while isinstance(value, v.Typed) and value.value is not None:
        value = value.value
    span = flow.calls[value.call].span if isinstance(value, v.Result) else None
    return span is not None and span >= begins


def _names_used(callback: v.Expr, activation: Activation) -> Iterator[str]:
    """The variables that a callback names: an expression's own, and those in the body of a nested function."""
    facts = activation.facts
    flow = activation.flow
    for here, value in made_from(callback, flow, facts):
        if isinstance(value, v.Name) and here is flow:
            yield value.name
        if isinstance(value, v.Function) and value.flow in facts.flows and facts.flows[value.flow].parent == flow.name:
            for call in facts.flows[value.flow].calls:
                yield from (each.name for each in walk(*parts_of_call(call)) if isinstance(each, v.Name))

"""Listeners on the SDK's emitters, and what is known of the events that they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.things import Activation, Sdk, SdkMethod, String, Things
from lkagent_lint.questions.methods import callers
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.subject import Subject
from lkagent_lint.sources.sdk.tables import Release

PACKAGES = {
    "Room": ("livekit", "@livekit/rtc-node"),
    "AgentSession": ("livekit-agents", "@livekit/agents"),
    "AgentServer": ("livekit-agents", "@livekit/agents"),
    "Agent": ("livekit-agents", "@livekit/agents"),
    "AgentTask": ("livekit-agents", "@livekit/agents"),
    "JobContext": ("livekit-agents", "@livekit/agents"),
    "JobRequest": ("livekit-agents", "@livekit/agents"),
}
"""The packages of the SDK's classes, in Python and in Node."""
_EMITTERS = ("Room", "AgentSession", "AgentServer")
_LISTENS = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})


class UnknownEvent(NamedTuple):
    """A listener for an event that its emitter never emits."""

    place: Place
    kind: str
    event: str
    """As it is written."""
    release: Release
    function: str


def release_for(offers: Offers, path: str, kind: str) -> Release | None:
    """The release whose class of that name a file uses; None where it is not known, and for code that may be of 0.x."""
    return None if offers.is_old(path) else offers.release(path, _package_of(path, kind))


def complete_for(offers: Offers, path: str, kind: str) -> Release | None:
    """The same where all that it offers is known, so that what is not there is absent."""
    return None if offers.is_old(path) else offers.complete(path, _package_of(path, kind))


def _package_of(path: str, kind: str) -> str:
    return PACKAGES[kind][not path.endswith(PYTHON)]


@lru_cache(maxsize=1)
def unknown_events(subject: Subject) -> dict[Place, UnknownEvent]:
    """Every listener for an event that its emitter does not have in the release for the file, by its place."""
    offers = subject.offers
    emitted, anything = _emitted(subject)
    found: dict[Place, UnknownEvent] = {}
    if anything:
        return found
    for flow, activation, call in _listening(subject):
        if call.span is None or not call.args or isinstance(call.args[0], v.Spread):
            continue
        targets = activation.targets(call)
        kinds = {each.kind for each in targets if isinstance(each, SdkMethod)}
        if len(kinds) != 1 or not all(isinstance(each, SdkMethod) for each in targets):
            continue
        kind, place = kinds.pop(), activation.place(call.span)
        release = complete_for(offers, place.path, kind) if kind in _EMITTERS else None
        events = {} if release is None else release.events(kind)
        if release is None or not events:
            continue
        event = _unknown(activation.value(call.args[0]), release, events.keys() | emitted)
        if event is not None:
            found[place] = UnknownEvent(place, kind, event, release, flow.name)
    return found


def _listening(subject: Subject) -> Iterator[tuple[Flow, Activation, Call]]:
    for flow, activation in known(subject, callers(subject.project, subject.solved, _LISTENS)):
        for call in flow.calls:
            if word_of(call) in _LISTENS:
                yield flow, activation, call


def known(subject: Subject, found: Iterable[tuple[Flow, Activation]]) -> Iterator[tuple[Flow, Activation]]:
    """Of a function's activations those that jobs enter; only where none does, as it stands, by its annotations.

    What a registration gives a function counts, whatever its parameter is annotated with.
    """
    for flow, activation in found:
        as_it_stands = activation is subject.project.evaluator.usual(activation.path, flow)
        if not as_it_stands or (activation.path, flow.name) not in subject.entered:
            yield flow, activation


def _emitted(subject: Subject) -> tuple[frozenset[str], bool]:
    """Events that the project emits itself, and whether it emits any whose names are not written out on the SDK's."""
    names: set[str] = set()
    for path, flow in subject.project.words.callers(("emit",)):
        for call in flow.calls:
            if word_of(call) != "emit" or not call.args:
                continue
            if isinstance(call.args[0], v.Text):
                names.add(call.args[0].value)
                continue
            evaluator = subject.project.evaluator
            activation = evaluator.usual(path, flow)
            if any(isinstance(each, SdkMethod) for each in activation.targets(call)):
                return frozenset(), True
    return frozenset(names), False


def _unknown(things: Things, release: Release, events: set[str]) -> str | None:
    """The event that is asked for, where it is none of these whatever the value is; None where it may be one."""
    found: set[str] = set()
    for each in things:
        match each:
            case String(value):
                known = value in events
                found.add(value)
            case Sdk(dotted) if dotted.count(".") > 1:
                owner, _, member = dotted.rpartition(".")
                kind = owner.rpartition(".")[2]
                if not release.has_class(kind):
                    return None
                value_of_member = release.member(kind, member)
                known = value_of_member is not None and value_of_member.value in events
                found.add(f"{kind}.{member}")
            case _:
                return None
        if known:
            return None
    return found.pop() if len(found) == 1 else None


def nearest(wanted: str, known: list[str], cutoff: float = 0.75) -> str:
    """The most similar of the known names; empty if none is similar."""
    from difflib import get_close_matches

    by_shape = {each.lower().replace("_", ""): each for each in sorted(known, reverse=True)}
    found = get_close_matches(wanted.lower().replace("_", ""), by_shape, n=1, cutoff=cutoff)
    return by_shape[found[0]] if found else ""

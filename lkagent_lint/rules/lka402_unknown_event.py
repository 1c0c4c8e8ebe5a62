"""A listener for an event that its emitter never emits.

## What it does

Reports `.on(...)` and `.once(...)` of a room, a session or a server with an event that this release of the SDK does not
have, and names the nearest one that it has.

## Why it is bad

Any name is taken, in Python and in Node: nothing is raised and nothing is logged. The listener is never called.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the receiver is not surely the SDK's own room, session or server: other emitters, and models of plugins, have
events of their own. When the event's name is not known. When the project itself emits an event of that name, or emits
events on the SDK's objects whose names are not written out. Code for livekit-agents 0.x is not judged.

## Evidence

livekit-agents 1.8.9, run: `session.on("data")` and `room.on("particpant_connectd")` are taken, and never called. The
events of each release are read from the released packages by `tools/sdk_tables`: the `Literal` types of `rtc/room.py`
52 and `voice/events.py` 309, and what the classes emit.

## Fix safety

Unsafe: the text is replaced by the event that took its place, or by the one that is spelled almost so; the listener may
be given something else than it expects. An event that tells of more than the old one, as of every state, and one that
is only alike, are suggestions, and never applied.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Fix, ReplaceText, suggestion, unsafe
from lkagent_lint.likeness import misspelled, most_alike, strange_letters
from lkagent_lint.questions.emitters import UnknownEvent
from lkagent_lint.questions.offers import package_of_class
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.successors import EVENTS
from lkagent_lint.sources.sdk.vocabulary import snake

META = Meta(
    "LKA402",
    "unknown-event",
    Severity.ERROR,
    "a listener for an event that its emitter never emits",
    basis=Basis.TABLES,
)

_OTHERS = {"AgentSession": "Room", "Room": "AgentSession"}


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.emitters.unknown_events.values():
        yield META.at(
            found.place,
            _said(found),
            culprit=(found.event,),
            subject=found.function,
            key=(found.kind, found.event),
            fix=_fix(found),
        )


def _fix(found: UnknownEvent) -> Fix | None:
    """What tells the same passes other things to its listener; what is spelled alike may not have been meant."""
    successor = EVENTS.get(snake(found.event))
    if successor is not None and successor in found.release.events(found.kind):
        # One event tells of all states, so that listeners for one of them have to look which it is.
        fix = suggestion if successor.endswith("_state_changed") else unsafe
        return fix(f"listen for {quoted(successor)} instead", ReplaceText(found.place, found.event, successor))
    events = list(found.release.events(found.kind))
    meant = misspelled(found.event, events)
    if meant:
        return unsafe(f"did you mean {quoted(meant)}?", ReplaceText(found.place, found.event, meant))
    near = most_alike(found.event, events)
    return suggestion(f"did you mean {quoted(near)}?", ReplaceText(found.place, found.event, near)) if near else None


def _said(found: UnknownEvent) -> Said:
    name = shortened(found.event, 44) if "." in found.event else quoted(found.event, 32)
    kind = found.release.called(found.kind)
    package = f"{found.release.table.package} {found.release.label}"
    return Said(
        f"{kind} never emits {name}",
        f"{package} does not have this event, so this listener is never called",
        _advice(found) or f"listen for an event that {kind} has, or take the listener away",
        "no such event",
    )


def _advice(found: UnknownEvent) -> str:
    word = found.event.rpartition(".")[2]
    package = found.release.table.package
    successor = EVENTS.get(snake(word))
    if successor in found.release.events(found.kind):
        return f"listen for {quoted(successor)} instead"
    later = found.release.table.catalog.newest(package).events(found.kind)
    if found.event in later:
        return f"upgrade: newer releases of {package} have this event"
    other = _OTHERS.get(found.kind, "")
    if other:
        of_node = package.startswith("@")
        emitter = found.release.table.catalog.newest(package_of_class(other, node=of_node))
        if found.event in emitter.events(other):
            of = "the room" if other == "Room" else "the session"
            return f"listen for it there: it is an event of {of}"
    near = most_alike(word, list(found.release.events(found.kind)))
    return f"did you mean {quoted(near)}?{strange_letters(word, near)}" if near else ""

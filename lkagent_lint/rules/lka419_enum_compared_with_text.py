"""A member of an enumeration of the SDK is compared with a text.

## What it does

Reports `kind` of a track, a publication or a participant, `source` of a publication and `connection_state` of a room
that are compared with texts that are written out: `==`, `!=` and `in` (Node: `===`, `!==`, `==`, `!=`). What the object
is has to be known: by an annotation, by the event that its handler is for, or by what made it.

## Why it is bad

These are numbers, and no number equals a text: `track.kind == "audio"` is false for every track. What depends on it
never happens, and nothing says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When it is not known what the object is; when the project's own class stands in for it; for texts that are computed.

## Evidence

livekit 1.1.x (`rtc/track.py`, `rtc/participant.py`): the attributes hold values of protobuf enumerations; run.
@livekit/rtc-node 0.13: numeric enumerations; run.

## Fix safety

Safe, in Python: a text that is the name of a member gives way to the member, and `rtc` is imported. Where several texts
are compared, and in Node, there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Comparison
from lkagent_lint.intents import AddImport, Fix, ReplaceWord, safe
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.room_objects import RoomObjects
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.vocabulary import snake

META = Meta("LKA419", "enum-compared-with-text", Severity.ERROR, "a member of an enumeration is compared with a text")

_ENUMS = {
    ("Track", "kind"): "TrackKind.KIND_",
    ("TrackPublication", "kind"): "TrackKind.KIND_",
    ("TrackPublication", "source"): "TrackSource.SOURCE_",
    ("Participant", "kind"): "ParticipantKind.PARTICIPANT_KIND_",
    ("Room", "connection_state"): "ConnectionState.CONN_",
}
"""The class and the attribute, and how the members of its enumeration begin."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    objects = RoomObjects(subject.project, subject.listeners)
    for activation in subject.methods.activations(lambda flow: bool(flow.comparisons)):
        spoken = words(activation.place(None))
        for each in activation.flow.comparisons:
            value = each.value
            kind = objects.class_of(value.base, activation) if isinstance(value, v.Attribute) else ""
            begins = _ENUMS.get((kind, snake(value.name))) if isinstance(value, v.Attribute) else None
            if isinstance(value, v.Attribute) and begins is not None and each.span is not None:
                shown = each.texts[0]
                prefix = "" if spoken.spells_camel else "rtc."
                yield META.at(
                    activation.place(each.span),
                    f"{value.name} of a {_SPOKEN[kind]} never equals {quoted(shown, 24)}",
                    note="it is a number, a member of an enumeration",
                    help=f"compare it with {prefix}{begins}{_member(shown)}",
                    label="never equal",
                    culprit=(shown,),
                    subject=activation.name,
                    key=(kind, value.name),
                    fix=_fix(activation, each, shown, f"{begins}{_member(shown)}"),
                )


def _fix(activation: Activation, found: Comparison, text: str, member: str) -> Fix | None:
    """In Python, with one text that is a member's name."""
    if activation.is_node or len(found.texts) != 1 or member not in _MEMBERS:
        return None
    place, code = activation.place(found.span), f"rtc.{member}"
    return safe(f"compare it with {code}", ReplaceWord(place, text, code), AddImport(place.path, "livekit", "rtc"))


_MEMBERS = frozenset(
    {
        *("TrackKind.KIND_AUDIO", "TrackKind.KIND_VIDEO"),
        *("TrackSource.SOURCE_MICROPHONE", "TrackSource.SOURCE_CAMERA"),
        *(f"ParticipantKind.PARTICIPANT_KIND_{each}" for each in ("STANDARD", "SIP", "AGENT", "INGRESS", "EGRESS")),
    }
)
"""Those that every release has."""
_SPOKEN = {"Track": "track", "TrackPublication": "publication", "Participant": "participant", "Room": "room"}


def _member(text: str) -> str:
    """The member that was meant, where the text is its name or the end of it; else what stands for any."""
    last = text.upper().replace("-", "_").removeprefix("KIND_").removeprefix("SOURCE_").removeprefix("CONN_")
    return last if last.replace("_", "").isalpha() else "…"

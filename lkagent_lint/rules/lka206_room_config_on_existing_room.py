"""A token's agents for a room that the same function has just created without any.

## What it does

Reports a function, in Python or JavaScript, that creates a room without agents and mints a token with agents for the
same room.

## Why it is bad

A token's room configuration counts only if the join that carries it creates the room. Here the room exists by then,
so the agents are ignored: the participant joins, and no agent does. Nothing is logged.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the room's name is not spelled by the same expression in both places; when the room is created with agents, too;
when the calls stand in different functions, and in test files.

## Evidence

livekit server 788d4c3, `pkg/service/roommanager.go` 651-653; livekit/livekit#4390. Tried on livekit-server 1.13.5:
`docs/server-behaviour.md`.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind, FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.project.call_words import word_of
from lkagent_lint.questions.dispatches import is_spoken_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA206",
    "room-config-on-existing-room",
    Severity.WARNING,
    "a token's agents for a room that was created without any before",
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for dispatch in project.here.dispatches:
        if dispatch.kind is not DispatchKind.TOKEN or not is_spoken_of(dispatch):
            continue
        facts = project.files[dispatch.place.path]
        for flow in facts.flows.values():
            created = _created_before(flow, dispatch.place) or _created_in_script(facts, flow, dispatch.place)
            if created is not None:
                yield META.at(
                    dispatch.place,
                    "this token's agents are ignored, for its room is there already",
                    note=f"the room has been created without agents before ({where(created, dispatch.place)}), and a "
                    "room configuration counts only if the join creates the room",
                    help="put the agents into the room's creation, or do not create it",
                    label="this is ignored",
                    related=[Related(created, "the room is created here")],
                    subject=flow.name,
                )


def _created_before(flow: Flow, token: Place) -> Place | None:
    """Where a function creates the room, without agents, that a token in it is for."""
    if not any(call.span is not None and _holds(call, token) for call in flow.calls):
        return None
    granted = {
        value for call in flow.calls if word_of(call) == "VideoGrants" for key, value in call.keywords if key == "room"
    }
    for call in flow.calls:
        if word_of(call) != "CreateRoomRequest" or call.span is None or call.span > token.span:
            continue
        given = dict(call.keywords)
        if not {"agents", "room_preset", "**"} & given.keys() and given.get("name", v.OPAQUE) in granted - {v.OPAQUE}:
            return Place(token.path, call.span)
    return None


def _created_in_script(facts: FileFacts, flow: Flow, token: Place) -> Place | None:
    """The same for JavaScript, whose facts spell the rooms out."""
    tokens = [each for each in facts.dispatches if each.span == token.span and each.flow == flow.name and each.room]
    for source in facts.room_sources:
        if source.flow == flow.name and source.span < token.span and source.room and not source.has_agents:
            if any(each.room == source.room for each in tokens):
                return Place(token.path, source.span)
    return None


def _holds(call: Call, place: Place) -> bool:
    """The call is the one that a finding stands at."""
    return call.span == place.span

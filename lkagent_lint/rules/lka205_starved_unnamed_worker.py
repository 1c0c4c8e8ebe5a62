"""An agent without a name, in a project whose rooms all list their agents.

## What it does

Reports a worker without a name where everything that makes rooms (tokens, room creation, SIP rules) lists agents
explicitly, and each of those agents is another worker of the same project.

## Why it is bad

A list of agents turns automatic dispatch off in that room. An agent without a name is dispatched automatically and in
no other way, so it never joins any of these rooms, and no log says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When anything makes a room without listing agents, or may; when no source of rooms is seen, which is so for clients
that get their tokens elsewhere; where `create_dispatch` with an empty name asks for the unnamed agents; when a name
is not known, here or in a dispatch; where LKA203 reports a listed agent; when the environment may name the worker;
and in test files.

## Evidence

livekit server 788d4c3, `pkg/rtc/room.go` 1895-1905 (one implicit dispatch of the unnamed agents, only where no agents
are listed). Tried on livekit-server 1.13.5: `docs/server-behaviour.md`.

## Fix safety

There is no fix: whether the agent needs a name or the rooms are too many is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.project.records import Dispatch
from lkagent_lint.questions.dispatches import names_of
from lkagent_lint.questions.registrations import endpoint_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA205", "starved-unnamed-worker", Severity.WARNING, "an unnamed worker, where every room lists its agents"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for worker, listing in subject.starved:
        yield _finding(worker.place, listing, endpoint_of(subject.project, worker))


def _finding(place: Place, listing: Sequence[Dispatch], endpoint: str) -> Diagnostic:
    first = listing[0]
    name = (names_of(first) or ("",))[0]
    is_none = f" (its endpoint {quoted(endpoint)} is none)" if endpoint else ""
    return META.at(
        place,
        "this agent has no name, and every room lists its agents",
        note=f"without a name{is_none} it is dispatched automatically only, and every room of this project lists its "
        f"agents ({quoted(name)} at {where(first.place, place)}), which turns that off: it never joins",
        help="give it a name and list it, too",
        label="it is registered without a name",
        related=[Related(each.place, "the room's agents are listed here") for each in listing[:4]],
    )

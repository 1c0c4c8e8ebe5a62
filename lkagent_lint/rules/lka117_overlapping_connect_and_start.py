"""Connecting and starting run at the same time, and both join the room.

## What it does

Reports, in Node, a `ctx.connect()` and a `session.start({ agent, room: ctx.room })` of which neither waits for the
other: both in one `Promise.all`, or one of them not awaited before the other runs.

## Why it is bad

Each of them looks whether the room is joined before it joins it, and neither has by then. The room is joined twice
under one identity, and the server ends the first of the two connections.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In Python, where a lock makes the second wait. When only one of the two joins the room. When either is dropped without
an await: that is LKA106. When it is not known which room the session is started in.

## Evidence

@livekit/agents 1.7.0, `job.ts` 325-372 (the flag is set only after the await, and there is no lock),
`voice/agent_session.ts` 912-914; rtc-node, `room.ts` 293 has no guard either. 1.9.0, run with a stubbed room:
both calls connect. What the server does then was not run.

## Fix safety

There is no fix: awaiting the start alone is enough, but what ran beside the other may depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, where
from lkagent_lint.rules._base import IN_NODE, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.lifecycle import Origin, Pending
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA117",
    "overlapping-connect-and-start",
    Severity.WARNING,
    "connect and start run at once, and both join the room",
    sdks=IN_NODE,
    since=Change.START_CONNECTS,
)

_OTHER = {Kind.CONNECT: Kind.START_IN_ROOM, Kind.START_IN_ROOM: Kind.CONNECT}


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        if not solved.job.sdk.has(Change.START_CONNECTS):
            continue
        for reached in solved.reached:
            place, other = reached.event.place, _beside(reached)
            if other is not None and is_node(place):
                yield _finding(reached, other)


def _beside(reached: Reached) -> Origin | None:
    """What joins the room meanwhile, if it is the other of the two."""
    if reached.event.kind not in _OTHER or reached.state.room is not Room.PENDING or reached.state.exceptional:
        return None
    for pending in sorted(reached.state.pending, key=lambda each: each.key[1]):
        origin = pending.origin
        if origin is not None and origin.event.kind is _OTHER[reached.event.kind] and not _is_dropped(pending):
            return origin
    return None


def _is_dropped(pending: Pending) -> bool:
    activation, number = pending.key
    assert isinstance(activation, Activation)
    return activation.flow.calls[number].use is Use.DROPPED


def _finding(reached: Reached, other: Origin) -> Diagnostic:
    place, elsewhere = reached.event.place, other.event.place
    this, that = ("session.start()", "ctx.connect()")
    if reached.event.kind is Kind.CONNECT:
        this, that = that, this
    return META.at(
        place,
        f"{this} runs while {that} is still joining the room",
        note=f"nobody waits for it ({where(elsewhere, place)}), so the room is joined twice",
        help="await one before the other; the start alone joins it",
        label="the room is joined once more here",
        related=[Related(elsewhere, "the room is being joined here")],
        subject=reached.site.function,
    )

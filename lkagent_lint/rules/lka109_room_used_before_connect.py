"""The room is used before the job has joined it.

## What it does

Reports the local participant (`ctx.room.local_participant`, `ctx.agent`, registering an RPC method on it) and the
start of a `BackgroundAudioPlayer` where nothing has joined the room on any path that leads there, and, as a warning,
`ctx.room.remote_participants` and `ctx.room.metadata` where they may be read before the room is joined.

## Why it is bad

The local participant does not exist before the room is joined: "cannot access local participant before connecting".
The player publishes its track by it and raises the same. The remote participants are there and empty, so code that
looks for somebody finds nobody and goes on; the room's metadata is an empty text, so what the call is about is never
known. In Node only the player raises ("Local participant not available"): `ctx.room.localParticipant`, `ctx.agent`,
`ctx.room.name` and `ctx.room.metadata` are undefined, which is a warning on any path.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In functions that run at another time: handlers, tools, nested functions that are only passed on. When something may
have joined the room, or runs concurrently, or the context went to code that is not followed; after
`room.isconnected()` or `room.connection_state` has been asked. `ctx.room.name` can be read at any time in Python; in
Node `ctx.job.room?.name` can, and `ctx.room.name` as the right side of `??` or `||`, where undefined is provided for.
The metadata that the room had when the job was made can be read at any time as `ctx.job.room.metadata`.

## Evidence

livekit rtc 1.1.21, `rtc/room.py` 234 (raises), 274 (an empty text) and `remote_participants` (an empty mapping before
`connect`); livekit-agents 1.8.9, `voice/background_audio.py` 323 (publishes); run. @livekit/rtc-node 1.1.0, `room.ts`
146 and 156; @livekit/agents 1.9.0, `voice/background_audio.js` 231-239.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.steps import raises
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, words
from lkagent_lint.rules._base import Meta, once
from lkagent_lint.sources.sdk.vocabulary import Outside
from lkagent_lint.typestate.solver import Reached

META = Meta("LKA109", "room-used-before-connect", Severity.ERROR, "the room is used before the job has joined it")


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from once(_uses(subject))


def _uses(subject: Subject) -> Iterator[Diagnostic]:
    for outside, ways in subject.order.uses_outside:
        first = ways[0].reached
        in_node = is_node(first.event.place)
        if raises(outside, in_node=in_node):
            yield _raising(first)
        else:
            is_empty = outside is Outside.EMPTY or (outside is Outside.BLANK and not in_node)
            yield _empty(first) if is_empty else _undefined(first)


def _raising(reached: Reached) -> Diagnostic:
    here, what = words(reached.event.place), reached.event.detail
    error = "cannot access local participant before connecting"
    raises = (
        'throws "Local participant not available"' if is_node(reached.event.place) else f'raises Exception("{error}")'
    )
    return META.at(
        reached.event.place,
        f"{here.spelt(what)} is used before anything joined the room",
        note=f"it {raises}",
        help=f"use it after {here.start_in_room} or ctx.connect()",
        label="nothing has joined the room before",
        subject=reached.site.function,
        key=(what,),
    )


def _undefined(reached: Reached) -> Diagnostic:
    here, what = words(reached.event.place), reached.event.detail
    known = what in ("room.name", "room.metadata")
    instead = f"read ctx.job.room?.{what[5:]}, which is known before" if known else f"use it after {here.start_in_room}"
    return META.at(
        reached.event.place,
        f"{here.spelt(what)} is undefined until the room is joined",
        note="nothing has joined it before on this path",
        help=instead,
        label="undefined here",
        subject=reached.site.function,
        key=(what,),
        severity=Severity.WARNING,
    )


def _empty(reached: Reached) -> Diagnostic:
    here, what = words(reached.event.place), reached.event.detail
    instead = f"read it after {here.start_in_room} or ctx.connect()"
    return META.at(
        reached.event.place,
        f"{here.spelt(what)} is empty until the room is joined",
        note="nothing has joined it before on this path",
        help="read ctx.job.room.metadata, which is known before" if what == "room.metadata" else instead,
        label="empty here",
        subject=reached.site.function,
        key=(what,),
        severity=Severity.WARNING,
    )

"""Options of `ctx.connect()` that are dropped, because the room has been joined already.

## What it does

Reports `ctx.connect(...)` with options where the room has been joined on every path that leads there: by
`session.start(room=...)`, by `ctx.wait_for_participant()`, or by another connect.

## Why it is bad

A connect in a room that is joined returns at once and looks at none of its arguments. Nothing is logged. Whatever was
asked for does not happen: audio-only subscription, ICE servers, and end-to-end encryption too.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When some path reaches the call outside the room; when the room was joined by a connect that was given the same
options, or options whose values cannot be compared; when all options are written out as their defaults; with
`**options`, which may be empty; and before livekit-agents 1.1.0, where a second connect is not guarded. What runs
beside a start (`asyncio.gather`) has no order and is not judged.

## Evidence

livekit-agents 1.8.9, `job.py` 678-740: the method returns if the job is connected (since 1.1.0). Tried with a stubbed
room: after `session.start(room=...)` the options of a connect never reached the room. @livekit/agents 1.7.0, `job.ts`
330 (since 1.0.3).

## Fix safety

Unsafe: the connect is put before the step that joins the room, where both stand in one block: from then on its options
hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix, Follows, Move, unsafe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.lifecycle import Event
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA107",
    "ignored-connect-options",
    Severity.ERROR,
    "options of `ctx.connect()` in a room that is joined already",
    since=Change.CONNECT_IDEMPOTENT,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for ways in subject.order.ways(lambda way: way.event.kind is Kind.CONNECT and way.event.detail).values():
        if all(way.sdk.has(Change.CONNECT_IDEMPOTENT) and _drops(way.reached) for way in ways):
            yield _finding(ways[0].reached)


def _drops(reached: Reached) -> bool:
    """The room is joined, and not by a connect that was given the same options, as far as their values can be told."""
    event, origin = reached.event, reached.state.origin
    applied = {} if origin is None or origin.event.kind is not Kind.CONNECT else _options(origin.event)
    same = all(
        name in applied and (not value or applied[name] in ("", value)) for name, value in _options(event).items()
    )
    return reached.state.room is Room.JOINED and not same


def _options(event: Event) -> dict[str, str]:
    return dict(zip(event.detail.split(", "), event.given, strict=True)) if event.detail else {}


def _fix(place: Place, joined: Place | None) -> Fix | None:
    if joined is None or place.path != joined.path:
        return None
    return unsafe("connect with options first, and then start the session", Move(place, joined), Follows(joined, place))


def _finding(reached: Reached) -> Diagnostic:
    place, options, origin = reached.event.place, reached.event.detail, reached.state.origin
    joined = "" if origin is None else f" ({where(origin.lead.place, place)})"
    first, *others = options.split(", ")
    more = f" and {len(others)} more" if others else ""
    return META.at(
        place,
        f"ctx.connect() ignores {first}{more} in a room that is joined",
        note=f"the room has been joined before{joined}, and a second connect does nothing: {options} has no effect",
        help="connect with options first, and then start the session",
        label="this has no effect",
        culprit=options.split(", "),
        related=[] if origin is None else [Related(origin.lead.place, "the room is joined here")],
        subject=reached.site.function,
        key=(options,),
        fix=_fix(place, None if origin is None else origin.lead.place),
    )

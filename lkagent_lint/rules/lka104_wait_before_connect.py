"""Waiting for a participant before anything has joined the room.

## What it does

Reports `ctx.wait_for_participant()`, or `utils.wait_for_participant(room)`, where nothing has joined the room yet.

## Why it is bad

Before livekit-agents 1.5.2, in Node, and in the free function in every version, the call raises `RuntimeError: room
is not connected` (Node: `Error: room is not connected`). From 1.5.2 on `ctx.wait_for_participant()` joins the room by
itself with default options; when the session starts only after that, or a listener is registered only after that,
what happens in the room until then is lost.

It is an error where the call raises on every path, and a warning where it raises on some path, or where it joins and
a `session.start(room=...)` or a listener may follow.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When something may have joined the room before on a path that is not followed: the context went to code that is
neither the project's nor the SDK's, or a joining call runs concurrently. From 1.5.2 on also when neither a start with
`room=` nor such a listener follows. A path that only an exception opens makes no finding by itself.

## Evidence

livekit-agents 1.8.9, `utils/participant.py` (the error's text), `job.py` 650 (the method connects since 1.5.2,
livekit/agents#5271). @livekit/agents 1.7.0 and 1.9.0, `job.ts` 279, run: it throws.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.typestate.lifecycle import LOST_EVENTS, SCANNED_EVENTS, Kind, Origin, Room, Session, State
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta(
    "LKA104",
    "wait-before-connect",
    Severity.ERROR,
    "waiting for a participant before anything joined the room",
)

_SCANS = frozenset(
    vocabulary.spoken(each) for each in vocabulary.TERMS.values() if each.outside is vocabulary.Outside.EMPTY
)
"""Looks at who is there already."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    raising: dict[Place, list[tuple[Reached, str]]] = defaultdict(list)
    for solved in subject.solved:
        waits_join = solved.job.sdk.has(Change.WAIT_CONNECTS)
        for reached in solved.reached:
            kind = reached.event.kind
            if kind is Kind.WAIT_IN_ROOM or (kind is Kind.WAIT and not waits_join):
                raising[reached.event.place].append((reached, solved.job.sdk.version))
        if waits_join:
            yield from _joining(solved)
    for reaches in raising.values():
        yield from _raising(reaches)


def _raising(reaches: list[tuple[Reached, str]]) -> Iterator[Diagnostic]:
    """The call raises where it is reached outside the room."""
    outside = [each for each, _ in reaches if _is_outside(each.state) and not each.state.exceptional]
    if not outside:
        return
    always = all(_is_outside(each.state) for each, _ in reaches)
    first, version = reaches[0]
    spoken = words(first.event.place)
    what = spoken.spelt(first.event.kind.value)
    verb = "throws" if spoken.spells_camel else "raises"
    how = f"{verb} {spoken.not_connected}" + ("" if always else " on some paths")
    hint = (
        f"{spoken.package} {version} does not connect by itself there"
        if first.event.kind is Kind.WAIT
        else "the free function never connects by itself"
    )
    yield META.at(
        first.event.place,
        f"{what} {how}: nothing has joined the room before it ({hint}); "
        f"call {spoken.start_in_room} or ctx.connect() first",
        subject=first.site.function,
        severity=Severity.ERROR if always else Severity.WARNING,
    )


def _is_outside(state: State) -> bool:
    return state.room is Room.OUT and not state.beside


def _joining(solved: Solved) -> Iterator[Diagnostic]:
    """The call joins the room itself, and what should have come first follows."""
    scans = any(each.event.detail in _SCANS for each in solved.reached)
    for reached in solved.reached:
        state = reached.state
        origin = state.origin
        if origin is None or origin.event.kind is not Kind.WAIT or state.session is not Session.NONE:
            continue
        if state.exceptional or not _comes_too_late(reached, scans):
            continue
        yield _finding(reached, origin)


def _comes_too_late(reached: Reached, scans: bool) -> bool:
    event = reached.event
    if event.kind is Kind.LISTEN:
        return event.detail in LOST_EVENTS or (event.detail in SCANNED_EVENTS and not scans)
    return event.kind is Kind.START_IN_ROOM


def _finding(reached: Reached, origin: Origin) -> Diagnostic:
    lead, event = origin.lead, reached.event
    if event.kind is Kind.LISTEN:
        what, late = f'the listener for "{event.detail}" is registered', "the listener is registered here"
    else:
        what, late = "session.start() runs", "the session starts here"
    related: Iterable[Related] = [Related(event.place, late)]
    if origin.event.place != lead.place:
        related = [*related, Related(origin.event.place, "the room is joined here")]
    return META.at(
        lead.place,
        f"ctx.wait_for_participant() joins the room by itself, and {what} only afterwards "
        f"({where(event.place, lead.place)}): what happens in the room until then is lost; do that first",
        related=related,
        subject=lead.function,
        severity=Severity.WARNING,
    )

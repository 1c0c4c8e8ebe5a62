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

Unsafe: where the room is connected, or the session started, further down in the same block, that comes first; else
`ctx.connect()` is put before a wait in an entry. A listener is put before a wait that joins. Where something in between
uses the participant there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix, Follows, Insert, Move, unsafe
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Origin
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA104",
    "wait-before-connect",
    Severity.ERROR,
    "waiting for a participant before anything joined the room",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for reached, origin in subject.order.waits_that_join:
        yield _joining(reached, origin, _order_fix(reached, origin))
    for ways in subject.order.waits_outside:
        yield _raising(ways, _fix(subject, ways[0]))


def _fix(subject: Subject, way: Way) -> Fix | None:
    """What joins the room later comes first."""
    project, place, function = subject.project, way.event.place, way.reached.site.function
    for owner, method in (("JobContext", "connect"), ("AgentSession", "start")):
        calls = (each for each in subject.methods.of(owner, method) if each.activation.name == function)
        later = sorted(each.place for each in calls if each.place.path == place.path and each.place > place)
        if later and method == "connect":
            return unsafe("connect before that", Move(later[0], place), Follows(place, later[0]))
        if later:
            return _behind(place, later[0])
    context = project.context_of(way.solved.job)
    is_entry = (way.solved.job.entry.path, way.solved.job.entry.flow) == (place.path, function)
    return unsafe("connect before that", Insert(place, f"await {context}.connect()")) if is_entry and context else None


def _order_fix(reached: Reached, origin: Origin) -> Fix | None:
    wait, event = origin.event.place, reached.event
    if wait != origin.lead.place or wait.path != event.place.path:
        return None
    if event.kind is Kind.LISTEN:
        return unsafe("register it before that", Move(event.place, wait), Follows(wait, event.place))
    return _behind(wait, event.place)


def _behind(wait: Place, start: Place) -> Fix:
    return unsafe("wait behind the session's start", Move(wait, start, behind=True), Follows(wait, start))


def _raising(ways: tuple[Way, ...], fix: Fix | None) -> Diagnostic:
    """The call raises where it is reached outside the room."""
    always = all(each.is_outside for each in ways)
    first = ways[0].reached
    spoken = words(first.event.place)
    what = spoken.event(first.event.kind)
    verb = "throws" if spoken.spells_camel else "raises"
    hint = (
        f"{spoken.package} {ways[0].sdk.version} does not connect by itself there"
        if first.event.kind.does.room is not None
        else "the free function never connects by itself"
    )
    return META.at(
        first.event.place,
        f"{what} runs outside the room" + ("" if always else " on some paths"),
        note=f"it {verb} {spoken.not_connected}; {hint}",
        help=f"call {spoken.start_in_room} or ctx.connect() first",
        label="nothing has joined the room before",
        subject=first.site.function,
        severity=Severity.ERROR if always else Severity.WARNING,
        fix=fix,
    )


def _joining(reached: Reached, origin: Origin, fix: Fix | None) -> Diagnostic:
    """The call joins the room itself, and what should have come first follows."""
    lead, event = origin.lead, reached.event
    if event.kind is Kind.LISTEN:
        late, what = "the listener is registered here", f"the listener for {quoted(event.detail)} is registered"
        title = "ctx.wait_for_participant() joins the room before anybody listens"
        instead = "register it before the wait"
    else:
        late, what = "the session starts here", "session.start() runs"
        title = "ctx.wait_for_participant() joins the room before session.start()"
        instead = (
            f"start the session first, {words(lead.place).start_in_room} connects by itself; what is made from the "
            "participant can follow by session.update_agent()"
        )
    related: Iterable[Related] = [Related(event.place, late)]
    if origin.event.place != lead.place:
        related = [*related, Related(origin.event.place, "the room is joined here")]
    return META.at(
        lead.place,
        title,
        note=f"it joins the room by itself, and {what} only afterwards ({where(event.place, lead.place)}): what "
        "happens in the room until then is lost",
        help=instead,
        label="the room is joined here" if origin.event.place == lead.place else "this leads to it",
        related=related,
        subject=lead.function,
        severity=Severity.WARNING,
        fix=fix,
    )

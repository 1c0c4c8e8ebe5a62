"""A session listener is registered after the session has started.

## What it does

Reports `session.on(...)` after `session.start()` has been awaited.

## Why it is bad

`session.start()` returns once the agent is running. By then the session has already emitted events: the state changes
up to "listening", the handoff to the first agent, and whatever `on_enter` said. The listener never hears of them.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `close`, which comes last. For events that do not exist, of which LKA402 speaks. In jobs that make more than one
session, because it is not known which of them is meant. When the start runs concurrently (then a listener may still be
early enough), in functions that run at another time, and when the session went to code that is not followed.

## Evidence

livekit-agents 1.8.9: `conversation_item_added` and `agent_state_changed` had been emitted when `start` returned; run.

## Fix safety

Unsafe: the registration, with the function if it stands on one, is put before the session's start, where both stand in
one block and nothing that the listener uses is made in between.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Fix, Follows, Move, unsafe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind, Session
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta(
    "LKA111", "late-session-listener", Severity.WARNING, "a session listener is registered after the session started"
)

_AT_THE_END = frozenset({"close"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    unknown = subject.emitters.unknown_events
    for solved in subject.solved:
        if any(reached.state.sessions > 1 for reached in solved.reached):
            continue
        for reached in solved.reached:
            event, state = reached.event, reached.state
            late = event.kind is Kind.SESSION_LISTEN and state.session is Session.STARTED and not state.exceptional
            if late and event.detail not in _AT_THE_END and event.place not in unknown:
                name = quoted(event.detail, 32) if event.detail else "this event"
                yield META.at(
                    event.place,
                    f"{name} is listened for after session.start()",
                    note="it misses what the session emitted while it started, which has been awaited",
                    help="register it before the start",
                    label="too late",
                    culprit=(event.detail,),
                    subject=reached.site.function,
                    key=(event.detail,),
                    fix=_fix(reached, solved),
                )


def _fix(late: Reached, solved: Solved) -> Fix | None:
    """Before the one start of the same function."""
    place, function = late.event.place, late.site.function
    starts = {
        each.event.place
        for each in solved.reached
        if each.event.kind.does.starts and (each.event.place.path, each.site.function) == (place.path, function)
    }
    if len(starts) != 1:
        return None
    (start,) = starts
    return unsafe("register it before the start", Move(place, start), Follows(start, place))

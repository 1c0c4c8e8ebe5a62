"""Models or the session are set up after the room is joined.

## What it does

Reports, in an entry function with a session, the first model (`LLM`, `STT`, `TTS`, `VAD`, `RealtimeModel` of a plugin
or of inference, also by `.load()`) or `AgentSession` that is made after the room has been joined.

## Why it is bad

The lifecycle reference sets up before it joins: while a model loads, the agent is in the room, visible, and cannot
answer. A session with `thread=` (livekit-agents 2.0) opens that thread within its start, so it answers later still.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When an argument is made from the room or from a participant, when the job has no session, and when LKA101, LKA102
or LKA104 already speak about the order of the same entry function. It judges the entry function's own body only.

## Evidence

The lifecycle reference, job lifecycle, step 1. livekit-agents 1.8.9 joins within `session.start(room=...)`, so setup
that comes before it costs nobody's time in the room. 2.0.0b1 joins there too; `voice/agent_session.py` 1060 opens the
thread first, run.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.following import last_name
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.tables import spelt
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta("LKA103", "setup-after-connect", Severity.INFO, "models or the session are set up after the room is joined")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        places = {reached.event.place for reached in solved.reached}
        if subject.order.spoken_of.isdisjoint(places) and any(each.event.kind.does.starts for each in solved.reached):
            late = list(_set_up_in_room(solved))
            if late and all(reached.event.could_be_earlier for reached in late):
                yield _finding(subject, min(late, key=_turn))


def _set_up_in_room(solved: Solved) -> Iterator[Reached]:
    """Setting up in the entry function's own body that may run in the room."""
    entry = (solved.job.entry.path, solved.job.entry.flow)
    for reached in solved.reached:
        event, state = reached.event, reached.state
        if event.kind is Kind.SETUP and (event.place.path, reached.site.function) == entry:
            if state.room is Room.JOINED and state.origin is not None and not state.exceptional:
                yield reached


def _turn(reached: Reached) -> tuple[int, int]:
    """When a call's turn comes: an argument is made before the call that it is given to."""
    span = reached.event.place.span
    return span.end_line, span.end_column


def _finding(subject: Subject, reached: Reached) -> Diagnostic:
    place, origin = reached.event.place, reached.state.origin
    joined = origin.lead.place if origin is not None else place
    made = reached.event.detail.replace("AgentSession", _written(subject, reached))
    return META.at(
        place,
        f"{made} is made after the room has been joined",
        note=f"the room is joined before ({where(joined, place)}), so the agent is there before it can answer",
        help="set up first, then join the room",
        label="made here",
        related=[Related(joined, "the room is joined here")],
        subject=reached.site.function,
        key=(reached.event.detail,),
    )


def _written(subject: Subject, reached: Reached) -> str:
    """What the code calls a session's class: since livekit-agents 2.0 it has two names."""
    place = reached.event.place
    flow = subject.project.files[place.path].flows[reached.site.function]
    names = {last_name(each.target) for each in flow.calls if each.span == place.span}
    known = names.intersection(spelt("AgentSession"))
    return known.pop() if len(known) == 1 else subject.offers.called(place.path, "AgentSession")

"""A participant entrypoint is added after the room has been joined.

## What it does

Reports `ctx.add_participant_entrypoint(...)` where the room may have been joined before.

## Why it is bad

The function is run for those who join after it was added. Participants who are in the room when the job joins are
given to the entrypoints that exist at that moment, and to no later one: they are skipped, although the method's own
documentation says otherwise.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When nothing that is known has joined the room before, when the joining runs concurrently, when the context went to
code that is not followed, and where the same function runs the entrypoint itself for those who are there already.

## Evidence

livekit-agents 1.8.9, `job.py` 736-737 (participants present are handed out once, in `connect`); tried with a stubbed
room.

## Fix safety

The registration is put before the step that joins the room, if both stand in one block. That is safe where the one
follows the other; else it is unsafe, because the function may be made from what lies between.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix, Move, Requires, safe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA112",
    "late-participant-entrypoint",
    Severity.WARNING,
    "a participant entrypoint is added after the room has been joined",
)


def _is_run_by_hand(subject: Subject, reached: Reached) -> bool:
    """The function that adds the entrypoint also calls it."""
    place, function = reached.event.place, reached.site.function
    calls = subject.project.files[place.path].flows[function].calls
    added = {call.args[0] for call in calls if call.span == place.span and call.args}
    return any(call.target in added for call in calls)


def _fix(place: Place, joined: Place) -> Fix | None:
    if place.path != joined.path:
        return None
    return safe("add it before the room is joined", Move(place, joined), Requires(joined, place))


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        for reached in solved.reached:
            event, state = reached.event, reached.state
            if event.kind is not Kind.ENTRYPOINT or state.room is not Room.JOINED or state.exceptional:
                continue
            if state.origin is not None and not _is_run_by_hand(subject, reached):
                joined = state.origin.lead.place
                yield META.at(
                    event.place,
                    "this participant entrypoint is added after the room has been joined",
                    note=f"the room is joined before ({where(joined, event.place)}), so it is never run for those who "
                    "were there already",
                    help="add it before the room is joined",
                    label="too late",
                    related=[Related(joined, "the room is joined here")],
                    subject=reached.site.function,
                    fix=_fix(event.place, joined),
                )

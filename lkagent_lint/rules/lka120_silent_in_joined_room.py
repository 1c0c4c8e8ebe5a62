"""The entry function returns after it has joined the room, and nobody speaks there: a mute agent stays with the caller.

## What it does

Reports an explicit `return` of an entry function that is reached in the room, before any session has started or is
starting, where another path goes from the same joining to a session.

## Why it is bad

Returning from the entry function does not end the job. The agent stays in the room as a participant until the room is
closed or `ctx.shutdown()` is called: whoever is there waits for somebody who never speaks, no other agent is sent, and
the worker keeps a process for it. The log says "leaving" all the same.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

After `ctx.shutdown()`, `room.disconnect()` or `delete_room()`, also in a helper that says so by its value, wherever
one way to the `return` has done so or has a session; where a session has started or is
being started in a task; where a listener, a participant entrypoint or another function that the SDK was handed may
start one or end the job; when the context went to code that is not followed; where no session follows upon what joined
the room, as in a recorder or in a mode of its own; and in an exception handler, unless every way into it is one of
these. Before the room is joined LKA115 speaks. The end of the function without a `return` is not reported.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 396-412: only a shutdown, or leaving the room, ends a job; @livekit/agents
1.9.0, `job_proc_lazy_main.js` 116-152. An entry that connected and returned was still in the room; run.

## Fix safety

Unsafe: `ctx.shutdown()` is put before the `return` of an entry function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix, Insert, unsafe
from lkagent_lint.project.records import Project
from lkagent_lint.questions.absence import always
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind, Room, Session
from lkagent_lint.typestate.lifecycle import Event, State
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta(
    "LKA120",
    "silent-in-joined-room",
    Severity.WARNING,
    "the entry returns in the room without a session, and stays there",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        found = list(_mute(solved))
        if found and not any(subject.handlers.may_go_on(solved, ways[0].state) for ways in found[:1]):
            yield from (_finding(each, subject.project, solved) for each in found)


def _mute(solved: Solved) -> Iterator[list[Reached]]:
    """The returns that leave the agent in its room without a session, each with every way to it."""
    # Where no session follows upon a step that joins, the room was joined for something else.
    to_talk = {each.state.origin.event for each in solved.reached if each.event.kind.does.starts and each.state.origin}
    returns: dict[Place, list[Way]] = defaultdict(list)
    for reached in solved.reached:
        if reached.event.kind is Kind.RETURN:
            returns[reached.event.place].append(Way(reached, solved))
    for ways in returns.values():
        if always(ways, lambda way: _is_mute(way.state, to_talk)):
            yield [each.reached for each in ways if _is_mute(each.state, to_talk)]


def _is_mute(state: State, to_talk: Set[Event]) -> bool:
    joined = state.room is Room.JOINED and state.origin is not None and state.origin.event in to_talk
    return joined and state.session is Session.NONE and not (state.shut or state.left or state.shared)


def _fix(place: Place, function: str, project: Project, solved: Solved) -> Fix | None:
    context = project.context_of(solved.job)
    if (solved.job.entry.path, solved.job.entry.flow) != (place.path, function) or not context:
        return None
    return unsafe(f"call {context}.shutdown() before", Insert(place, f"{context}.shutdown()"))


def _finding(ways: list[Reached], project: Project, solved: Solved) -> Diagnostic:
    place = ways[0].event.place
    joined = min(each.state.origin.lead.place for each in ways if each.state.origin is not None)
    return META.at(
        place,
        "the entry function returns in the room before any session has started",
        note=f"it returns after the room was joined ({where(joined, place)}), and that does not end the job: a mute "
        "agent stays in the room",
        help="call ctx.shutdown() before",
        label="it returns here",
        related=[Related(joined, "the room is joined here")],
        subject=ways[0].site.function,
        fix=_fix(place, ways[0].site.function, project, solved),
    )

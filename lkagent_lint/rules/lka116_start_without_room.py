"""A session is started without a room.

## What it does

Reports `session.start(...)` without `room=` in a job, where the session is given no input or output of its own.

## Why it is bad

Without `room=` the session neither joins the room nor hears or speaks in it. It starts, and nothing happens; no log
says why.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the project makes a `RoomIO` or sets `session.input` or `session.output`; where `room=` may be among
`**options`; when the session, the context or its room goes to code that is not followed; when another session of the
job is started with `room=`; outside of jobs (tests and consoles start sessions without a room on purpose), and in test
files.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 937-1152: only `room=` makes a RoomIO and connects; run.

## Fix safety

Unsafe: in an entry function's own body the start is given the room of its context, so that it joins the room.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow
from lkagent_lint.intents import AddArgument, Fix, unsafe
from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta("LKA116", "start-without-room", Severity.WARNING, "a session of a job is started without `room=`")


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if _has_own_io(project):
        return
    for solved in subject.solved:
        if any(each.event.kind.does.starts and each.event.kind.does.room is not None for each in solved.reached):
            continue
        if subject.absence.in_job(solved):
            continue
        for reached in solved.reached:
            place = reached.event.place
            if reached.event.kind is Kind.START and not project.in_tests(place.path):
                spoken = words(place)
                yield META.at(
                    place,
                    f"session.start() is called without {spoken.room_argument}",
                    note="it neither joins the room nor hears or speaks in it",
                    help=f"write {spoken.start_in_room}",
                    label="the room is missing",
                    subject=reached.site.function,
                    fix=_fix(reached, solved, project),
                )


def _fix(start: Reached, solved: Solved, project: Project) -> Fix | None:
    """The room of the entry's own context."""
    entry, place = solved.job.entry, start.event.place
    if (entry.path, entry.flow) != (place.path, start.site.function):
        return None
    context = project.context_of(solved.job)
    return (
        unsafe(f"write {words(place).start_in_room}", AddArgument(place, "room", f"{context}.room"))
        if context
        else None
    )


def _has_own_io(project: Project) -> bool:
    """Some file of the project connects a session to something by hand."""
    return "RoomIO" in project.words or any(
        _connects_io(flow) for facts in project.files.values() for flow in facts.flows.values()
    )


def _connects_io(flow: Flow) -> bool:
    """``session.input.audio = ...``, ``session.output.audio = ...``"""
    return any(isinstance(store.base, v.Attribute) and store.base.name in ("input", "output") for store in flow.stores)

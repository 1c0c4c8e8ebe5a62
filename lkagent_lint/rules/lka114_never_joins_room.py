"""An entry function that never joins its room.

## What it does

Reports an entry function in which no path can join the room: no `session.start(room=...)`, no `ctx.connect()`, from
livekit-agents 1.5.2 on no `ctx.wait_for_participant()`, and no call that hands the context to code that is not
followed.

## Why it is bad

The job is accepted and runs, and the agent never appears in the room. After ten seconds livekit-agents logs "The room
connection was not established within 10 seconds after calling job_entry", and the job stays around until the worker
ends.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the context, its room, a session, or a function that leads to one of them goes to code outside of the project, also
as part of an object, through a base class or into an attribute of somebody else's; when it is not known what is called
(a table of functions, an abstract method). When it is kept in a variable of a module, an object or a table, and a
function that no job runs itself, such as a thread's or a route's, may join or end what is kept there. When another rule
says why nothing joins, or a step always raises: the entry calls a method that the SDK does not have (LKA406), uses the
room outside it (LKA109) or imports what is not there (LKA501, LKA503). When the entry shuts the job down
(`ctx.shutdown()`) or connects a room of its own; when a session is started without `room=`, which LKA116 reports; for
entries with an empty body or that are no coroutine functions (LKA301), and in test files.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 366-375 and 392-399 (the two log messages).

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Does
from lkagent_lint.typestate.solver import Solved

META = Meta("LKA114", "never-joins-room", Severity.WARNING, "an entry function that never joins its room")


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    # LKA109 speaks of what is used before anything joins: the cause is one.
    used = {way.solved.job.place for _, ways in subject.order.uses_outside for way in ways}
    for solved in subject.solved:
        job = solved.job
        if solved.may_join or project.in_tests(job.place.path) or not _does_something(subject, solved):
            continue
        if any(_has_another_cause(reached.event.kind.does) for reached in solved.reached) or job.place in used:
            continue
        if not subject.absence.of_joining(solved) and not subject.absence.causes(solved):
            yield META.at(
                job.place,
                f"{shortened(job.entry.flow)}() never joins the room",
                note="nothing in it, or in what it calls, connects, so the agent never appears there",
                help=f"await {words(job.place).start_in_room} or ctx.connect()",
                label="this entry function",
                subject=job.entry.flow,
            )


def _has_another_cause(does: Does) -> bool:
    """It is tried, or given up on purpose: other rules speak of why it fails."""
    return does.room is not None or does.starts or does.waits or does.shuts


def _does_something(subject: Subject, solved: Solved) -> bool:
    flow = subject.project.files[solved.job.entry.path].flows[solved.job.entry.flow]
    can_await = flow.is_async or is_node(solved.job.place)  # LKA301 speaks of the others
    return can_await and any(block.steps for block in flow.blocks)

"""A session is made for the job, and nobody starts it.

## What it does

Reports an `AgentSession()` in the course of an entry function, if no path of the job starts a session, and nothing that
the job hands on could.

## Why it is bad

The agent joins its room and is silent: a session that was not started neither hears nor speaks, and says nothing of it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the session, or the context, goes to code that is not followed; when a listener, a callback, a tool or any other
function of the project that the job does not run itself starts a session, or something that is not known; when a
session's `start` is handed on; and where the job does not join its room at all, which is LKA114.

## Evidence

livekit-agents 1.8.9 and @livekit/agents 1.9.0: the constructor of a session starts nothing; run.

## Fix safety

There is no fix: which agent is meant is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.project.things import SdkMethod
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.vocabulary import written
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.solver import Reached, Solved

META = Meta("LKA124", "session-never-started", Severity.WARNING, "a session is made and nobody starts it")

_STARTS = written(lambda term: (term.owner, term.name) == ("AgentSession", "start"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        made = [each for each in solved.reached if each.event.kind.does.makes_session and not each.state.exceptional]
        if made and _is_never_started(subject, solved):
            yield from map(_finding, made)


def _is_never_started(subject: Subject, solved: Solved) -> bool:
    if not solved.may_join or any(each.event.kind.does.starts for each in solved.reached):
        return False
    return not _is_forgotten(solved) and not subject.absence.of_start(solved)


def _is_forgotten(solved: Solved) -> bool:
    """The job calls a start, and does not wait for it, which is said elsewhere."""
    return any(
        isinstance(call.target, v.Attribute)
        and call.target.name in _STARTS
        and SdkMethod("AgentSession", "start") in activation.targets(call)
        for activation in solved.entered
        for call in activation.flow.calls
    )


def _finding(made: Reached) -> Diagnostic:
    spoken = words(made.event.place)
    return META.at(
        made.event.place,
        "the session that is made here is never started",
        note="the agent neither hears nor speaks",
        help=f"await {spoken.start_in_room}",
        label="made and not started",
        subject=made.site.function,
        key=(Kind.SESSION_MADE.value,),
    )

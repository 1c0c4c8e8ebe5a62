"""The jobs that run through a file: what they begin with, and every event in it with the states that lead there."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.diagnostics import Place
from lkagent_lint.project.records import Job
from lkagent_lint.questions.subject import Subject
from lkagent_lint.typestate.lifecycle import Origin, State
from lkagent_lint.typestate.solver import Reached, Solved

_FLAGS = ("has_options", "shut", "left", "answered", "beside", "exceptional")


def job_lines(subject: Subject, path: str) -> Iterator[str]:
    """Every job that runs through a file (absolute path); each in a deep stack (``stack.run_deep``)."""
    for job in subject.project.jobs:
        if job.legacy and job.place.path == path:
            yield f"{begun(job, path)} (livekit-agents 0.x: not followed)"
    for solved in subject.solved:
        if solved.job.place.path == path or any(each.path == path for each in solved.entered):
            yield begun(solved.job, path)
            yield from (f"  {line}" for line in reached_lines(solved, path))
            yield from (f"  {_at(place, path)}: knowledge ends, {why}" for place, why in solved.ended)
    yield from (f"the solver failed in {failed}: {error!r}" for failed, error in subject.failures)


def begun(job: Job, path: str) -> str:
    """What a job begins with, for a reader of the file ``path``."""
    held = ", ".join(repr(each) for things in job.bindings for each in things)
    return f"entry {job.entry.flow}, {_at(job.place, path)}, its first parameter: {held}"


def reached_lines(solved: Solved, path: str) -> Iterator[str]:
    """Each event in a file with each state in which the job reaches it, in the order of the text."""
    here = (each for each in solved.reached if each.event.place.path == path)
    for each in sorted(here, key=lambda each: (each.event.place, each.event.kind.does.words, _state(each.state, path))):
        yield _reached(each, path)


def _reached(reached: Reached, path: str) -> str:
    event = reached.event
    detail = f" ({event.detail})" if event.detail else ""
    known = _state(reached.state, path)
    return f"{_at(event.place, path)}: {event.kind.does.words}{detail} in {reached.site.function}: {known}"


def _state(state: State, path: str) -> str:
    """What a state says that the first state of a job does not, and room and session in any case."""
    known = [f"room {state.room.name}", f"session {state.session.name}"]
    if state.origin is not None:
        known.append(f"origin {_origin(state.origin, path)}")
    if state.awaited is not None:
        known.append(f"awaited {_at(state.awaited, path)}")
    if state.used is not None:
        known.append(f"used {_at(state.used.place, path)}")
    for name, origin in (("waited for", state.waited_for), ("endless since", state.endless)):
        if origin is not None:
            known.append(f"{name} {_origin(origin, path)}")
    known += [f"{state.sessions} sessions"] if state.sessions > 1 else []
    known += [flag.replace("_", " ") for flag in _FLAGS if getattr(state, flag)]
    return ", ".join(
        [*known, *sorted(f"pending room {each.room.name} session {each.session.name}" for each in state.pending)]
    )


def _origin(origin: Origin, path: str) -> str:
    return f"{_at(origin.event.place, path)}, lead {_at(origin.lead.place, path)}"


def _at(place: Place, path: str) -> str:
    """A place for a reader of the file ``path``."""
    return f"line {place.span.line}" if place.path == path else f"{os.path.basename(place.path)}:{place.span.line}"

"""Agents by their names: who stands at a place, who dispatches a worker, which worker a dispatch reaches.

The answers are the project's own (``questions/``), the same that ``graph`` draws, whatever language an end is in.
What is asked here evaluates parts of the project, so it runs in the engine's thread and on its deep stack.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.graph.build import name_record
from lkagent_lint.graph.words import KINDS, name_in_words
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.reach import agreement, effective_name, possible_names
from lkagent_lint.questions.subject import Subject
from lkagent_lint.text import Lines, Span

AgentEnd = Worker | Dispatch
"""One end of what joins a name that is asked for to the worker that has it."""


class NamedSpot(NamedTuple):
    """What stands where somebody points: an end, and the part of the text that is meant."""

    end: AgentEnd
    span: Span


class AgentSymbol(NamedTuple):
    """A worker, a job or a dispatch, for outlines and searches."""

    kind: str
    """``worker``, ``job`` or ``dispatch``."""
    name: str
    detail: str
    place: Place


class WorkerHint(NamedTuple):
    """Who dispatches a worker, in a few words, and where."""

    line: int
    label: str
    places: tuple[Place, ...]


def spots_at(project: Project, path: str, text: str, line: int, column: int) -> list[NamedSpot]:
    """What stands at a 1-based line and column of a file: the ends of the smallest place around it."""
    around = [each for each in _ends(project) if each.place.path == path and _holds(each.place.span, line, column)]
    if not around:
        return []
    smallest = min((each.place.span for each in around), key=lambda span: _size(span))
    lines = Lines(text)
    ends = [each for each in around if each.place.span == smallest]
    found = (NamedSpot(each, span) for each in ends for span in _meant(project, each, lines))
    return [each for each in found if _holds(each.span, line, column)]


def _meant(project: Project, end: AgentEnd, lines: Lines) -> Iterator[Span]:
    """Where the name is written within an end's place; the whole place where it is not written there."""
    span = end.place.span
    name = effective_name(project, end) if isinstance(end, Worker) else end.name
    first, last = _offset(lines, span.line, span.column), _offset(lines, span.end_line, span.end_column)
    written = lines.text[first:last]
    found = False
    for each in filter(None, possible_names(project, name)):
        for match in re.finditer(rf"(?<![\w-]){re.escape(each)}(?![\w-])", written):
            found = True
            yield lines.span(first + match.start(), first + match.end())
    if not found:
        yield span


def _offset(lines: Lines, line: int, column: int) -> int:
    return len(lines.text) if line > len(lines.starts) else min(lines.starts[line - 1] + column - 1, len(lines.text))


def _holds(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column


def _ends(project: Project) -> Iterator[AgentEnd]:
    yield from project.workers
    yield from project.dispatches


# Who is joined to whom


def workers_of(project: Project, dispatch: Dispatch) -> list[Worker]:
    """The workers that a dispatch reaches; those that it may reach where it surely reaches none."""
    found = [(each, agreed) for each in project.workers if (agreed := agreement(project, each, dispatch)) is not None]
    certain = [worker for worker, agreed in found if agreed.certain]
    return certain or [worker for worker, _ in found]


def dispatches_of(project: Project, worker: Worker) -> list[Dispatch]:
    """The dispatches that reach a worker; those that may where none surely does."""
    found = [(each, agreed) for each in project.dispatches if (agreed := agreement(project, worker, each)) is not None]
    certain = [dispatch for dispatch, agreed in found if agreed.certain]
    return certain or [dispatch for dispatch, _ in found]


def definitions(project: Project, spots: list[NamedSpot]) -> list[Place]:
    """The registrations of the agents that are meant."""
    found: list[Place] = []
    for each in spots:
        ends = [each.end] if isinstance(each.end, Worker) else workers_of(project, each.end)
        found += [worker.place for worker in ends]
    return sorted(set(found))


def references(project: Project, spots: list[NamedSpot], *, declarations: bool) -> list[Place]:
    """Every place that asks for the agents that are meant, and with ``declarations`` where they are registered."""
    found: set[Place] = set()
    for each in spots:
        workers = [each.end] if isinstance(each.end, Worker) else workers_of(project, each.end)
        if isinstance(each.end, Dispatch):
            found.add(each.end.place)
        for worker in workers:
            found.update(dispatch.place for dispatch in dispatches_of(project, worker))
            if declarations:
                found.add(worker.place)
    return sorted(found)


# What is said of them


class TalkLine(NamedTuple):
    """A line of what is said, and the place that it speaks of."""

    text: str
    place: Place | None = None


def told(subject: Subject, spot: NamedSpot) -> tuple[str, list[TalkLine]]:
    """A title, and what is known of an end: who dispatches a worker, or who registers what is asked for."""
    project = subject.project
    if isinstance(spot.end, Worker):
        return _told_of_worker(subject, spot.end)
    title = f"{KINDS[spot.end.kind.value]} for {_agent(name_in_words(name_record(spot.end.name)))}"
    workers = workers_of(project, spot.end)
    lines = [TalkLine(f"registered as {_name(project, each)}", each.place) for each in workers]
    return title, lines or [TalkLine("no worker of this project is registered under this name")]


def _told_of_worker(subject: Subject, worker: Worker) -> tuple[str, list[TalkLine]]:
    project = subject.project
    found = subject.verdicts.of(worker)
    title = f"worker: {_agent(_name(project, worker))} ({worker.job_type.value})"
    lines = [TalkLine(f"runs {name}", place) for name, place in _runs(project, worker)]
    lines.append(TalkLine(f"gets jobs: {found.gets_jobs}"))
    lines += [TalkLine(reason.message, reason.place) for reason in found.reasons]
    return title, lines


def _agent(name: str) -> str:
    return f"an agent with {name}" if name.startswith(("no ", "a ")) else f"agent {name}"


def _name(project: Project, worker: Worker) -> str:
    return name_in_words(name_record(effective_name(project, worker)))


def _runs(project: Project, worker: Worker) -> Iterator[tuple[str, Place]]:
    for entry in worker.entries:
        flow = project.files[entry.path].flows[entry.flow]
        yield flow.name, Place(entry.path, flow.span)


# Outlines and searches


def symbols(project: Project, path: str | None = None) -> Iterator[AgentSymbol]:
    """The workers, jobs and dispatches of a file, or of the whole project, by place."""
    found = [*_worker_symbols(project), *_job_symbols(project), *_dispatch_symbols(project)]
    yield from sorted((each for each in found if path in (None, each.place.path)), key=lambda each: each.place)


def _worker_symbols(project: Project) -> Iterator[AgentSymbol]:
    for each in project.workers:
        yield AgentSymbol("worker", _agent(_name(project, each)), each.job_type.value, each.place)


def _job_symbols(project: Project) -> Iterator[AgentSymbol]:
    for each in project.jobs:
        flow = project.files[each.entry.path].flows[each.entry.flow]
        yield AgentSymbol("job", flow.name, "job", each.place)


def _dispatch_symbols(project: Project) -> Iterator[AgentSymbol]:
    for each in project.dispatches:
        name = _agent(name_in_words(name_record(each.name)))
        yield AgentSymbol("dispatch", f"dispatch of {name}", KINDS[each.kind.value], each.place)


def hints(subject: Subject, path: str, first: int, last: int) -> Iterator[WorkerHint]:
    """Who dispatches the workers that a file registers between two 1-based lines."""
    project = subject.project
    for worker in project.workers:
        if worker.place.path != path or not first <= worker.place.span.line <= last:
            continue
        found = subject.verdicts.of(worker)
        places = tuple(each.place for each in dispatches_of(project, worker))
        yield WorkerHint(worker.place.span.line, _label(found.gets_jobs, places), places)


def _label(gets_jobs: str, places: tuple[Place, ...]) -> str:
    if not places:
        return {"yes": "dispatched automatically", "no": "nobody dispatches it"}.get(gets_jobs, "perhaps dispatched")
    first = f"{os.path.basename(places[0].path)}:{places[0].span.line}"
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{'' if gets_jobs == 'yes' else 'perhaps '}dispatched by {first}{more}"

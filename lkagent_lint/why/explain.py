"""Explains one line of a file of a linked project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place
from lkagent_lint.engine.inspection import Inspection
from lkagent_lint.engine.surveys import Survey
from lkagent_lint.facts.file import DispatchFact, WorkerFact
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.spelling import spelt
from lkagent_lint.facts.values import Expr
from lkagent_lint.project.agent_names import JobType
from lkagent_lint.project.records import Dispatch, Worker
from lkagent_lint.project.things import NEVER, Activation
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import words
from lkagent_lint.text import Span
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.solver import Reached, Solved
from lkagent_lint.why import records as r
from lkagent_lint.why.states import before
from lkagent_lint.why.things import in_words, name_in_words
from lkagent_lint.why.tracing import Tracer


class AskedLine(NamedTuple):
    """The line that is explained, and how its project is asked and shown."""

    inspection: Inspection
    path: str
    line: int
    show: Callable[[str], str]
    text: Callable[[str], str]

    @property
    def survey(self) -> Survey:
        return self.inspection.survey

    @property
    def subject(self) -> Subject:
        return self.inspection.subject


def things(here: AskedLine) -> tuple[r.Explained, ...]:
    """Registrations, dispatches and calls at the line."""
    tracer = Tracer(here.survey.project.evaluator, here.show, here.text)
    found = [*_workers(here, tracer), *_dispatches(here, tracer)]
    named = {each.column for each in found}
    found += [each for each in _calls(here, tracer) if each.column not in named]
    return tuple(sorted(found, key=lambda each: each.column))


def moments(here: AskedLine) -> tuple[r.Moment, ...]:
    """The states of every job before every event at the line."""
    found: list[r.Moment] = []
    for solved in here.subject.solved:
        reached = [each for each in solved.reached if each.event.place.path == here.path]
        spans = set(at_line({each.event.place.span for each in reached}, here.line))
        by_event: dict[tuple[Span, Kind, str], list[Reached]] = {}
        for each in reached:
            if each.event.place.span in spans:
                by_event.setdefault((each.event.place.span, each.event.kind, each.event.detail), []).append(each)
        for (span, kind, detail), group in sorted(by_event.items(), key=lambda item: (item[0][0], item[0][1].value)):
            place = Place(here.path, span)
            known = before((each.state for each in group), partial(_where, here))
            named = words(place).event(kind)
            found.append(
                r.Moment(
                    job=_job(here, solved.job.place),
                    event=f"{named}: {detail}" if detail else named,
                    column=span.column,
                    known=known.known,
                    beside=known.beside,
                    states=known.words,
                )
            )
    return tuple(found)


def _where(here: AskedLine, place: Place) -> str:
    """``line 31``, and in another file its path as it is shown and the line."""
    return f"line {place.span.line}" if place.path == here.path else f"{here.show(place.path)}:{place.span.line}"


def ends(here: AskedLine) -> tuple[r.End, ...]:
    """Where the jobs that run the line's functions ended to be known."""
    return tuple(
        r.End(job=_job(here, solved.job.place), path=here.show(place.path), line=place.span.line, message=message)
        for solved in jobs_at(here)
        for place, message in solved.ended
        if place.path != here.path or place.span.line <= here.line
    )


def jobs_at(here: AskedLine) -> list[Solved]:
    """The jobs that run the line's functions, or begin in its file."""
    functions = {flow.name for flow, _ in calls_at(here)}
    return [
        solved
        for solved in here.subject.solved
        if solved.job.place.path == here.path
        or any(each.path == here.path and each.name in functions for each in solved.entered)
    ]


def findings_at(here: AskedLine, found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those findings that stand at the line."""
    return [
        each
        for each in found
        if each.place.path == here.path and each.place.span.line <= here.line <= max(_last(each.place.span), 1)
    ]


def workers_at(here: AskedLine) -> list[tuple[Worker, WorkerFact]]:
    """Registrations at the line, linked and as the file says them."""
    facts = here.survey.project.files.get(here.path)
    linked = {each.place.span: each for each in here.survey.project.workers if each.place.path == here.path}
    own = {each.span: each for each in (facts.workers if facts is not None else ()) if each.span in linked}
    return [(linked[span], own[span]) for span in at_line(own, here.line)]


def dispatches_at(here: AskedLine) -> list[tuple[Dispatch, DispatchFact]]:
    """Dispatches at the line, linked and as the file says them."""
    facts = here.survey.project.files.get(here.path)
    linked = [each for each in here.survey.project.dispatches if each.place.path == here.path]
    by_span = {each.span: each for each in (facts.dispatches if facts is not None else ())}
    own = [(each, by_span[each.place.span]) for each in linked if each.place.span in by_span]
    spans = set(at_line({each.span for _, each in own}, here.line))
    return [(each, fact) for each, fact in own if fact.span in spans]


def calls_at(here: AskedLine) -> list[tuple[Flow, Call]]:
    """The calls at the line of which anything could be said, with their functions."""
    facts = here.survey.project.files.get(here.path)
    flows = facts.flows.values() if facts is not None else ()
    found = [(flow, call) for flow in flows for call in flow.calls if call.span is not None]
    spans = set(at_line({call.span for _, call in found if call.span is not None}, here.line))
    return [(flow, call) for flow, call in found if call.span in spans]


def at_line(spans: Iterable[Span], line: int) -> list[Span]:
    """The spans that begin at a line; else the smallest that cover it."""
    ordered = sorted(spans)
    begin = [each for each in ordered if each.line == line]
    if begin:
        return begin
    covering = [each for each in ordered if each.line < line <= _last(each)]
    size = min((_last(each) - each.line for each in covering), default=0)
    return [each for each in covering if _last(each) - each.line == size]


def _last(span: Span) -> int:
    return span.end_line - 1 if span.end_column <= 1 and span.end_line > span.line else span.end_line


def _job(here: AskedLine, place: Place) -> str:
    return f"{here.show(place.path)}:{place.span.line}"


def _usual(here: AskedLine, flow: str) -> Activation:
    evaluator = here.survey.project.evaluator
    return evaluator.usual(here.path, evaluator.files[here.path].flows[flow])


def _resolved(here: AskedLine, tracer: Tracer, expression: Expr, flow: str) -> list[r.TraceStep]:
    """How an expression in a function came to its value, one level below what it belongs to."""
    return [r.TraceStep(each.depth + 1, each.message) for each in tracer.steps(expression, _usual(here, flow))]


def _workers(here: AskedLine, tracer: Tracer) -> Iterator[r.Explained]:
    for worker, fact in workers_at(here):
        steps: list[r.TraceStep] = []
        if fact.name is None:
            missing = "the registration gives no name"
            steps.append(r.TraceStep(0, f"{missing}, unless its open options do" if fact.open_ended else missing))
        else:
            steps += [r.TraceStep(0, "its name:"), *_resolved(here, tracer, fact.name, fact.flow)]
            steps.append(r.TraceStep(0, f"so its name is {name_in_words(worker.name)}"))
        if fact.job_type is not None:
            steps += [r.TraceStep(0, "its job type:"), *_resolved(here, tracer, fact.job_type, fact.flow)]
        entries = [f"{each.flow} ({here.show(each.path)})" for each in worker.entries]
        if worker.agent_file is not None:
            entries.append(f"the agent in {here.show(worker.agent_file)}")
        steps.append(r.TraceStep(0, f"it runs {', '.join(entries) or 'an entry function that is not known'}"))
        kind = worker.job_type.value if worker.job_type is not JobType.UNKNOWN else "a job type that is not known"
        message = f"the registration of a worker for {kind}{' in a test file' if worker.in_tests else ''}"
        yield r.Explained(kind="worker", column=fact.span.column, message=message, steps=tuple(steps))


def _dispatches(here: AskedLine, tracer: Tracer) -> Iterator[r.Explained]:
    for dispatch, fact in dispatches_at(here):
        steps: list[r.TraceStep] = []
        if fact.name is None:
            steps.append(r.TraceStep(0, "it gives no name"))
        elif fact.flow in here.survey.project.files[here.path].flows:
            steps += [r.TraceStep(0, "the name that it asks for:"), *_resolved(here, tracer, fact.name, fact.flow)]
            steps.append(r.TraceStep(0, f"so the name is {name_in_words(dispatch.name)}"))
        else:
            steps.append(r.TraceStep(0, f"the name that it asks for: {spelt(fact.name)}"))
        notes = " in a test file" if dispatch.in_tests else ""
        if dispatch.presence:
            notes += ", read as evidence only: no finding stands at it"
        message = f"a dispatch ({dispatch.kind.value}){notes}"
        yield r.Explained(kind="dispatch", column=fact.span.column, message=message, steps=tuple(steps))


def _calls(here: AskedLine, tracer: Tracer) -> Iterator[r.Explained]:
    for flow, call in calls_at(here):
        entered = [
            activation
            for solved in here.subject.solved
            for activation in solved.entered
            if (activation.path, activation.name) == (here.path, flow.name)
        ]
        places = entered or [_usual(here, flow.name)]
        targets = NEVER.union(*(activation.targets(call) for activation in places))
        run = "" if entered else "; no job is seen to run this function"
        if not entered and flow.name == "<module>":
            run = ""
        yield r.Explained(
            kind="call",
            column=call.span.column if call.span is not None else 1,
            message=f"a call of {spelt(call.target)}, in {flow.name}: {in_words(targets, here.show)}{run}",
            steps=tracer.steps(call.target, places[0]),
        )

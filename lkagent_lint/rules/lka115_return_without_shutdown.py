"""The entry function returns before anything joined the room, and the job goes on for ever.

## What it does

Reports an explicit `return` in an entry function that may run before anything joined the room and without
`ctx.shutdown()`.

## Why it is bad

Returning from the entry function does not end the job. A job ends when its room is left, or when `ctx.shutdown()` is
called; one that never joined stays alive, holds its process, and delays the worker's own end by up to `drain_timeout`
(an hour).

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

After the room has been joined, or may have been; after `ctx.shutdown()`, also in a function that was called before and
may have said so by its value (`if not await admitted(ctx): return`), by a flag or by an exception: wherever one way to
the `return` has joined or shut down; in an exception handler, if what was tried may have joined the room; when the
context or its room went to code that is not followed before; and where no path joins the room at all, which LKA114
reports. The end of the function without a `return` is not reported.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 404 (what ends a job), `worker.py` 937-965 (draining); an entry that
returned early was still active; run.

## Fix safety

Unsafe: `ctx.shutdown()` is put before the `return` of an entry function. Whoever left the job alive on purpose will
miss it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.intents import Fix, Insert, unsafe
from lkagent_lint.project.records import Project
from lkagent_lint.questions.absence import always
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind, Room

META = Meta(
    "LKA115",
    "return-without-shutdown",
    Severity.WARNING,
    "the entry returns before it joined the room, without `ctx.shutdown()`",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    returns = subject.order.ways(lambda way: way.event.kind is Kind.RETURN and way.solved.may_join)
    for place, ways in returns.items():
        if always(ways, _leaks) and not subject.absence.before(ways):
            yield META.at(
                place,
                "the entry function returns before anything joined the room",
                note="that does not end the job: it stays alive until the worker ends",
                help="call ctx.shutdown() before",
                label="it returns here",
                subject=ways[0].reached.site.function,
                fix=_fix(place, ways[0], subject.project),
            )


def _fix(place: Place, way: Way, project: Project) -> Fix | None:
    context = project.context_of(way.solved.job)
    if (way.solved.job.entry.path, way.solved.job.entry.flow) != (place.path, way.reached.site.function) or not context:
        return None
    return unsafe(f"call {context}.shutdown() before", Insert(place, f"{context}.shutdown()"))


def _leaks(way: Way) -> bool:
    """Nothing has joined, nothing will, and nothing has ended the job."""
    state = way.state
    return state.room is Room.OUT and not (state.shut or state.left)

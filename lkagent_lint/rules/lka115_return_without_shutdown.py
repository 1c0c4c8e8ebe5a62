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

After the room has been joined, or may have been; after `ctx.shutdown()`; in an exception handler, if what was tried
may have joined the room; when the context went to code that is not followed before; and where no path joins the room
at all, which LKA114 reports. The end of the function without a `return` is not reported.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 404 (what ends a job), `worker.py` 937-965 (draining); an entry that
returned early was still active; run.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
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
        leaks = [each for each in ways if each.state.room is Room.OUT and not each.state.shut]
        # In an exception handler only if nothing that was tried could have joined the room.
        if len(leaks) == len(ways) or any(each.is_ordinary for each in leaks):
            yield META.at(
                place,
                "the entry function returns here before anything joined the room, and that does not end the job: "
                "it stays alive until the worker ends; call ctx.shutdown() before",
                subject=ways[0].reached.site.function,
            )

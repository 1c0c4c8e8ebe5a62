"""A shutdown callback is registered after a wait that nothing ends but the end of the job.

## What it does

Reports a `ctx.add_shutdown_callback(...)` that comes after a wait which nothing in the entry ends: an event that
nobody sets, a bare future, an endless sleep.

## Why it is bad

When the job ends, the entry function is cancelled in that wait, and what comes after it never runs: the callback is
never registered, and the cleanup is lost without a word.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

After `ctx.wait_for_participant()`, where the lifecycle reference registers callbacks; after a wait that something in
the file ends or that has a timeout; and when the callback uses a value that is only made after the wait.

## Evidence

livekit-agents 1.8.9: the entry function is cancelled 15 s after the shutdown began (since 1.5.2); a callback
registered during the shutdown is never run (`job_proc_lazy_main.py` 404-424).

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.rules._base import Meta, Subject, where
from lkagent_lint.typestate.lifecycle import Kind

META = Meta(
    "LKA105", "late-shutdown-callback", Severity.WARNING, "a shutdown callback is registered after an endless wait"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        for reached in solved.reached:
            event, wait = reached.event, reached.state.endless
            if event.kind is Kind.CALLBACK and event.bare and wait is not None and not reached.state.exceptional:
                yield META.at(
                    event.place,
                    f"this shutdown callback is registered only after a wait that nothing ends "
                    f"({where(wait.place, event.place)}), so it is lost when the job ends there: register it before",
                    related=[Related(wait.place, "the wait is here")],
                    subject=reached.site.function,
                )

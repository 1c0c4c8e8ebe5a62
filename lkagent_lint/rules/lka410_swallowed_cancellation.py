"""An endless loop in an entry function swallows the cancellation that is to end it.

## What it does

Reports exception handlers for `CancelledError`, `BaseException` or everything (`except:`) in a `while True` of an
entry function, or of a function of the project that it awaits, which neither raise again nor leave the loop.

## Why it is bad

Since livekit-agents 1.5.2 an entry function that is still running 15 seconds after the shutdown began is cancelled.
The loop takes the cancellation for one more error and goes on: the shutdown callbacks do not run before it ends, and
the process stays until it is killed.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `except Exception`, which a cancellation passes; for loops with a condition, or with another way out; for handlers
that raise, return or break; for loops in tasks, which nobody waits for; before livekit-agents 1.5.2.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_lazy_main.py` (the entry is cancelled after 15 seconds) and
`ipc/supervised_proc.py` 337-338 (the parent waits for the shutdown without a limit of its own).

## Fix safety

There is no fix yet; raising again at the end of the handler is right wherever the loop has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts.flows import Call, Use
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.walks import walked
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change

META = Meta(
    "LKA410",
    "swallowed-cancellation",
    Severity.WARNING,
    "an endless loop in an entry swallows the cancellation that is to end it",
    Default.PREVIEW,
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    seen: set[Place] = set()
    for job in project.jobs:
        if job.legacy or not job.sdk.has(Change.ENTRY_CANCELLED_ON_SHUTDOWN):
            continue
        entry = project.evaluator.results.enter(job.entry, job.bindings, ())
        for activation in walked((entry,), project.evaluator, _is_awaited):
            flow = activation.flow
            for span in flow.swallows if flow.is_async else ():
                place = activation.place(span)
                if place not in seen:
                    seen.add(place)
                    yield META.at(
                        place,
                        "this catches the cancellation by which the job ends its entry",
                        note=f"the entry ({where(job.place, place)}) is cancelled when the job ends, and the loop "
                        "goes on: the shutdown waits for it, and its callbacks do not run",
                        help="raise it again",
                        label="the cancellation ends here",
                        subject=flow.name,
                    )


def _is_awaited(call: Call) -> bool:
    return call.use is Use.AWAITED

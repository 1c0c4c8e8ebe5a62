"""An entry function that is not a coroutine function.

## What it does

Reports, in Python, a function registered as an entry (`rtc_session`, `entrypoint_fnc=`) that is a plain function and
returns nothing that could be awaited, or a generator.

## Why it is bad

The registration takes it. When a job comes, the body runs, and then the job's process awaits what it returned:
"TypeError: object NoneType can't be used in 'await' expression", logged as "unhandled exception while running the job
task". The job ends there, so whatever the body set up is torn down at once.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the function returns a value, which may be a coroutine; when it has a decorator that is not the SDK's; for
livekit-agents 0.x; and in test files. In Node an entry may be a plain function.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_lazy_main.py` 353; 1.2.18, the same file, 240; run. Python 3.14 words the error as
"'NoneType' object can't be awaited".

## Fix safety

There is no fix yet; `async def` is right where nothing else calls the function.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import Flow
from lkagent_lint.facts.values import Constant, Text
from lkagent_lint.questions.registrations import Registered
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA301",
    "sync-entrypoint",
    Severity.ERROR,
    "an entry function that is not a coroutine function",
    basis=Basis.REFUSAL,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for entry in subject.registrations.python_entries():
        found = entry.registered
        if _never_awaitable(found.flow):
            yield _finding(found)


def _never_awaitable(flow: Flow) -> bool:
    """Whether awaiting what a call of the function returns must fail."""
    if flow.is_generator:
        return True
    return not flow.is_async and all(isinstance(each, (Constant, Text)) for each in flow.returns)


def _finding(found: Registered) -> Diagnostic:
    flow = found.flow
    if flow.is_generator:
        what, effect, cure = "is a generator", "nothing in it runs", "do not yield in it"
        returned = "async_generator" if flow.is_async else "generator"
    else:
        what, effect, cure = "is no coroutine function", "its body runs", "write `async def`"
        returned = "NoneType"
    return META.at(
        found.place,
        f"{found.title} {what} ({where(found.registration, found.place)} registers it): {effect}, and then the job "
        f"ends with \"TypeError: object {returned} can't be used in 'await' expression\": {cure}",
        related=[Related(found.registration, "it is registered here")],
        subject=flow.name,
    )

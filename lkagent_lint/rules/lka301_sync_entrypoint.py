"""An entry function that is not a coroutine function.

## What it does

Reports, in Python, a function registered as an entry (`rtc_session`, `entrypoint_fnc=`) that is a plain function and
returns nothing that could be awaited, or a generator. In livekit-agents 2.0 the same of the handler of a text door
(`a2a_session`).

## Why it is bad

The registration takes it. When a job comes, the body runs, and then the job's process awaits what it returned:
"TypeError: object NoneType can't be used in 'await' expression", logged as "unhandled exception while running the job
task". The job ends there, so whatever the body set up is torn down at once. A text door takes such a handler too: every
message fails with that error, logged as "the a2a_session handler raised; the task fails".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the function returns a value, which may be a coroutine; when it has a decorator that is not the SDK's; for
livekit-agents 0.x; and in test files. In Node an entry may be a plain function.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_lazy_main.py` 353; 1.2.18, the same file, 240; 2.0.0b1, `storage/context.py`
146-158; run. Python 3.14 words the error as "'NoneType' object can't be awaited".

## Fix safety

Safe: `async` is put before `def`. For a generator there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import Flow
from lkagent_lint.facts.values import Constant, Text
from lkagent_lint.intents import MakeAsync, safe
from lkagent_lint.project.decorators import AS_WRITTEN, Decoration
from lkagent_lint.project.things import Closure
from lkagent_lint.questions.registrations import Registered
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA301",
    "sync-entrypoint",
    Severity.ERROR,
    "an entry function that is not a coroutine function",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)


_PLAIN = AS_WRITTEN | {Decoration.SDKS}
"""The function of the SDK that makes a door gives back the door."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for entry in subject.registrations.python_entries():
        found = entry.registered
        if _never_awaitable(found.flow):
            yield _finding(found, "then the job ends")
    for handed in subject.listeners.handed(Role.TEXT):
        path = handed.place.path
        bears = subject.project.sdk(path).has(Change.NAME_ON_SERVER) and not subject.project.in_tests(path)
        for function in handed.things if bears and len(handed.things) == 1 else ():
            if isinstance(function, Closure) and subject.project.evaluator.decorators.are_only(function, _PLAIN):
                found = subject.registrations.registered(function, handed.place)
                if _never_awaitable(found.flow):
                    yield _finding(found, "then every message ends")


def _never_awaitable(flow: Flow) -> bool:
    """Whether awaiting what a call of the function returns must fail."""
    if flow.is_generator:
        return True
    return not flow.is_async and all(isinstance(each, (Constant, Text)) for each in flow.returns)


def _finding(found: Registered, end: str) -> Diagnostic:
    flow = found.flow
    if flow.is_generator:
        what, effect, cure = "is a generator", "nothing in it runs", "do not yield in it"
        returned = "async_generator" if flow.is_async else "generator"
    else:
        what, effect, cure = "is no coroutine function", "its body runs", "write `async def`"
        returned = "NoneType"
    return META.at(
        found.place,
        f"{shortened(found.title)} {what}",
        note=f"{where(found.registration, found.place)} registers it; {effect}, and {end} "
        f"with \"TypeError: object {returned} can't be used in 'await' expression\"",
        help=cure,
        label=what.removeprefix("is "),
        related=[Related(found.registration, "it is registered here")],
        subject=flow.name,
        fix=None if flow.is_generator else safe("write `async def`", MakeAsync(found.place)),
    )

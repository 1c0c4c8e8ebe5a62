"""A prewarm or setup function that is a coroutine function.

## What it does

Reports, in Python, an `async def` given as `prewarm_fnc=` or `setup_fnc=`, or assigned to `server.setup_fnc`.

## Why it is bad

The process calls the function and does not await what it returns: "RuntimeWarning: coroutine 'prewarm' was never
awaited", and nothing in the body runs. What it should have put into `proc.userdata` is missing, and the first job that
reads it fails with a KeyError, or quietly does without.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Work that needs the event loop belongs into the entry function.

## When it stays silent

When the function has a decorator, which may run it; where the value is not a function of the project; and in test
files. In Node `prewarm` may be asynchronous.

## Evidence

livekit-agents 1.8.9, `ipc/job_proc_lazy_main.py` (`initialize` calls `initialize_process_fnc`); run: `userdata` stays
empty.

## Fix safety

There is no fix: what is awaited in it has to go elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.project.decorators import Decoration
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA303",
    "async-prewarm",
    Severity.ERROR,
    "a prewarm or setup function that is never awaited",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for server in subject.project.here.servers:
        for function in () if server.in_tests else server.setups:
            found = subject.registrations.registered(function, server.place)
            plain = subject.project.evaluator.decorators.are_only(function, (Decoration.HOLDS,))
            if found.flow.is_async and not found.flow.is_generator and plain:
                yield META.at(
                    found.place,
                    f"{shortened(found.title)} is called and never awaited",
                    note=f"{where(server.place, found.place)} gives it to {server.kind}, so nothing in it runs and "
                    "proc.userdata stays empty",
                    help="make it a plain function",
                    label="a coroutine function",
                    related=[Related(server.place, "it is given here", ("setup_fnc", "prewarm_fnc"))],
                    subject=found.flow.name,
                )

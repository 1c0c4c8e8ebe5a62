"""A plain method of the lifecycle is awaited, as if it were a coroutine.

## What it does

Reports `await` before `ctx.shutdown()`, `ctx.add_shutdown_callback()`, `session.shutdown()`,
`session.update_agent()` and other plain methods of the job, its session and its room, and before `silero.VAD.load()`,
wherever in the project they are called.

## Why it is bad

These methods return `None`, or an object that cannot be awaited. The call itself does what it should; then the await
raises "TypeError: object NoneType can't be used in 'await' expression" (Python 3.14: "'NoneType' object can't be
awaited"), and whatever comes after it never runs.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the receiver is not surely the SDK's: a class of the project that overrides the method, a value that may be
something else. `session.interrupt()`, `session.say()`, `session.generate_reply()` and `ctx.delete_room()` return
something that can be awaited, `session.aclose()` and `session.drain()` are coroutines; none of them is meant here.
Code for livekit-agents 0.x is not judged.

## Evidence

livekit-agents 1.7.0: `job.py` 563 and 780, `voice/agent_session.py` 1180 and 1612, all `def ... -> None`.
livekit-plugins-silero 1.8.9, `vad.py` 60: `load` is a plain class method that returns a `VAD`.

## Fix safety

Safe: the `await` is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.intents import DropAwait, safe
from lkagent_lint.questions.methods import MethodCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Term

META = Meta(
    "LKA119",
    "awaited-sync-call",
    Severity.ERROR,
    "`await` before a lifecycle method that is no coroutine",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.methods.used(_cannot_be_awaited, Use.AWAITED):
        if not is_node(found.place):  # there any value can be awaited
            yield _finding(found)


def _cannot_be_awaited(term: Term) -> str:
    return term.unawaitable


def _finding(found: MethodCall) -> Diagnostic:
    return META.at(
        found.place,
        f"{found.method}() is no coroutine, and is awaited",
        note=f"that raises TypeError (object {found.term.unawaitable} can't be used in 'await' expression), and what "
        "follows never runs",
        help="take the `await` away",
        label="nothing to await",
        subject=found.function,
        fix=safe("take the `await` away", DropAwait(found.place)),
        key=(found.method,),
    )

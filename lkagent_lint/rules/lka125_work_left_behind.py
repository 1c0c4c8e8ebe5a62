"""A task is left to run when the job is ending: its process ends before the task does.

## What it does

Reports `asyncio.create_task()` and `ensure_future()` in a shutdown callback, a listener of the session's `close` or of
the room's `disconnected`, and in the project's functions that these call, if nobody can wait for the task and its
coroutine waits for something outside of the SDK: a request, a database, a file.

## Why it is bad

After these listeners the shutdown callbacks run, and the process ends as soon as they have returned; what still runs in
it is cut in the middle. The transcript, the lead or the notification is lost, and nothing says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the task is awaited, stored, returned or handed to anybody; where the project asks for `asyncio.all_tasks()`; when
the coroutine is not followed, or only takes steps of the SDK (closing, disconnecting, deleting the room); in functions
that are not surely registered; in Node.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 404-490: the callbacks are gathered, and then the job's loop ends; run: a
task of a `close` listener that took a second never came to its end.

## Fix safety

Unsafe: a coroutine function awaits the work where it made the task; a shutdown callback then lasts as long as that.
For a listener, which cannot wait, there is no fix: a shutdown callback may lack the values that the work needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import AwaitGiven, unsafe
from lkagent_lint.questions.leftovers import Leftover, leftovers
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import IN_PYTHON, Meta
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA125",
    "work-left-behind",
    Severity.WARNING,
    "a task is left to run when the job is ending",
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    evaluator = subject.project.evaluator
    if any(subject.methods.written(("all_tasks",))):
        return
    for handed in subject.listeners.handed(Role.SHUTDOWN, Role.LISTENER):
        what = _at_the_end(handed)
        if what and not handed.activation.is_node:
            for found in leftovers(handed.things, evaluator):
                yield _finding(found, handed.place, what)


def _at_the_end(handed: Handed) -> str:
    """What calls the function when the job is ending, or is about to; empty for all others."""
    if handed.hands.role is Role.SHUTDOWN:
        return "a shutdown callback"
    if handed.hears_the_end:
        return 'a listener of the session\'s "close"'
    is_left = handed.kind == "Room" and handed.event == "disconnected"
    return 'a listener of the room\'s "disconnected"' if is_left else ""


def _finding(found: Leftover, registered: Place, what: str) -> Diagnostic:
    return META.at(
        found.place,
        "nothing waits for this task, which begins when the job ends",
        note=f"it begins in {what} ({where(registered, found.place)} registers it), and the process ends when the "
        "shutdown callbacks have run, and cuts it",
        help="await the work in a shutdown callback",
        label="this is cut",
        related=[Related(registered, "it is registered here")],
        subject=found.function,
        fix=unsafe("await it", AwaitGiven(found.place)),
    )

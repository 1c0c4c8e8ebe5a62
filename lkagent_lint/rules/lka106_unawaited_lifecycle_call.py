"""A coroutine of the lifecycle that is never awaited.

## What it does

Reports a call of a lifecycle coroutine that is an expression statement of its own, or is assigned to `_`: `connect`,
`wait_for_participant`, `session.start`, `aclose`, `drain`, `accept`, `reject`, `create_dispatch`,
`update_instructions`, `update_tools`, `update_chat_ctx`, an avatar's `start`. In Node: `connect`, `waitForParticipant`,
`session.start` and an avatar's `start`. `room.sid` is a coroutine too, and is reported wherever it is read as a value.

## Why it is bad

The call makes a coroutine object and throws it away; nothing happens. Python says no more than
`RuntimeWarning: coroutine 'JobContext.connect' was never awaited`, and often not even that in a job's log.

In Node the call runs all the same, but what follows does not wait for it: `generateReply` then throws "AgentSession
is not running", and an error in the call becomes an unhandled rejection, which the job's process logs at debug level
only.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the receiver is not known to be the SDK's, when the coroutine is stored, returned or given to asyncio (in Node:
given to `Promise.all`, followed by `.then` or `.catch`, or marked with `void`), and for
`say`, `generate_reply`, `interrupt` and `delete_room`, which do their work without an await. On the classes of
livekit-agents 0.x, whose `start` is synchronous.

## Evidence

livekit-agents 1.8.9: an un-awaited `accept` ends in a rejected job, an un-awaited `connect` or `start` leaves the
room unconnected ("The room connection was not established within 10 seconds", `job_proc_lazy_main.py` 366-375).
@livekit/agents 1.9.0, `ipc/job_proc_lazy_main.ts` 268-270, run.

## Fix safety

Safe: `await` is put before the call, in a coroutine function. Elsewhere, as in a lambda or a synchronous function,
there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Fix, PutAwait, Safety
from lkagent_lint.questions.methods import MethodCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, words
from lkagent_lint.rules._base import Meta

META = Meta("LKA106", "unawaited-lifecycle-call", Severity.ERROR, "a coroutine of the lifecycle that is never awaited")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in subject.methods.forgotten():
        if found.term.needed_in_node or not is_node(found.place):
            yield _finding(found)


def _finding(found: MethodCall) -> Diagnostic:
    help = "put `await` before it"
    if found.method == "Room.sid":
        title, note = "room.sid is a coroutine, and is not awaited", "this is a coroutine object and no id"
        help = "write `await room.sid`"
    elif is_node(found.place):
        title = f"{words(found.place).spelt(found.method)}() is not awaited"
        note = "what follows does not wait for it, and an error in it is logged at debug level only"
    else:
        title = f"{found.method}() is never awaited"
        note = f"{found.term.dropped} (coroutine '{found.method}' was never awaited)"
    fix = Fix(Safety.SAFE, "put `await` before it", (PutAwait(found.place),))
    return META.at(
        found.place,
        title,
        note=note,
        help=help,
        label="`await` is missing",
        subject=found.function,
        key=(found.method,),
        fix=fix,
    )

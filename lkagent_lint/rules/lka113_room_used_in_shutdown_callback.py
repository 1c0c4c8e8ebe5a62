"""Something is published into a room that has been left.

## What it does

Reports publishing, remote calls and attributes of the local participant

- in a function that is registered with `ctx.add_shutdown_callback()`, and in the project's functions that it calls;
- after `room.disconnect()`, or after the room was deleted, on every path that leads there.

## Why it is bad

Shutdown callbacks run after the room has been disconnected. What is published then reaches nobody, or the call fails,
and the callback with it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In functions that are not surely registered; for `ctx.api`, which still works; for reading the room; where the room is
left in a task beside the job's course, on some paths only, or by something that is not followed; and in callbacks
before livekit-agents 1.3.1.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 404-424: the room is disconnected first; run (`room.disconnect` had been
called in the callback). @livekit/agents 1.7.0, `ipc/job_proc_lazy_main.ts` 174-217: the same order.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.questions.afterwards import Late
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Event

META = Meta(
    "LKA113",
    "room-used-in-shutdown-callback",
    Severity.WARNING,
    "something is published into a room that has been left",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for late in subject.afterwards.when_left(_publishes):
        place = late.event.place
        yield _finding(
            late,
            f"runs in {late.runs_in}",
            f"nobody receives it: the room has been left by then ({where(late.end, place)} registers it)",
            "do it before the job ends, or through the server's API",
            "the callback is registered here",
        )
    for late in subject.afterwards.after_leaving(_publishes):
        yield _finding(
            late,
            "comes after the room has been left",
            f"nobody receives it: the room has been left ({where(late.end, late.event.place)})",
            "do it before that",
            "the room is left here",
        )


def _publishes(event: Event) -> bool:
    return event.kind is Kind.PUBLISH


def _finding(late: Late, what: str, note: str, help: str, related: str) -> Diagnostic:
    name = words(late.event.place).spelt(late.event.detail).rpartition(".")[2]
    return META.at(
        late.event.place,
        f"{shortened(name)} {what}",
        note=note,
        help=help,
        label="nobody is there any more",
        related=[Related(late.end, related)],
        subject=late.function,
        key=(name.removesuffix("()"),),
    )

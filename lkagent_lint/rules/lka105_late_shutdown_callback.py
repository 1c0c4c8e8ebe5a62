"""A shutdown callback is registered after a wait or a loop that nothing ends but the end of the job.

## What it does

Reports a `ctx.add_shutdown_callback(...)` that comes after a wait which nothing in the entry ends: an event that
nobody sets, a bare future, an endless sleep; and one that stands behind a loop which never ends, such as
`while True: await asyncio.sleep(1)`, in the function itself or in one that it awaits.

## Why it is bad

When the job ends, the entry function is cancelled in that wait, and what comes after it never runs: the callback is
never registered, and the cleanup is lost without a word.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

After `ctx.wait_for_participant()`, where the lifecycle reference registers callbacks; after a wait that something in
the file ends or that has a timeout; where some way to the callback leads around the wait; and when the callback uses a
value that is only made after the wait.

A loop ends where its condition is not always true, or where a `break`, a `return` or a `raise` stands in it. What it
calls may raise, too: where an exception is caught and the callback registered then, where the loop stands in a `with`
block, whose manager may end it, and where the loop runs in a task or under a timeout, nothing is said.

## Evidence

livekit-agents 1.8.9: the entry function is cancelled 15 s after the shutdown began (since 1.5.2); a callback
registered during the shutdown is never run (`job_proc_lazy_main.py` 404-424).

## Fix safety

Unsafe: the registration, with the function if it stands on one, is put before the wait, where both stand in one block.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix, Follows, Move, unsafe
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.lifecycle import Event, Origin, State
from lkagent_lint.typestate.solver import Reached

META = Meta(
    "LKA105",
    "late-shutdown-callback",
    Severity.WARNING,
    "a shutdown callback is registered after an endless wait or loop",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for solved in subject.solved:
        registered: dict[Place, list[Reached]] = {}
        for reached in solved.reached:
            if reached.event.kind.does.registers_callback:
                registered.setdefault(reached.event.place, []).append(reached)
        for place, ways in registered.items():
            late = [each for each in ways if each.event.could_be_earlier and not each.state.exceptional]
            waits = {each.state.endless for each in late if each.state.endless is not None}
            if waits and not any(_is_in_time(each.state, waits) for each in ways):
                wait = min((each.event for each in waits), key=lambda event: event.place)
                yield _finding(place, wait, late[0].site.function)


def _is_in_time(state: State, waits: Set[Origin]) -> bool:
    """The callback may be registered all the same: on a way around the wait, or once an exception has ended a loop."""
    return state.endless is None and (not state.exceptional or any(each.event.kind.does.bars for each in waits))


def _fix(place: Place, wait: Place) -> Fix | None:
    if place.path != wait.path:
        return None
    return unsafe("register it before the wait", Move(place, wait), Follows(wait, place))


def _finding(place: Place, wait: Event, function: str) -> Diagnostic:
    if wait.kind.does.bars:
        title, follows = "this shutdown callback is registered only behind a loop that never ends", "so it never is"
    else:
        title = "this shutdown callback is registered only after a wait that nothing ends"
        follows = "so it is lost when the job ends there"
    what = "loop" if wait.kind.does.bars else "wait"
    return META.at(
        place,
        title,
        note=f"the {what} comes first ({where(wait.place, place)}), {follows}",
        help=f"register it before the {what}",
        label="too late",
        related=[Related(wait.place, f"the {what} is here")],
        subject=function,
        fix=_fix(place, wait.place),
    )

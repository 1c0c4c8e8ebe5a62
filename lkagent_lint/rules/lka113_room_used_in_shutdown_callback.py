"""A shutdown callback publishes into a room that has been left.

## What it does

Reports publishing, remote calls and attributes of the local participant in a function that is registered with
`ctx.add_shutdown_callback()`, and in the project's functions that it calls.

## Why it is bad

Shutdown callbacks run after the room has been disconnected. What they publish reaches nobody, or the call fails, and
the callback with it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In functions that are not surely registered; for `ctx.api`, which still works; for reading the room; and before
livekit-agents 1.3.1.

## Evidence

livekit-agents 1.8.9, `job_proc_lazy_main.py` 404-424: the room is disconnected first; run (`room.disconnect` had been
called in the callback). @livekit/agents 1.7.0, `ipc/job_proc_lazy_main.ts` 174-217: the same order.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.flows import Use
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import Activation, SdkMethod, Things, in_order
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.vocabulary import Role, term

META = Meta(
    "LKA113",
    "room-used-in-shutdown-callback",
    Severity.WARNING,
    "a shutdown callback publishes into a room that has been left",
)

_DEPTH = 3
"""Functions that a callback calls are followed so far."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.listeners.handed(Role.SHUTDOWN):
        if project.sdk(found.place.path).has(Change.SESSION_CLOSED_BEFORE_CALLBACKS):
            for used, what, function in _publishes(project.evaluator, found.things):
                yield _finding(used, what, function, found.place)


def _publishes(evaluator: Evaluator, given: Things) -> Iterator[tuple[Place, str, str]]:
    """What the functions that a registration is given publish."""
    running = evaluator.running
    pending = [(run, 0) for each in in_order(given) for run in running.given(each)]
    entered: set[Activation] = set()
    while pending:
        run, depth = pending.pop()
        inside = run.activation
        if inside is None or inside in entered or depth > _DEPTH:
            continue
        entered.add(inside)
        flow = inside.flow
        for step in flow.calls:
            targets = inside.targets(step)
            if step.span is not None and _is_publishing(targets) and step.use is not Use.KEPT:
                yield inside.place(step.span), word_of(step), flow.name
            pending.extend((run, depth + 1) for each in in_order(targets) for run in running.of(each, step, inside))


def _is_publishing(targets: Things) -> bool:
    terms = [term(each.kind, each.name) if isinstance(each, SdkMethod) else None for each in targets]
    return bool(terms) and all(each is not None and each.publishes for each in terms)


def _finding(place: Place, what: str, function: str, registered: Place) -> Diagnostic:
    return META.at(
        place,
        f"{what}() runs in a shutdown callback ({where(registered, place)} registers it), and the room has been left "
        "by then: nobody receives it; do it before the job ends, or through the server's API",
        related=[Related(registered, "the callback is registered here")],
        subject=function,
        key=(what,),
    )

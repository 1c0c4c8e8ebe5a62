"""A job request that may be left without an answer.

## What it does

Reports a function that answers job requests (`on_request=`, `request_fnc=`, Node's `requestFunc`) where some path
through it neither accepts nor rejects. Helpers that are given the request are followed.

## Why it is bad

The worker logs "no answer was given inside the job_request_fnc, automatically rejecting the job". In Python the job
is offered to the next worker; in Node nothing is sent at all, and the server waits until it gives up. If this is the
only worker, the agent never joins.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the request goes to code that is neither the project's nor the SDK's; on paths that raise, which is an answer;
when an answer is not awaited (that is LKA106); for functions that are not coroutines, and for those behind a
decorator that is not known.

## Evidence

livekit-agents 1.8.9, `worker.py` 1435-1450; @livekit/agents 1.7.0, `worker.ts` 914-931 (logs the same and sends
nothing).

## Fix safety

There is no fix: whether the job is wanted there is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.solver import leaves_unanswered

META = Meta(
    "LKA306", "unanswered-job-request", Severity.WARNING, "a job request that some path neither accepts nor rejects"
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    seen: set[Place] = set()
    for worker in project.workers:
        for request in worker.requests:
            facts = project.files[request.path]
            flow = facts.flows[request.flow]
            place = Place(request.path, flow.span)
            is_plain = flow.is_async and not flow.is_generator and not flow.decorators and not facts.legacy
            if place in seen or not is_plain:
                continue
            seen.add(place)
            if leaves_unanswered(request, project.evaluator, project.sdk(request.path)):
                effect = "nothing is sent" if is_node(place) else "the job goes to another worker, if there is one"
                yield META.at(
                    place,
                    f"{flow.name}() may end without accepting or rejecting the job ({where(worker.place, place)} "
                    f'registers it): "no answer was given", and {effect}; answer on every path',
                    related=[Related(worker.place, "it answers this worker's requests")],
                    subject=flow.name,
                )

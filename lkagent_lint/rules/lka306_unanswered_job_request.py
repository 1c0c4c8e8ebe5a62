"""A job request that may be left without an answer, or that is answered for everybody or too late.

## What it does

Reports a function that answers job requests (`on_request=`, `request_fnc=`, Node's `requestFunc`) where some path
through it neither accepts nor rejects, or on which waits that are written out add up to the 10 seconds that the server
waits for an answer. Helpers that are given the request are followed. As an info it reports `request.reject()` without
`terminate=` since livekit-agents 1.3.7: it is not known whether that was meant.

## Why it is bad

The worker logs "no answer was given inside the job_request_fnc, automatically rejecting the job". In Python the job
is offered to the next worker; in Node nothing is sent at all, and the server waits until it gives up. If this is the
only worker, the agent never joins. An answer that comes after the 10 seconds is no answer: the job is offered to
another worker.

`reject()` means `reject(terminate=True)`: "The job will not be assigned to another worker". Where each worker decides
for itself, by its load or by what it is for, the first that refuses takes the job from all others.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the request goes to code that is neither the project's nor the SDK's; on paths that raise, which is an answer;
when an answer is not awaited (that is LKA106); for functions that are not coroutines, and for those behind a
decorator that is not known; where `terminate=` says which of the two is meant; in Node, whose `reject()` leaves the job
to the next worker.

## Evidence

livekit-agents 1.8.9, `worker.py` 1435-1450, `job.py` 1082-1084 (`terminate`); @livekit/agents 1.7.0, `worker.ts`
914-931 (logs the same and sends nothing). livekit-server `pkg/agent/worker.go` 56 (10 seconds for an answer).

## Fix safety

There is no fix: whether the job is wanted there is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.following import argument
from lkagent_lint.project.records import Worker
from lkagent_lint.project.things import JOB_REQUEST, Activation, Closure, SdkMethod, only
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened, where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.typestate.solver import leaves_unanswered

META = Meta(
    "LKA306", "unanswered-job-request", Severity.WARNING, "a job request that some path neither accepts nor rejects"
)

_PATIENCE = 10
"""Seconds that the server waits for an answer."""
_ANSWERS = frozenset({SdkMethod("JobRequest", "accept"), SdkMethod("JobRequest", "reject")})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    seen: set[Place] = set()
    for worker in project.here.workers:
        for request in worker.requests:
            flow = project.files[request.path].flows[request.flow]
            place = Place(request.path, flow.span)
            is_plain = flow.is_async and not flow.is_generator and not flow.decorators
            if place not in seen and is_plain and not project.files[request.path].legacy:
                seen.add(place)
                yield from _in_handler(subject, worker, request, place)
    yield from _for_everybody(subject)


def _in_handler(subject: Subject, worker: Worker, request: Closure, place: Place) -> Iterator[Diagnostic]:
    project = subject.project
    related = [Related(worker.place, "it answers this worker's requests")]
    by = where(worker.place, place)
    if leaves_unanswered(request, project.evaluator, project.sdk(request.path)):
        effect = "nothing is sent" if is_node(place) else "the job goes to another worker, if there is one"
        yield META.at(
            place,
            f"{shortened(request.flow, 24)}() may end without accepting or rejecting the job",
            note=f'{by} registers it; "no answer was given", and {effect}',
            help="answer on every path",
            label="some path gives no answer",
            related=related,
            subject=request.flow,
        )
    handler = project.evaluator.results.enter(request, (only(JOB_REQUEST),), ())
    path = subject.waiting.longest(handler, until=_answers(handler))
    if path.seconds >= _PATIENCE:
        yield META.at(
            place,
            f"{shortened(request.flow)}() may wait {path.seconds:g} s before it answers",
            note=f"{by} registers it, and the server offers the job to another worker after {_PATIENCE} s",
            help="accept or reject first",
            label="it may answer too late",
            related=[*related, *(Related(each.place, "it waits here") for each in path.waits)],
            subject=request.flow,
            key=("late",),
        )


def _answers(handler: Activation) -> list[int]:
    """The calls by which a handler itself answers."""
    return [number for number, call in enumerate(handler.flow.calls) if handler.targets(call) & _ANSWERS]


def _for_everybody(subject: Subject) -> Iterator[Diagnostic]:
    """Rejections that do not say whether another worker may have the job."""
    for found in subject.methods.of("JobRequest", "reject"):
        path = found.activation.path
        if is_node(found.place) or not subject.project.sdk(path).has(Change.REJECT_TERMINATES):
            continue
        if argument(found.call, 0, "terminate") is None and not subject.project.in_tests(path):
            yield META.at(
                found.place,
                "reject() ends the job for all workers",
                note="it does since livekit-agents 1.3.7",
                help="write reject(terminate=False) if another one may take it, or reject(terminate=True) if nobody "
                "is to",
                label="it does not say who may have the job",
                subject=found.activation.name,
                key=("terminate",),
                severity=Severity.INFO,
            )

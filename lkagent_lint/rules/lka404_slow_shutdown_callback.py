"""A shutdown callback waits longer than the job is given to end.

## What it does

Reports waits in a shutdown callback, and in the helpers that it awaits, that reach the time a job has for its shutdown:
`shutdown_process_timeout`, where the project writes it out, else 10 seconds since livekit-agents 1.3.1 and 60 seconds
before. Waits are `asyncio.sleep`, `time.sleep`, the timeout of `asyncio.wait_for` or `asyncio.wait`, and in Node a
promise around `setTimeout`; they count alone, and added up on one path, with loops that say how often they run. The
function that `on_session_end` names has a time of its own: `session_end_timeout`, 5 minutes by default.

As an info it speaks of a request in the callback that has no limit of its own: aiohttp waits for an answer for 5
minutes, requests and `urlopen` for ever, Node's `fetch` for 5 minutes.

## Why it is bad

When the agent has left the room, the server ends the job, and the worker gives its process that long: then it logs
"process did not exit in time, killing process", and whatever the callback had still to do is lost. If the time is not
up, all other jobs of a worker that is drained wait for this one. A session with `thread=` (livekit-agents 2.0) still
writes to its storage when it is closed, before the callbacks; that has its own limit and is not counted here.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For waits whose length is not written out; for the timeouts of client libraries, which bound a wait and hardly ever
reach their end; within `asyncio.timeout()`; for waits that only an exception leads to, unless one alone is too long;
for clients whose making is not seen; where `shutdown_process_timeout` is given and is no literal.

## Evidence

livekit-agents 1.8.9, `worker.py` 306-335 (the defaults) and 1500-1505, `ipc/supervised_proc.py` (kills the process),
`ipc/job_proc_lazy_main.py` 453-463 ("on_session_end timed out after"); run with a timeout of 2 seconds and a callback
of 5: "process did not exit in time, killing process". 1.2.18, `worker.py`: 60 seconds. @livekit/agents 1.9.0,
`worker.ts` 158-303: 60,000 milliseconds. 2.0.0b1, `voice/agent_session.py` 1376 (the thread is closed), read.

## Fix safety

There is no fix: what has to be waited for is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import inf
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.following import argument
from lkagent_lint.project.decorators import WHATEVER
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Things, in_order
from lkagent_lint.questions.server_options import UNSAID, Given, given_in_python, is_given_in_node
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.waiting import OpenRequest, Path, Wait, Waiting
from lkagent_lint.questions.wording import is_node, shortened, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA404",
    "slow-shutdown-callback",
    Severity.WARNING,
    "a shutdown callback waits longer than the job is given to end",
    basis=Basis.REFUSAL,
)

_TIMEOUT = "shutdown_process_timeout"
_TIMEOUT_IN_NODE = "shutdownProcessTimeout"
_END_TIMEOUT = "session_end_timeout"


def check(subject: Subject) -> Iterator[Diagnostic]:
    given, running = _Given(subject.project), subject.project.evaluator.running
    for callback in (*_shutdown_callbacks(subject, given), *_session_ends(subject, given)):
        for each in in_order(callback.things):
            for run in running.given(each, through=WHATEVER):
                yield from _in_callback(subject.waiting, run.inside, callback)


class _Callback(NamedTuple):
    """A function that has so much time, and where it is registered."""

    place: Place
    things: Things
    limit: float
    option: str
    """Of the server, that gives it more."""


def _shutdown_callbacks(subject: Subject, given: _Given) -> Iterator[_Callback]:
    for found in subject.listeners.handed(Role.SHUTDOWN):
        limit = given.limit(found.place)
        if limit is not None:
            yield _Callback(found.place, found.things, limit, _TIMEOUT)


def _session_ends(subject: Subject, given: _Given) -> Iterator[_Callback]:
    for found in subject.methods.of("AgentServer", "rtc_session"):
        function = argument(found.call, name="on_session_end")
        limit = given.session_end(found.place)
        if function is not None and limit is not None:
            yield _Callback(found.place, found.activation.value(function), limit, _END_TIMEOUT)


def _in_callback(waiting: Waiting, function: Activation, callback: _Callback) -> Iterator[Diagnostic]:
    alone = [each for each in waiting.every(function) if each.seconds >= callback.limit]
    for each in alone:
        yield _finding(each, callback, function.name)
    path = waiting.longest(function)
    if not alone and path.seconds >= callback.limit:
        yield _added_up(path, callback, function.name)
    for request in waiting.requests(function) if callback.option == _TIMEOUT else ():
        if request.seconds > callback.limit:
            yield _without_limit(request, callback, function.name)


class _Given:
    """How long a job has for its shutdown, as the project says itself."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._python: dict[str, frozenset[Given]] = {}

    def limit(self, place: Place) -> float | None:
        """Seconds; None where they are not known. Where several servers say something, the longest counts."""
        default = 10.0 if self._project.sdk(place.path).has(Change.SHUTDOWN_TIMEOUT_10) else 60.0
        if is_node(place):
            return None if self._is_given_in_node else default
        return self._longest(_TIMEOUT, default)

    def session_end(self, place: Place) -> float | None:
        """The same for the end of a session; None where nothing bounds it."""
        return (
            self._longest(_END_TIMEOUT, 300.0)
            if self._project.sdk(place.path).has(Change.SESSION_END_TIMEOUT)
            else None
        )

    def _longest(self, option: str, default: float) -> float | None:
        if option not in self._python:
            self._python[option] = given_in_python(self._project, option)
        found = [default if each is UNSAID else each for each in self._python[option]]
        known = [each for each in found if isinstance(each, float)]
        return max(known) if len(known) == len(found) else None

    @cached_property
    def _is_given_in_node(self) -> bool:
        return is_given_in_node(self._project, _TIMEOUT_IN_NODE)


def _related(through: Place | None, callback: _Callback) -> list[Related]:
    called = [] if through is None else [Related(through, "this leads there")]
    return [Related(callback.place, "the callback is registered here"), *called]


def _end(place: Place, callback: _Callback) -> tuple[str, str]:
    """What becomes of a callback that takes too long, and what to do."""
    longer = f"give the server a longer {words(place).spelt(callback.option)}"
    by = where(callback.place, place)
    if callback.option == _TIMEOUT:
        has, killed = f"the job has {callback.limit:g} s to end", "its process is killed before it is done"
    else:
        has, killed = f"the end of a session has {callback.limit:g} s", "it is cancelled then"
    return f"{has} ({by} registers it): {killed}", f"wait less, or {longer}"


def _finding(wait: Wait, callback: _Callback, function: str) -> Diagnostic:
    what = "may wait" if wait.is_limit else "waits"
    note, help = _end(wait.place, callback)
    return META.at(
        wait.place,
        f"the shutdown callback {what} {wait.seconds:g} s",
        note=note,
        help=help,
        label=f"it {what} here",
        related=_related(wait.through, callback),
        subject=function,
        key=(wait.call,),
    )


def _added_up(path: Path, callback: _Callback, function: str) -> Diagnostic:
    """It stands at the wait with which the time is up."""
    added, at = 0.0, path.waits[0]
    for each in path.waits:
        at, added = each, added + each.total
        if added >= callback.limit:
            break
    note, help = _end(at.place, callback)
    here = f"{at.times:g} times {at.seconds:g} s" if at.times > 1 else f"{at.seconds:g} s"
    return META.at(
        at.place,
        f"the waits of this shutdown callback add up to {path.seconds:g} s",
        note=f"{here} are spent here; {note}",
        help=help,
        label="the time is up here",
        related=_related(at.through, callback),
        subject=function,
        key=(at.call, "sum"),
    )


def _without_limit(request: OpenRequest, callback: _Callback, function: str) -> Diagnostic:
    until = "waits for an answer for ever" if request.seconds == inf else f"gives up after {request.seconds:g} s"
    return META.at(
        request.place,
        f"{shortened(request.call)}() has no limit in a shutdown callback",
        note=f"it {until}, and the job has {callback.limit:g} s to end ({where(callback.place, request.place)} "
        "registers the callback): its process is killed before",
        help="give the request a timeout",
        label=f"it {until}",
        related=_related(request.through, callback),
        subject=function,
        key=(request.call,),
        severity=Severity.INFO,
    )

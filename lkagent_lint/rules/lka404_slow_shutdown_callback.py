"""A shutdown callback waits longer than the job is given to end.

## What it does

Reports one literal wait in the own body of a shutdown callback, `asyncio.sleep`, `time.sleep` or the timeout of
`asyncio.wait_for`, that reaches the time a job has for its shutdown: `shutdown_process_timeout`, where the project
writes it out, else 10 seconds since livekit-agents 1.3.1 and 60 seconds before. In Node, where it is 60 seconds, a
promise around `setTimeout`.

## Why it is bad

When the agent has left the room, the server ends the job, and the worker gives its process that long: then it logs
"process did not exit in time, killing process", and whatever the callback had still to do is lost. If the time is not
up, all other jobs of a worker that is drained wait for this one.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For waits whose length is not written out; for timeouts of client libraries, which bound a wait and hardly ever reach
their end; for functions that the callback calls; where `shutdown_process_timeout` is given and is no literal.

## Evidence

livekit-agents 1.8.9, `worker.py` 306-335 (the default) and 1500-1505, `ipc/supervised_proc.py` (kills the process);
run with a timeout of 2 seconds and a callback of 5: "process did not exit in time, killing process". 1.2.18,
`worker.py`: 60 seconds. @livekit/agents 1.9.0, `worker.ts` 158-303: 60,000 milliseconds.

## Fix safety

There is no fix: what has to be waited for is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Use
from lkagent_lint.facts.following import argument, number_of
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.decorators import WHATEVER
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Library, Sdk, in_order
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role
from lkagent_lint.typestate.concurrency import PROMISE

META = Meta(
    "LKA404",
    "slow-shutdown-callback",
    Severity.WARNING,
    "a shutdown callback waits longer than the job is given to end",
    basis=Basis.REFUSAL,
)

_SERVERS = frozenset({"AgentServer", "WorkerOptions", "ServerOptions"})
_TIMEOUT = "shutdown_process_timeout"
_TIMEOUT_IN_NODE = "shutdownProcessTimeout"
_UNSAID = "unsaid"
_WAITS = {"asyncio.sleep": (0, "delay"), "time.sleep": (0, "secs"), "asyncio.wait_for": (1, "timeout")}


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    given = _Given(project)
    for found in subject.listeners.handed(Role.SHUTDOWN):
        limit = given.limit(found.place)
        if limit is None:
            continue
        for each in in_order(found.things):
            for run in project.evaluator.running.given(each, through=WHATEVER):
                for place, call, seconds in _waits(project.evaluator, run.inside):
                    if seconds >= limit:
                        yield _finding(place, call, seconds, limit, found, run.inside.name)


class _Given:
    """How long a job has for its shutdown, as the project says itself."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def limit(self, place: Place) -> float | None:
        """Seconds; None where they are not known. Where several servers say something, the longest counts."""
        default = 10.0 if self._project.sdk(place.path).has(Change.SHUTDOWN_TIMEOUT_10) else 60.0
        if is_node(place):
            return None if self._is_given_in_node else default
        found = [default if each is _UNSAID else each for each in self._python]
        known = [each for each in found if isinstance(each, float)]
        return max(known) if len(known) == len(found) else None

    @cached_property
    def _python(self) -> frozenset[float | str | None]:
        """What servers are given, each once: there may be a server for every callback."""
        return frozenset(self._literals()) or frozenset({_UNSAID})

    @cached_property
    def _is_given_in_node(self) -> bool:
        return any(
            _TIMEOUT_IN_NODE in map(_key, _entries(call))
            for facts in self._project.files.values()
            if facts.language != "python"
            for flow in facts.flows.values()
            for call in flow.calls
        )

    def _literals(self) -> Iterator[float | str | None]:
        """What each server is given: a number, None for what is no literal, ``_UNSAID`` for nothing."""
        evaluator = self._project.evaluator
        for path, flow in self._project.words.callers(_SERVERS):
            facts = self._project.files[path]
            if facts.language == "python":
                for call in flow.calls:
                    if word_of(call) not in _SERVERS:
                        continue
                    targets = evaluator.usual(path, flow).targets(call)
                    if all(isinstance(each, Sdk) for each in targets):
                        named = dict(call.keywords)
                        if _TIMEOUT in named:
                            yield number_of(named[_TIMEOUT], facts, flow)
                        else:
                            yield None if "**" in named else _UNSAID


def _entries(call: Call) -> Iterator[tuple[str, v.Expr]]:
    for each in call.args:
        if isinstance(each, v.Mapping):
            yield from each.entries


def _key(entry: tuple[str, v.Expr]) -> str:
    return entry[0]


def _waits(evaluator: Evaluator, activation: Activation) -> Iterator[tuple[Place, str, float]]:
    """Every wait of a function whose length is written out, in seconds."""
    facts, flow = activation.facts, activation.flow
    for call in flow.calls:
        if call.span is None:
            continue
        for thing in activation.targets(call):
            if not isinstance(thing, Library):
                continue
            seconds: float | None = None
            if thing.name in _WAITS and (call.use is Use.AWAITED or thing.name == "time.sleep"):
                seconds = number_of(argument(call, *_WAITS[thing.name]), facts, flow)
            elif thing.name == PROMISE and call.use is Use.AWAITED:
                seconds = _timer(call, activation, evaluator)
            if seconds is not None:
                yield activation.place(call.span), thing.name.removeprefix(BUILTINS), seconds


def _timer(call: Call, activation: Activation, evaluator: Evaluator) -> float | None:
    """The seconds of ``new Promise((resolve) => setTimeout(resolve, 90_000))``."""
    for thing in activation.value(call.args[0]) if call.args else ():
        if isinstance(thing, Closure):
            facts = evaluator.files[thing.path]
            flow = facts.flows[thing.flow]
            resolve = flow.parameters[0].name if flow.parameters else ""
            for each in flow.calls:
                if word_of(each) == "setTimeout" and each.args[:1] == (v.Name(resolve),) and len(each.args) > 1:
                    milliseconds = number_of(each.args[1], facts, flow)
                    return None if milliseconds is None else milliseconds / 1000
    return None


def _finding(place: Place, call: str, seconds: float, limit: float, found: Handed, function: str) -> Diagnostic:
    what = "waits" if call != "asyncio.wait_for" else "may wait"
    return META.at(
        place,
        f"the shutdown callback {what} {seconds:g} s, and the job has {limit:g} s to end "
        f"({where(found.place, place)} registers it): its process is killed before it is done; wait less, or give the "
        f"server a longer {words(place).spelt(_TIMEOUT)}",
        related=[Related(found.place, "the callback is registered here")],
        subject=function,
        key=(call,),
    )

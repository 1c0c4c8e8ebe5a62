"""The worker is killed while it still lets its calls go on.

## What it does

Compares how long a worker drains after SIGTERM with the time that its deployment gives it before SIGKILL:
`stop_grace_period` of Compose (10 s where nothing is said), `terminationGracePeriodSeconds` of Kubernetes (30 s),
`TimeoutStopSec` of systemd (90 s), `kill_timeout` of Fly (5 s). What a `preStop` hook sleeps, if it is a minute or
more, is part of that time. One finding a file.

## Why it is bad

A worker that is told to end takes no more jobs and lets those that it has go on, for an hour by default. When the
shorter time is over it is killed, and with it every call that still runs: at every deployment, without a line in its
log.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where either time is not known: a variable, a `drain_timeout` that is computed or set later, a service that extends
another one, or that another compose file says more of, a unit with a drop-in (`agent.service.d/*.conf`) that says it;
where the command is not known to run a worker of this project; in files and services that are for development; for a
worker in `dev`, which does not drain.

## Evidence

livekit-agents 1.8.9, `worker.py` 65 and 937-965 (an hour; half an hour before 1.6.5); @livekit/agents 1.5.0,
`worker.ts`. Compose specification (`stop_grace_period`), Kubernetes ("Termination of Pods"), systemd-system.conf(5)
(`DefaultTimeoutStopSec`), Fly.io's app configuration (`kill_timeout`). livekit/agents-js#275.

## Fix safety

There is no fix: how long a deployment may take is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.deployment import ProcessFact, ProcessKind
from lkagent_lint.questions.deployment import Drain, Started
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA603",
    "grace-shorter-than-drain",
    Severity.WARNING,
    "the time to end is shorter than the worker drains",
    basis=Basis.ORDER,
)


class _Keeper(NamedTuple):
    """Who kills, after how long where nothing is said, and what says otherwise."""

    name: str
    seconds: float
    setting: str


_MINUTE = 60.0
_KEEPERS = {
    ProcessKind.COMPOSE: _Keeper("Compose", 10, "stop_grace_period"),
    ProcessKind.POD: _Keeper("Kubernetes", 30, "terminationGracePeriodSeconds"),
    ProcessKind.UNIT: _Keeper("systemd", 90, "TimeoutStopSec"),
    ProcessKind.FLY: _Keeper("Fly", 5, "kill_timeout"),
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    found: dict[str, list[tuple[Started, Drain, float]]] = {}
    for started in subject.deployment.started:
        grace = _grace(subject, started)
        drain = subject.deployment.drain(started)
        if grace is None or drain is None or grace >= drain.seconds or started.mode != "start":
            continue
        if not started.for_development:
            found.setdefault(started.place.path, []).append((started, drain, grace))
    for each in found.values():
        yield _finding(each)


def _grace(subject: Subject, started: Started) -> float | None:
    keeper, process = _KEEPERS.get(started.process.kind), started.process
    if keeper is None or (not process.says_grace and subject.deployment.is_said_elsewhere(started)):
        return None
    said = process.grace if process.says_grace else keeper.seconds
    return None if said is None else max(0, said - _of_hook(process))


def _of_hook(process: ProcessFact) -> float:
    """The part of the time that is over before SIGTERM. A few seconds for the network are nobody's mistake."""
    return process.hook_seconds if process.hook_seconds >= _MINUTE else 0


def _finding(found: list[tuple[Started, Drain, float]]) -> Diagnostic:
    started, drain, grace = found[0]
    keeper = _KEEPERS[started.process.kind]
    given = "" if started.process.says_grace else f", {keeper.name}'s default,"
    hook = _of_hook(started.process)
    before = f"preStop takes {hook:g} s of its time, " if hook else ""
    return META.at(
        _place(started),
        f"{shortened(started.by, 24)} has {grace:g} s{given} to end",
        note=f"{before}it is killed then, and its worker lets calls go on for {drain.seconds:g} s ({drain.source}), "
        "so the calls are cut at every deployment",
        help=f"raise {keeper.setting}, or lower the worker's drain timeout",
        label="too short" if started.process.says_grace else "nothing is said of the time to end",
        related=[Related(_place(other), f"{other.by} has {seconds:g} s") for other, _, seconds in found[1:4]],
        subject=started.process.name,
    )


def _place(started: Started) -> Place:
    span = started.process.grace_span
    return started.place if span is None else Place(started.place.path, span)

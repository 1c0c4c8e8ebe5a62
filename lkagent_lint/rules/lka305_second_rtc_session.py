"""A second entry function is registered on one server.

## What it does

Reports a registration (`server.rtc_session`) on a server on which every way that leads there has registered one
already.

## Why it is bad

A server takes one entry function. The second registration raises "RuntimeError: The AgentServer currently only
supports registering only one rtc_session" while the module is imported, so the worker never starts; livekit-agents
2.0.0b1 says "RuntimeError: an AgentServer has one rtc_session", whichever way the second comes: by the server, by a
handler, or by a door that is added.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Two agents are two servers, and two processes to run them.

## When it stays silent

When the two stand in branches that exclude each other, or in different functions; when it is not known that both mean
the same server; when nothing says that both files are imported; and in test files.

## Evidence

livekit-agents 1.8.9, `worker.py` 508-511; run.

## Fix safety

There is no fix: which of the two is wanted is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.paths import surely_before, surely_runs
from lkagent_lint.project.records import CallRef, Project, Worker
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta("LKA305", "second-rtc-session", Severity.ERROR, "a second registration on one server", basis=Basis.REFUSAL)

_ONE = "The AgentServer currently only supports registering only one rtc_session"
_NEXT = "an AgentServer has one rtc_session"


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    by_server: dict[CallRef, list[Worker]] = {}
    for worker in project.workers:
        made = worker.server
        if made is not None and made.kind == "AgentServer" and worker.site is not None and not worker.in_tests:
            by_server.setdefault(made.site, []).append(worker)
    for workers in by_server.values():
        for second in workers:
            first = next((each for each in workers if each is not second and _precedes(project, each, second)), None)
            if first is not None:
                is_next = project.sdk(second.place.path).has(Change.NAME_ON_SERVER)
                yield META.at(
                    second.place,
                    f"this server has an entry function already ({where(first.place, second.place)}), so this raises "
                    f'"RuntimeError: {_NEXT if is_next else _ONE}": give it a server of its own',
                    related=[Related(first.place, "the first registration")],
                )


def _precedes(project: Project, first: Worker, second: Worker) -> bool:
    """Every way to the second registration has made the first."""
    if first.site is None or second.site is None:
        return False
    one, other = first.site, second.site
    if (one.path, one.flow) == (other.path, other.flow):
        return surely_before(project.files[one.path].flows[one.flow], one.call, other.call)
    # The server is imported from the file that registers first.
    return (
        second.server is not None
        and second.server.site.path == one.path != other.path
        and one.flow == other.flow == MODULE
        and surely_runs(project.files[one.path].flows[MODULE], one.call)
    )

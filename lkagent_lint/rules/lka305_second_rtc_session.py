"""A second entry function is registered on one server.

## What it does

Reports a registration (`server.rtc_session`) on a server on which every way that leads there has registered one
already. In livekit-agents 2.0 also a second text door (`server.a2a_session`) with the endpoint of another one.

## Why it is bad

A server takes one entry function. The second registration raises "RuntimeError: The AgentServer currently only
supports registering only one rtc_session" while the module is imported, so the worker never starts; livekit-agents
2.0.0b1 says "RuntimeError: an AgentServer has one rtc_session", whichever way the second comes: by the server, by a
handler, or by a door that is added. Text doors may be many, each with an endpoint of its own: the second of one
endpoint raises "ValueError: a2a_session(endpoint='text') is already served".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Two agents are two servers, and two processes to run them.

## When it stays silent

When the two stand in branches that exclude each other, or in different functions; when it is not known that both mean
the same server; when nothing says that both files are imported; and in test files.

## Evidence

livekit-agents 1.8.9, `worker.py` 508-511; 2.0.0b1, `worker.py` 658-702; run.

## Fix safety

There is no fix: which of the two is wanted is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.paths import surely_before, surely_runs
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.records import CallRef, Project, Worker
from lkagent_lint.project.things import Activation
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import IN_PYTHON, Meta, once
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA305",
    "second-rtc-session",
    Severity.ERROR,
    "a second registration on one server",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.AGENT_SERVER,
)

_ONE = "The AgentServer currently only supports registering only one rtc_session"
_NEXT = "an AgentServer has one rtc_session"


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    by_server: dict[CallRef, list[Worker]] = {}
    for worker in project.here.workers:
        made = worker.server
        if made is not None and made.kind == "AgentServer" and worker.site is not None and not worker.in_tests:
            by_server.setdefault(made.site, []).append(worker)
    yield from _text_doors(subject)
    for workers in by_server.values():
        yield from once(_second(project, workers))


def _second(project: Project, workers: list[Worker]) -> Iterator[Diagnostic]:
    """What raises of the registrations on one server."""
    for second in workers:
        first = next((each for each in workers if each is not second and _precedes(project, each, second)), None)
        if first is not None:
            is_next = project.sdk(second.place.path).has(Change.NAME_ON_SERVER)
            yield META.at(
                second.place,
                "this server has an entry function already",
                note=f"the first one is registered before ({where(first.place, second.place)}), so this raises "
                f'"RuntimeError: {_NEXT if is_next else _ONE}"',
                help="give it a server of its own",
                label="the second registration",
                related=[Related(first.place, "the first registration")],
            )


def _text_doors(subject: Subject) -> Iterator[Diagnostic]:
    """Text doors of one endpoint on one server, which the same name holds in the same function."""
    doors: dict[tuple[Activation, v.Expr, str], WrittenCall] = {}
    for found in subject.methods.of("AgentServer", "a2a_session"):
        endpoint = next((value for name, value in found.call.keywords if name == "endpoint"), None)
        activation, target = found.activation, found.call.target
        if not isinstance(endpoint, v.Text) or not isinstance(target, v.Attribute) or not _is_one(target.base, found):
            continue
        first = doors.setdefault((activation, target.base, endpoint.value), found)
        is_second = first is not found and surely_before(activation.flow, first.number, found.number)
        if is_second and not subject.project.in_tests(activation.path):
            before = where(first.place, found.place)
            yield META.at(
                found.place,
                f"this server serves the endpoint {quoted(endpoint.value, 28)} already",
                note=f"it does since {before}, so this raises ValueError (a2a_session(endpoint={endpoint.value!r}) is "
                "already served)",
                help="give it an endpoint of its own",
                label="the second text door",
                culprit=(endpoint.value,),
                related=[Related(first.place, "the first text door")],
                key=(endpoint.value,),
            )


def _is_one(server: v.Expr, found: WrittenCall) -> bool:
    """A name that means one server throughout."""
    home = owner_of(found.activation.facts, found.activation.flow, server.name) if isinstance(server, v.Name) else None
    return isinstance(server, v.Name) and home is not None and len(home.variables.get(server.name, ())) == 1


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

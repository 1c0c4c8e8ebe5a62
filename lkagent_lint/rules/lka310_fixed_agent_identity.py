"""An agent that takes every job under the same identity.

## What it does

Reports `request.accept(identity="...")` with an identity that is written out.

## Why it is bad

In a room an identity is there once: who joins under the identity of somebody present takes their place. Two jobs in
one room, of two agents or of one that is dispatched twice, push each other out. Without the argument every job has an
identity of its own, `agent-` and the job's id.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the identity is made of parts, comes from the environment, or is not known. In a function that is merely assigned
to a server, which nothing reads there (LKA307). Where a client looks for the agent by its identity, and never more than
one is in a room, a fixed one is right: look for `kind` there instead, or hide the finding.

## Evidence

livekit-agents 1.8.9, `job.py` 1094-1096 (the identity without the argument); run. @livekit/agents 1.9.0, `job.ts`
(`accept` takes name and identity by position). The server's side was not run.

## Fix safety

There is no fix: something else may rely on the identity.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.following import argument
from lkagent_lint.facts.values import Expr
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure, String
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import Default, Meta

META = Meta(
    "LKA310",
    "fixed-agent-identity",
    Severity.INFO,
    "a job is accepted under an identity that is always the same",
    Default.PREVIEW,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    unread = _unread(subject.project)
    for found in subject.methods.of("JobRequest", "accept"):
        activation = found.activation
        given = _identity(found.call, node=activation.is_node)
        if given is None or (activation.path, activation.name) in unread:
            continue
        match list(activation.value(given)):
            case [String(identity)] if identity:
                yield META.at(
                    found.place,
                    f"every job has the identity {quoted(identity, 40)}",
                    note="a room holds an identity once: two jobs in one room push each other out",
                    help="leave it out, or make it from the job's id",
                    label="always the same identity",
                    culprit=(identity, "identity"),
                    subject=activation.name,
                    key=(identity,),
                )
            case _:
                pass


def _unread(project: Project) -> set[tuple[str, str]]:
    """Functions that are assigned to a server and registered nowhere: no job request reaches them (LKA307)."""
    assigned = {
        (value.path, value.flow)
        for server in project.here.servers
        for each in server.assigned
        for value in each.value
        if isinstance(value, Closure)
    }
    return assigned - {(each.path, each.flow) for worker in project.here.workers for each in worker.requests}


def _identity(call: Call, *, node: bool) -> Expr | None:
    """The identity that a call gives: by keyword in Python, as the second argument in Node."""
    if node:
        return argument(call, 1)
    return argument(call, name="identity")

"""A text door is open to everybody, because nothing says otherwise.

## What it does

Reports, from livekit-agents 2.0.0b1 on, as an info, `a2a_session(...)` in every spelling with neither `public=` nor
`auth=`.

## Why it is bad

A text door needs no token unless it is told so: `public` is True by default, while a route of `server.http` is closed
until `configure_endpoint(path, public=True)` opens it. Whoever knows the door's address talks to the agent, at the
project's cost, and uses the tools that it has. Saying `public=True` makes it a decision that a reader can see.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When `public=`, `auth=` or `**options` is given, when the receiver may be something else, and in test files.

## Evidence

livekit-agents 2.0.0b1, `worker.py` 597-656 and `a2a/endpoint.py` 50-112; run.

## Fix safety

There is no fix: who may call is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.project.things import Sdk, SdkMethod, Thing
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA429",
    "public-text-door",
    Severity.INFO,
    "a text door that says neither `public=` nor `auth=`",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)

_DOOR = "a2a_session"
_SAYS = frozenset({"public", "auth", "**"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.methods.best_known({_DOOR}):
        path = found.activation.path
        if not project.sdk(path).has(Change.DOORS) or project.in_tests(path):
            continue
        is_door = bool(found.targets) and all(map(_is_door, found.targets))
        if is_door and _SAYS.isdisjoint(name for name, _ in found.call.keywords):
            yield META.at(
                found.place,
                "this text door is open to everybody who knows its address",
                note="that is what a2a_session does where nothing is said",
                help="say public=False, give auth=, or say public=True if that is meant",
                label="nothing is said here",
                subject=found.activation.name,
            )


def _is_door(target: Thing) -> bool:
    match target:
        case SdkMethod("AgentServer" | "AgentHandler", name):
            return name == _DOOR
        case Sdk(dotted):
            return dotted.startswith("livekit.agents.") and dotted.rpartition(".")[2] == _DOOR
        case _:
            return False

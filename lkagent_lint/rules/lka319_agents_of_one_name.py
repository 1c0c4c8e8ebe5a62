"""Two agents are registered on a server under one name, so a stored thread finds the wrong one.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `server.register(...)` with an agent whose name another registered agent of
that server has. An agent's name is `name=`, or `id=`, that it is given. Without one, an `Agent(...)` has the name of
the module's variable that holds it, and "default_agent" where it is a local variable or stands in a list; an agent of
a class of the project has the name of its class.

## Why it is bad

A stored thread keeps the names of its agents, and the registry keeps one agent a name: the later takes the place of the
earlier. Nothing is raised, there is a line in the log, "two agents registered under one name", and a conversation that
the first agent led goes on with the instructions and the tools of the second.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When it is not known which call makes an agent, or what it is called; when one agent is registered twice, or only one of
the two calls may run; before livekit-agents 2.0, and in test files.

## Evidence

livekit-agents 2.0.0b1, `storage/resolve.py` 47-60, `voice/agent.py` 110-119, 158-166 and 242-250; run.

## Fix safety

There is no fix: names that threads have been stored under must stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.paths import surely_before, surely_runs
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.records import CallRef
from lkagent_lint.questions.doors import MemberCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA319",
    "agents-of-one-name",
    Severity.WARNING,
    "two agents are registered under one name",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(each.place.path).has(Change.DOORS) for each in project.here.servers):
        return
    for server in subject.doors.servers():
        if not subject.project.sdk(server.site.path).has(Change.DOORS):
            continue
        first: dict[str, tuple[CallRef, MemberCall]] = {}
        for each in server.called("register"):
            for agent in _given(subject, each):
                named = subject.agents.named(each.path, each.flow, agent)
                if named is None:
                    continue
                site, before = first.setdefault(named.name, (named.site, each))
                if site != named.site and _are_both(before, each):
                    yield _finding(each, before, named.name)


def _given(subject: Subject, each: MemberCall) -> Iterator[v.Expr]:
    """The agents that a call is given, those of a display that is spread included."""
    for given in each.call.args:
        if not isinstance(given, v.Spread):
            yield given
            continue
        spread: v.Expr | None = given.value
        if isinstance(spread, v.Name):
            spread = _assigned(subject, each.path, each.flow, spread.name)
        if isinstance(spread, v.Items):
            yield from spread.items


def _assigned(subject: Subject, path: str, flow: Flow, name: str) -> v.Expr | None:
    """What a name is assigned, if that happens once."""
    home = owner_of(subject.project.files[path], flow, name)
    values = () if home is None else home.variables.get(name, ())
    return values[0] if home == flow and len(values) == 1 else None


def _are_both(first: MemberCall, second: MemberCall) -> bool:
    """Whoever comes to the second call has made the first."""
    if (first.path, first.flow) == (second.path, second.flow):
        return first.number == second.number or surely_before(first.flow, first.number, second.number)
    return first.flow.name == second.flow.name == MODULE and surely_runs(first.flow, first.number)


def _finding(second: MemberCall, first: MemberCall, name: str) -> Diagnostic:
    is_same = second is first
    here = "" if is_same else f" ({where(first.place, second.place)})"
    return META.at(
        second.place,
        f"two agents are registered under the name {quoted(name, 28)}",
        note=f"the later takes the place of the earlier{here} in every stored thread",
        help="give each a name= of its own",
        label="the later one",
        related=[] if is_same else [Related(first.place, "the first of them")],
        key=(name,),
    )

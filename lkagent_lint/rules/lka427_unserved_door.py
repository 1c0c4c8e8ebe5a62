"""A door that no server serves, or a policy for a route that no server has.

## What it does

Reports, from livekit-agents 2.0.0b1 on, a door (`rtc_session(...)` and `a2a_session(...)` of livekit.agents itself)
and an `AgentHandler` with doors that no `server.add(...)` of the project is given; and
`server.configure_endpoint(path)` where no route, mount or text door of that server has the path.

## Why it is bad

Nothing is raised and nothing is logged. A door is an object that a module defines: a server that is not given it
refuses the jobs that it was made for, or never has the endpoint. A policy is kept under its path and asked for by the
paths of the routes: `configure_endpoint("/tokn", public=True)` leaves `/token` as it was, closed to everybody without
the project's token; and one that was to close a text door, `public=False`, leaves it open.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In a project without a server of its own, which others may serve. When not all is seen that servers are given: one is
handed to a function, returned or stored, names are imported by a star, a door goes into a list, or is passed on. A
path counts only where it and all paths of the server's routes are written out. In test files.

## Evidence

livekit-agents 2.0.0b1, `worker.py` 306-339 and 658-696, `http.py` 166-218 (`configure_endpoint`, `manifest`); run.

## Fix safety

There is no fix: which server is meant is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.following import argument
from lkagent_lint.likeness import misspelled
from lkagent_lint.questions.doors import ADD_ROUTES, MemberCall, Served
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA427",
    "unserved-door",
    Severity.WARNING,
    "a door that no server is given, or a policy for a route that no server has",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)

_CONFIGURES = "configure_endpoint"


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(each.place.path).has(Change.DOORS) for each in project.here.servers) or project.has_gaps:
        return
    for made in subject.doors.made.values():
        if project.sdk(made.site.path).has(Change.DOORS):
            if made.kind == "AgentServer":
                yield from _policies(made)
            elif _is_never_added(subject, made):
                yield META.at(
                    made.place,
                    _title(made),
                    note="server.add() is not given it anywhere, and nothing says so",
                    help="give it to a server, server.add(...)",
                    label="made here",
                )


def _is_never_added(subject: Subject, made: Served) -> bool:
    added = subject.doors.added
    if added is None or made.site in added or made.is_open or next(subject.doors.servers(), None) is None:
        return False
    return made.kind != "AgentHandler" or any(each.names[0] in ("rtc_session", "a2a_session") for each in made.members)


def _title(made: Served) -> str:
    return "no server serves this handler's doors" if made.kind == "AgentHandler" else "no server serves this door"


def _policies(server: Served) -> Iterator[Diagnostic]:
    wanted = [each for each in server.members if each.names[-1] == _CONFIGURES]
    paths = _paths(server) if wanted and not server.is_open else None
    if paths is None:
        return
    for each in wanted:
        path = argument(each.call, 0, "path")
        if isinstance(path, v.Text) and path.value not in paths:
            near = misspelled(path.value, paths)
            yield META.at(
                each.place,
                f"no route of this server has the path {quoted(path.value, 30)}",
                note="this policy holds for nothing, and nothing says so",
                help=f"did you mean {quoted(near)}?" if near else "give the path of a route of this server",
                label="no such route",
                culprit=(path.value,),
                key=(path.value,),
            )


def _paths(server: Served) -> set[str] | None:
    """The paths of all that a server serves over HTTP; None where one of them is not written out."""
    found: set[str] = set()
    for each in server.members:
        path = _path(each)
        if path is None:
            return None
        found.add(path)
    return found - {""}


def _path(each: MemberCall) -> str | None:
    """The path of what a call adds; empty where it adds none, None where that is not known."""
    given: v.Expr | None
    if each.names == ("a2a_session",):
        given = argument(each.call, None, "endpoint")
        return f"/{given.value}" if isinstance(given, v.Text) else None
    if each.names == ("add",):  # doors and handlers, whose endpoints stand elsewhere
        return None
    if each.names == ("mount",) or (each.names[0] == "http" and each.names[-1] in ADD_ROUTES):
        given = argument(each.call, 0, "path")
        return given.value if isinstance(given, v.Text) else None
    return None if each.names[0] == "http" and each.names[-1] != _CONFIGURES else ""

"""A server is given something that is no door, or routes and no door at all.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `server.add(...)` with something that is surely no door: a function, an
agent, a session, a server, a class, a text, a list; and a server of a module that has routes (`server.http`,
`server.mount`) and no door.

## Why it is bad

"TypeError: not a door: <function entry …>" is raised while the module is imported. `handler.rtc_session` gives the
function back as it is, so what a server is given is the handler; a door is what `rtc_session(...)` of livekit.agents
itself makes of a function.

Routes are no door: `server.run()` raises "RuntimeError: No RTC session entrypoint has been registered.", whatever
routes there are. A text door (`a2a_session`) is enough.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the value, or the server, may be something else. Of a server without a door, when anything may add one that is
not seen: the server is handed to a function, returned, stored, or its module's names are imported by a star; when it
is made within a function; and in test files.

## Evidence

livekit-agents 2.0.0b1, `worker.py` 318-339 and 658-696 (`add`), 888-901 (`run`); run.

## Fix safety

There is no fix: which door is meant is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity, numbered_argument
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.project.decorators import AS_WRITTEN
from lkagent_lint.project.things import NEVER, Box, ClassOf, Closure, Instance, Sdk, SdkObject, String, Thing
from lkagent_lint.questions.doors import Served
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA423",
    "no-door",
    Severity.ERROR,
    "a server is given something that is no door, or routes alone",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)

_KINDS = {
    "Agent": "an agent",
    "AgentTask": "an agent",
    "AgentSession": "a session",
    "AgentServer": "a server",
    "JobContext": "a job's context",
}


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(each.place.path).has(Change.DOORS) for each in project.here.servers):
        return
    for found in subject.methods.of("AgentServer", "add"):
        if project.sdk(found.activation.path).has(Change.DOORS) and not project.in_tests(found.activation.path):
            for number, given in enumerate(found.call.args):
                things = found.activation.value(given) if not isinstance(given, v.Spread) else NEVER
                kinds = {_no_door(subject, each) for each in things}
                if len(kinds) == 1 and "" not in kinds:
                    yield META.at(
                        found.place,
                        _refused(kinds.pop()),
                        label="no door",
                        culprit=(numbered_argument(number),),
                        subject=found.activation.name,
                    )
    for server in subject.doors.servers():
        if project.sdk(server.site.path).has(Change.DOORS) and _has_no_door(subject, server):
            route = next(server.routes)
            yield META.at(
                server.place,
                "this server has routes and no door",
                note="running it raises RuntimeError (No RTC session entrypoint has been registered.)",
                help="register an entry function (rtc_session) or a text door (a2a_session)",
                label="no door",
                related=[Related(route.place, "a route")],
            )


def _refused(what: str) -> Said:
    help = "give it a door, of rtc_session() or a2a_session(), or a handler"
    if what == "a function":
        help = "where a handler registers it, add the handler, else make a door of it, rtc_session()(function)"
    title = f"server.add takes doors and handlers, and this is {what}"
    return Said(title, '"TypeError: not a door: …"', help)


def _no_door(subject: Subject, thing: Thing) -> str:
    """What a value is that is surely no door; empty where it may be one."""
    evaluator = subject.project.evaluator
    match thing:
        case Closure():
            return "a function" if evaluator.decorators.are_only(thing, AS_WRITTEN) else ""
        case SdkObject(kind):
            return _KINDS.get(kind, "")
        case Instance():
            known = {_KINDS.get(kind, "") for kind in evaluator.classes.kinds(thing)} - {""}
            return known.pop() if len(known) == 1 and evaluator.classes.is_closed(thing) else ""
        case ClassOf() | Sdk("livekit.agents.AgentHandler" | "livekit.agents.RtcDoor"):
            return "a class"
        case String():
            return "a text"
        case Box(parts=parts) if parts is not None:
            return "a container"
        case _:
            return ""


def _has_no_door(subject: Subject, server: Served) -> bool:
    """All that is done to it is seen, and nothing of it is a door."""
    registers = {("rtc_session",), ("a2a_session",), ("add",)}
    doors, project = subject.doors, subject.project
    is_seen = server.site.flow == MODULE and not (server.is_open or doors.registers_unseen or project.has_gaps)
    has_routes = next(server.routes, None) is not None
    return is_seen and has_routes and not any(each.names in registers for each in server.members)

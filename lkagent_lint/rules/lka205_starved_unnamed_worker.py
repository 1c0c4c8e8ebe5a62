"""An agent without a name, in a project whose rooms all list their agents.

## What it does

Reports a worker without a name where everything that makes rooms (tokens, room creation, SIP rules) lists agents
explicitly, and each of those agents is another worker of the same project.

## Why it is bad

A list of agents turns automatic dispatch off in that room. An agent without a name is dispatched automatically and in
no other way, so it never joins any of these rooms, and no log says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When anything makes a room without listing agents, or may; when no source of rooms is seen, which is so for clients
that get their tokens elsewhere; where `create_dispatch` with an empty name asks for the unnamed agents; when a name
is not known, here or in a dispatch; where LKA203 reports a listed agent; when the environment may name the worker;
and in test files.

## Evidence

livekit server 788d4c3, `pkg/rtc/room.go` 1895-1905 (one implicit dispatch of the unnamed agents, only where no agents
are listed). Tried on livekit-server 1.13.5: `docs/server-behaviour.md`.

## Fix safety

There is no fix: whether the agent needs a name or the rooms are too many is a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import UNNAMED
from lkagent_lint.project.records import Dispatch, Project
from lkagent_lint.questions.dispatches import names_of, registered_names
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA205", "starved-unnamed-worker", Severity.WARNING, "an unnamed worker, where every room lists its agents"
)

_LISTING = frozenset({DispatchKind.TOKEN, DispatchKind.ROOM, DispatchKind.SIP})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    registered = registered_names(project)
    if not registered or "" not in registered or project.has_gaps:
        return
    listing = [each for each in project.dispatches if each.kind in _LISTING and not each.in_tests]
    if not listing or not _every_room_lists(project) or not _names_are_others(project, registered.keys()):
        return
    for worker in project.workers:
        if worker.name == UNNAMED and not worker.in_tests:
            yield _finding(worker.place, listing)


def _every_room_lists(project: Project) -> bool:
    """Everything that makes rooms lists agents: what is seen of it, and there is nothing that is not seen."""
    sources = [each.has_agents for facts in project.files.values() for each in facts.room_sources]
    sources += [each.has_agents for facts in project.files.values() for each in facts.sip_rules]
    return bool(sources) and all(sources) and not project.texts.makes_rooms()


def _names_are_others(project: Project, registered: Collection[str]) -> bool:
    """Every dispatch asks for named workers of this project: none for the unnamed, none that is not known."""
    known = [names_of(dispatch) for dispatch in project.dispatches]
    asked = {name for names in known for name in names or ("",)}
    return "" not in asked and asked <= set(registered)


def _finding(place: Place, listing: list[Dispatch]) -> Diagnostic:
    first = listing[0]
    name = (names_of(first) or ("",))[0]
    return META.at(
        place,
        "this agent has no name, so it is dispatched automatically only, and every room of this project lists its "
        f"agents ({quoted(name)} at {where(first.place, place)}), which turns that off: it never joins; give it a name "
        "and list it, too",
        related=[Related(each.place, "the room's agents are listed here") for each in listing[:4]],
    )

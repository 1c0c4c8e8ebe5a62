"""What the dispatch rules share: who is named, what is asked for, and when absence can be certain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import UNNAMED, Known, OneOf
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.sources.sdk.changes import Change

_SPOKEN_OF = frozenset(
    {
        DispatchKind.TOKEN,
        DispatchKind.API,
        DispatchKind.ROOM,
        DispatchKind.SIP,
        DispatchKind.CONNECTOR,
        DispatchKind.CONFIG,
        DispatchKind.COMMAND,
    }
)
"""Kinds of dispatch that a finding may stand at; the others only silence."""


def is_spoken_of(dispatch: Dispatch) -> bool:
    """Whether a finding may stand at a dispatch; all others only silence."""
    return dispatch.kind in _SPOKEN_OF and not (dispatch.presence or dispatch.in_tests)


_LISTING = frozenset({DispatchKind.TOKEN, DispatchKind.ROOM, DispatchKind.SIP})


def names_of(side: Worker | Dispatch) -> tuple[str, ...] | None:
    """The names that one side may have, all of them known; None where they are not."""
    match side.name:
        case Known(value):
            return (value,)
        case OneOf(values):
            return values
        case _:
            return None


def registered_names(project: Project) -> dict[str, Worker] | None:
    """Every registered name with its first worker; None where some name is not known.

    A worker without a name in code may take one from the environment, if ``LIVEKIT_AGENT_NAME`` occurs anywhere. How
    a major release of which nothing is known takes its name is not known either.
    """
    found: dict[str, Worker] = {}
    for worker in project.workers:
        names = None if project.sdk(worker.place.path).has_another_major else names_of(worker)
        if names is None or ("" in names and may_be_named(project, worker)):
            return None
        for name in names:
            found.setdefault(name, worker)
    return found


def owned_names(project: Project) -> frozenset[str]:
    """Every name that some worker of the project surely has."""
    return frozenset(each.name.value for each in project.workers if isinstance(each.name, Known))


def may_be_named(project: Project, worker: Worker) -> bool:
    """Whether the environment may name a worker whose code does not."""
    reads_variable = project.sdk(worker.place.path).has(Change.NAME_FROM_ENVIRONMENT) is not False
    return reads_variable and project.texts.names_from_environment()


class Starved(NamedTuple):
    """A worker without a name where every room lists its agents, and what lists them."""

    worker: Worker
    listing: tuple[Dispatch, ...]


def starved(project: Project, registered: Mapping[str, Worker] | None) -> tuple[Starved, ...]:
    """Every worker without a name that gets no job, because every room of the project lists its agents.

    ``registered`` is every registered name, None where they are not all known.
    """
    if not registered or "" not in registered or project.has_gaps:
        return ()
    listing = tuple(each for each in project.dispatches if each.kind in _LISTING and not each.in_tests)
    if not listing or not _every_room_lists(project) or not _names_are_others(project, registered):
        return ()
    unnamed = [each for each in project.workers if each.name == UNNAMED and not each.in_tests]
    return tuple(Starved(each, listing) for each in unnamed)


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

"""What the dispatch rules share: who is named, what is asked for, and when absence can be certain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.project.agent_names import UNNAMED, AgentName, Known, OneOf
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.doubts import Doubt
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
    if any(name_doubts(project)):
        return None
    found: dict[str, Worker] = {}
    for worker in (*project.workers, *project.elsewhere):
        for name in names_of(worker) or ():
            found.setdefault(name, worker)
    return found


def name_doubts(project: Project) -> Iterator[Doubt]:
    """Every worker whose name is not known, and why."""
    for worker in project.workers:
        sdk = project.sdk(worker.place.path)
        names = names_of(worker)
        if sdk.has_another_major:
            yield Doubt(worker.place, f"how {sdk.package} {sdk.declared} takes this worker's name is not known")
        elif names is None:
            yield Doubt(worker.place, "the name of this worker is not known")
        elif "" in names and may_be_named(project, worker):
            yield Doubt(worker.place, "the environment may name this worker")
    for worker in project.elsewhere:
        if names_of(worker) is None:
            yield Doubt(worker.place, "the name of a worker of this manifest is not known")


def gaps(project: Project) -> Iterator[Doubt]:
    """Every file that takes part and could not be analysed: what it says is not known."""
    for path, facts in project.files.items():
        if facts.problems:
            yield Doubt(Place(path, facts.problems[0].span), "this file could not be analysed")
    for place in project.gaps_elsewhere:
        yield Doubt(place, "files of this manifest's repository could not be analysed")


def worker_doubts(project: Project, name: str) -> Iterator[Doubt]:
    """Why some worker may have a name that none of the known ones has."""
    yield from name_doubts(project)
    yield from gaps(project)
    if project.texts.configures(name):
        yield Doubt(None, "a configuration or a script names it, which may deploy it from elsewhere")


def owned_names(project: Project) -> frozenset[str]:
    """Every name that some worker of the project surely has."""
    workers = (*project.workers, *project.elsewhere)
    return frozenset(each.name.value for each in workers if isinstance(each.name, Known))


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
    listing = tuple(each for each in project.dispatches if each.kind in _LISTING and not each.in_tests)
    if not registered or "" not in registered or not listing or any(room_doubts(project, registered)):
        return ()
    unnamed = [each for each in project.workers if each.name == UNNAMED and not each.in_tests]
    return tuple(Starved(each, listing) for each in unnamed)


def room_doubts(project: Project, registered: Collection[str]) -> Iterator[Doubt]:
    """Why some room may be made that asks for agents without a name. ``registered`` is every name of a worker."""
    yield from gaps(project)
    files = project.files.items()
    sources = [(Place(path, each.span), each.has_agents) for path, facts in files for each in facts.room_sources]
    sources += [(Place(path, each.span), each.has_agents) for path, facts in files for each in facts.sip_rules]
    if not sources:
        yield Doubt(None, "nothing is seen that makes rooms")
    for place, has_agents in sources:
        if not has_agents:
            yield Doubt(place, "a room that is made here may list no agents")
    if project.texts.makes_rooms():
        yield Doubt(None, "a file in a language that is not parsed makes rooms")
    for dispatch in project.dispatches:
        names = names_of(dispatch)
        if names is None or "" in names or not set(names) <= set(registered):
            yield Doubt(dispatch.place, "this may ask for an agent without a name")


class DispatchedNames:
    """The dispatches of one project by what they may ask for, so that each worker is compared with few of them; always
    in their order.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._named: dict[str, list[int]] = {}
        """The dispatches that ask for one known name, by it."""
        self._open: list[int] = []
        """Those of which it takes a comparison to tell what they ask for."""
        for number, each in enumerate(project.dispatches):
            if each.kind is not DispatchKind.CONNECT:
                by_name = self._named.setdefault(each.name.value, []) if isinstance(each.name, Known) else self._open
                by_name.append(number)

    def may_agree(self, name: AgentName) -> Iterable[Dispatch]:
        """Every dispatch that asks for a worker of this name, or may; commands that connect a worker are none."""
        match name:
            case Known(value):
                numbers = [*self._named.get(value, ()), *self._open]
            case OneOf(values):
                numbers = [*(number for value in values for number in self._named.get(value, ())), *self._open]
            case _:
                numbers = [*(number for found in self._named.values() for number in found), *self._open]
        return [self._project.dispatches[number] for number in sorted(numbers)]

    @cached_property
    def connects(self) -> tuple[Dispatch, ...]:
        """The commands that connect a worker to a room by hand."""
        return tuple(each for each in self._project.dispatches if each.kind is DispatchKind.CONNECT)

    @cached_property
    def unowned(self) -> tuple[tuple[Dispatch, tuple[str, ...]], ...]:
        """Every dispatch that asks for names which no worker has, with these names. Of those in manifests no other rule
        speaks, as LKA203 does of the project's own, so they are not among them.
        """
        owned = owned_names(self._project)
        asked = (
            (each, tuple(name for name in names_of(each) or () if name and name not in owned))
            for each in self._project.dispatches
            if not each.by_manifest
        )
        return tuple((each, names) for each, names in asked if names)

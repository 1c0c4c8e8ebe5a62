"""The deploy question: would a worker ever get a job, by which path, and what is not known?

What the server does with each kind of dispatch and each job type is docs/server-behaviour.md (tries 1 to 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.graph.matching import AGENT_NAME
from lkagent_lint.graph.records import Answer, Edge, Position, Reason
from lkagent_lint.project.agent_names import UNNAMED, AgentName, FromEnv, JobType, Known, OneOf
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.dispatches import is_dispatched_elsewhere, names_of, nearest
from lkagent_lint.questions.wording import quoted
from lkagent_lint.text import START_OF_FILE


class Reach(NamedTuple):
    """A dispatch that reaches the worker, or may."""

    id: str
    dispatch: Dispatch
    edge: Edge


_ASKING = {
    DispatchKind.TOKEN: "a token",
    DispatchKind.API: "a call of the dispatch API",
    DispatchKind.ROOM: "a request that creates a room",
    DispatchKind.SIP: "a SIP dispatch rule",
    DispatchKind.CONNECTOR: "a connector",
    DispatchKind.COMMAND: "a command in a script",
    DispatchKind.PRESET: "a room preset",
    DispatchKind.CONFIG: "a room configuration",
    DispatchKind.REQUEST: "a hand-written request",
}
_WHEN_FRESH = {
    DispatchKind.TOKEN: ", which counts only if that join creates the room",
    DispatchKind.ROOM: ", which counts only if the request creates the room",
}
_AUTOMATIC = {
    JobType.ROOM: "it has no name, so every new room gets it automatically",
    JobType.PARTICIPANT: "it has no name, so it gets a job automatically for every participant who joins",
    JobType.PUBLISHER: "it has no name, so it gets a job automatically for every participant who publishes",
    JobType.UNKNOWN: "it has no name, so it is dispatched automatically",
}
_EACH = {
    JobType.PARTICIPANT: ", with a job for each participant who joins",
    JobType.PUBLISHER: ", with a job for each participant who publishes",
}


def answer(
    project: Project,
    worker: Worker,
    name: AgentName,
    reaches: Sequence[Reach],
    listed: Sequence[Place],
    starved: bool,
    at: Callable[[Place], Position],
) -> tuple[Answer, tuple[Reason, ...]]:
    """Whether a worker would get a job, and why.

    ``name`` is the one that counts (the environment may give it), ``reaches`` its dispatches, ``listed`` the places
    that make rooms and list agents. ``starved``: LKA205 says that all of them do, and none lists this worker.
    """
    certain = [_asked(worker, each, at) for each in reaches if _is_certain(each)]
    possible = [_asked(worker, each, at) for each in reaches if not _is_certain(each)]
    if name == UNNAMED:
        rooms = list(_rooms(listed, at))
        if starved:
            message = (
                "it has no name, and every room of this project lists its agents, which turns automatic dispatch off"
            )
            return "no", (Reason(kind="starved", message=message), *rooms)
        automatic = Reason(kind="automatic", message=_AUTOMATIC[worker.job_type])
        return "yes", (automatic, *certain, *possible, *rooms)
    known = list(_about_name(name, worker))
    known_names = (name.value,) if isinstance(name, Known) else name.values if isinstance(name, OneOf) else ()
    if any(is_dispatched_elsewhere(project, worker, each) for each in known_names):
        message = "dispatched-elsewhere in the settings lists its name"
        certain.append(Reason(kind="elsewhere", message=message))
    if certain:
        return "yes", (*certain, *possible, *known)
    doubts = [*possible, *known, *_doubts(project, known_names, at)]
    near = list(_near(project, known_names, at))
    if doubts:
        return "perhaps", (*doubts, *near)
    message = "its name turns automatic dispatch off, and nothing in this project dispatches it"
    return "no", (Reason(kind="nothing", message=message), *near)


def _is_certain(reach: Reach) -> bool:
    return reach.edge.certain and not (reach.dispatch.presence or reach.dispatch.in_tests)


def _asked(worker: Worker, reach: Reach, at: Callable[[Place], Position]) -> Reason:
    dispatch, certain = reach.dispatch, _is_certain(reach)
    asking = "a mention that may be a dispatch" if dispatch.presence else _ASKING[dispatch.kind]
    if dispatch.in_tests:
        asking += " in a test file"
    asks = f"{asking} {'asks' if reach.edge.certain else 'may ask'} for it {_how(dispatch, reach.edge)}"
    condition = "" if dispatch.presence else _WHEN_FRESH.get(dispatch.kind, "") + _EACH.get(worker.job_type, "")
    return Reason(
        kind="dispatch" if certain else "possible-dispatch",
        message=asks + condition,
        dispatch=reach.id,
        at=at(dispatch.place),
    )


def _how(dispatch: Dispatch, edge: Edge) -> str:
    match edge.by, dispatch.name:
        case "value", Known(value):
            return f"by the name {quoted(value)}" if value else "by an empty name"
        case "variable", FromEnv(variable):
            return f"by the same variable, {variable}"
        case "one-of", _:
            return "by one of several names"
        case "default", FromEnv(variable, default) if default is not None:
            return f"by the default of {variable}, {quoted(default)}"
        case "default", _:
            return "by the default of the worker's name"
        case _, FromEnv(variable, _):
            return f"by the value of {variable}"
        case _, Known(value):
            return f"by the name {quoted(value)}"
        case _:
            return "by a name that is not known"


def _rooms(listed: Sequence[Place], at: Callable[[Place], Position]) -> Iterator[Reason]:
    for place in listed:
        message = "a room made here lists its agents, which turns automatic dispatch off in it"
        yield Reason(kind="listed-rooms", message=message, at=at(place))


def _about_name(name: AgentName, worker: Worker) -> Iterator[Reason]:
    """What is not known of the name itself."""
    match name:
        case FromEnv(variable, default):
            if name == AGENT_NAME and worker.name == UNNAMED:
                message = f"its code gives no name: it is dispatched automatically unless {variable} is set"
            elif default is None:
                message = f"its name is the value of {variable}, which the code does not give"
            else:
                message = f"its name is the value of {variable}, or {quoted(default)} where that is not set"
            yield Reason(kind="unset-variable", message=message)
        case Known() | OneOf():
            pass
        case _:
            yield Reason(kind="unknown-name", message="its name is not known from the project's files")


def _doubts(project: Project, names: Sequence[str], at: Callable[[Place], Position]) -> Iterator[Reason]:
    """What else of the project may dispatch a name, without saying so in a way that is followed."""
    for name in names:
        path = project.texts.mentions(name)
        if path is not None:
            message = f"a file that is not followed holds the name {quoted(name)}"
            yield Reason(kind="mention", message=message, at=at(Place(path, START_OF_FILE)))
    if project.texts.holds_dispatch():
        yield Reason(kind="unread", message="a file in a language that is not read dispatches some agent")
    if project.has_gaps:
        yield Reason(kind="not-analysed", message="a file that takes part could not be analysed")


def _near(project: Project, names: Sequence[str], at: Callable[[Place], Position]) -> Iterator[Reason]:
    """Dispatches of names that look like a misspelling of the worker's."""
    for name in names:
        for dispatch in project.dispatches:
            asked = [each for each in names_of(dispatch) or () if each and each != name]
            other = nearest(name, asked)
            if other is not None:
                message = f"{quoted(other)} is asked for, which is near to {quoted(name)} and not equal"
                yield Reason(kind="near-name", message=message, at=at(dispatch.place))

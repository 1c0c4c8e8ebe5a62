"""Which dispatches reach a worker, by which path, and what is not known of them? ``verdicts`` makes the answer of it
that LKA201, ``graph`` and ``why`` give.

What counts is evidence: a construct that dispatches. A word is none, wherever it stands. What the server does with each
kind of dispatch and each job type is docs/server-behaviour.md (tries 1 to 8).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import islice
from typing import Literal, NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.cli_commands import THIS_FILE
from lkagent_lint.facts.file import DispatchKind
from lkagent_lint.likeness import misspelled
from lkagent_lint.project.agent_names import (
    UNNAMED,
    AgentName,
    FromEnv,
    JobType,
    Known,
    OneOf,
    Pattern,
    Usually,
)
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.dispatches import DispatchedNames, gaps, may_be_named
from lkagent_lint.questions.doubts import Doubt
from lkagent_lint.questions.wording import quoted
from lkagent_lint.sources.copies import may_be_backup

JobVerdict = Literal["yes", "unknown", "no"]
AgreedBy = Literal["value", "variable", "one-of", "default", "unknown"]
AGENT_NAME = FromEnv("LIVEKIT_AGENT_NAME")
"""What names a worker whose code does not, where the SDK reads it and some file of the project mentions it."""


class Match(NamedTuple):
    """How a worker's name and a dispatch's agree."""

    by: AgreedBy
    certain: bool


class Reach(NamedTuple):
    """A dispatch that reaches a worker, or may."""

    dispatch: Dispatch
    match: Match

    @property
    def is_certain(self) -> bool:
        """It surely asks for the worker."""
        return self.match.certain


JobReasonKind = Literal[
    "dispatch",
    "possible-dispatch",
    "own-connect",
    "automatic",
    "listed-rooms",
    "starved",
    "elsewhere",
    "unset-variable",
    "unknown-name",
    "near-name",
    "malformed-dispatch",
    "rule-without-agents",
    "refused-name",
    "unknown-release",
    "not-analysed",
    "nothing",
]


class JobReason(NamedTuple):
    """Why a worker would get a job, or not, or why that is not known."""

    kind: JobReasonKind
    message: str
    """A sentence without a full stop."""
    place: Place | None = None
    dispatch: Dispatch | None = None


class JobAnswer(NamedTuple):
    """What there is to say of one worker."""

    gets_jobs: JobVerdict
    reasons: tuple[JobReason, ...]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The places at which something is not known that could decide it."""
        open_ones = (each for each in self.reasons if each.kind in ("possible-dispatch", "not-analysed"))
        return tuple(Doubt(each.place, each.message) for each in open_ones)


ASKING = {
    DispatchKind.TOKEN: "a token",
    DispatchKind.API: "a call of the dispatch API",
    DispatchKind.ROOM: "a request that creates a room",
    DispatchKind.SIP: "a SIP dispatch rule",
    DispatchKind.CONNECTOR: "a connector",
    DispatchKind.COMMAND: "a command",
    DispatchKind.PRESET: "a room preset",
    DispatchKind.CONFIG: "a room configuration",
    DispatchKind.REQUEST: "a request",
    DispatchKind.CONNECT: "a command that connects a worker to a room",
}
"""What asks for an agent, in words."""
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
_KEPT = ", in a file whose path says that it is a backup"
_EACH = {
    JobType.PARTICIPANT: ", with a job for each participant who joins",
    JobType.PUBLISHER: ", with a job for each participant who publishes",
}


def effective_name(project: Project, worker: Worker) -> AgentName:
    """The worker's name, which may come from the environment where its code gives none."""
    return AGENT_NAME if worker.name == UNNAMED and may_be_named(project, worker) else worker.name


def match(project: Project, worker: AgentName, dispatch: AgentName) -> Match | None:
    """How two names agree; None where they surely do not.

    A default in the code and a value that a settings file gives are what counts unless somebody sets another one, so
    they agree for certain; what an example file shows, and one of several names of a worker, do not.
    """
    match worker, dispatch:
        case Known(left), Known(right):
            return Match("value", True) if left == right else None
        case FromEnv(left), FromEnv(right) if left == right:
            return Match("variable", _is_one(project, worker, dispatch))
        case (Usually(_, variable), FromEnv(other)) | (FromEnv(other), Usually(_, variable)) if variable == other:
            return Match("variable", True)
        case Pattern() as left, Pattern() as right if left == right and left.variables:
            return Match("variable", True)
        case (Pattern() as pattern, Known() | OneOf() as other) | (Known() | OneOf() as other, Pattern() as pattern):
            return Match("unknown", False) if any(map(pattern.fits, possible_names(project, other))) else None
        case Known(left), OneOf(values):
            return Match("one-of", True) if left in values else None
        case OneOf() | Known(), OneOf() | Known():
            shared = set(possible_names(project, worker)).intersection(possible_names(project, dispatch))
            return Match("one-of", False) if shared else None
        case _:
            shared = set(possible_names(project, worker)).intersection(possible_names(project, dispatch))
            usual = shared.intersection(_usual(project, worker)).intersection(_usual(project, dispatch))
            return Match("default", bool(usual)) if shared else Match("unknown", False)


def _is_one(project: Project, worker: FromEnv, dispatch: FromEnv) -> bool:
    """The same variable means the same name on both sides: it is set, or nothing else holds where it is not."""
    if None in (worker.default, dispatch.default) or worker.default == dispatch.default:
        return True
    return any(not each.is_example for each in project.set_variables.get(worker.variable, ()))


def _matched(project: Project, worker: AgentName, dispatch: Dispatch) -> Match | None:
    """How a worker's name and a dispatch agree. What may be a backup asks for nobody for certain."""
    found = match(project, worker, dispatch.name)
    is_kept = found is not None and found.certain and may_be_backup(dispatch.place.path, project.root)
    return found._replace(certain=False) if is_kept and found is not None else found


def _usual(project: Project, name: AgentName) -> frozenset[str]:
    """The values that a name has where nobody sets another one: without what example files show."""
    match name:
        case FromEnv(variable, default):
            given = {each.value for each in project.set_variables.get(variable, ()) if not each.is_example}
            return frozenset(given or (set() if default is None else {default}))
        case Known(value):
            return frozenset({value})
        case Usually(values, variable):
            return frozenset(values) | _usual(project, FromEnv(variable))
        case _:
            return frozenset()


def reaches(project: Project, name: AgentName, asked: DispatchedNames) -> list[Reach]:
    """The dispatches that reach a worker of that name, or may, in the order of the project's."""
    agreed = ((each, _matched(project, name, each)) for each in asked.may_agree(name))
    return [Reach(dispatch, found) for dispatch, found in agreed if found is not None]


def answer(project: Project, worker: Worker, asked: DispatchedNames) -> JobAnswer:
    """Whether some dispatch reaches a named worker, and why; one without a name gets every job of its type."""
    name = effective_name(project, worker)
    reached = reaches(project, name, asked)
    certain = [_asked(worker, each, project.root) for each in reached if each.is_certain]
    possible = [_asked(worker, each, project.root) for each in reached if not each.is_certain]
    if name == UNNAMED:
        return JobAnswer("yes", (JobReason("automatic", _AUTOMATIC[worker.job_type]), *certain, *possible))
    connects = list(_own_connects(project, worker, asked))
    certain += [each for each in connects if each.kind == "own-connect"]
    possible += [each for each in connects if each.kind != "own-connect"]
    values = possible_names(project, name)
    if any(is_dispatched_elsewhere(project, worker, each) for each in values):
        certain.append(JobReason("elsewhere", "dispatched-elsewhere in the settings lists its name"))
    about = list(_about_name(project, name, worker))
    if certain:
        return JobAnswer("yes", (*certain, *possible, *about))
    near = list(_near(asked, values))
    unread = [_GAP._replace(place=each.place) for each in islice(gaps(project), 1)]
    if possible or unread or about:
        return JobAnswer("unknown", (*possible, *about, *unread, *near))
    return JobAnswer("no", (_NOTHING, *near))


_NOTHING = JobReason("nothing", "its name turns automatic dispatch off, and nothing in this project dispatches it")
_GAP = JobReason("not-analysed", "a file that takes part could not be analysed")


def _asked(worker: Worker, reach: Reach, root: str) -> JobReason:
    dispatch = reach.dispatch
    asking = ASKING[dispatch.kind] + (" in a test file" if dispatch.in_tests else "")
    asks = f"{asking} {'asks' if reach.is_certain else 'may ask'} for it {_how(dispatch, reach.match)}"
    is_kept = reach.match.by != "unknown" and not reach.is_certain and may_be_backup(dispatch.place.path, root)
    condition = _WHEN_FRESH.get(dispatch.kind, "") + _EACH.get(worker.job_type, "") + (_KEPT if is_kept else "")
    kind: JobReasonKind = "dispatch" if reach.is_certain else "possible-dispatch"
    return JobReason(kind, asks + condition, dispatch.place, dispatch)


def _how(dispatch: Dispatch, agreed: Match) -> str:
    match agreed.by, dispatch.name:
        case "value", Known(value):
            return f"by the name {quoted(value)}" if value else "by an empty name"
        case "variable", FromEnv(variable):
            return f"by the same variable, {variable}"
        case "one-of", _:
            return "by one of several names"
        case "default", FromEnv(variable, default):
            return f"by the usual value of {variable}" + (f", {quoted(default)}" if default is not None else "")
        case "variable", Pattern(_, variables):
            return f"by a name that is made of the same {' and '.join(variables)}"
        case "variable", Usually(_, variable):
            return f"usually by the same variable, {variable}"
        case "default", Usually(values):
            return f"by its usual name, {quoted(values[0])}" if len(values) == 1 else "by one of its usual names"
        case "default", _:
            return "by the usual value of the worker's name"
        case _, FromEnv(variable, _):
            return f"by the value of {variable}"
        case _, Known(value):
            return f"by the name {quoted(value)}"
        case _:
            return f"by a name that is not known{_spelled(dispatch)}"


def _spelled(dispatch: Dispatch) -> str:
    return f", {dispatch.spelled}" if dispatch.spelled.strip("…(). ") else ""


def agreement(project: Project, worker: Worker, dispatch: Dispatch) -> Match | None:
    """How a worker and a dispatch agree, by the name that is asked for or by the program that is run."""
    if dispatch.kind is not DispatchKind.CONNECT:
        return _matched(project, effective_name(project, worker), dispatch)
    file = dispatch.place.path if dispatch.file == THIS_FILE else dispatch.file
    if not file:
        return Match("unknown", False)
    return Match("value", True) if _stem(file) in set(map(_stem, _programs(worker))) else None


_CONNECTS = "a command connects a worker to a room by hand"
_MAY_CONNECT = "a command may connect it to a room by hand: which program it runs is not known"


def _own_connects(project: Project, worker: Worker, asked: DispatchedNames) -> Iterator[JobReason]:
    """Commands that connect a worker by hand, or may."""
    for dispatch in asked.connects:
        agreed = agreement(project, worker, dispatch)
        if agreed is not None and agreed.certain:
            yield JobReason("own-connect", _CONNECTS, dispatch.place, dispatch)
        elif agreed is not None:
            yield JobReason("possible-dispatch", _MAY_CONNECT, dispatch.place, dispatch)


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path.replace("\\", "/")))[0]


def _programs(worker: Worker) -> Iterator[str]:
    yield worker.place.path
    yield from (entry.path for entry in worker.entries)
    if worker.agent_file is not None:
        yield worker.agent_file


def possible_names(project: Project, name: AgentName) -> tuple[str, ...]:
    """The names that a worker's or a dispatch's can be, as far as code and settings files give any; sorted."""
    match name:
        case Known(value):
            return (value,)
        case OneOf(values):
            return values
        case Usually(values, variable):
            return tuple(sorted({*values, *possible_names(project, FromEnv(variable))}))
        case FromEnv(variable, default):
            given = {each.value for each in project.set_variables.get(variable, ())}
            if default is not None:
                given.add(default)
            return tuple(sorted(given - {""}))
        case _:
            return ()


def is_dispatched_elsewhere(project: Project, worker: Worker, name: str) -> bool:
    """The settings that hold for the worker say that something outside the project dispatches this name."""
    elsewhere = project.settings(worker.place.path).dispatched_elsewhere
    return any(fnmatchcase(name, pattern) for pattern in elsewhere)


def _about_name(project: Project, name: AgentName, worker: Worker) -> Iterator[JobReason]:
    """What is not known of the name itself."""
    match name:
        case FromEnv(variable, default):
            given = possible_names(project, name)
            if name == AGENT_NAME and worker.name == UNNAMED:
                message = f"its code gives no name: it is dispatched automatically unless {variable} is set"
            elif given:
                message = f"its name is the value of {variable}, which may be {' or '.join(map(quoted, given))}"
            elif default is None:
                message = f"its name is the value of {variable}, which no file of the project gives"
            else:
                message = f"its name is the value of {variable}, or {quoted(default)} where that is not set"
            yield JobReason("unset-variable", message)
        case Known() | OneOf():
            pass
        case _:
            yield JobReason("unknown-name", "its name is not known from the project's files")


def _near(asked: DispatchedNames, names: Sequence[str]) -> Iterator[JobReason]:
    """Dispatches of names that no worker has and that look like a misspelling of the worker's."""
    for name in names:
        for dispatch, unowned in asked.unowned:
            other = misspelled(name, unowned)
            if other is not None:
                message = f"{quoted(other)} is asked for, which is near to {quoted(name)} and not equal"
                yield JobReason("near-name", message, dispatch.place, dispatch)

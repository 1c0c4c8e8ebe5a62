"""Agent names and job types: values with doubt. Rules speak about what is known and stay silent otherwise."""

from __future__ import annotations

import enum
import re

import msgspec

from lkagent_lint.facts import values as v
from lkagent_lint.project.things import Formatted, FromVariable, Nothing, Sdk, String, Things


class Known(msgspec.Struct, frozen=True):
    value: str


class OneOf(msgspec.Struct, frozen=True):
    """One of several values, sorted."""

    values: tuple[str, ...]


class FromEnv(msgspec.Struct, frozen=True):
    """From an environment variable; two sides that read the same one match even without a value."""

    variable: str
    default: str | None = None


class Usually(msgspec.Struct, frozen=True):
    """One of these values, sorted, where nothing else is given: by a request, a caller, or whatever is not followed."""

    values: tuple[str, ...]
    variable: str = ""
    """The variable of the environment that holds it then, if it is one."""


class Pattern(msgspec.Struct, frozen=True):
    """A text of which only these parts are known, in their order; None stands for each of the others."""

    parts: tuple[str | None, ...]
    variables: tuple[str, ...] = ()
    """The variables of the environment that the others are, in their order; empty where some is anything else."""

    def fits(self, name: str) -> bool:
        """Whether the name can be a text like that."""
        regex = "".join(".*" if each is None else re.escape(each) for each in self.parts)
        return re.fullmatch(regex, name, re.DOTALL) is not None


class UnknownName(msgspec.Struct, frozen=True):
    """Not to be found out from the project's files."""


AgentName = Known | OneOf | FromEnv | Usually | Pattern | UnknownName

UNKNOWN_NAME = UnknownName()
UNNAMED = Known("")


class JobType(enum.Enum):
    """Which jobs a worker asks the server for. Python registers only the first two (livekit-agents worker.py:76)."""

    ROOM = "JT_ROOM"
    PUBLISHER = "JT_PUBLISHER"
    PARTICIPANT = "JT_PARTICIPANT"
    UNKNOWN = "unknown"


_JOB_TYPES = {each.value: each for each in JobType if each is not JobType.UNKNOWN}
"""Members of ``JobType`` of @livekit/protocol, which Node registers with."""


def name_of(things: Things) -> AgentName:
    """The name that evaluated values spell."""
    texts = sorted(each.value for each in things if isinstance(each, String))
    variables = [each for each in things if isinstance(each, FromVariable)]
    if variables:  # a variable that is not set gives no name either
        things = frozenset(each for each in things if not isinstance(each, Nothing))
    if len(texts) == len(things) and texts:
        return Known(texts[0]) if len(texts) == 1 else OneOf(tuple(texts))
    usual = sorted({*filter(None, texts), *(each.default for each in variables if each.default)})
    if len(variables) == 1 and len(variables) + len(texts) == len(things) and len(usual) < 2:
        return FromEnv(variables[0].variable, usual[0] if usual else variables[0].default)
    if usual or len(variables) == 1:
        return Usually(tuple(usual), variables[0].variable if len(variables) == 1 else "")
    if len(things) == 1:
        (only,) = things
        if isinstance(only, Formatted):
            return Pattern(only.parts, only.variables)
        if isinstance(only, Nothing):
            return UNNAMED
    return UNKNOWN_NAME


def plain_name(expression: v.Expr) -> AgentName:
    """The name that an expression of a file without scopes spells: a literal or a variable of the environment."""
    match expression:
        case v.Text(value):
            return Known(value)
        case v.Env(variable, None):
            return FromEnv(variable)
        case v.Env(variable, v.Text(default)):
            return FromEnv(variable, default)
        case _:
            return UNKNOWN_NAME


def job_type_of(things: Things) -> JobType:
    """The job type that evaluated values spell: ``ServerType.ROOM``, ``WorkerType.PUBLISHER``."""
    found: set[JobType] = set()
    for each in things:
        match each:
            case Sdk(dotted) if dotted.endswith(("ServerType.ROOM", "WorkerType.ROOM")):
                found.add(JobType.ROOM)
            case Sdk(dotted) if dotted.endswith(("ServerType.PUBLISHER", "WorkerType.PUBLISHER")):
                found.add(JobType.PUBLISHER)
            case Sdk(dotted) if (member := dotted.rpartition("JobType.")[2]) in _JOB_TYPES:
                found.add(_JOB_TYPES[member])
            case _:
                found.add(JobType.UNKNOWN)
    return found.pop() if len(found) == 1 else JobType.UNKNOWN


def raw_type_of(things: Things, *, in_node: bool) -> str:
    """A job type that Python's ``ServerType``, or Node's ``JobType``, does not have, as it is written; empty for its
    own, or if unknown.
    """
    if len(things) != 1:
        return ""
    (only,) = things
    match only:
        case String(value):
            return f'"{value}"'
        case _ if in_node:
            return ""
        case Sdk(dotted) if dotted.rpartition("JobType.")[2] in _JOB_TYPES or dotted.rpartition(".")[2] in _JOB_TYPES:
            return f"JobType.{dotted.rpartition('.')[2]}"
        case Sdk(dotted) if dotted.endswith(("ServerType.PARTICIPANT", "WorkerType.PARTICIPANT")):
            return dotted.rpartition(".")[0].rpartition(".")[2] + ".PARTICIPANT"
        case _:
            return ""

"""Who dispatches whom, as plain data: what ``--output-format json`` prints, field by field.

Paths are shown as the caller wishes (the command: relative to the working directory, with ``/`` separators); lines
and columns are 1-based and count code points. ``docs/graph.schema.json`` is made from these records.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from lkagent_lint.questions.reach import JobReasonKind

FORMAT = 2
"""Raised when a field is taken away or changes its meaning; new fields do not raise it."""

Answer = Literal["yes", "unknown", "no"]


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where something stands."""

    path: str
    line: int
    column: int


class NameRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's name, as far as the project's files tell it."""

    kind: Literal["known", "unnamed", "one-of", "environment", "unknown"]
    values: tuple[str, ...] = ()
    """``known``: the name; ``one-of``: all that it may be, sorted; ``unknown``: all that it may be where nothing
    else is given.
    """
    variable: str | None = None
    """``environment``: the variable that holds it; ``unknown``: that which does where nothing else is given."""
    default: str | None = None
    """``environment``: the name where the variable is not set; null where the code gives none."""
    pattern: str | None = None
    """``unknown``: the text as far as it is known, a ``*`` for each of the other parts; null where none is known."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a worker would get a job, or not, or why that is not known."""

    kind: JobReasonKind
    message: str
    """One sentence without a full stop."""
    dispatch: str | None = None
    """The dispatch that it speaks of."""
    at: Position | None = None


class FunctionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An entry function, or the file of a Node agent (``name`` is then empty)."""

    name: str
    at: Position


class StartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment file that starts a worker."""

    at: Position
    kind: Literal["image", "compose", "pod", "unit", "procfile", "fly"]
    name: str
    """Of the stage, the service, the container or the process type; empty where it has none."""
    command: str | None
    """The worker's own command, ``start``; empty where it is given none, null where that is not known."""


class WorkerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A registration of an agent."""

    id: str
    """``w1``, ``w2``, … in the order of paths and lines."""
    at: Position
    language: Literal["python", "node"]
    sdk: str
    """The SDK version that holds there, with the file that says so."""
    name: NameRecord
    job_type: Literal["JT_ROOM", "JT_PUBLISHER", "JT_PARTICIPANT", "unknown"]
    runs: tuple[FunctionRecord, ...]
    """Empty where it is not known."""
    package: str
    in_tests: bool
    gets_jobs: Answer
    """Whether it would ever get a job: ``yes`` by something in the project, ``unknown`` where that is not known."""
    because: tuple[Reason, ...]
    started_by: tuple[StartRecord, ...] = ()
    """What starts it, as far as the deployment files tell."""


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A dispatch that reaches a worker, or may."""

    dispatch: str
    worker: str
    by: Literal["value", "variable", "one-of", "default", "unknown"]
    """``value``: equal names, or the program that a command runs; ``variable``: the same variable of the environment;
    ``one-of``: one of several values; ``default``: a variable's default; ``unknown``: one of the names is not known.
    """
    certain: bool


class DispatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A place that asks for an agent."""

    id: str
    at: Position
    kind: Literal["token", "api", "room", "sip", "connector", "command", "preset", "config", "request", "connect"]
    name: NameRecord
    package: str
    in_tests: bool
    read_only: bool
    """No finding stands at it: its language is scanned and not parsed, it is a request to somebody's own server, or git
    ignores its file.
    """
    reaches: Answer
    """Whether it reaches a worker of this project."""


class RoomSource(msgspec.Struct, frozen=True, kw_only=True):
    """A place that makes rooms. One that lists agents turns automatic dispatch off in its rooms."""

    at: Position
    kind: Literal["room-or-token", "sip-rule"]
    lists_agents: bool


class Variable(msgspec.Struct, frozen=True, kw_only=True):
    """A variable of the environment that names agents, and who reads it."""

    name: str
    defaults: tuple[str, ...]
    workers: tuple[str, ...]
    dispatches: tuple[str, ...]


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A file that takes part and could not be analysed."""

    path: str
    message: str


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """Files that hold a worker's name as a word: none of them asks for the agent by that."""

    name: str
    paths: tuple[str, ...]


class ProjectGraph(msgspec.Struct, frozen=True, kw_only=True):
    """One project: what lies under one root."""

    root: str
    files: int
    """How many files take part."""
    workers: tuple[WorkerRecord, ...]
    dispatches: tuple[DispatchRecord, ...]
    edges: tuple[Edge, ...]
    sources: tuple[RoomSource, ...]
    variables: tuple[Variable, ...]
    gaps: tuple[Gap, ...]
    mentions: tuple[Mention, ...] = ()
    """Where the workers' names stand as words; only where everything was asked for."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--output-format json`` prints."""

    format: int = FORMAT
    projects: tuple[ProjectGraph, ...]

"""All that one file says, which is kept between runs."""

from __future__ import annotations

import enum

import msgspec

from lkagent_lint.facts.deployment import ProcessFact
from lkagent_lint.facts.flows import MODULE, Class, Flow
from lkagent_lint.facts.sdk_names import SdkName
from lkagent_lint.facts.values import Expr
from lkagent_lint.text import Span


class ProblemKind(enum.Enum):
    SYNTAX = "syntax"
    NOT_ANALYSED = "not-analysed"
    INTERNAL = "internal"
    """The front end itself failed (LKA000)."""


class Problem(msgspec.Struct, frozen=True, gc=False):
    """Why a file, or a part of it, could not be turned into facts."""

    kind: ProblemKind
    message: str
    span: Span


class WorkerFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A registration of an agent: ``rtc_session`` in any spelling, or worker options."""

    flow: str = MODULE
    """The flow in whose scope the expressions stand."""
    span: Span
    entry: Expr | None
    name: Expr | None
    """None where the registration gives no name."""
    job_type: Expr | None
    dropped_type: Expr | None = None
    """Node: the job type under a key that newer releases drop (``workerType``)."""
    request: Expr | None = None
    """The function that answers job requests."""
    open_ended: bool = False
    """``**options``, or attributes set afterwards: what is not given here may be given there."""
    receiver: Expr | None = None
    """The server or the handler of ``server.rtc_session``; of a door of its own the call itself."""
    agent_file: str | None = None
    """Node: the file whose default export is the agent, relative to this one (``./agent.ts``), empty for this one
    itself; None where it is not known.
    """
    call: int | None = None
    """The number of the registering call in its flow."""


class ServerFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Python: what a worker is registered with, ``AgentServer(...)`` or worker options."""

    flow: str = MODULE
    call: int
    span: Span
    kind: str
    """``AgentServer``, ``WorkerOptions``, or the ``AgentHandler`` that a server is given."""


class StartFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Python: a call of ``cli.run_app``."""

    flow: str = MODULE
    call: int
    span: Span
    server: Expr | None


class AgentFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Node: an agent as a file defines it, by ``defineAgent({ entry })`` or as a plain object that it exports."""

    flow: str = MODULE
    span: Span
    entry: Expr
    defined: bool
    """It is made by ``defineAgent``."""


class DispatchKind(enum.Enum):
    """By what an agent is asked for. ``CONFIG`` is a room configuration whose use is not seen."""

    TOKEN = "token"
    API = "api"
    ROOM = "room"
    SIP = "sip"
    CONNECTOR = "connector"
    COMMAND = "command"
    PRESET = "preset"
    CONFIG = "config"
    REQUEST = "request"
    """A hand-written request: it silences, and nothing is ever said about it."""
    CONNECT = "connect"
    """A command by which a worker joins a room of its own accord, without any dispatch."""


class DispatchFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A place that asks for an agent by name."""

    kind: DispatchKind
    flow: str = MODULE
    span: Span
    name: Expr | None
    """None where the dispatch gives no name; ``Opaque`` where it gives one that is not followed."""
    room: Expr | None = None
    """JavaScript only: the room that it is for, as it is spelled in the flow; None where it is not written out."""
    granted: Expr | None = None
    """Of a token: the one room that it lets people into, in the same flow; None where there are several, or none."""
    block: str = ""
    """JavaScript only: dispatches of one block run one after the other; empty where that is not so."""
    presence: bool = False
    """Evidence that no finding stands at: in a language that is not parsed, or a request to somebody's own server."""
    file: str = ""
    """The file that says which agents are asked for, as a command names it, or the program that connects by hand, ``.``
    for this one; empty for all others, and for a program that is not known.
    """


class VariableFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A variable of the environment that a file sets to a literal."""

    variable: str
    value: str
    span: Span
    """Of the value."""
    is_example: bool = False
    """The file shows what could be set, and nothing reads it when the program runs."""


class SipRuleFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A SIP dispatch rule: calls that it takes go to rooms, with or without agents."""

    span: Span
    has_agents: bool


class RoomSourceFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A place that makes rooms, or lets people make them: a token, a request that creates a room."""

    span: Span
    has_agents: bool
    """It lists agents, which turns automatic dispatch off in its rooms, or may do so."""
    flow: str = MODULE
    room: Expr | None = None
    """JavaScript only: the name of the room that is created; None for a token."""


class DroppedFact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A field that a message, an SDK or a command does not have, so that it is dropped or refused."""

    owner: str
    """Who does not have it: ``RoomAgentDispatch``, ``lk token create``."""
    field: str
    span: Span


class FileFacts(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The facts of one file; they follow from its bytes alone and carry no path."""

    language: str = "python"
    problems: tuple[Problem, ...] = ()
    modules: tuple[str, ...] = ()
    """Every module that an import statement anywhere in the file can load, ``from`` names included."""
    stars: tuple[str, ...] = ()
    """Modules of ``from m import *``."""
    classes: dict[str, Class] = {}
    flows: dict[str, Flow] = {}
    inert: tuple[str, ...] = ()
    """Module-level functions and classes that were read no further: nothing in them can matter to a job."""
    workers: tuple[WorkerFact, ...] = ()
    servers: tuple[ServerFact, ...] = ()
    starts: tuple[StartFact, ...] = ()
    dispatches: tuple[DispatchFact, ...] = ()
    sip_rules: tuple[SipRuleFact, ...] = ()
    room_sources: tuple[RoomSourceFact, ...] = ()
    set_variables: tuple[VariableFact, ...] = ()
    dropped: tuple[DroppedFact, ...] = ()
    legacy: Span | None = None
    """Where it first uses a class that only livekit-agents 0.x had, in a file that uses none that only 1.x has."""
    sdk_names: tuple[SdkName, ...] = ()
    """Names of the SDK that it imports, or reads from imported modules."""
    asked_for: tuple[str, ...] = ()
    """Names of members that it stores, or looks for before it uses them (``hasattr``, ``typeof``)."""
    given: tuple[str, ...] = ()
    """Python: names of members that it looks for, or stores on something else than ``self``, in inert code too."""
    main_only: tuple[str, ...] = ()
    """Python: names of the module that only the guard ``if __name__ == "__main__"`` binds."""
    agents: tuple[AgentFact, ...] = ()
    """Node: what the workers of this and of other files run."""
    reads_arguments: bool = False
    """Python: it holds the word ``argv``, so it may read or change its command line."""
    processes: tuple[ProcessFact, ...] = ()
    """What a deployment file starts."""


def copied(facts: FileFacts) -> FileFacts:
    """The facts of a file that only repeats what another one says: it asks for nobody, and makes no rooms."""
    return msgspec.structs.replace(
        facts, dispatches=(), dropped=(), sip_rules=(), room_sources=(), set_variables=(), processes=()
    )

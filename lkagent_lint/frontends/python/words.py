"""The words by which the Python front end decides what is worth recording."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lkagent_lint.sources.blocking import TELLING
from lkagent_lint.sources.scheduling import TASK_MAKERS
from lkagent_lint.sources.sdk.successors import PRIVATE
from lkagent_lint.sources.sdk.vocabulary import CLASSES, TERMS, Form, Term, written


def _is_read(term: Term) -> bool:
    return term.form is Form.VALUE and bool(term.event)


def _is_asked(term: Term) -> bool:
    """Calling it, or reading it, is a step of the job, or some rule speaks of it wherever it stands."""
    if term.is_called:
        matters = term.event or term.dropped or term.hands or term.form is Form.PLAIN
        return not term.written_on and bool(matters)
    return not term.written_on and (_is_read(term) or not term.gives)


_MEMBERS = (
    *sorted(written(lambda term: term.owner in CLASSES and _is_asked(term), in_node=False)),
    *sorted(TELLING),
    *sorted(PRIVATE),
    *(
        "add",
        "add_\\w+",
        "agents",
        "agent_name",
        "claims",
        "create_future",
        *sorted(TASK_MAKERS),
        "environ",
        "gather",
        "on_exit",
    ),
    *("getenv", "register_\\w+", "userdata", "room", "room_config", "sleep", "wait", "wait_for_\\w+", "with_room_\\w+"),
)
_COMMON = [term for term in TERMS.values() if term.written_on and (term.is_called or _is_read(term))]
"""Common words, which count on something that is itself called so."""
_NAMES = (
    *(f"{term.written_on}\\s*\\.\\s*{term.name}" for term in _COMMON),
    *sorted(written(lambda term: term.owner not in CLASSES and not term.of_plugin, in_node=False)),
    *sorted(f"{term.owner.rpartition('.')[2]}\\s*\\.\\s*{term.name}" for term in TERMS.values() if term.of_plugin),
    *sorted({each.name for found in CLASSES.values() if found.tells for each in found.python}),
    *("AGENT_NAME", "AccessToken", "CreateAgentDispatchRequest", "CreateDispatch"),
    *("CreateRoomRequest", "CreateSIPDispatchRuleRequest", "Future", "ParseDict"),
    *("ParticipantRequest", "RoomRequest", "EgressRequest", "twirp", "ClientSession"),
    *("RoomAgentDispatch", "RoomConfiguration", "ServerOptions", "WorkerOptions", "agentName"),
    *(
        "agent_name",
        "create_task",
        "dispatch",
        "gather",
        "getenv",
        "global",
        "prewarm",
        "roomConfig",
        "roomPreset",
    ),
    *("room_config", "room_preset", "rtc_session", "run_app", "run_until_complete", "sleep"),
    *("EnglishModel", "MultilingualModel"),
    "wait_for_\\w+",
)
_MODULES = ("asyncio",)
_ONE_OF_THEIRS = r"\s*\.\s*[a-zA-Z]"


def _ending(words: Iterable[str], end: str = r"\b") -> str:
    """One alternative for each word, beginning with a letter: only so can the engine skip to where one may start."""
    return "|".join(f"{word}{end}" for word in words)


MATTERS = re.compile(
    rf"\.\s*(?:{'|'.join(_MEMBERS)})\b|{_ending(_NAMES)}|{_ending(_MODULES, _ONE_OF_THEIRS)}"
    r"|--agent-name|lk\b(?<!\wlk)"
    r"|\.\s*(?:kind|source|connection_state)\s*(?:[!=]=|\bin\b|\bnot\b)|self\s*\.\s*(?:llm|stt|tts|vad)\s*\."
    r"|session\s*\.\s*_[a-z]|__init__\s*\([^()]*\b(?:instructions|tools|turn_handling|llm|stt|tts|vad)\s*="
)
"""A function or class in which none of these words stands, and that passes nothing on, is inert. Words that are
English too count only as attributes, or every prompt would matter. A longer name that ends with one counts as well.
"""

AGENTS = ("Agent", "Task")
"""How classes end from which agents and tasks of a project derive."""

REGISTERS = "rtc_session"
"""The method that registers an entry function with a server."""

REGISTERING = written(
    lambda term: term.owner in CLASSES and term.hands is not None and term.hands.decorates and term.hands.position == 0,
    in_node=False,
) | {"on_exit"}
"""Decorators of these names that stand without a call of their own are recorded as the calls that Python makes of them.
``on_exit`` is a hook that looks like one.
"""

ROUTES = re.compile(
    r"^@\w+\.(?:get|post|put|delete|patch|route)\b[^\n]*\n(?:@[^\n]*\n)*(?:async\s+)?def\s+(\w+)", re.MULTILINE
)
"""A function that answers requests: it runs in the worker's own process."""

_ROLES = ("entrypoint_fnc", "request_fnc", "prewarm_fnc", "setup_fnc", "load_fnc", "on_request")
_ROLE = re.compile(rf"(?:{'|'.join(_ROLES)})\s*=\s*(?:\w+\s*\.\s*)*(\w+)")


def given_for_roles(text: str) -> list[str]:
    """The functions that are named for a role; they matter, whatever words stand in them."""
    return _ROLE.findall(text) if any(each in text for each in _ROLES) else []  # most files name none


AGENT_TASKS = re.compile(r"class\s+(\w+)\s*\([^)]*\bAgentTask\b")
"""Classes that take a conversation over: where one is awaited matters."""

MAKERS = written(lambda term: term.is_called and bool(term.gives), in_node=False)
"""Functions and methods of the SDK that give an object that is followed."""

TEXTS = frozenset({"metadata", "identity", "transcript"})
"""Attributes of the SDK's objects that are texts, and are taken for more."""
KEEPER = "userdata"
"""The attribute that keeps what setup functions and jobs store in it."""
MODELS = frozenset({"llm", "stt", "tts", "vad"})
"""Attributes of an agent that hold its models, if it was given any."""
COMPARED = frozenset({"kind", "source", "connection_state"})
"""Attributes of the room that hold members of enumerations."""
ROOM_READS = written(_is_read, in_node=False) | frozenset(PRIVATE)
"""Attributes whose mere reading is a step, or is spoken of: the room is used there, or what an agent's session
holds.
"""
READS_ON = {each.name: term.written_on for term in _COMMON if not term.is_called for each in term.python}
"""The common words among them, and what they have to be read on."""

_HANDING = (
    *sorted(written(lambda term: term.hands is not None and not term.written_on, in_node=False)),
    "register_\\w+",
)
HANDED = re.compile(rf"\.\s*(?:{'|'.join(_HANDING)})\s*\(([^)]*)")
"""The arguments, up to the first bracket that closes, of a call that hands a function to the SDK."""
STARTED = re.compile(r"\.\s*start\s*\(\s*(?:agent\s*=\s*)?(\w+)\s*[,)]")
"""The agent that a session is started with, where it is a plain name: it may be a class."""

TOOLS = re.compile(r"(?:tools|TOOLS)(?:\s*(?::[^=\n]*)?=|(?<=update_tools)\s*\()\s*\[([^\]]*)")
"""The names in a list of tools. It begins with letters that a search can skip to."""

QUIET_METHODS = frozenset(
    {
        *(
            "debug",
            "info",
            "warning",
            "error",
            "exception",
            "critical",
            "log",
            "print",
            "format",
            "join",
            "strip",
        ),
        *(
            "lower",
            "upper",
            "split",
            "replace",
            "startswith",
            "endswith",
            "get",
            "items",
            "keys",
            "values",
            "pop",
        ),
        *(
            "append",
            "extend",
            "add",
            "update",
            "encode",
            "decode",
            "isoformat",
            "time",
            "now",
            "dumps",
            "loads",
        ),
        *(
            "hexdigest",
            "strftime",
            "setdefault",
            "len",
            "str",
            "int",
            "float",
            "bool",
            "isinstance",
            "hasattr",
        ),
        *("repr", "range", "enumerate", "zip", "sorted", "max", "min", "sum", "any", "all", "round", "abs"),
    }
)
"""Calls of these names whose arguments are all plain values are not recorded: they can do nothing to a job."""

ENTRIES_THAT_ASK = frozenset({"roomConfig", "room_config", "agents", "agentName", "agent_name"})
"""Keys under which a dict asks for agents: a request's body, the claims of a token."""

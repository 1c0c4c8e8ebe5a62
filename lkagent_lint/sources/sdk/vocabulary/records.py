"""What a row of the vocabulary says."""

from __future__ import annotations

import enum
import re
from functools import lru_cache
from typing import NamedTuple

INHERITED = "*"
"""Instead of a release: a base class of another package has it, or a plugin, so no table lists it."""


class Form(enum.Enum):
    """What a member is to whoever uses it."""

    COROUTINE = "a coroutine function; in Node a function that returns a promise"
    PLAIN = "a function that returns nothing, so that awaiting it raises in Python"
    GIVES = "a function that returns something, which may be awaitable"
    VALUE = "an attribute or a property"


class Outside(enum.Enum):
    """What reading an attribute, or calling a method, gives before the room is joined."""

    RAISES = "raises in Python; undefined in Node"
    REFUSES = "raises in both"
    UNDEFINED = "known in Python; undefined in Node"
    EMPTY = "an empty container"
    BLANK = "an empty text in Python; undefined in Node"


class Role(enum.Enum):
    """What the SDK does with a function that it is handed."""

    ENTRY = "runs it for every job"
    LISTENER = "calls it at an event"
    STREAM = "calls it for a stream of text or bytes"
    RPC = "calls it for others in the room"
    PARTICIPANT = "runs it for every participant"
    TOOL = "lets a model call it"
    HOOK = "calls it for the agent: when it enters, or for every reply"
    TEXT = "runs it for every message to a text door, in the worker's own process"
    ROUTE = "answers requests with it, in the worker's own process"
    SHUTDOWN = "runs it when the job shuts down"


class Hands(NamedTuple):
    """A function that the SDK is handed: at which position among the arguments, and by which name."""

    role: Role
    position: int
    keyword: str
    decorates: bool = False
    """Called without the function, a method of Python is a decorator that gives it back as it is; that of a tool gives
    the tool."""


class Spelling(NamedTuple):
    """A name and the releases that have it."""

    name: str
    since: str
    last: str = ""
    """Empty if the newest still has it."""


class Term(NamedTuple):
    """A member of a class of the SDK, or a function of one of its modules."""

    owner: str
    """The class by its own name, or the module of a function."""
    name: str
    form: Form
    python: tuple[Spelling, ...]
    """How Python's SDK spells it, in which releases; empty if it does not have it."""
    node: tuple[Spelling, ...]
    form_in_node: Form
    event: str
    """The event of the lifecycle that calling it is, or reading it, by the event's own name; empty if it is none."""
    event_in_node: str
    dropped: str
    """What follows if its coroutine is thrown away, in words; empty if nobody speaks of it."""
    needed_in_node: bool
    """A promise that is thrown away runs all the same. Where this is true, what comes next depends on its result."""
    gives: str
    """The class of what the attribute holds, or of what the call returns; empty if it is not followed."""
    unawaitable: str
    """The class of what it returns, as Python calls it, where awaiting that raises; empty where it does not."""
    outside: Outside | None
    hands: Hands | None
    topic: str
    """What a listener is for, where the method alone says it."""
    waits: bool
    """What it gives comes from somebody in the room."""
    is_hook: bool
    """The session calls it on its agent, and agents override it."""
    written_on: str
    """A common word: reading or calling it counts only on something that is itself called so."""

    @property
    def of_plugin(self) -> bool:
        """A class method of a plugin, which has no table."""
        return self.owner.startswith("livekit.plugins.")

    @property
    def is_called(self) -> bool:
        return self.form is not Form.VALUE


class ClassTerm(NamedTuple):
    """A class of the SDK whose objects are followed."""

    name: str
    python: tuple[Spelling, ...]
    node: tuple[Spelling, ...]
    home: str
    """The dotted name of the package that it can be imported from, whatever module of it."""
    spoken: str
    """What messages call an object of it."""
    base: str
    """The class of the vocabulary that it derives from; empty if there is none."""
    emits: bool
    """Its objects have ``on`` and ``once``."""
    in_plugins: bool
    """Plugins have classes of this name that do the same."""
    carries: bool
    """Whoever holds one can take steps of the job's lifecycle."""
    tells: bool
    """Code that names it may hold a step of the job's lifecycle, whatever else stands in it."""
    path: str
    """Where the tables have it, if they do not find it by its name."""


def term(
    owner: str,
    name: str,
    form: Form,
    python: str,
    node: str = "",
    *,
    form_in_node: Form | None = None,
    event: str = "",
    event_in_node: str | None = None,
    dropped: str = "",
    needed_in_node: bool = False,
    gives: str = "",
    unawaitable: str = "",
    outside: Outside | None = None,
    hands: Hands | None = None,
    topic: str = "",
    waits: bool = False,
    is_hook: bool = False,
    written_on: str = "",
) -> Term:
    """A row. ``spellings`` reads the releases; Node's name is Python's in camelCase where none is given."""
    return Term(
        owner,
        name,
        form,
        spellings(python, name),
        spellings(node, camel(name)),
        form_in_node or form,
        event,
        event if event_in_node is None else event_in_node,
        dropped,
        needed_in_node,
        gives,
        unawaitable or ("NoneType" if form is Form.PLAIN else ""),
        outside,
        hands,
        topic,
        waits,
        is_hook,
        written_on,
    )


def class_term(
    name: str,
    python: str,
    node: str = "",
    *,
    home: str = "livekit.agents",
    spoken: str = "",
    base: str = "",
    emits: bool = False,
    in_plugins: bool = False,
    carries: bool = False,
    tells: bool = False,
    path: str = "",
) -> ClassTerm:
    """The row of a class."""
    names = spellings(python, name), spellings(node, name)
    return ClassTerm(
        name, *names, home, spoken or snake(name), base, emits, in_plugins, carries, carries or tells, path
    )


def spellings(written: str, name: str) -> tuple[Spelling, ...]:
    """Names and releases as rows write them.

    ``1.2.0`` is the name of the row from 1.2.0 on, ``1.2.0..1.5.0`` up to 1.5.0 and no longer, ``close 1.2.0`` another
    name, ``old 1.0.0..1.9.0, new 2.0.0`` one after the other.
    """
    found: list[Spelling] = []
    for each in filter(None, written.split(", ")):
        spelt, _, releases = each.rpartition(" ")
        since, _, last = releases.partition("..")
        found.append(Spelling(spelt or name, since, last))
    return tuple(found)


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNDERSCORE = re.compile(r"(?<=[a-z0-9])_([a-z])")


@lru_cache(maxsize=4096)
def snake(name: str) -> str:
    """``dataReceived`` and ``DataReceived`` as ``data_received``."""
    return _HUMP.sub("_", name).lower()


def camel(text: str) -> str:
    """The way back: ``ctx.wait_for_participant()`` as ``ctx.waitForParticipant()``."""
    return _UNDERSCORE.sub(lambda found: found[1].upper(), text)

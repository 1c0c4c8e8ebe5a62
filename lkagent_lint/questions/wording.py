"""How messages speak of the SDK: in the language of the file that they stand in."""

from __future__ import annotations

import os
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.languages import PYTHON
from lkagent_lint.sources.sdk.vocabulary import camel
from lkagent_lint.typestate.automaton import Kind


class Wording(NamedTuple):
    """What differs between the two SDKs beside the spelling of names."""

    start_in_room: str
    """How a session is started so that it joins the room."""
    room_argument: str
    not_connected: str
    """The error of a wait outside the room."""
    not_running: str
    """The error of a session that has not started, with the name of its class left open."""
    package: str
    spells_camel: bool

    def event(self, kind: Kind) -> str:
        """What an event is called."""
        does = kind.does
        return (does.words_in_node or camel(does.words)) if self.spells_camel else does.words

    def spelt(self, text: str) -> str:
        """A name of Python's SDK, or a call of it, as this language spells it."""
        return camel(text) if self.spells_camel else text


_PYTHON = Wording(
    start_in_room="session.start(room=ctx.room)",
    room_argument="room=",
    not_connected='RuntimeError("room is not connected")',
    not_running='RuntimeError("{} isn\'t running")',
    package="livekit-agents",
    spells_camel=False,
)
_NODE = Wording(
    start_in_room="session.start({ agent, room: ctx.room })",
    room_argument="room",
    not_connected='Error("room is not connected")',
    not_running='Error("{} is not running")',
    package="@livekit/agents",
    spells_camel=True,
)


def is_node(place: Place) -> bool:
    """The place is in a JavaScript or TypeScript file."""
    return not place.path.endswith(PYTHON)


def words(place: Place) -> Wording:
    """The words for a place in code: Python's for a Python file, else Node's."""
    return _NODE if is_node(place) else _PYTHON


def where(place: Place, seen_from: Place) -> str:
    """A place in words: ``line 31``, or in another file its path, absolute until the finding is ``seen_from`` its
    project, and the line."""
    if place.path == seen_from.path:
        return f"line {place.span.line}"
    return f"{place.path.replace(os.sep, '/')}:{place.span.line}"


def quoted(name: str, most: int = 60) -> str:
    """An agent's name in a message: quoted, cut where it is longer than ``most``, control characters escaped."""
    return '"' + "".join(each if each.isprintable() else ascii(each)[1:-1] for each in shortened(name, most)) + '"'


def shortened(text: str, most: int = 32) -> str:
    """A name as it fits into a title: cut where it is longer than ``most`` characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."

"""The automaton of a job as data: what can happen to it, and what each event does.

A row an event. What follows from an event anywhere is read from its row (``event.kind.does``), so that a new event is
one row here and, where a member of the SDK is it, its name in that member's row of the vocabulary.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.versions import SdkVersion


class Room(enum.IntEnum):
    """Whether the job has joined its room."""

    OUT = 0
    JOINED = 1
    PENDING = 2
    """Something that joins runs concurrently: unordered until it is awaited."""
    UNKNOWN = 3
    """The job was in hands that are not followed."""


class Session(enum.IntEnum):
    """Whether any session has started, and whether the one there is has ended."""

    NONE = 0
    STARTED = 1
    PENDING = 2
    UNKNOWN = 3
    ENDED = 4


class Reads(enum.Enum):
    """What is read from the arguments of a call that is an event."""

    OPTIONS = "which options it is given"
    ROOM = "whether it is given the room"
    TOPIC = "what it listens for"
    ANSWER = "whether it waits until a call is answered, without which it is no event"


class Does(NamedTuple):
    """What messages call an event, and what it does."""

    words: str
    """As Python spells it."""
    words_in_node: str = ""
    """Empty where that is the same in camelCase."""
    room: Room | None = None
    """The state of the room that it leads to, unless the room is joined already; None leaves it."""
    since: Change | None = None
    """The SDK change from which on it does something to the room."""
    session: Session | None = None
    """The state of the session that it leads to; None leaves it. Only a session that has started can end."""
    plainly: bool = False
    """It joins the room and does nothing after it: until the next await nothing can be lost."""
    needs_room: bool = False
    """It is of use in the room only."""
    waits: bool = False
    """It waits for somebody in the room, and outside it raises."""
    dials: bool = False
    """When it is done, somebody has answered a call and speaks."""
    makes_session: bool = False
    registers_callback: bool = False
    """What it is handed runs when the job shuts down."""
    shuts: bool = False
    """It tells the job to shut down."""
    leaves: bool = False
    """It takes the job out of its room, or ends the room."""
    answers: bool = False
    """It accepts or rejects the request for the job."""
    lasts: bool = False
    """It ends only with the job."""
    bars: bool = False
    """Nothing arrives behind it."""
    reads: Reads | None = None

    @property
    def starts(self) -> bool:
        """It starts a session."""
        return self.session is Session.STARTED

    def joins(self, sdk: SdkVersion) -> bool:
        """It joins the room in a release, or may do so, if nothing has joined it yet."""
        return self.room is not None and (self.since is None or bool(sdk.has(self.since)))


class Kind(str, enum.Enum):
    """What can happen to a job. The values are names that stay; ``does`` is the row.

    They are texts because those know their hashes: every state that is looked up asks for some.
    """

    does: Does

    def __new__(cls, name: str, does: Does) -> Kind:
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.does = does
        return kind

    CONNECT = "connect", Does("ctx.connect()", room=Room.JOINED, plainly=True, reads=Reads.OPTIONS)
    JOIN = "join", Does("a function that joins the room", room=Room.JOINED, plainly=True)
    """By the settings."""
    START = "start", Does("session.start()", session=Session.STARTED, reads=Reads.ROOM)
    START_IN_ROOM = (
        "start-in-room",
        Does(
            "session.start(room=…)",
            "session.start({ room })",
            room=Room.JOINED,
            since=Change.START_CONNECTS,
            session=Session.STARTED,
        ),
    )
    START_MAYBE_IN_ROOM = (
        "start-maybe-in-room",
        Does(
            "session.start(**…)",
            "session.start(…)",
            room=Room.UNKNOWN,
            since=Change.START_CONNECTS,
            session=Session.STARTED,
        ),
    )
    WAIT = (
        "wait",
        Does("ctx.wait_for_participant()", room=Room.JOINED, since=Change.WAIT_CONNECTS, needs_room=True, waits=True),
    )
    WAIT_IN_ROOM = "wait-in-room", Does("utils.wait_for_participant()", needs_room=True, waits=True)
    DIAL = "dial", Does("sip.create_sip_participant()", dials=True, reads=Reads.ANSWER)
    LISTEN = "listen", Does("room.on()", reads=Reads.TOPIC)
    ROOM_USE = "room-use", Does("a use of the room", needs_room=True)
    PUBLISH = "publish", Does("publishing into the room")
    AVATAR_START = "avatar-start", Does("avatar.start()", needs_room=True)
    SETUP = "setup", Does("setting up a model")
    CALLBACK = "callback", Does("ctx.add_shutdown_callback()", registers_callback=True)
    ENTRYPOINT = "entrypoint", Does("ctx.add_participant_entrypoint()")
    SESSION_MADE = "session-made", Does("AgentSession()", "new AgentSession()", makes_session=True)
    SESSION_USE = "session-use", Does("a use of the session")
    SESSION_LISTEN = "session-listen", Does("session.on()", reads=Reads.TOPIC)
    SESSION_CLOSE = "session-close", Does("session.aclose()", "session.close()", session=Session.ENDED)
    AGENT_READ = "agent-read", Does("a read of what the agent's session holds")
    AGENT_OPTIONS = "agent-options", Does("agent.update_options()")
    SHUTDOWN = "shutdown", Does("ctx.shutdown()", shuts=True)
    LEAVE = "leave", Does("leaving the room", leaves=True)
    ANSWER = "answer", Does("request.accept()", answers=True)
    """Or a rejection."""
    RETURN = "return", Does("return")
    """An explicit one, in the entry function itself."""
    ENDLESS = "endless", Does("an endless wait", lasts=True)
    LOOP = "loop", Does("an endless loop", bars=True)
    """It happens to no job: it is what the state behind one says of it."""
    ASKED = "asked", Does("room.isconnected()", "room.isConnected", room=Room.UNKNOWN)
    """The code asks whether the room is joined: what it does next depends on the answer, which is not followed."""


LOST_EVENTS = frozenset({"data_received", "sip_dtmf_received", "text stream", "byte stream"})
"""What a listener listens for that nobody can ask for afterwards."""
LEAVING_EVENTS = frozenset({"participant_disconnected"})
"""Listeners that miss who leaves before, for which there has to be time."""
SCANNED_EVENTS = frozenset({"participant_connected", "track_published", "track_subscribed"})
"""Listeners that miss only what a look at ``remote_participants`` finds."""

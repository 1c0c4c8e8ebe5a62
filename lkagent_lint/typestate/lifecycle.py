"""The automaton of a job: is the room joined, by what, and has a session started?

One automaton serves every rule of order. It is data: a table says what each event does, gated by SDK version, and a
rule asks in which states an event was reached.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
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
    """Whether any session has started."""

    NONE = 0
    STARTED = 1
    PENDING = 2
    UNKNOWN = 3


class Kind(str, enum.Enum):
    """What can happen to a job. The values are the words used in messages.

    They are texts because those know their hashes: every state that is looked up asks for some.
    """

    CONNECT = "ctx.connect()"
    JOIN = "a function that joins the room"
    """By the settings."""
    START = "session.start()"
    START_IN_ROOM = "session.start(room=…)"
    START_MAYBE_IN_ROOM = "session.start(**…)"
    WAIT = "ctx.wait_for_participant()"
    WAIT_IN_ROOM = "utils.wait_for_participant()"
    LISTEN = "room.on()"
    ROOM_USE = "a use of the room"
    AVATAR_START = "avatar.start()"
    SETUP = "setting up a model"
    CALLBACK = "ctx.add_shutdown_callback()"
    ENTRYPOINT = "ctx.add_participant_entrypoint()"
    SESSION_MADE = "AgentSession()"
    SESSION_USE = "a use of the session"
    SESSION_LISTEN = "session.on()"
    SHUTDOWN = "ctx.shutdown()"
    ANSWER = "request.accept()"
    """Or a rejection."""
    RETURN = "return"
    """An explicit one, in the entry function itself."""
    ENDLESS = "an endless wait"
    LOOP = "an endless loop"
    """It happens to no job: it is what the state behind one says of it."""
    ASKED = "room.isconnected()"
    """The code asks whether the room is joined: what it does next depends on the answer, which is not followed."""


class Event(NamedTuple):
    """One event at one place."""

    kind: Kind
    place: Place
    bare: bool = True
    """CONNECT: it has no arguments at all. SETUP, CALLBACK: nothing that comes later is needed for it."""
    detail: str = ""
    """LISTEN, SESSION_LISTEN: the event or topic listened for. ROOM_USE, SESSION_USE, SETUP: what is used or made.
    CONNECT: its options that are surely no defaults.
    """
    given: tuple[str, ...] = ()
    """CONNECT: how the values of these options are spelled; empty texts where they are not names or literals."""


class Site(NamedTuple):
    """A step in a function, for messages."""

    place: Place
    function: str


class Origin(NamedTuple):
    """What joined the room first on a path, or waited."""

    event: Event
    lead: Site
    """The step that led to it in the deepest function through which what follows is reached too."""


class Pending(NamedTuple):
    """An effect that runs concurrently, and the state it leaves."""

    key: tuple[object, int]
    room: Room
    origin: Origin | None
    session: Session


class State(NamedTuple):
    """What is known of a job at one point of one path."""

    room: Room = Room.OUT
    session: Session = Session.NONE
    origin: Origin | None = None
    """None where the room is not joined, or where it is not known what joined it first."""
    awaited: Place | None = None
    """The first await since the room was joined by a plain connect: from there on events can be lost."""
    used: Event | None = None
    """The first use of the room since then."""
    waited_for: Origin | None = None
    """The first wait for a participant before any session has started, in a room joined by a connect with options."""
    endless: Origin | None = None
    """The first wait that nothing ends but the end of the job, or the endless loop behind which this is."""
    sessions: int = 0
    """How many sessions were made on the path; 2 stands for more."""
    shut: bool = False
    """The job has been told to shut down."""
    answered: bool = False
    """The request for the job has been accepted or rejected."""
    beside: bool = False
    """In a task: the job goes on meanwhile, so what has not happened yet may have happened all the same."""
    exceptional: bool = False
    """The path took an exception edge, which alone makes no finding."""
    pending: frozenset[Pending] = frozenset()


START_STATE = State()
LOST_STATE = State(room=Room.UNKNOWN, session=Session.UNKNOWN)


class Effect(NamedTuple):
    """What an event does: the room and session states it leads to; None leaves them."""

    room: Room | None = None
    session: Session | None = None
    since: Change | None = None
    """The SDK change from which on it joins the room."""


AUTOMATON: dict[Kind, Effect] = {
    Kind.CONNECT: Effect(room=Room.JOINED),
    Kind.JOIN: Effect(room=Room.JOINED),
    Kind.START: Effect(session=Session.STARTED),
    Kind.START_IN_ROOM: Effect(room=Room.JOINED, session=Session.STARTED, since=Change.START_CONNECTS),
    Kind.START_MAYBE_IN_ROOM: Effect(room=Room.UNKNOWN, session=Session.STARTED, since=Change.START_CONNECTS),
    Kind.WAIT: Effect(room=Room.JOINED, since=Change.WAIT_CONNECTS),
    Kind.WAIT_IN_ROOM: Effect(),
    Kind.LISTEN: Effect(),
    Kind.ROOM_USE: Effect(),
    Kind.AVATAR_START: Effect(),
    Kind.SETUP: Effect(),
    Kind.CALLBACK: Effect(),
    Kind.ENDLESS: Effect(),
    Kind.LOOP: Effect(),
    Kind.ENTRYPOINT: Effect(),
    Kind.SESSION_MADE: Effect(),
    Kind.SESSION_USE: Effect(),
    Kind.SESSION_LISTEN: Effect(),
    Kind.SHUTDOWN: Effect(),
    Kind.ANSWER: Effect(),
    Kind.RETURN: Effect(),
    Kind.ASKED: Effect(room=Room.UNKNOWN),
}
"""Python (python-sdk.md 0, A5): start(room=) joins since 1.1.0, wait_for_participant since 1.5.2."""

LOST_EVENTS = frozenset({"data_received", "sip_dtmf_received", "text stream", "byte stream"})
"""What a listener listens for that nobody can ask for afterwards."""
SCANNED_EVENTS = frozenset({"participant_connected", "track_published", "track_subscribed"})
"""Listeners that miss only what a look at ``remote_participants`` finds."""

PLAIN_JOINS = frozenset({Kind.CONNECT, Kind.JOIN})
"""What joins the room and does nothing after it: until the next await nothing can be lost."""
_NEEDS_ROOM = frozenset({Kind.WAIT, Kind.WAIT_IN_ROOM, Kind.ROOM_USE, Kind.AVATAR_START})
_WAITS = frozenset({Kind.WAIT, Kind.WAIT_IN_ROOM})


def joins(kind: Kind, sdk: SdkVersion) -> bool:
    """Whether an event joins the room in an SDK version, if nothing has joined it yet."""
    effect = AUTOMATON[kind]
    return effect.room is Room.JOINED and (effect.since is None or bool(sdk.has(effect.since)))


def after(state: State, event: Event, lead: Site, sdk: SdkVersion) -> State:
    """The state behind an event."""
    effect = AUTOMATON[event.kind]
    room, origin = state.room, state.origin
    if effect.room is not None and (effect.since is None or sdk.has(effect.since)) and room is not Room.JOINED:
        origin = Origin(event, lead) if room is Room.OUT and effect.room is Room.JOINED else None
        room = effect.room
    elif event.kind in _WAITS and room is Room.OUT:
        room = Room.UNKNOWN  # it raises: what follows is not this job's usual course
    used = state.used
    if used is None and event.kind in _NEEDS_ROOM and state.origin is not None:
        used = event
    waited_for = state.waited_for
    if waited_for is None and event.kind is Kind.WAIT and state.session is Session.NONE and _has_options(state.origin):
        waited_for = Origin(event, lead)
    endless = Origin(event, lead) if event.kind is Kind.ENDLESS and state.endless is None else state.endless
    session = state.session if effect.session is None else effect.session
    return state._replace(
        room=room,
        origin=origin,
        session=session,
        used=used,
        waited_for=waited_for,
        endless=endless,
        sessions=min(state.sessions + 1, 2) if event.kind is Kind.SESSION_MADE else state.sessions,
        shut=state.shut or event.kind is Kind.SHUTDOWN,
        answered=state.answered or event.kind is Kind.ANSWER,
    )


def _has_options(origin: Origin | None) -> bool:
    return origin is not None and origin.event.kind is Kind.CONNECT and not origin.event.bare


def waited(state: State, place: Place) -> State:
    """The state behind an await that may let other tasks run."""
    if state.awaited is None and state.origin is not None and state.origin.event.kind in PLAIN_JOINS:
        return state._replace(awaited=place)
    return state


def lost(state: State) -> State:
    """The state behind a callee that is not followed and could do anything to the job."""
    room = state.room if state.room is Room.JOINED else Room.UNKNOWN
    session = state.session if state.session is Session.STARTED else Session.UNKNOWN
    return state._replace(room=room, session=session)


def behind_loop(state: State, event: Event, lead: Site) -> State:
    """The state of what stands behind an endless loop that is entered in a state.

    Nothing arrives there, so nothing else is known there, and nothing changes it.
    """
    if is_behind_loop(state):
        return state
    return State(endless=Origin(event, lead), beside=state.beside, exceptional=state.exceptional)


def is_behind_loop(state: State) -> bool:
    return state.endless is not None and state.endless.event.kind is Kind.LOOP


def arriving(states: frozenset[State]) -> frozenset[State]:
    """Those that a path really arrives in."""
    return frozenset(each for each in states if not is_behind_loop(each))


def concurrent(state: State, ends: frozenset[State], key: tuple[object, int]) -> frozenset[State]:
    """The states while an effect runs concurrently that would lead from ``state`` to one of ``ends``."""
    found: set[State] = set()
    state = state._replace(answered=state.answered or (bool(ends) and all(end.answered for end in ends)))
    for end in ends:
        room, session = state.room, state.session
        if end.room is not room and room is not Room.UNKNOWN:
            room = Room.PENDING
        if end.session is not session and session is not Session.UNKNOWN:
            session = Session.PENDING
        if (room, session) == (state.room, state.session):
            found.add(state)
        else:
            pending = Pending(key, end.room, end.origin, end.session)
            found.add(state._replace(room=room, session=session, pending=state.pending | {pending}))
    return frozenset(found)


def joined(state: State, keys: frozenset[tuple[object, int]]) -> State:
    """The state once the effects with these keys have been awaited.

    Where several effects that join the room run at once, it is not known which of them joined it.
    """
    ended = [each for each in state.pending if each.key in keys]
    if not ended:
        return state
    joiners = [each for each in state.pending if each.room is Room.JOINED]
    room, origin, session = state.room, state.origin, state.session
    for each in ended:
        if room is Room.PENDING and each.room is not Room.OUT:
            room = each.room
            origin = each.origin if len(joiners) == 1 else None
        if session is Session.PENDING and each.session is not Session.NONE:
            session = each.session
    return state._replace(room=room, origin=origin, session=session, pending=state.pending.difference(ended))


def settled(state: State, outer: frozenset[Pending]) -> State:
    """The state for a caller: what a callee left running, and did not hand over, stays unordered for good.

    ``outer`` is what already ran when the callee was called; its caller may still await that.
    """
    if state.pending <= outer:
        return state
    kept = state.pending & outer
    room, session = state.room, state.session
    if room is Room.PENDING and all(each.room is Room.OUT for each in kept):
        room = Room.UNKNOWN
    if session is Session.PENDING and all(each.session is Session.NONE for each in kept):
        session = Session.UNKNOWN
    return state._replace(room=room, session=session, pending=kept)

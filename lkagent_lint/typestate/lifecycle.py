"""The states of a job: is the room joined, by what, and has a session started?

One automaton serves every rule of order. Its events are data (``automaton.py``), gated by SDK version; here is what
follows from a row, and a rule asks in which states an event was reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.typestate.automaton import Kind, Reads, Room, Session


class Event(NamedTuple):
    """One event at one place."""

    kind: Kind
    place: Place
    bare: bool = False
    """What reads options: it is called with no arguments at all."""
    detail: str = ""
    """What reads options: those that are surely no defaults. What reads a topic: the event or topic listened for.
    Otherwise what is used or made.
    """
    given: tuple[str, ...] = ()
    """What reads options: how their values are spelled; empty texts where they are not names or literals."""
    could_be_earlier: bool = True
    """Nothing is needed for it that is only known later."""
    takes_long: bool = False
    """It is awaited until a call is answered or something has been said: people may leave meanwhile."""

    @property
    def has_options(self) -> bool:
        """It may be given more than defaults."""
        return self.kind.does.reads is Reads.OPTIONS and not self.bare


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
    """OUT where it changes nothing."""
    origin: Origin | None
    session: Session
    """NONE where it changes nothing."""
    begun: bool = True
    """It runs, and does not only wait for its await: the job's own awaits let it go on."""
    awaited: Place | None = None
    used: Event | None = None
    waited_for: Origin | None = None
    """The same as the state's, where it adds them; found only where its await is."""


class State(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
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
    dialled: Origin | None = None
    """The first call that was answered before any session has started."""
    lasted: Place | None = None
    """The first event in the room that takes long."""
    endless: Origin | None = None
    """The first wait that nothing ends but the end of the job, or the endless loop behind which this is."""
    sessions: int = 0
    """How many sessions were made on the path; 2 stands for more."""
    shut: bool = False
    """The job has been told to shut down, or something beside it may tell it."""
    left: bool = False
    """The job has left its room, or the room was deleted."""
    answered: bool = False
    """The request for the job has been accepted or rejected."""
    shared: bool = False
    """Somebody who is not followed was given the room, or a way to the job, and may join at any time from here on."""
    beside: bool = False
    """In a task: the job goes on meanwhile, so what has not happened yet may have happened all the same."""
    exceptional: bool = False
    """The path took an exception edge, which alone makes no finding."""
    pending: frozenset[Pending] = frozenset()

    @property
    def has_options(self) -> bool:
        """The room was joined by a connect that may be given more than defaults."""
        return self.origin is not None and self.origin.event.has_options

    @property
    def notes_wait(self) -> bool:
        """The next await is the first since the room was joined by a plain connect."""
        if self.awaited is not None or (self.origin is None and not self.pending):
            return False
        origins = (self.origin, *(each.origin for each in self.pending if each.begun))
        return any(each is not None and each.event.kind.does.plainly for each in origins)

    @property
    def is_lost(self) -> bool:
        """A callee that is not followed changes nothing of what is known."""
        return self.room in _FOUND and self.session in _RUNS


_FOUND = (Room.JOINED, Room.UNKNOWN)
_RUNS = (Session.STARTED, Session.UNKNOWN)

_Noted = TypeVar("_Noted", Event, Origin)
START_STATE = State()
LOST_STATE = State(room=Room.UNKNOWN, session=Session.UNKNOWN)


def after(state: State, event: Event, lead: Site, sdk: SdkVersion) -> State:
    """The state behind an event."""
    does = event.kind.does
    room, origin = state.room, state.origin
    if does.room is not None and does.joins(sdk) and room is not Room.JOINED:
        origin = Origin(event, lead) if room is Room.OUT and does.room is Room.JOINED else None
        room = does.room
    elif does.waits and room is Room.OUT:
        room = Room.UNKNOWN  # it raises: what follows is not this job's usual course
    used = state.used
    if used is None and does.needs_room and state.origin is not None:
        used = event
    waited_for = state.waited_for
    if waited_for is None and does.waits and state.session is Session.NONE and state.has_options:
        waited_for = Origin(event, lead)
    dialled = state.dialled
    if dialled is None and does.dials and state.session is Session.NONE:
        dialled = Origin(event, lead)
    return replace(
        state,
        room=room,
        origin=origin,
        session=_session_after(state, does.session),
        used=used,
        waited_for=waited_for,
        dialled=dialled,
        lasted=event.place if event.takes_long and room is Room.JOINED and state.lasted is None else state.lasted,
        endless=Origin(event, lead) if does.lasts and state.endless is None else state.endless,
        sessions=min(state.sessions + does.makes_session, 2),
        shut=state.shut or does.shuts,
        left=state.left or does.leaves,
        answered=state.answered or does.answers,
    )


def _session_after(state: State, led_to: Session | None) -> Session:
    """One of several sessions that ends leaves it open whether another one runs."""
    if led_to is None or (led_to is Session.ENDED and state.session is not Session.STARTED):
        return state.session
    return Session.UNKNOWN if led_to is Session.ENDED and state.sessions > 1 else led_to


def waited(state: State, place: Place) -> State:
    """The state behind an await that may let other tasks run."""
    return replace(state, awaited=place) if state.notes_wait else state


def lost(state: State) -> State:
    """The state behind a callee that is not followed and could do anything to the job."""
    if state.is_lost:
        return state
    room = state.room if state.room is Room.JOINED else Room.UNKNOWN
    session = state.session if state.session is Session.STARTED else Session.UNKNOWN
    return replace(state, room=room, session=session)


def perhaps_joined(state: State, *, started: bool) -> State:
    """The state behind a callee that is not followed and was given the room: it may have joined it, and, where it was
    told to start, may have been a session.
    """
    room = Room.UNKNOWN if state.room is Room.OUT else state.room
    session = Session.UNKNOWN if started and state.session is Session.NONE else state.session
    return replace(state, room=room, session=session, shared=True)


def shared(state: State) -> State:
    """The state behind somebody who is not followed, does nothing yet that is waited for, and may do it later."""
    return replace(state, shared=True)


def behind_loop(state: State, event: Event, lead: Site) -> State:
    """The state of what stands behind an endless loop that is entered in a state.

    Nothing arrives there, so nothing else is known there, and nothing changes it.
    """
    if is_behind_loop(state):
        return state
    return State(endless=Origin(event, lead), beside=state.beside, exceptional=state.exceptional)


def is_behind_loop(state: State) -> bool:
    return state.endless is not None and state.endless.event.kind.does.bars


def arriving(states: Iterable[State]) -> tuple[State, ...]:
    """Those that a path really arrives in."""
    return tuple(each for each in states if not is_behind_loop(each))


def concurrent(
    state: State, ends: tuple[State, ...], key: tuple[object, int], *, begun: bool, is_awaited: bool
) -> tuple[State, ...]:
    """The states while an effect runs concurrently that would lead from ``state`` to one of ``ends``. ``begun``: it
    runs already; ``is_awaited``: the function awaits it somewhere.

    What may end the job counts as if it had: nothing is said of a job that goes on then.
    """
    state = replace(
        state,
        answered=state.answered or (bool(ends) and all(end.answered for end in ends)),
        shut=state.shut or any(end.shut for end in ends),
        left=state.left or any(end.left for end in ends),
        shared=state.shared or any(end.shared for end in ends),
    )
    found: dict[State, None] = {}
    for end in ends:
        pending = _pending(state, end, key, begun=begun, is_awaited=is_awaited)
        if pending == Pending(key, Room.OUT, None, Session.NONE, begun):
            found[state] = None
            continue
        room = state.room if pending.room is Room.OUT else Room.PENDING
        session = state.session if pending.session is Session.NONE else Session.PENDING
        found[replace(state, room=room, session=session, pending=state.pending | {pending})] = None
    return tuple(found)


def _pending(state: State, end: State, key: tuple[object, int], *, begun: bool, is_awaited: bool) -> Pending:
    joins = end.room is not state.room and state.room is not Room.UNKNOWN
    begins = end.session is not state.session and state.session is not Session.UNKNOWN
    return Pending(
        key,
        end.room if joins else Room.OUT,
        end.origin if joins else None,
        end.session if begins else Session.NONE,
        begun,
        end.awaited if is_awaited and state.awaited is None else None,
        end.used if is_awaited and state.used is None else None,
        end.waited_for if is_awaited and state.waited_for is None else None,
    )


def joined(state: State, keys: frozenset[tuple[object, int]]) -> State:
    """The state once the effects with these keys have been awaited.

    Where several effects that join the room run at once, it is not known which of them joined it.
    """
    ended = [each for each in state.pending if each.key in keys]
    if not ended:
        return state
    ended.sort(key=lambda each: repr((each.room, each.session, each.origin)))  # whatever the order of the set is
    joiners = [each for each in state.pending if each.room is Room.JOINED]
    room, origin, session = state.room, state.origin, state.session
    for each in ended:
        if room is Room.PENDING and each.room is not Room.OUT:
            room = each.room
            origin = each.origin if len(joiners) == 1 else None
        if session is Session.PENDING and each.session is not Session.NONE:
            session = each.session
    return replace(
        state,
        room=room,
        origin=origin,
        session=session,
        awaited=state.awaited or min((each.awaited for each in ended if each.awaited is not None), default=None),
        used=_first(state.used, (each.used for each in ended)),
        waited_for=_first(state.waited_for, (each.waited_for for each in ended)),
        pending=state.pending.difference(ended),
    )


def _first(known: _Noted | None, others: Iterable[_Noted | None]) -> _Noted | None:
    """What is known, or the first of the others in an order that does not depend on hashing."""
    return known or min((each for each in others if each is not None), default=None, key=repr)


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
    return replace(state, room=room, session=session, pending=kept)

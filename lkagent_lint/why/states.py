"""A job's states before an event, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.typestate.automaton import Room, Session
from lkagent_lint.typestate.lifecycle import State, is_behind_loop


class Before(NamedTuple):
    """What is known before an event."""

    known: bool
    """Whether the room is joined and a session has started, on every path that tells anything."""
    beside: bool
    """It is reached in tasks beside the job's own course only."""
    words: tuple[str, ...]
    """Sentences about every state that the event is reached in: what must be so, and what may be."""


def before(states: Iterable[State], show: Callable[[Place], str]) -> Before:
    """What every state that an event is reached in says together; ``show`` names a place."""
    # A path that took an exception edge makes no finding by itself.
    usual = [each for each in states if not each.exceptional]
    if not usual:
        said = "it is reached only after something was raised: no rule judges such a path by itself"
        return Before(known=True, beside=False, words=(said,))
    if all(map(is_behind_loop, usual)):
        said = "it stands behind a loop that never ends: nothing arrives there"
        return Before(known=True, beside=False, words=(said,))
    known = not any(each.room is Room.UNKNOWN or each.session is Session.UNKNOWN for each in usual)
    return Before(known, all(each.beside for each in usual), tuple(_in_words(usual, show)))


def _in_words(usual: Sequence[State], show: Callable[[Place], str]) -> Iterator[str]:
    origins = {each.origin.lead.place for each in usual if each.origin is not None}
    by = f": by {', '.join(map(show, sorted(origins)))}" if origins else ""
    yield _room({each.room for each in usual}) + by
    yield _session({each.session for each in usual})
    awaited = {each.awaited for each in usual if each.awaited is not None}
    if awaited:
        yield f"since then something was awaited ({', '.join(map(show, sorted(awaited)))})"
    if any(each.pending for each in usual):
        yield "something that was not awaited yet runs beside it"
    if all(each.beside for each in usual):
        yield "it runs in a task beside the job's own course: nothing is said of what has not happened"
    if any(each.endless is not None for each in usual):
        yield "a wait that nothing ends comes before it"
    if any(each.left for each in usual):
        yield "the job has left its room" + ("" if all(each.left for each in usual) else " on some path")
    if any(each.shut for each in usual):
        yield "the job has been told to shut down" + ("" if all(each.shut for each in usual) else " on some path")


def _room(states: set[Room]) -> str:
    match states:
        case s if s == {Room.JOINED}:
            return "the room is joined on every path"
        case s if s == {Room.OUT}:
            return "the room is joined on no path"
        case s if Room.UNKNOWN in s:
            return "it is not known whether the room is joined" + ("" if len(s) == 1 else " on some path")
        case s if Room.PENDING in s:
            return "something that joins the room runs at the same time"
        case _:
            return "the room is joined on some paths and not on others"


def _session(states: set[Session]) -> str:
    match states:
        case s if s == {Session.STARTED}:
            return "a session has started on every path"
        case s if s == {Session.NONE}:
            return "no session has started on any path"
        case s if Session.UNKNOWN in s:
            return "it is not known whether a session has started" + ("" if len(s) == 1 else " on some path")
        case s if s == {Session.ENDED}:
            return "the session has ended on every path"
        case s if Session.ENDED in s:
            return "the session has ended on some path"
        case s if Session.PENDING in s:
            return "a session is starting at the same time"
        case _:
            return "a session has started on some paths and not on others"

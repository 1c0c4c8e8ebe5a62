"""A job's states before an event, in words."""

from __future__ import annotations

from collections.abc import Iterable

from lkagent_lint.diagnostics import Place
from lkagent_lint.questions.wording import where
from lkagent_lint.typestate.automaton import Room, Session
from lkagent_lint.typestate.lifecycle import State, is_behind_loop


def in_words(states: Iterable[State], here: Place) -> tuple[str, ...]:
    """Sentences about every state that an event is reached in: what must be so, and what may be."""
    # A path that took an exception edge makes no finding by itself.
    usual = [each for each in states if not each.exceptional]
    if not usual:
        return ("it is reached only after something was raised: no rule judges such a path by itself",)
    if all(map(is_behind_loop, usual)):
        return ("it stands behind a loop that never ends: nothing arrives there",)
    found = [_room({each.room for each in usual}), _session({each.session for each in usual})]
    origins = {each.origin.lead.place for each in usual if each.origin is not None}
    if origins:
        found[0] += f": by {', '.join(where(each, here) for each in sorted(origins))}"
    awaited = {each.awaited for each in usual if each.awaited is not None}
    if awaited:
        found.append(f"since then something was awaited ({', '.join(where(each, here) for each in sorted(awaited))})")
    if any(each.pending for each in usual):
        found.append("something that was not awaited yet runs beside it")
    if all(each.beside for each in usual):
        found.append("it runs in a task beside the job's own course: nothing is said of what has not happened")
    if any(each.endless is not None for each in usual):
        found.append("a wait that nothing ends comes before it")
    if any(each.shut for each in usual):
        found.append("the job has been told to shut down")
    return tuple(found)


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

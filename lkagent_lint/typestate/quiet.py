"""Functions that do nothing to a job but let it wait, or end what is known of it: most helpers of a large one.

What such a function does to one state, it does to all of a kind, so it is run for one of each and not for every state
that a job can be in when it calls it.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.project.things import Activation
from lkagent_lint.typestate.lifecycle import State, lost
from lkagent_lint.typestate.outcomes import Outcome


class _Kind(NamedTuple):
    """States of one kind are changed alike, and the same is noted of them."""

    notes_wait: bool
    exceptional: bool
    is_lost: bool
    is_muted: bool


class _Way(NamedTuple):
    """One way in which a function ends."""

    awaited: Place | None
    """Where it waited first, if that is worth to be known."""
    exceptional: bool
    loses: bool


class _Ways(NamedTuple):
    exits: tuple[_Way, ...]
    raises: tuple[_Way, ...]


class Quiet:
    """What is known of the activations of one job."""

    def __init__(self) -> None:
        self._known: dict[tuple[Activation, _Kind], _Ways] = {}

    def outcome(self, activation: Activation, start: State, is_muted: bool) -> Outcome | None:
        """How an activation ends that is entered in a state; None where it has to be run."""
        kind = kind_of(start, is_muted)
        ways = None if kind is None else self._known.get((activation, kind))
        if ways is None:
            return None
        return Outcome(_applied(ways.exits, start), _applied(ways.raises, start))

    def learn(self, activation: Activation, start: State, is_muted: bool, outcome: Outcome) -> None:
        """Keep how an activation ended that did nothing else to a state."""
        kind = kind_of(start, is_muted)
        if kind is None:
            return
        ways = _Ways(*(tuple(_way(each, start) for each in ends) for ends in outcome))
        if _applied(ways.exits, start) == outcome.exits and _applied(ways.raises, start) == outcome.raises:
            self._known[activation, kind] = ways


def kind_of(state: State, is_muted: bool) -> _Kind | None:
    """None for a state in which waits for ever are told apart."""
    if state.endless is not None:
        return None
    return _Kind(state.notes_wait, state.exceptional, state.is_lost, is_muted)


def _way(end: State, start: State) -> _Way:
    loses = (end.room, end.session) != (start.room, start.session)
    return _Way(end.awaited if start.notes_wait else None, end.exceptional, loses)


def _applied(ways: tuple[_Way, ...], start: State) -> tuple[State, ...]:
    """The ends of a function that is entered in a state."""
    return tuple(
        replace(
            lost(start) if each.loses else start,
            awaited=each.awaited if start.notes_wait else start.awaited,
            exceptional=each.exceptional,
        )
        for each in ways
    )

"""Steps of the lifecycle that come in an order that loses something: what rules speak of, and what others yield to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.typestate.automaton import LOST_EVENTS, SCANNED_EVENTS, Kind, Room, Session
from lkagent_lint.typestate.lifecycle import Origin, State
from lkagent_lint.typestate.solver import Reached, Solved

SCANS = frozenset(
    vocabulary.spoken(each) for each in vocabulary.TERMS.values() if each.outside is vocabulary.Outside.EMPTY
)
"""Looks at who is there already, as events call them."""


class Early(NamedTuple):
    """A step that came too early: ``origin``, before what is reached."""

    reached: Reached
    origin: Origin

    @property
    def places(self) -> tuple[Place, ...]:
        """Everything that there is to say of it stands at one of these."""
        used, awaited = self.reached.state.used, self.reached.state.awaited
        beside = [self.origin.event.place, *([used.place] if used else []), *([awaited] if awaited else [])]
        return (self.origin.lead.place, self.reached.event.place, *beside)


class Wait(NamedTuple):
    """A wait for a participant that needs the room, on one path, and the release that the job is for."""

    reached: Reached
    version: str

    @property
    def is_outside(self) -> bool:
        return is_outside(self.reached.state)


def is_outside(state: State) -> bool:
    """Nothing has joined the room yet, for sure: a task beside the job's course may come to its step later."""
    return state.room is Room.OUT and not state.beside


class StepOrder:
    """The order of the steps in one project's jobs."""

    def __init__(self, solved: Sequence[Solved]) -> None:
        self._solved = solved

    @cached_property
    def connects_before_start(self) -> tuple[Early, ...]:
        """Plain connects before any session has started, each with the start that follows: where several paths reach
        one, with that after which the most careful advice is due.
        """
        worst: dict[Place, Early] = {}
        for solved in self._solved:
            if solved.job.sdk.has(Change.START_CONNECTS):
                for reached in solved.reached:
                    origin = reached.state.origin
                    if reached.event.kind is Kind.START_IN_ROOM and origin is not None and _is_early(reached, origin):
                        found = Early(reached, origin)
                        known = worst.setdefault(origin.lead.place, found)
                        if _weight(reached.state) > _weight(known.reached.state):
                            worst[origin.lead.place] = found
        return tuple(worst.values())

    @cached_property
    def waits_before_start(self) -> tuple[Early, ...]:
        """Waits for a participant before any session has started, in a room that a connect with options joined."""
        return tuple(
            Early(reached, reached.state.waited_for)
            for solved in self._solved
            for reached in solved.reached
            if reached.event.kind is Kind.START_IN_ROOM
            and reached.state.waited_for is not None
            and reached.state.session is Session.NONE
            and not reached.state.exceptional
        )

    @cached_property
    def waits_outside(self) -> tuple[tuple[Wait, ...], ...]:
        """Waits that raise outside the room and that some path reaches there: every way to each of them."""
        raising: dict[Place, list[Wait]] = defaultdict(list)
        for solved in self._solved:
            sdk = solved.job.sdk
            for reached in solved.reached:
                does = reached.event.kind.does
                if does.waits and not does.joins(sdk):
                    raising[reached.event.place].append(Wait(reached, sdk.version))
        return tuple(
            tuple(ways)
            for ways in raising.values()
            if any(each.is_outside and not each.reached.state.exceptional for each in ways)
        )

    @cached_property
    def waits_that_join(self) -> tuple[Early, ...]:
        """Waits that join the room themselves, with what should have come before that."""
        return tuple(
            Early(reached, origin)
            for solved in self._solved
            if solved.job.sdk.has(Change.WAIT_CONNECTS)
            for reached in _too_late(solved)
            if (origin := reached.state.origin) is not None
            and origin.event.kind.does.waits
            and reached.state.session is Session.NONE
            and not reached.state.exceptional
        )

    @cached_property
    def spoken_of(self) -> frozenset[Place]:
        """Where the rules speak of all these."""
        early = (*self.connects_before_start, *self.waits_before_start, *self.waits_that_join)
        waits = (ways[0].reached.event.place for ways in self.waits_outside)
        return frozenset((*(place for each in early for place in each.places), *waits))


def _is_early(reached: Reached, origin: Origin) -> bool:
    state, event = reached.state, origin.event
    return event.bare and state.session is Session.NONE and not state.exceptional


def _weight(state: State) -> int:
    return 2 if state.used is not None else 1 if state.awaited is not None else 0


def _too_late(solved: Solved) -> Iterator[Reached]:
    """The listeners whose events a joined room has sent already, and the starts."""
    scans = any(each.event.detail in SCANS for each in solved.reached)
    for reached in solved.reached:
        event = reached.event
        if event.kind is Kind.LISTEN:
            if event.detail in LOST_EVENTS or (event.detail in SCANNED_EVENTS and not scans):
                yield reached
        elif event.kind is Kind.START_IN_ROOM:
            yield reached

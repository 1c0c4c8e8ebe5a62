"""Steps of the lifecycle that come in an order that loses something: what rules speak of, and what others yield to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.records import Project
from lkagent_lint.questions.listeners import Listeners
from lkagent_lint.questions.looking import Looking
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.typestate.automaton import LEAVING_EVENTS, LOST_EVENTS, SCANNED_EVENTS, Kind, Room, Session
from lkagent_lint.typestate.lifecycle import Event, Origin, State
from lkagent_lint.typestate.solver import Reached, Solved

_OUTSIDE = {vocabulary.spoken(each): each.outside for each in vocabulary.TERMS.values() if each.outside is not None}


def raises(outside: vocabulary.Outside, *, in_node: bool) -> bool:
    """Such a use of the room raises outside it, and does not only give nothing."""
    return outside is vocabulary.Outside.REFUSES or (outside is vocabulary.Outside.RAISES and not in_node)


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


class Way(NamedTuple):
    """One state in which a job reaches an event."""

    reached: Reached
    solved: Solved

    @property
    def event(self) -> Event:
        return self.reached.event

    @property
    def state(self) -> State:
        return self.reached.state

    @property
    def sdk(self) -> SdkVersion:
        """That the job is for."""
        return self.solved.job.sdk

    @property
    def is_outside(self) -> bool:
        """Nothing has joined the room yet, for sure: a task beside the job's course may come to its step later, and
        others who have the room may have joined it meanwhile.
        """
        return self.state.room is Room.OUT and not self.state.beside and not self.state.shared

    @property
    def is_ordinary(self) -> bool:
        """No exception led here."""
        return not self.state.exceptional


class StepOrder:
    """The order of the steps in one project's jobs."""

    def __init__(self, project: Project, solved: Sequence[Solved], listeners: Listeners) -> None:
        self._project = project
        self._solved = solved
        self._listeners = listeners

    def ways(self, wanted: Callable[[Way], object]) -> dict[Place, list[Way]]:
        """Every way in which jobs reach an event that is wanted, by the event's place."""
        found: dict[Place, list[Way]] = defaultdict(list)
        for solved in self._solved:
            for way in (Way(reached, solved) for reached in solved.reached):
                if wanted(way):
                    found[way.event.place].append(way)
        return found

    def misses(self, event: Event) -> bool:
        """It is a listener, and what it listens for is lost if it has happened in the room before."""
        if event.kind is not Kind.LISTEN:
            return False
        return event.detail in LOST_EVENTS or (event.detail in SCANNED_EVENTS and not self._looking.makes_up_for(event))

    def misses_who_left(self, event: Event) -> bool:
        """It is a listener for those who leave, and nothing looks at who is still there."""
        return event.kind is Kind.LISTEN and event.detail in LEAVING_EVENTS and not self._looking.makes_up_for(event)

    @cached_property
    def _looking(self) -> Looking:
        return Looking(self._project, self._solved, self._listeners, self._uses_before_joining)

    @cached_property
    def _uses_before_joining(self) -> frozenset[Place]:
        """Where every job that comes there uses the room before it has joined it, and so sees nobody."""
        uses = self.ways(lambda way: way.event.kind is Kind.ROOM_USE)
        return frozenset(place for place, ways in uses.items() if all(each.is_outside for each in ways))

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
                        if _is_all_prepared(reached, origin, solved):
                            continue
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
    def waits_outside(self) -> tuple[tuple[Way, ...], ...]:
        """Waits that raise outside the room and that some path reaches there: every way to each of them."""
        raising = self.ways(lambda way: way.event.kind.does.waits and not way.event.kind.does.joins(way.sdk))
        found = (tuple(ways) for ways in raising.values())
        return tuple(ways for ways in found if any(each.is_outside and each.is_ordinary for each in ways))

    @cached_property
    def uses_outside(self) -> tuple[tuple[vocabulary.Outside, tuple[Way, ...]], ...]:
        """Uses of the room that raise outside it, where every way leads there outside, and others that give nothing
        there, where one does: every way to each of them.
        """
        uses = self.ways(lambda way: way.event.kind is Kind.ROOM_USE and way.event.detail in _OUTSIDE)
        found: list[tuple[vocabulary.Outside, tuple[Way, ...]]] = []
        for place, ways in uses.items():
            outside = _OUTSIDE[ways[0].event.detail]
            if raises(outside, in_node=place.path.endswith(SCRIPTS)):
                is_one = all(each.is_outside for each in ways)
            else:
                is_one = any(each.is_outside and each.is_ordinary for each in ways)
            if is_one:
                found.append((outside, tuple(ways)))
        return tuple(found)

    @cached_property
    def waits_that_join(self) -> tuple[Early, ...]:
        """Waits that join the room themselves, with what should have come before that."""
        return tuple(
            Early(reached, origin)
            for solved in self._solved
            if solved.job.sdk.has(Change.WAIT_CONNECTS)
            for reached in solved.reached
            if (reached.event.kind is Kind.START_IN_ROOM or self.misses(reached.event))
            and (origin := reached.state.origin) is not None
            and origin.event.kind.does.waits
            and reached.state.session is Session.NONE
            and not reached.state.exceptional
        )

    @cached_property
    def spoken_of(self) -> frozenset[Place]:
        """Where the rules speak of all these."""
        early = (*self.connects_before_start, *self.waits_before_start, *self.waits_that_join)
        waits = (ways[0].event.place for ways in self.waits_outside)
        return frozenset((*(place for each in early for place in each.places), *waits))


def _is_early(reached: Reached, origin: Origin) -> bool:
    state, event = reached.state, origin.event
    return event.bare and state.session is Session.NONE and not state.exceptional


def _is_all_prepared(reached: Reached, origin: Origin, solved: Solved) -> bool:
    """What lies between is only an avatar, which has to be in the room before the session: all that could come before
    the room was joined has come before.
    """
    used = reached.state.used
    if used is None or used.kind is not Kind.AVATAR_START:
        return False
    prepared = (Kind.SETUP, Kind.SESSION_MADE, Kind.LISTEN)
    return not any(
        each.event.kind in prepared and each.event.could_be_earlier and each.state.origin == origin
        for each in solved.reached
    )


def _weight(state: State) -> int:
    return 2 if state.used is not None else 1 if state.awaited is not None else 0

"""What comes after the end of a session, or after the room was left: in the job's own course, and in what runs then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.questions.handlers import Handled, Handlers
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.steps import StepOrder, Way
from lkagent_lint.sources.sdk.vocabulary import Role
from lkagent_lint.typestate.automaton import Does, Session
from lkagent_lint.typestate.lifecycle import Event, State
from lkagent_lint.typestate.solver import Reached

Wanted = Callable[[Event], bool]


class Late(NamedTuple):
    """A step that is surely reached only after the end."""

    event: Event
    function: str
    end: Place
    """Where the end is brought about, or where what runs then is registered."""
    handed: Handed | None = None
    """What the SDK calls at the end, where it stands in that."""

    @property
    def runs_in(self) -> str:
        """In what it runs, for messages; empty in the job's own course."""
        if self.handed is None:
            return ""
        is_callback = self.handed.hands.role is Role.SHUTDOWN
        return "a shutdown callback" if is_callback else "a listener of the session's end"


class Afterwards:
    """Answers for one project: "the session has ended" and "the room has been left" are states of its jobs."""

    def __init__(self, order: StepOrder, handlers: Handlers) -> None:
        self._order = order
        self._handlers = handlers

    def after_close(self, wanted: Wanted) -> Iterator[Late]:
        """Steps of these kinds in a job's own course, where every way there has closed the session."""
        yield from self._in_course(wanted, _is_closed, lambda does: does.session is Session.ENDED)

    def after_leaving(self, wanted: Wanted) -> Iterator[Late]:
        """The same where every way there has left the room, and nothing beside the job's course might have."""
        yield from self._in_course(wanted, _has_left, lambda does: does.leaves)

    def when_closed(self, wanted: Wanted) -> Iterator[Late]:
        """Steps of these kinds in what runs when the session has been closed."""
        yield from self._in_handlers(wanted, _is_closed)

    def when_left(self, wanted: Wanted) -> Iterator[Late]:
        """The same of what runs when the room has been left."""
        yield from self._in_handlers(wanted, _has_left)

    def _in_course(
        self, wanted: Wanted, is_over: Callable[[State], bool], ends: Callable[[Does], bool]
    ) -> Iterator[Late]:
        for place, ways in self._order.ways(lambda way: wanted(way.event)).items():
            found = [(way, each) for way in ways for each in way.solved.reached if ends(each.event.kind.does)]
            # What ends it beside the job's course only may.
            sure = bool(found) and not any(each.state.beside for _, each in found)
            if sure and any(each.is_ordinary for each in ways) and all(is_over(each.state) for each in ways):
                end = before(place, (each.event.place for _, each in found))
                yield Late(ways[0].event, ways[0].reached.site.function, end)

    def _in_handlers(self, wanted: Wanted, is_over: Callable[[State], bool]) -> Iterator[Late]:
        for handled in self._handlers.at_the_end:
            for steps in _steps(handled, wanted):
                sure = all(is_over(each.state) for each in steps)
                if sure and any(not each.state.exceptional for each in steps):
                    yield Late(steps[0].event, steps[0].site.function, handled.handed.place, handled.handed)


def _steps(handled: Handled, wanted: Wanted) -> Iterable[list[Reached]]:
    """What a function reaches of these, by place."""
    found: dict[Place, list[Reached]] = defaultdict(list)
    for reached in () if handled.course is None else handled.course.reached:
        if wanted(reached.event):
            found[reached.event.place].append(reached)
    return found.values()


def _is_closed(state: State) -> bool:
    return state.session is Session.ENDED


def _has_left(state: State) -> bool:
    return state.left


def before(place: Place, found: Iterable[Place]) -> Place:
    """The last of these before a place in its file, or else the first."""
    places = sorted(found)
    return max((each for each in places if each.path == place.path and each < place), default=places[0])


def ways_before(way: Way, ends: Callable[[Does], bool]) -> Iterator[Place]:
    """Where a way's job takes such steps."""
    return (each.event.place for each in way.solved.reached if ends(each.event.kind.does))

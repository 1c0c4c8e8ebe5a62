"""Who looks at those that are in the room already, and may so make up for a listener that is registered late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, Do, Flow, Read, Step, Use
from lkagent_lint.facts.following import given_to, walk
from lkagent_lint.facts.paths import reached
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure
from lkagent_lint.questions.listeners import Listeners
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.vocabulary import Role
from lkagent_lint.typestate.lifecycle import Event
from lkagent_lint.typestate.solver import Solved

_SCANS = vocabulary.written(lambda term: term.outside is vocabulary.Outside.EMPTY)
"""Containers that say who is there already."""
_TRACK_EVENTS = frozenset({"track_published", "track_subscribed"})
_TRACKS = frozenset(
    {
        *("track_publications", "trackPublications", "tracks", "audio_tracks", "video_tracks", "audioTracks"),
        *("audioTrackPublications", "videoTrackPublications", "videoTracks", "get_track_publication"),
        *("getTrackPublication", "getTrackPublications"),
    }
)
"""What a participant has for its tracks."""
_TELLING = frozenset(
    {
        *("print", "len", "list", "sorted", "set", "tuple", "str", "repr", "bool", "enumerate", "iter", "next"),
        *("debug", "info", "warning", "warn", "error", "log", "values", "items", "keys", "from"),
        *("join", "dumps", "stringify", "format"),
    }
)
"""Calls that look no further into a participant that they are given."""


class Looking:
    """Answers for one project."""

    def __init__(
        self, project: Project, solved: Sequence[Solved], listeners: Listeners, before: frozenset[Place]
    ) -> None:
        """``before`` are the places at which every job looks before it has joined the room, and so sees nobody."""
        self._project = project
        self._solved = solved
        self._listeners = listeners
        self._before = before

    def makes_up_for(self, event: Event) -> bool:
        """Some function that a job runs which comes to a listener looks at who, or at what, it may have missed."""
        lookers = [each for each in self._lookers if _counts(event, *each)]
        if not lookers:
            return False
        entered = [frozenset((each.path, each.name) for each in solved.entered) for solved in self._solved]
        here = [any(reached.event == event for reached in solved.reached) for solved in self._solved]
        own = frozenset[tuple[str, str]]().union(*(each for each, comes in zip(entered, here, strict=True) if comes))
        others = frozenset[tuple[str, str]]().union(*entered) - own
        return any(not self._runs_in(others, own, path, flow) for path, flow in lookers)

    def _runs_in(
        self, others: frozenset[tuple[str, str]], own: frozenset[tuple[str, str]], path: str, flow: Flow
    ) -> bool:
        """A function, or the one in which it stands, is run by the other jobs alone."""
        here = (path, flow.name)
        if here in own or here in others:
            return here in others
        return bool(flow.parent) and self._runs_in(others, own, path, self._project.files[path].flows[flow.parent])

    @cached_property
    def _lookers(self) -> tuple[tuple[str, Flow], ...]:
        """The functions that look at who is there already: in the room, and before the job is over."""
        looking = [
            (path, flow)
            for path, facts in self._project.files.items()
            for flow in facts.flows.values()
            if any(step.span is None or Place(path, step.span) not in self._before for step in _looks(flow))
        ]
        if not looking:
            return ()
        handed = self._listeners.handed(Role.SHUTDOWN)
        at_the_end = {(each.path, each.flow) for found in handed for each in found.things if isinstance(each, Closure)}
        return tuple(each for each in looking if not self._runs_at_the_end(*each, at_the_end, frozenset()))

    def _runs_at_the_end(
        self, path: str, flow: Flow, callbacks: set[tuple[str, str]], asked: frozenset[tuple[str, str]]
    ) -> bool:
        """A function is a shutdown callback, stands in one, or is called by such functions only."""
        here = (path, flow.name)
        if here in callbacks:
            return True
        if flow.parent and self._runs_at_the_end(path, self._project.files[path].flows[flow.parent], callbacks, asked):
            return True
        callers = [] if here in asked else self._project.words.callers((flow.own_name,))
        return bool(callers) and all(self._runs_at_the_end(*each, callbacks, asked | {here}) for each in callers)


def _looks(flow: Flow) -> Iterator[Read]:
    """Where it reads who is there, and not only how many they are."""
    for step in flow.steps:
        if isinstance(step, Read) and isinstance(step.value, v.Attribute):
            if step.value.name in _SCANS and step.use is not Use.COUNTED:
                yield step


def _counts(event: Event, path: str, flow: Flow) -> bool:
    """What a function sees there makes up for what a listener has missed."""
    if event.detail in _TRACK_EVENTS and not _sees_tracks(flow):
        return False
    listens = next((number for number, call in enumerate(flow.calls) if call.span == event.place.span), None)
    if path != event.place.path or listens is None:
        return True
    return not all(_is_over(flow, look, listens) for look in _looks(flow))


def _sees_tracks(flow: Flow) -> bool:
    """A function that looks at participants looks at their tracks, or leaves them to somebody who may."""
    held = [each for values in flow.variables.values() for each in values]
    calls = [each.target for each in flow.calls]
    given = [part for call in flow.calls for part in given_to(call)]
    parts = [part for value in (*held, *calls, *given, *flow.returns) for part in walk(value)]
    if any(isinstance(each, v.Attribute) and each.name in _TRACKS for each in parts):
        return True
    handed = [each for call in flow.calls if word_of(call) not in _TELLING for each in given_to(call)]
    return any(_may_be_participants(flow, each) for each in (*handed, *flow.returns, *(value for _, value in flow.put)))


def _may_be_participants(flow: Flow, value: v.Expr, depth: int = 6) -> bool:
    """A value may be who was looked at, one of them or all, and is not only something about them."""
    if not depth:
        return True
    match value:
        case v.Attribute(name=name):
            return name in _SCANS
        case v.Name(name):
            inner = flow.variables.get(name, ())
        case v.Result(number):
            call = flow.calls[number]
            inner = (*given_to(call), *([call.target.base] if isinstance(call.target, v.Attribute) else ()))
        case v.Subscript(base):
            inner = (base,)
        case v.Opaque():
            return True
        case _:
            inner = tuple(each for each in walk(value) if isinstance(each, (v.Name, v.Attribute, v.Result)))
    return any(_may_be_participants(flow, each, depth - 1) for each in inner)


def _is_over(flow: Flow, look: Read, listens: int) -> bool:
    """A look comes before the listener is registered, and something is awaited in between on every path."""
    homes = {
        id(step): (number, index) for number, block in enumerate(flow.blocks) for index, step in enumerate(block.steps)
    }
    first = homes[id(look)]
    places = [homes[id(step)] for step in flow.steps if step == Do(listens)]
    ways = [block.next for block in flow.blocks]
    if len(places) != 1 or first[0] in reached_after(places[0][0], ways):
        return False
    second = places[0]
    if first[0] == second[0]:
        between = flow.blocks[first[0]].steps[first[1] + 1 : second[1]]
        return first[1] < second[1] and any(_waits(flow, step) for step in between)
    if second[0] not in reached(first[0], ways):
        return False
    if any(_waits(flow, step) for step in flow.blocks[first[0]].steps[first[1] + 1 :]):
        return True
    if any(_waits(flow, step) for step in flow.blocks[second[0]].steps[: second[1]]):
        return True
    waiting = {number for number, block in enumerate(flow.blocks) if any(_waits(flow, step) for step in block.steps)}
    return second[0] not in reached(first[0], ways, frozenset(waiting - {first[0], second[0]}))


def reached_after(block: int, ways: Sequence[Sequence[int]]) -> frozenset[int]:
    """The blocks that a way out of a block leads to; itself only where it comes round again."""
    return frozenset[int]().union(*(reached(each, ways) for each in ways[block]))


def _waits(flow: Flow, step: Step) -> bool:
    return isinstance(step, Await) or (isinstance(step, Do) and flow.calls[step.call].use is Use.AWAITED)

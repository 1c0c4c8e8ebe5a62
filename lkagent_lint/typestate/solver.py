"""The fixed-point solver: which states each event of a job is reached in.

States are sets; a function is a transfer from one entry state to its exit states, memoised by activation and entry
state, so that two helpers that share a third cost nothing extra and recursion ends where nothing new is found. No
path is ever counted.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from itertools import count, groupby
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK, Await, Do, Flow, Leave, Read, Return
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Job
from lkagent_lint.project.things import JOB_REQUEST, Activation, Closure, only
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.callees import Callees
from lkagent_lint.typestate.concurrency import Concurrency
from lkagent_lint.typestate.events import CALLBACK_WORDS, read_event
from lkagent_lint.typestate.lifecycle import (
    LOST_STATE,
    START_STATE,
    Event,
    Site,
    State,
    arriving,
    behind_loop,
    is_behind_loop,
    joined,
    settled,
    waited,
)
from lkagent_lint.typestate.notes import Notes
from lkagent_lint.typestate.outcomes import NOWHERE, Outcome, ends
from lkagent_lint.typestate.states import States
from lkagent_lint.typestate.timing import is_endless_value

MAX_RECURSION = 4
"""A function that calls itself with ever new arguments is followed this deep: after that its arguments are unknown."""
MAX_STATES = 20_000
"""Functions of one job, each with a state that it is entered in, beyond which the job is unknown: silence, no hang.
The largest real job seen takes 3,450 to 3,950, by the order of sets.
"""
MAX_STEPS = 500_000
"""The same for blocks, each with a state. The largest real jobs seen take 97,000 (598 files) and 28,000 (an entry of
1,800 lines). How many it takes depends a little on the order of sets, so the limit is far from both.
"""


class Reached(NamedTuple):
    """An event and one state in which a job reaches it."""

    event: Event
    site: Site
    state: State


class Overflow(Exception):
    """The job has too many states to follow."""


class Solver:
    """Solves one job."""

    def __init__(self, evaluator: Evaluator, sdk: SdkVersion) -> None:
        self.evaluator = evaluator
        self.notes = Notes(sdk)
        self._concurrency = Concurrency(evaluator)
        self._callees = Callees(evaluator, self.notes, self._concurrency, self._transfer)
        self._memo: dict[tuple[Activation, State, bool], Outcome] = {}
        self._assumed: dict[tuple[Activation, State, bool], Outcome] = {}
        self._running: set[tuple[Activation, State, bool]] = set()
        self._leaned_on: set[tuple[Activation, State, bool]] = set()
        self._nested: Counter[tuple[str, str]] = Counter()
        self._steps = 0
        self._entry: Activation | None = None

    def solve(self, activation: Activation, start: State) -> Outcome:
        """Run a flow to its fixed point from one state; recursion is iterated until nothing new is found. Once only."""
        self._entry = activation
        try:
            outcome = self._fixed(activation, start)
        finally:  # a check runs without garbage collection, and this and its callees hold each other
            self._callees.release()
        return outcome._replace(exits=arriving(outcome.exits))

    def _fixed(self, activation: Activation, start: State) -> Outcome:
        while True:
            self._memo.clear()
            self._leaned_on.clear()
            outcome = self._transfer(activation, start)
            changed = {key: self._memo[key] for key in self._leaned_on if self._memo[key] != self._assumed.get(key)}
            if not changed:
                return outcome
            self._assumed.update(changed)

    def _transfer(self, activation: Activation, start: State) -> Outcome:
        activation = self._bounded(activation)
        key = (activation, start, self.notes.is_muted)
        found = self._memo.get(key)
        if found is not None:
            return found
        if key in self._running:
            self._leaned_on.add(key)
            return self._assumed.get(key, NOWHERE)
        if len(self._memo) > MAX_STATES:
            raise Overflow
        self.notes.entered[activation] = None
        self._running.add(key)
        self._nested[activation.path, activation.name] += 1
        try:
            found = self._run(activation, start)
        finally:
            self._nested[activation.path, activation.name] -= 1
            self._running.discard(key)
        self._memo[key] = found
        return found

    def _bounded(self, activation: Activation) -> Activation:
        """The activation, or one of unknown arguments where a function calls itself with ever new ones."""
        if self._nested[activation.path, activation.name] < MAX_RECURSION:
            return activation
        return self.evaluator.usual(activation.path, activation.flow)

    def _run(self, activation: Activation, start: State) -> Outcome:
        flow = activation.flow
        if not flow.blocks:
            place = activation.place(flow.span)
            return ends(self.notes.lose(start, place, f"{flow.name} is too tangled to follow"))
        seen = [States() for _ in flow.blocks]
        # In the order of the blocks, which is that of the source: what comes first is known before what follows it.
        order = count()
        work: list[tuple[int, int, State]] = [(ENTRY_BLOCK, next(order), start)]
        while work:
            number, _, state = heappop(work)
            if not seen[number].add(state):
                continue
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise Overflow
            block = flow.blocks[number]
            states = frozenset({state})
            thrown = set(states)
            for step in block.steps:
                left: set[State] = set()
                for each in states:
                    outcome = self._step(step, each, activation, flow)
                    left |= outcome.exits
                    thrown |= outcome.raises
                states = frozenset(left)
                thrown |= states
            for target in block.next:
                for each in states:
                    heappush(work, (target, next(order), each))
            if number not in (EXIT_BLOCK, RAISE_BLOCK):
                for target in block.raises:
                    for each in arriving(frozenset(thrown)):
                        heappush(work, (target, next(order), each._replace(exceptional=True)))
            for loop in flow.endless:
                if loop.head == number:
                    event = Event(Kind.LOOP, activation.place(loop.span))
                    behind = behind_loop(state, event, Site(event.place, flow.name))
                    heappush(work, (loop.behind, next(order), behind))
        outer = start.pending
        exits = frozenset(settled(each, outer) for each in seen[EXIT_BLOCK])
        raises = frozenset(settled(each, outer) for each in seen[RAISE_BLOCK])
        return Outcome(exits, raises)

    # Steps

    def _step(self, step: object, state: State, activation: Activation, flow: Flow) -> Outcome:
        if is_behind_loop(state):
            return self._unreached(step, state, activation, flow)
        match step:
            case Do(number):
                return self._callees.call(number, state, activation, flow)
            case Await(value, span):
                keys = frozenset(self._concurrency.effects(value, activation))
                place = activation.place(span)
                running = frozenset(each.key for each in state.pending)
                state = joined(state, keys)
                if not (self._callees.in_place.is_end(value, activation) or self._concurrency.is_of_one(keys, running)):
                    state = waited(state, place)
                if is_endless_value(value, activation):
                    state = self.notes.happen(Event(Kind.ENDLESS, place), state, flow)
                return ends(state)
            case Read(span=span):
                place = activation.place(span)
                event = read_event(step, activation, place)
                return ends(state if event is None else self.notes.happen(event, state, flow))
            case Return(span):
                if activation is self._entry:
                    event = Event(Kind.RETURN, activation.place(span))
                    state = self.notes.happen(event, state, flow)
                return ends(state)
            case Leave(value):
                return self._callees.leave(value, state, activation, flow)
            case _:
                raise TypeError(step)

    def _unreached(self, step: object, state: State, activation: Activation, flow: Flow) -> Outcome:
        """A step behind an endless loop: only what registers a callback is noted, and no function entered."""
        match step:
            case Do(number) if word_of(flow.calls[number]) in CALLBACK_WORDS:
                self._callees.register(number, state, activation, flow)
            case Leave():  # the loop may have stood in the block, and its manager may end what it raises
                return NOWHERE
            case _:
                pass
        return ends(state)


class Course(NamedTuple):
    """What a function does from one state, with everything that it calls."""

    reached: tuple[Reached, ...]
    """Every event with every state it can be reached in, in the order of their places."""
    entered: tuple[Activation, ...]
    """Every activation that it runs."""
    ends: frozenset[State]
    """How it can end, and what state an exception can leave it in."""
    ended: tuple[tuple[Place, str], ...]
    """Where knowledge of the job's state ended, and why."""


def follow(activation: Activation, start: State, evaluator: Evaluator, sdk: SdkVersion) -> Course | None:
    """Run a function to its fixed point from a state; None where it is too large to follow."""
    solver = Solver(evaluator, sdk)
    try:
        outcome = solver.solve(activation, start)
    except (Overflow, RecursionError):
        return None
    reached = _in_order([Reached(*each) for each in solver.notes.reached()])
    ends = outcome.exits | outcome.raises
    return Course(tuple(reached), tuple(solver.notes.entered), ends, tuple(sorted(solver.notes.ended)))


class Solved(NamedTuple):
    """What is known of one job."""

    job: Job
    reached: tuple[Reached, ...]
    """Every event with every state it can be reached in, in the order of their places."""
    entered: tuple[Activation, ...]
    """Every activation that the job runs."""
    may_join: bool
    """On some path the job joins its room, or it is not known whether it does."""
    ended: tuple[tuple[Place, str], ...] = ()
    """Where knowledge of its state ended, and why."""


def solve(job: Job, evaluator: Evaluator) -> Solved:
    """Run a job to its fixed point. One that is too large to follow reaches nothing: silence over guessing."""
    activation = job.runs or evaluator.results.enter(job.entry, job.bindings, ())
    course = follow(activation, LOST_STATE if job.runs is None else START_STATE, evaluator, job.sdk)
    if course is None:
        return Solved(job, (), (), may_join=True, ended=((job.place, "the job is too large to follow"),))
    ended = set(course.ended)
    if job.runs is None:
        ended.add((job.place, "a decorator that is not known stands on the entry function"))
    may_join = any(each.room is not Room.OUT for each in course.ends)
    return Solved(job, course.reached, course.entered, may_join, tuple(sorted(ended)))


def leaves_unanswered(request: Closure, evaluator: Evaluator, sdk: SdkVersion) -> bool:
    """Whether a function that is asked to take a job may end without an answer. What it raises is an answer."""
    activation = evaluator.results.enter(request, (only(JOB_REQUEST),), ())
    try:
        outcome = Solver(evaluator, sdk).solve(activation, START_STATE)
    except (Overflow, RecursionError):
        return False
    usual = (each for each in outcome.exits if not each.exceptional)
    return any(not each.answered and each.room is Room.OUT for each in usual)


def _in_order(reached: list[Reached]) -> list[Reached]:
    """By place, kind and state, whatever the order of sets was. Few events are reached in more than one state."""

    def step(each: Reached) -> tuple[Place, str]:
        return each.event.place, each.event.kind.value

    found: list[Reached] = []
    for _, group in groupby(sorted(reached, key=step), step):
        alike = list(group)
        found += alike if len(alike) == 1 else sorted(alike, key=lambda each: _order(each.state))
    return found


def _order(state: State) -> str:
    """A state's place in an order that does not depend on hashing."""
    return repr(state._replace(pending=frozenset()))

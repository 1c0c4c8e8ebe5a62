"""The fixed-point solver: which states each event of a job is reached in.

States are sets; a function is a transfer from one entry state to its exit states, memoised by activation and entry
state, so that two helpers that share a third cost nothing extra and recursion ends where nothing new is found. No
path is ever counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count, groupby
from typing import NamedTuple

from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK, Await, Do, Flow, Leave, Read, Return
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Job
from lkagent_lint.project.things import JOB_REQUEST, Activation, Closure, only
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.typestate.automaton import Kind, Room
from lkagent_lint.typestate.callees import Callees
from lkagent_lint.typestate.code import Code, code_of, thinned
from lkagent_lint.typestate.concurrency import Concurrency, Key
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
from lkagent_lint.typestate.outcomes import NOWHERE, Endings, Outcome, ends
from lkagent_lint.typestate.states import States
from lkagent_lint.typestate.timing import is_endless_value
from lkagent_lint.typestate.transfers import Overflow, Transfers

MAX_STEPS = 500_000
"""Blocks of one job, each with a state that it is reached in, beyond which the job is unknown: silence, no hang. The
largest real jobs seen take 235,000 (400 files) and 48,000 (a file of 12,000 lines).
"""


class Reached(NamedTuple):
    """An event and one state in which a job reaches it."""

    event: Event
    site: Site
    state: State


class _Awaited(NamedTuple):
    """What awaiting a value that is no call waits for."""

    keys: frozenset[Key]
    """The calls whose effects it waits for."""
    is_end: bool
    """It is only the end of a wait in place."""
    is_endless: bool


class Solver:
    """Solves one job."""

    def __init__(self, evaluator: Evaluator, sdk: SdkVersion) -> None:
        self.evaluator = evaluator
        self.notes = Notes(sdk)
        self._concurrency = Concurrency(evaluator)
        self._transfers = Transfers(self.notes, self._run, lambda each: evaluator.usual(each.path, each.flow))
        self._callees = Callees(evaluator, self.notes, self._concurrency, self._transfers.outcome)
        self.steps = 0
        """Blocks that were run so far."""
        self._awaits: dict[tuple[Activation, v.Expr], _Awaited] = {}
        self._code: dict[Activation, Code] = {}
        self._entry: Activation | None = None

    def solve(self, activation: Activation, start: State) -> Outcome:
        """Run a flow to its fixed point from one state; recursion is iterated until nothing new is found. Once only."""
        self._entry = activation
        try:
            outcome = self._transfers.outcome(activation, start)
        finally:  # a check runs without garbage collection, and this and its callees hold each other
            self.evaluator.followed += self.steps
            self._callees.release()
            self._transfers.release()
        return outcome._replace(exits=arriving(outcome.exits))

    def _run(self, activation: Activation, start: State) -> Outcome:
        flow = activation.flow
        if not flow.blocks:
            place = activation.place(flow.span)
            return ends(self.notes.lose(start, place, f"{flow.name} is too tangled to follow"))
        code = self._code_of(activation)
        seen = [States() for _ in code.blocks]
        # In the order of the blocks, which is that of the source: what comes first is known before what follows it.
        order = count()
        work: list[tuple[int, int, State]] = [(ENTRY_BLOCK, next(order), start)]
        while work:
            number, _, state = heappop(work)
            if not seen[number].add(state):
                continue
            self.steps += 1
            if self.steps > MAX_STEPS:
                raise Overflow
            for target, left in self._block(number, code, state, activation):
                heappush(work, (target, next(order), left))
        self.notes.is_cut |= any(each.is_cut for each in seen)
        outer = start.pending
        exits, raises = (
            tuple(dict.fromkeys(settled(each, outer) for each in seen[number])) for number in (EXIT_BLOCK, RAISE_BLOCK)
        )
        return Outcome(exits, raises)

    def _block(self, number: int, code: Code, state: State, activation: Activation) -> Iterator[tuple[int, State]]:
        """The blocks that one leads to that is reached in a state, each with a state."""
        block, flow = code.blocks[number], activation.flow
        states: tuple[State, ...] = (state,)
        thrown = {state: None}
        for step in block.steps:
            left = Endings()
            for each in states:
                left.add(self._step(step, each, activation, flow))
            states, raised = left.outcome()
            thrown.update(dict.fromkeys((*raised, *states)))
        yield from ((target, each) for target in block.next for each in states)
        if number not in (EXIT_BLOCK, RAISE_BLOCK):
            for target in block.raises:
                yield from ((target, replace(each, exceptional=True)) for each in arriving(thrown))
        for loop in code.endless:
            if loop.head == number:
                self.notes.deeds += 1
                event = Event(Kind.LOOP, activation.place(loop.span))
                yield loop.behind, behind_loop(state, event, Site(event.place, flow.name))

    def _code_of(self, activation: Activation) -> Code:
        """Its code; what is run again is worth to be made shorter."""
        known = self._code.get(activation)
        if known is None:
            known = self._code[activation] = code_of(activation.flow)
        elif known.blocks is activation.flow.blocks:
            known = self._code[activation] = thinned(activation.flow, lambda step: self._is_idle(step, activation))
        return known

    # Steps

    def _is_idle(self, step: object, activation: Activation) -> bool:
        """Whether a step changes no state, and nothing is noted of it."""
        match step:
            case Do(number):
                is_noted = word_of(activation.flow.calls[number]) in CALLBACK_WORDS
                return not is_noted and self._callees.is_idle(number, activation)
            case Read(span=span):
                return read_event(step, activation, activation.place(span), self.evaluator.classes) is None
            case Return():
                return activation is not self._entry
            case _:
                return False

    def _step(self, step: object, state: State, activation: Activation, flow: Flow) -> Outcome:
        if is_behind_loop(state):
            return self._unreached(step, state, activation, flow)
        match step:
            case Do(number):
                return self._callees.call(number, state, activation)
            case Await(value, span):
                return ends(self._awaited(value, activation.place(span), state, activation))
            case Read(span=span):
                place = activation.place(span)
                event = read_event(step, activation, place, self.evaluator.classes)
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

    def _awaited(self, value: v.Expr, place: Place, state: State, activation: Activation) -> State:
        awaited = self._awaits.get((activation, value))
        if awaited is None:
            keys = frozenset(self._concurrency.effects(value, activation))
            is_end = self._callees.in_place.is_end(value, activation)
            awaited = self._awaits[activation, value] = _Awaited(keys, is_end, is_endless_value(value, activation))
        running = frozenset(each.key for each in state.pending)
        state = joined(state, awaited.keys)
        if not (awaited.is_end or self._concurrency.is_of_one(awaited.keys, running)):
            state = waited(state, place)
        if awaited.is_endless:
            state = self.notes.happen(Event(Kind.ENDLESS, place), state, activation.flow)
        return state

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
    ends: tuple[State, ...]
    """How it can end, and what state an exception can leave it in."""
    ended: tuple[tuple[Place, str], ...]
    """Where knowledge of the job's state ended, and why."""
    shared: tuple[tuple[Place, str], ...]
    """Where somebody who is not followed was given what joining takes, and who."""
    returns: bool
    """It can come to its end."""
    is_cut: bool
    """Of the places that may come first, only the first ones are told."""


def follow(activation: Activation, start: State, evaluator: Evaluator, sdk: SdkVersion) -> Course | None:
    """Run a function to its fixed point from a state; None where it is too large to follow."""
    solver = Solver(evaluator, sdk)
    try:
        outcome = solver.solve(activation, start)
    except (Overflow, RecursionError):
        return None
    reached = _in_order([Reached(*each) for each in solver.notes.reached()])
    every, notes = (*outcome.exits, *outcome.raises), solver.notes
    ended, shared = tuple(sorted(notes.ended)), tuple(sorted(notes.shared))
    return Course(tuple(reached), tuple(notes.entered), every, ended, shared, bool(outcome.exits), notes.is_cut)


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
    is_too_large: bool = False
    """It met its budget, so nothing is known of it."""
    shared: tuple[tuple[Place, str], ...] = ()
    """Where somebody who is not followed was given what joining takes, and who."""
    returns: bool = True
    """Its entry can come to its end, and does not always raise or go on for ever."""
    is_cut: bool = False
    """Of the places that may have joined the room, or waited, only the first ones are followed."""


def solve(job: Job, evaluator: Evaluator) -> Solved:
    """Run a job to its fixed point. One that is too large to follow reaches nothing: silence over guessing."""
    activation = job.runs or evaluator.results.enter(job.entry, job.bindings, ())
    course = follow(activation, LOST_STATE if job.runs is None else START_STATE, evaluator, job.sdk)
    if course is None:
        ended = ((job.place, "the job is too large to follow"),)
        return Solved(job, (), (), may_join=True, ended=ended, is_too_large=True)
    reasons = set(course.ended)
    if job.runs is None:
        reasons.add((job.place, "a decorator that is not known stands on the entry function"))
    may_join = any(each.room is not Room.OUT for each in course.ends)
    known = tuple(sorted(reasons))
    return Solved(
        job,
        course.reached,
        course.entered,
        may_join,
        known,
        shared=course.shared,
        returns=course.returns,
        is_cut=course.is_cut,
    )


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
    return repr(replace(state, pending=frozenset()))

"""The fixed-point solver: which states each event of a job is reached in.

States are sets; a function is a transfer from one entry state to its exit states, memoised by activation and entry
state, so that two helpers that share a third cost nothing extra and recursion ends where nothing new is found. No
path is ever counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import (
    ENTRY_BLOCK,
    EXIT_BLOCK,
    MODULE,
    RAISE_BLOCK,
    Await,
    Call,
    Do,
    Flow,
    Leave,
    Read,
    Return,
    Use,
)
from lkagent_lint.project.calls import MAX_RECURSION
from lkagent_lint.project.decorators import decorated
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.records import Job
from lkagent_lint.project.things import (
    ANYTHING,
    JOB_REQUEST,
    ClassOf,
    Closure,
    Environment,
    Foreign,
    Instance,
    Library,
    Partial,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Unknown,
    in_order,
    only,
)
from lkagent_lint.sources.sdk.versions import Sdk as SdkVersion
from lkagent_lint.typestate.concurrency import CARRIERS, JOINS_MANY, PROMISE, Concurrency, Key, is_awaited_at_once
from lkagent_lint.typestate.events import (
    CONTEXT_WORDS,
    SESSION_WORDS,
    carries,
    event_of,
    is_coroutine_method,
    read_event,
    wrapper_event,
)
from lkagent_lint.typestate.lifecycle import (
    LOST_STATE,
    PLAIN_JOINS,
    START_STATE,
    Event,
    Kind,
    Room,
    Site,
    State,
    after,
    arriving,
    behind_loop,
    concurrent,
    is_behind_loop,
    joined,
    lost,
    settled,
    waited,
)
from lkagent_lint.typestate.states import States
from lkagent_lint.typestate.timing import is_endless_call, is_endless_value, needs_later_value, setup_event

MAX_STATES = 20_000
"""Functions of one job, each with a state that it is entered in, beyond which the job is unknown: silence, no hang.
The largest real job seen takes 3,450 to 3,950, by the order of sets.
"""
MAX_STEPS = 500_000
"""The same for blocks, each with a state. The largest real jobs seen take 97,000 (598 files) and 28,000 (an entry of
1,800 lines). How many it takes depends a little on the order of sets, so the limit is far from both.
"""

_CALLBACK_WORDS = frozenset({"add_shutdown_callback", "addShutdownCallback"})
_RUNNERS = frozenset({"to_thread", "call_soon", "call_later", "call_at", "run_in_executor", "call_soon_threadsafe"})
_TRACKED = frozenset({"JobContext", "AgentSession", "JobRequest"})


class Outcome(NamedTuple):
    """How a flow can end from one entry state."""

    exits: frozenset[State]
    raises: frozenset[State]


_NOWHERE = Outcome(frozenset(), frozenset())


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
        self.sdk = sdk
        self._concurrency = Concurrency(evaluator)
        self._reached: dict[tuple[Event, Site], States] = {}
        self.entered: dict[Environment, None] = {}
        """Every activation that the job runs."""
        self.ended: dict[tuple[Place, str], None] = {}
        """Where knowledge of the job's state ended, and why: half a sentence for people (``why``)."""
        self._memo: dict[tuple[Environment, State, bool], Outcome] = {}
        self._assumed: dict[tuple[Environment, State, bool], Outcome] = {}
        self._running: set[tuple[Environment, State, bool]] = set()
        self._leaned_on: set[tuple[Environment, State, bool]] = set()
        self._nested: Counter[tuple[str, str]] = Counter()
        self._steps = 0
        self._muted = False
        self._entry: Environment | None = None

    def reached(self) -> list[Reached]:
        """Every event with every state in which it can be reached, in no order."""
        return [Reached(event, site, state) for (event, site), states in self._reached.items() for state in states]

    def solve(self, environment: Environment, start: State) -> Outcome:
        """Run a flow to its fixed point from one state; recursion is iterated until nothing new is found."""
        self._entry = environment
        while True:
            self._memo.clear()
            self._leaned_on.clear()
            outcome = self._transfer(environment, start)
            changed = {key: self._memo[key] for key in self._leaned_on if self._memo[key] != self._assumed.get(key)}
            if not changed:
                return outcome._replace(exits=arriving(outcome.exits))
            self._assumed.update(changed)

    def _transfer(self, environment: Environment, start: State) -> Outcome:
        environment = self._bounded(environment)
        key = (environment, start, self._muted)
        found = self._memo.get(key)
        if found is not None:
            return found
        if key in self._running:
            self._leaned_on.add(key)
            return self._assumed.get(key, _NOWHERE)
        if len(self._memo) > MAX_STATES:
            raise Overflow
        self.entered[environment] = None
        self._running.add(key)
        self._nested[environment.path, environment.flow] += 1
        try:
            found = self._run(environment, start)
        finally:
            self._nested[environment.path, environment.flow] -= 1
            self._running.discard(key)
        self._memo[key] = found
        return found

    def _bounded(self, environment: Environment) -> Environment:
        """The activation, or one of unknown arguments where a function calls itself with ever new ones."""
        if self._nested[environment.path, environment.flow] < MAX_RECURSION:
            return environment
        return self.evaluator.usual(environment.path, self.evaluator.flow_of(environment))

    def _run(self, environment: Environment, start: State) -> Outcome:
        flow = self.evaluator.flow_of(environment)
        if not flow.blocks:
            place = Place(environment.path, flow.span)
            return Outcome(frozenset({self._lost(start, place, f"{flow.name} is too tangled to follow")}), frozenset())
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
                ends: set[State] = set()
                for each in states:
                    outcome = self._step(step, each, environment, flow)
                    ends |= outcome.exits
                    thrown |= outcome.raises
                states = frozenset(ends)
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
                    event = Event(Kind.LOOP, Place(environment.path, loop.span or flow.span))
                    behind = behind_loop(state, event, Site(event.place, flow.name))
                    heappush(work, (loop.behind, next(order), behind))
        outer = start.pending
        exits = frozenset(settled(each, outer) for each in seen[EXIT_BLOCK])
        raises = frozenset(settled(each, outer) for each in seen[RAISE_BLOCK])
        return Outcome(exits, raises)

    # Steps

    def _step(self, step: object, state: State, environment: Environment, flow: Flow) -> Outcome:
        if is_behind_loop(state):
            return self._unreached(step, state, environment, flow)
        match step:
            case Do(number):
                return self._call(number, flow.calls[number], state, environment, flow)
            case Await(value, span):
                keys = frozenset(self._concurrency.effects(value, environment))
                place = Place(environment.path, span or flow.span)
                state = waited(joined(state, keys), place)
                if is_endless_value(value, environment, self.evaluator):
                    state = self._happen(Event(Kind.ENDLESS, place), state, flow)
                return _ends(state)
            case Read(span=span):
                place = Place(environment.path, span or flow.span)
                event = read_event(step, environment, self.evaluator, place)
                return _ends(state if event is None else self._happen(event, state, flow))
            case Return(span):
                if environment is self._entry:
                    event = Event(Kind.RETURN, Place(environment.path, span or flow.span))
                    state = self._happen(event, state, flow)
                return _ends(state)
            case Leave(value):
                return self._leave(value, state, environment, flow)
            case _:
                raise TypeError(step)

    def _unreached(self, step: object, state: State, environment: Environment, flow: Flow) -> Outcome:
        """A step behind an endless loop: only what registers a callback is noted, and no function entered."""
        match step:
            case Do(number) if _word(call := flow.calls[number]) in _CALLBACK_WORDS:
                place = Place(environment.path, call.span or flow.span)
                for thing in in_order(self.evaluator.targets(call, environment)):
                    event = event_of(thing, call, environment, self.evaluator, place)
                    if event is not None and event.kind is Kind.CALLBACK:
                        self._happen(self._late(event, call, state, environment), state, flow)
            case Leave():  # the loop may have stood in the block, and its manager may end what it raises
                return _NOWHERE
            case _:
                pass
        return _ends(state)

    def _late(self, event: Event, call: Call, state: State, environment: Environment) -> Event:
        """A callback, and whether it could be registered before the wait."""
        return event._replace(bare=not needs_later_value(call, state.endless, environment, self.evaluator))

    def _lost(self, state: State, place: Place, why: str) -> State:
        """The state behind something that is not followed, with a note of it."""
        if not self._muted and lost(state) != state:
            self.ended[place, why] = None
        return lost(state)

    def _happen(self, event: Event, state: State, flow: Flow) -> State:
        site = Site(event.place, flow.name)
        if not self._muted:
            self._reached.setdefault((event, site), States()).add(state)
        return after(state, event, site, self.sdk)

    def _call(self, number: int, call: Call, state: State, environment: Environment, flow: Flow) -> Outcome:
        place = Place(environment.path, call.span or flow.span)
        exits: set[State] = set()
        raises: set[State] = set()
        things = in_order(self.evaluator.targets(call, environment))
        for thing in things:
            outcome = self._apply(thing, number, call, state, environment, flow, place)
            exits |= outcome.exits
            raises |= outcome.raises
        if not things:
            exits.add(state)
        return Outcome(frozenset(exits), frozenset(raises))

    def _apply(
        self,
        thing: Thing,
        number: int,
        call: Call,
        state: State,
        environment: Environment,
        flow: Flow,
        place: Place,
    ) -> Outcome:
        """Call one thing that the target may be."""
        event = event_of(thing, call, environment, self.evaluator, place)
        if event is None and (named := wrapper_event(thing, environment, self.evaluator, place)) is not None:
            return self._wrapper(named, thing, number, call, state, environment, flow)
        if event is not None and event.kind is Kind.CALLBACK:
            event = self._late(event, call, state, environment)
        if event is not None:
            if is_coroutine_method(thing) and call.use is not Use.AWAITED:
                return self._later(number, call, state, environment, lambda at: _ends(self._happen(event, at, flow)))
            done = self._happen(event, state, flow)
            return _ends(waited(done, place) if call.use is Use.AWAITED and event.kind not in PLAIN_JOINS else done)
        match thing:
            case Closure() | ClassOf() | Partial():
                outcome = self._own(thing, number, call, state, environment, flow, place)
                return self._counted(outcome, place, flow) if self._makes_session(thing) else outcome
            case Library(dotted):
                return self._library(dotted, call, state, environment, flow, place)
            case Foreign() | Unknown():
                state = self._foreign(thing, call, state, environment, place)
            case SdkMethod() | Sdk() | SdkObject():
                state = self._sdk(thing, call, state, environment, flow, place)
            case _:
                pass
        return _ends(waited(state, place) if call.use is Use.AWAITED else state)

    def _wrapper(
        self, event: Event, thing: Thing, number: int, call: Call, state: State, environment: Environment, flow: Flow
    ) -> Outcome:
        """A function that the settings speak of: it is followed no further."""
        if call.use is Use.AWAITED or (isinstance(thing, Closure) and not self._is_coroutine(thing)):
            done = self._happen(event, state, flow)
            late = call.use is Use.AWAITED and event.kind not in PLAIN_JOINS
            return _ends(waited(done, event.place) if late else done)
        if call.use is Use.DROPPED and isinstance(thing, Foreign):
            return _ends(self._lost(state, event.place, "it is not known whether this is a coroutine"))
        return self._later(number, call, state, environment, lambda at: _ends(self._happen(event, at, flow)))

    def _is_coroutine(self, function: Closure) -> bool:
        return self.evaluator.files[function.path].flows[function.flow].is_async

    # The project's own functions

    def _own(
        self,
        thing: Thing,
        number: int,
        call: Call,
        state: State,
        environment: Environment,
        flow: Flow,
        place: Place,
    ) -> Outcome:
        function, callee = self._callee(thing, call, environment)
        if function is None:
            return _ends(state)
        target = None if callee is None else self.evaluator.flow_of(callee)
        if callee is None or target is None or target.is_generator:
            return _ends(self._foreign(thing, call, state, environment, place))
        site = Site(place, flow.name)
        if target.is_async and call.use is not Use.AWAITED:
            return self._later(number, call, state, environment, lambda at: self._enter(callee, at, site))
        return self._enter(callee, state, site)

    def _makes_session(self, thing: Thing) -> bool:
        return isinstance(thing, ClassOf) and "AgentSession" in self.evaluator.classes.kinds(
            Instance(thing.path, thing.name, None)
        )

    def _counted(self, outcome: Outcome, place: Place, flow: Flow) -> Outcome:
        """A session of the project's own class has been made."""
        made = Event(Kind.SESSION_MADE, place)
        exits = frozenset(self._happen(made, each, flow) for each in arriving(outcome.exits))
        return outcome._replace(exits=exits)

    def _callee(self, thing: Thing, call: Call, environment: Environment) -> tuple[Closure | None, Environment | None]:
        results = self.evaluator.results
        args, keywords = results.arguments(call, environment)
        while isinstance(thing, Partial):
            args, keywords, thing = thing.args + args, thing.keywords + keywords, thing.function
        if isinstance(thing, ClassOf):
            initialiser = results.initialiser(thing)
            if initialiser is None:
                return None, None
            thing = initialiser.on(Instance(thing.path, thing.name, None))
        if not isinstance(thing, Closure) or thing.flow not in self.evaluator.files[thing.path].flows:
            return None, None
        # None where a decorator that is not known stands on it: calling it may do anything before and after.
        runs = decorated(thing, self.evaluator, self._is_transparent)
        return thing, None if runs is None else results.activation(runs, args, keywords)

    def _is_transparent(self, path: str, parent: str, decorator: v.Expr) -> bool:
        """A decorator that changes nothing of what calling the function does to the job."""
        if isinstance(decorator, v.Name) and decorator.name in ("staticmethod", "classmethod", "property"):
            return True
        home = self.evaluator.files[path].flows[parent or MODULE]
        things = self.evaluator.value(decorator, self.evaluator.usual(path, home))
        return all(isinstance(each, (Sdk, SdkMethod, SdkObject, Library)) for each in things)

    def _enter(self, callee: Environment, state: State, site: Site) -> Outcome:
        """Run a callee; what it joined was led to by this call."""
        outcome = self._transfer(callee, state)

        def from_here(end: State) -> State:
            if end.endless is not None and end.endless != state.endless:
                end = end._replace(endless=end.endless._replace(lead=site))
            if end.origin is not None and end.origin != state.origin:
                end = end._replace(origin=end.origin._replace(lead=site))
            if end.waited_for is not None and end.waited_for != state.waited_for:
                end = end._replace(waited_for=end.waited_for._replace(lead=site))
            return end

        return Outcome(frozenset(map(from_here, outcome.exits)), frozenset(map(from_here, outcome.raises)))

    # Concurrency

    def _later(
        self, number: int, call: Call, state: State, environment: Environment, run: Callable[[State], Outcome]
    ) -> Outcome:
        """A coroutine that is not awaited in place: unordered from here to its await.

        What LKA106 says of one that is dropped is not said again in what follows from it. What happens in another is
        reached ``beside`` the job's own course, which goes on and is told apart from it.
        """
        muted = self._muted
        self._muted = True
        try:
            ends = arriving(run(state).exits) or frozenset({state})  # it may never end; the job does not wait for that
        finally:
            self._muted = muted
        # A coroutine of Python that is dropped never runs; a promise of ECMAScript runs whether or not it is kept.
        runs = call.use is not Use.DROPPED or self.evaluator.scripts.covers(environment.path)
        if runs and not muted:
            at_once = is_awaited_at_once(number, self.evaluator.flow_of(environment))
            run(state if at_once else state._replace(beside=True))
        return Outcome(concurrent(state, ends, (environment, number)), frozenset())

    def _leave(self, value: v.Expr, state: State, environment: Environment, flow: Flow) -> Outcome:
        """Leave a ``with`` block: a task group waits for its tasks, the project's own class runs ``__aexit__``."""
        exits: set[State] = set()
        raises: set[State] = set()
        span = flow.calls[value.call].span if isinstance(value, v.Result) else None
        place = Place(environment.path, span or flow.span)
        # A wait in the block may have been ended by it, as by asyncio.timeout().
        lead = None if state.endless is None else state.endless.lead
        if lead is not None and lead.function == flow.name and lead.place.path == place.path and lead.place >= place:
            state = state._replace(endless=None)
        for thing in in_order(self.evaluator.value(value, environment)):
            if isinstance(thing, Library) and thing.name == "asyncio.TaskGroup":
                created = frozenset(self._concurrency.created_in(environment))
                exits.add(waited(joined(state, created), place))
            elif isinstance(thing, Instance) and (leaver := self._leaver(thing)) is not None:
                callee = self.evaluator.results.activation(leaver, (ANYTHING, ANYTHING, ANYTHING), ())
                outcome = self._enter(callee, state, Site(place, flow.name))
                exits |= arriving(outcome.exits)
                raises |= outcome.raises
            else:
                exits.add(state)
        return Outcome(frozenset(exits or {state}), frozenset(raises))

    def _leaver(self, thing: Instance) -> Closure | None:
        """What leaving a ``with`` block over an object of the project runs."""
        for name in ("__aexit__", "__exit__"):
            for found in in_order(self.evaluator.classes.attribute(thing, name)):
                if isinstance(found, Closure):
                    return found
        return None

    # Others' functions

    def _library(
        self, dotted: str, call: Call, state: State, environment: Environment, flow: Flow, place: Place
    ) -> Outcome:
        last = dotted.rpartition(".")[2]
        if dotted == PROMISE:
            return self._promise(call, state, environment, flow, place)
        if call.use is Use.AWAITED and is_endless_call(dotted, call, environment, self.evaluator):
            state = self._happen(Event(Kind.ENDLESS, place), state, flow)
        if call.use is Use.AWAITED and not last.startswith("__a"):  # entering asyncio.timeout() lets nothing run
            keys: frozenset[Key] = frozenset()
            if dotted in CARRIERS:
                values = (*call.args, *(each for _, each in call.keywords))
                keys = frozenset(key for value in values for key in self._concurrency.effects(value, environment))
            # asyncio.wait_for(ctx.connect(), 5) is no await of its own; what runs beside a connect is.
            transparent = any(each.key in keys for each in state.pending)
            state = joined(state, keys)
            if not transparent or (dotted in JOINS_MANY and _count(call) > 1):
                state = waited(state, place)
        if last in _RUNNERS and any(
            isinstance(each, Closure) for each in self.evaluator.results.everything(call, environment)
        ):
            return _ends(self._lost(state, place, f"a function goes to {last}, which runs it at another time"))
        return _ends(state)

    def _promise(self, call: Call, state: State, environment: Environment, flow: Flow, place: Place) -> Outcome:
        """``new Promise(executor)``: the executor runs at once. One that is never told how to end never ends."""
        exits: set[State] = set()
        raises: set[State] = set()
        given = self.evaluator.value(call.args[0], environment) if call.args else ANYTHING
        for thing in in_order(given):
            if isinstance(thing, Closure):
                callee = self.evaluator.results.activation(thing, (ANYTHING, ANYTHING), ())
                outcome = self._enter(callee, state, Site(place, flow.name))
                exits |= arriving(outcome.exits)
                raises |= outcome.raises
                if call.use is Use.AWAITED and not self.evaluator.flow_of(callee).parameters:
                    exits = {self._happen(Event(Kind.ENDLESS, place), each, flow) for each in exits}
        ends = exits or {state}
        return Outcome(
            frozenset(waited(each, place) for each in ends) if call.use is Use.AWAITED else frozenset(ends),
            frozenset(raises),
        )

    def _foreign(self, thing: Thing, call: Call, state: State, environment: Environment, place: Place) -> State:
        """A callee that is neither the project's nor the SDK's: handing it the context or a session ends knowledge, and
        so does awaiting it with a function that takes steps of the lifecycle (``await retry(() => ctx.connect())``).
        """
        given = self.evaluator.results.everything(call, environment)
        if carries(given, _TRACKED) or (call.use is Use.AWAITED and any(map(self._takes_steps, given))):
            return self._lost(state, place, f"the context or a session goes to {_named(thing)}")
        if isinstance(thing, Unknown):
            word = call.target.name if isinstance(call.target, v.Attribute) else ""
            if word in CONTEXT_WORDS or word in SESSION_WORDS or (not word and call.use is Use.AWAITED):
                return self._lost(state, place, "it is not known what is called")
        return state

    def _takes_steps(self, thing: Thing) -> bool:
        if not isinstance(thing, Closure):
            return False
        flow = self.evaluator.files[thing.path].flows.get(thing.flow)
        targets = () if flow is None else (each.target for each in flow.calls)
        return any(isinstance(each, v.Attribute) and each.name in CONTEXT_WORDS | SESSION_WORDS for each in targets)

    def _sdk(self, thing: Thing, call: Call, state: State, environment: Environment, flow: Flow, place: Place) -> State:
        """Other SDK callees change no state; one that is given the room uses it, one that makes a model sets up."""
        setup = setup_event(thing, call, environment, self.evaluator, place)
        if setup is not None:
            state = self._happen(setup, state, flow)
            if setup.detail == "AgentSession()":
                state = self._happen(Event(Kind.SESSION_MADE, place), state, flow)
        if isinstance(thing, (Sdk, SdkMethod)) and state.origin is not None and state.used is None:
            given = self.evaluator.results.everything(call, environment)
            if any(each == SdkObject("Room") for each in given):
                return self._happen(Event(Kind.ROOM_USE, place, detail="ctx.room"), state, flow)
        return state


def _named(thing: Thing) -> str:
    """A callee in words: the package's own name for it, or what is known."""
    match thing:
        case Foreign(name):
            return f"{name}, which is neither the project's nor the SDK's"
        case Closure(_, flow):
            return f"{flow}, which a decorator or a generator hides"
        case _:
            return "something that is not known"


def _word(call: Call) -> str:
    """The last name of what is called, as it is written; empty where it has none."""
    return call.target.name if isinstance(call.target, (v.Attribute, v.Name)) else ""


def _count(call: Call) -> int:
    """How many coroutines a call gathers."""
    first = call.args[0] if call.args else None
    return len(first.items) if isinstance(first, v.Items) else len(call.args)


def _ends(state: State) -> Outcome:
    return Outcome(frozenset({state}), frozenset())


class Solved(NamedTuple):
    """What is known of one job."""

    job: Job
    reached: tuple[Reached, ...]
    """Every event with every state it can be reached in, in the order of their places."""
    entered: tuple[Environment, ...]
    """Every activation that the job runs."""
    may_join: bool
    """On some path the job joins its room, or it is not known whether it does."""
    ended: tuple[tuple[Place, str], ...] = ()
    """Where knowledge of its state ended, and why."""


def solve(job: Job, evaluator: Evaluator) -> Solved:
    """Run a job to its fixed point. One that is too large to follow reaches nothing: silence over guessing."""
    solver = Solver(evaluator, job.sdk)
    environment = evaluator.results.activation(job.runs or job.entry, job.bindings, ())
    try:
        outcome = solver.solve(environment, LOST_STATE if job.runs is None else START_STATE)
    except (Overflow, RecursionError):
        return Solved(job, (), (), may_join=True, ended=((job.place, "the job is too large to follow"),))
    reached = sorted(solver.reached(), key=lambda each: (each.event.place, each.event.kind.value, _order(each.state)))
    may_join = any(each.room is not Room.OUT for each in outcome.exits | outcome.raises)
    if job.runs is None:
        solver.ended[job.place, "a decorator that is not known stands on the entry function"] = None
    return Solved(job, tuple(reached), tuple(solver.entered), may_join, tuple(sorted(solver.ended)))


def leaves_unanswered(request: Closure, evaluator: Evaluator, sdk: SdkVersion) -> bool:
    """Whether a function that is asked to take a job may end without an answer. What it raises is an answer."""
    solver = Solver(evaluator, sdk)
    environment = evaluator.results.activation(request, (only(JOB_REQUEST),), ())
    try:
        outcome = solver.solve(environment, START_STATE)
    except (Overflow, RecursionError):
        return False
    ends = (each for each in outcome.exits if not each.exceptional)
    return any(not each.answered and each.room is Room.OUT for each in ends)


def _order(state: State) -> str:
    """A state's place in an order that does not depend on hashing."""
    return repr(state._replace(pending=frozenset()))

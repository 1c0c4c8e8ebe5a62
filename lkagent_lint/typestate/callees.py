"""What calls do to a job: events of the lifecycle, the project's own functions, and what runs concurrently."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain

from msgspec.structs import replace

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.running import Run
from lkagent_lint.project.things import (
    ANYTHING,
    UNKNOWN,
    Activation,
    ClassOf,
    Closure,
    Foreign,
    Instance,
    Library,
    Partial,
    Plain,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Unknown,
    in_order,
)
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.concurrency import Concurrency
from lkagent_lint.typestate.events import event_of, is_coroutine_method, wrapper_event
from lkagent_lint.typestate.in_place import InPlace
from lkagent_lint.typestate.lifecycle import Event, Site, State, arriving, concurrent, joined, waited
from lkagent_lint.typestate.notes import Notes
from lkagent_lint.typestate.outcomes import CallSite, Effect, Endings, Outcome, ends, nothing
from lkagent_lint.typestate.outside_calls import OutsideCalls, waiting
from lkagent_lint.typestate.timing import needs_later_value

_CALLING = frozenset({"runWithJobContext", "runWithJobContextAsync"})
"""Functions of the SDK for Node that call their second argument at once, and give what it gives."""
Transfer = Callable[[Activation, State], Outcome]
"""Runs an activation from a state."""


class Callees:
    """Answers for one solver, whose ``transfer`` runs the functions that are entered."""

    def __init__(self, evaluator: Evaluator, notes: Notes, concurrency: Concurrency, transfer: Transfer) -> None:
        self._evaluator = evaluator
        self._notes = notes
        self._concurrency = concurrency
        self._transfer = transfer
        self.in_place = InPlace(evaluator)
        self._outside = OutsideCalls(evaluator, notes, concurrency, self.in_place, self._enter)
        self._effects: dict[tuple[Activation, int], tuple[Effect, ...]] = {}

    def release(self) -> None:
        """Let go of the solver, and of what leads back here: nothing more will be asked."""
        del self._transfer, self._outside, self._effects

    def call(self, number: int, state: State, activation: Activation) -> Outcome:
        """Run the call of this number, whatever its target may be."""
        effects = self._effects_of(number, activation)
        if len(effects) == 1:
            return effects[0](state)
        return _joined(effects, state) if effects else ends(state)

    def is_idle(self, number: int, activation: Activation) -> bool:
        """Whether the call of this number changes no state at all."""
        return all(effect is nothing for effect in self._effects_of(number, activation))

    def _effects_of(self, number: int, activation: Activation) -> tuple[Effect, ...]:
        """The effect of each thing that a call may call."""
        found = self._effects.get((activation, number))
        if found is None:
            call = activation.flow.calls[number]
            chain = None if call.use in (Use.AWAITED, Use.DROPPED) else self.in_place.chain(number, activation)
            at = CallSite(number, call, activation, activation.flow, activation.place(call.span), chain)
            found = tuple(self._effect(thing, at) for thing in in_order(activation.targets(call)))
            self._effects[activation, number] = found
        return found

    def register(self, number: int, state: State, activation: Activation, flow: Flow) -> None:
        """Note of the call of this number the callback that it registers, if it does, and nothing else."""
        call = flow.calls[number]
        place = activation.place(call.span)
        for thing in in_order(activation.targets(call)):
            event = event_of(thing, call, activation, place)
            if event is not None and event.kind.does.registers_callback:
                self._notes.happen(self._registration(event, call, state, activation), state, flow)

    def leave(self, value: v.Expr, state: State, activation: Activation, flow: Flow) -> Outcome:
        """Leave a ``with`` block: a task group waits for its tasks, the project's own class runs ``__aexit__``."""
        span = flow.calls[value.call].span if isinstance(value, v.Result) else None
        place = activation.place(span)
        # A wait in the block may have been ended by it, as by asyncio.timeout().
        lead = None if state.endless is None else state.endless.lead
        if lead is not None and lead.function == flow.name and lead.place.path == place.path and lead.place >= place:
            state = replace(state, endless=None)
        found = Endings()
        for thing in in_order(activation.value(value)):
            if isinstance(thing, Library) and thing.name == "asyncio.TaskGroup":
                created = frozenset(self._concurrency.created_in(activation))
                found.add(ends(waited(joined(state, created), place)))
            elif isinstance(thing, Instance) and (leaver := self._leaver(thing)) is not None:
                callee = self._evaluator.results.enter(leaver, (ANYTHING, ANYTHING, ANYTHING), ())
                outcome = self._enter(callee, state, Site(place, flow.name))
                found.add(outcome._replace(exits=arriving(outcome.exits)))
            else:
                found.add(ends(state))
        left = found.outcome()
        return left if left.exits else left._replace(exits=(state,))

    def _leaver(self, thing: Instance) -> Closure | None:
        """What leaving a ``with`` block over an object of the project runs."""
        for name in ("__aexit__", "__exit__"):
            for found in in_order(self._evaluator.classes.attribute(thing, name)):
                if isinstance(found, Closure):
                    return found
        return None

    def _effect(self, thing: Thing, at: CallSite) -> Effect:
        """What calling one thing does that the target may be."""
        event = event_of(thing, at.call, at.activation, at.place)
        if event is None:
            named = wrapper_event(thing, at.activation, self._evaluator, at.place)
            return self._plain(thing, at) if named is None else partial(self._wrapper, named, thing, at)
        if not at.is_awaited and is_coroutine_method(thing, in_node=at.activation.is_node):
            return partial(self._happens_concurrently, event, at)
        return partial(self._happens, event, at)

    def _plain(self, thing: Thing, at: CallSite) -> Effect:
        """What calling something does that is no event by itself."""
        match thing:
            case Closure() | ClassOf() | Partial() | Instance():
                effects = self._own(thing, at)
                if self._makes_session(thing):
                    return partial(self._counted, effects, at)
                return effects[0] if len(effects) == 1 else partial(_joined, effects)
            case Library(dotted):
                return self._outside.library(dotted, at)
            case Foreign() | Unknown():
                return self._outside.foreign(thing, at)
            case Plain() if self._is_left_out(at.call.target, at.activation):
                return self._outside.foreign(UNKNOWN, at)
            case Sdk(dotted) if dotted.rpartition(".")[2] in _CALLING and len(at.call.args) > 1:
                functions = in_order(at.activation.value(at.call.args[1]))
                effects = tuple(
                    self._runs(run, at) for each in functions for run in self._evaluator.running.given(each)
                )
                return partial(_joined, effects) if effects else self._outside.foreign(thing, at)
            case SdkMethod() | Sdk() | SdkObject():
                return self._outside.sdk(thing, at)
            case _:
                return waiting(at)

    def _is_left_out(self, target: v.Expr, activation: Activation) -> bool:
        """What is called is not itself a function that was left out, but something that such a one gives, of which
        nothing is known.
        """
        match target:
            case v.Result() | v.Subscript():
                return True
            case v.Name(name):
                home = owner_of(activation.facts, activation.flow, name)
                values = () if home is None else home.variables.get(name, ())
                return any(isinstance(each, (v.Result, v.Subscript)) for each in values)
            case v.Attribute(base, name):
                bases = activation.value(base)
                left_out = any(isinstance(each, Plain) for each in bases)
                held = (each for each in bases if isinstance(each, Instance))
                return left_out or any(not self._evaluator.classes.has_own(each, name) for each in held)
            case _:
                return False

    # Events

    def _happens(self, event: Event, at: CallSite, state: State) -> Outcome:
        event = self._registration(event, at.call, state, at.activation)
        done = self._notes.happen(event, state, at.flow)
        return ends(waited(done, at.place) if at.is_awaited and not event.kind.does.plainly else done)

    def _happens_concurrently(self, event: Event, at: CallSite, state: State) -> Outcome:
        event = self._registration(event, at.call, state, at.activation)
        return self._concurrently(lambda then: ends(self._notes.happen(event, then, at.flow)), at, state)

    def _registration(self, event: Event, call: Call, state: State, activation: Activation) -> Event:
        """The event: of a callback, with whether it could be registered before the wait."""
        if not event.kind.does.registers_callback:
            return event
        return event._replace(could_be_earlier=not needs_later_value(call, state.endless, activation))

    def _wrapper(self, event: Event, thing: Thing, at: CallSite, state: State) -> Outcome:
        """A function that the settings speak of: it is followed no further."""
        if at.is_awaited or (isinstance(thing, Closure) and not self._is_coroutine(thing)):
            return self._happens(event, at, state)
        if at.call.use is Use.DROPPED and isinstance(thing, Foreign):
            return ends(self._notes.lose(state, at.place, "it is not known whether this is a coroutine"))
        return self._happens_concurrently(event, at, state)

    def _is_coroutine(self, function: Closure) -> bool:
        return self._evaluator.files[function.path].flows[function.flow].is_async

    # The project's own functions

    def _own(self, thing: Thing, at: CallSite) -> tuple[Effect, ...]:
        """What each function does that a call runs."""
        runs = self._evaluator.running.of(thing, at.call, at.activation)
        if not runs and isinstance(thing, Partial):  # of a function that is not the project's
            bound = [*thing.args, *dict(thing.keywords).values()]
            return (self._outside.foreign(thing.function, at, frozenset(chain.from_iterable(bound))),)
        if not runs:  # what an object does whose class does not say is not known, nor is what makes one
            classes = self._evaluator.classes
            is_open = isinstance(thing, Instance) or (isinstance(thing, ClassOf) and classes.is_made_elsewhere(thing))
            return (self._outside.hidden(thing, at) if is_open else nothing,)
        return tuple(self._runs(run, at) for run in runs)

    def _runs(self, run: Run, at: CallSite) -> Effect:
        callee = run.activation
        if callee is None or callee.flow.is_generator:
            return self._outside.hidden(run.function, at)
        if callee.flow.is_async and not at.is_awaited:
            return partial(self._concurrently, lambda then: self._enter(callee, then, at.site), at)
        if at.chain is not None and at.chain.is_limited:
            return partial(self._limited, callee, at)
        if self.in_place.is_link(at.number, at.activation):
            return partial(self._linked, callee, at)
        return lambda state: self._enter(callee, state, at.site)

    def _limited(self, callee: Activation, at: CallSite, state: State) -> Outcome:
        """Run a callee for a limited time: whatever never ends in it is ended."""
        outcome = self._enter(callee, state, at.site)
        ended = dict.fromkeys(replace(each, endless=state.endless) for each in arriving(outcome.exits))
        return outcome._replace(exits=tuple(ended) or (state,))

    def _linked(self, callee: Activation, at: CallSite, state: State) -> Outcome:
        """Run a callee that waits for what it is given: its own await is that of what it is given."""
        outcome = self._enter(callee, state, at.site)
        return outcome._replace(
            exits=tuple(dict.fromkeys(replace(each, awaited=state.awaited) for each in outcome.exits))
        )

    def _makes_session(self, thing: Thing) -> bool:
        return isinstance(thing, ClassOf) and "AgentSession" in self._evaluator.classes.kinds(
            Instance(thing.path, thing.name, None)
        )

    def _counted(self, effects: tuple[Effect, ...], at: CallSite, state: State) -> Outcome:
        """A session of the project's own class has been made."""
        outcome = _joined(effects, state)
        made = Event(Kind.SESSION_MADE, at.place)
        exits = dict.fromkeys(self._notes.happen(made, each, at.flow) for each in arriving(outcome.exits))
        return outcome._replace(exits=tuple(exits))

    def _enter(self, callee: Activation, state: State, site: Site) -> Outcome:
        """Run a callee; what it joined was led to by this call."""
        outcome = self._transfer(callee, state)

        def from_here(end: State) -> State:
            if end.endless is not None and end.endless != state.endless:
                end = replace(end, endless=end.endless._replace(lead=site))
            if end.awaited is not None and end.awaited != state.awaited and end.origin == state.origin:
                end = replace(end, awaited=site.place)
            if end.origin is not None and end.origin != state.origin:
                end = replace(end, origin=end.origin._replace(lead=site))
            if end.waited_for is not None and end.waited_for != state.waited_for:
                end = replace(end, waited_for=end.waited_for._replace(lead=site))
            if end.lasted is not None and end.lasted != state.lasted:
                end = replace(end, lasted=site.place)
            if end.dialled is not None and end.dialled != state.dialled:
                end = replace(end, dialled=end.dialled._replace(lead=site))
            return end

        exits, raises = (tuple(dict.fromkeys(map(from_here, each))) for each in outcome)
        return Outcome(exits, raises)

    # Concurrency

    def _concurrently(self, run: Effect, at: CallSite, state: State) -> Outcome:
        """A coroutine that is not awaited in place: unordered from here to its await.

        What LKA106 says of one that is dropped is not said again in what follows from it. What happens in another is
        reached ``beside`` the job's own course, which goes on and is told apart from it.
        """
        with self._notes.muted():
            exits = arriving(run(state).exits) or (state,)  # it may never end; the job does not wait for that
        # A coroutine of Python that is dropped never runs; a promise of ECMAScript runs whether or not it is kept.
        runs = at.call.use is not Use.DROPPED or at.activation.is_node
        if runs and not self._notes.is_muted:
            run(replace(state, beside=True))
        behind = concurrent(
            state,
            exits,
            (at.activation, at.number),
            begun=at.activation.is_node or self.in_place.begins(at.number, at.activation),
            is_awaited=self.in_place.is_awaited_later(at.number, at.activation),
        )
        return Outcome(behind, ())


def _joined(effects: tuple[Effect, ...], state: State) -> Outcome:
    """What any of these does."""
    found = Endings()
    for effect in effects:
        found.add(effect(state))
    return found.outcome()

"""What calls of functions outside of the project do to a job: the standard library's, the SDK's, and unknown ones."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.facts import values as v
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    ANYTHING,
    Activation,
    Closure,
    Foreign,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Things,
    Unknown,
    functions_among,
    in_order,
)
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.concurrency import JOINS_MANY, PROMISE, Concurrency, gathers_one
from lkagent_lint.typestate.events import STEP_WORDS, carries
from lkagent_lint.typestate.in_place import InPlace
from lkagent_lint.typestate.lifecycle import Event, Site, State, arriving, joined, waited
from lkagent_lint.typestate.notes import Notes
from lkagent_lint.typestate.outcomes import CallSite, Outcome, ends
from lkagent_lint.typestate.timing import is_endless_call, setup_event

_RUNNERS = frozenset({"to_thread", "call_soon", "call_later", "call_at", "run_in_executor", "call_soon_threadsafe"})
_MAX_REACHED = 50
"""Functions that one that runs at another time is followed into; beyond them it may do anything."""
_TRACKED = frozenset(each.name for each in CLASSES.values() if each.carries)

Enter = Callable[[Activation, State, Site], Outcome]
"""Runs an activation from a state; the site is the call that leads there."""


class OutsideCalls:
    """Answers for one solver. ``enter`` runs what they call back at once."""

    def __init__(
        self, evaluator: Evaluator, notes: Notes, concurrency: Concurrency, in_place: InPlace, enter: Enter
    ) -> None:
        self._evaluator = evaluator
        self._notes = notes
        self._concurrency = concurrency
        self._in_place = in_place
        self._enter = enter

    def library(self, dotted: str, at: CallSite, state: State) -> Outcome:
        """A function of the standard library or a builtin of ECMAScript, by its dotted name."""
        call, activation, place = at.call, at.activation, at.place
        last = dotted.rpartition(".")[2]
        if dotted == PROMISE:
            return self._promise(at, state)
        if at.is_awaited_to_the_end and is_endless_call(dotted, call, activation):
            state = self._notes.happen(Event(Kind.ENDLESS, place), state, at.flow)
        if at.is_awaited and not last.startswith("__a"):  # entering asyncio.timeout() lets nothing run
            running = frozenset(each.key for each in state.pending)
            keys = self._concurrency.awaited_by(dotted, call, activation, running)
            # asyncio.wait_for(ctx.connect(), 5) is no await of its own; what runs beside a connect is.
            transparent = bool(keys) or self._in_place.is_link(at.number, activation)
            state = joined(state, keys)
            if not transparent or (dotted in JOINS_MANY and not gathers_one(call)):
                state = waited(state, place)
        if last in _RUNNERS and self._hands_job_on(self._evaluator.results.everything(call, activation)):
            why = f"a function goes to {last}, which runs it at another time"
            return ends(self._notes.lose(state, place, why))
        return ends(state)

    def _hands_job_on(self, given: Things) -> bool:
        """Whether a function among what is given could do anything to the job: it takes steps of the lifecycle, or is
        given the context or a session, by the call or by what it closes over.
        """
        functions = [closure for closure, _ in functions_among(given)]
        return bool(functions) and (carries(given, _TRACKED) or self._reaches_job(functions))

    def _reaches_job(self, functions: list[Closure]) -> bool:
        pending, seen = list(functions), set(functions)
        while pending:
            function = pending.pop()
            if function.flow not in self._evaluator.files[function.path].flows:
                continue  # it was left out, because nothing in it can matter
            if self._takes_steps(function) or len(seen) > _MAX_REACHED:
                return True
            inside = self._evaluator.results.enter(function, (), ())
            for call in inside.flow.calls:
                if carries(self._evaluator.results.everything(call, inside), _TRACKED):
                    return True
                called = [each for each, _ in functions_among(inside.targets(call)) if each not in seen]
                pending += called
                seen.update(called)
        return False

    def _promise(self, at: CallSite, state: State) -> Outcome:
        """``new Promise(executor)``: the executor runs at once. One that is never told how to end never ends."""
        exits: set[State] = set()
        raises: set[State] = set()
        given = at.activation.value(at.call.args[0]) if at.call.args else ANYTHING
        for thing in in_order(given):
            if isinstance(thing, Closure):
                callee = self._evaluator.results.enter(thing, (ANYTHING, ANYTHING), ())
                outcome = self._enter(callee, state, at.site)
                exits |= arriving(outcome.exits)
                raises |= outcome.raises
                if at.is_awaited and not callee.flow.parameters:
                    exits = {self._notes.happen(Event(Kind.ENDLESS, at.place), each, at.flow) for each in exits}
        behind = exits or {state}
        return Outcome(
            frozenset(waited(each, at.place) for each in behind) if at.is_awaited else frozenset(behind),
            frozenset(raises),
        )

    def foreign(self, thing: Thing, at: CallSite, state: State) -> State:
        """A callee that is neither the project's nor the SDK's: handing it the context or a session ends knowledge, and
        so does awaiting it with a function that takes steps of the lifecycle (``await retry(() => ctx.connect())``).
        One that is awaited and given the room may have joined it: ``await session.start(room=ctx.room)`` of a session
        that comes from another package.
        """
        given = self._evaluator.results.everything(at.call, at.activation)
        if carries(given, _TRACKED) or (at.is_awaited and any(map(self._takes_steps, given))):
            return self._notes.lose(state, at.place, f"the context or a session goes to {_named(thing)}")
        word = at.call.target.name if isinstance(at.call.target, v.Attribute) else ""
        if isinstance(thing, Unknown) and (word in STEP_WORDS or (not word and at.is_awaited)):
            return self._notes.lose(state, at.place, "it is not known what is called")
        if at.is_awaited and SdkObject("Room") in given:
            why = f"the room goes to {_named(thing)}"
            return self._notes.hand_room(state, at.place, why, started=word == "start")
        return state

    def _takes_steps(self, thing: Thing) -> bool:
        if not isinstance(thing, Closure):
            return False
        flow = self._evaluator.files[thing.path].flows.get(thing.flow)
        targets = () if flow is None else (each.target for each in flow.calls)
        return any(isinstance(each, v.Attribute) and each.name in STEP_WORDS for each in targets)

    def sdk(self, thing: Thing, at: CallSite, state: State) -> State:
        """Other SDK callees change no state; one that is given the room uses it, one that makes a model sets up."""
        setup = setup_event(thing, at.call, at.activation, at.place)
        if setup is not None:
            state = self._notes.happen(setup, state, at.flow)
            if setup.detail == "AgentSession()":
                state = self._notes.happen(Event(Kind.SESSION_MADE, at.place), state, at.flow)
        if isinstance(thing, (Sdk, SdkMethod)) and state.origin is not None and state.used is None:
            given = self._evaluator.results.everything(at.call, at.activation)
            if any(each == SdkObject("Room") for each in given):
                return self._notes.happen(Event(Kind.ROOM_USE, at.place, detail="ctx.room"), state, at.flow)
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

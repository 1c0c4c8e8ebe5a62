"""What calls of functions outside of the project do to a job: the standard library's, the SDK's, and unknown ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lkagent_lint.facts import values as v
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    ANYTHING,
    Activation,
    Box,
    Closure,
    Foreign,
    Instance,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Things,
    Unknown,
    functions_among,
    in_order,
)
from lkagent_lint.sources.scheduling import AT_ANOTHER_TIME, ELSEWHERE
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.concurrency import JOINS_MANY, PROMISE, Concurrency, Key, ended_by, gathers_one
from lkagent_lint.typestate.events import STEP_WORDS, carries
from lkagent_lint.typestate.in_place import InPlace, lets_nothing_run
from lkagent_lint.typestate.lifecycle import Event, Site, State, arriving, joined, waited
from lkagent_lint.typestate.notes import Notes
from lkagent_lint.typestate.outcomes import CallSite, Effect, Endings, Outcome, ends, nothing
from lkagent_lint.typestate.timing import is_endless_call, setup_event

_RUNNERS = AT_ANOTHER_TIME | ELSEWHERE
_MAX_REACHED = 50
"""Functions that one that runs at another time is followed into; beyond them it may do anything."""
_TRACKED = frozenset(each.name for each in CLASSES.values() if each.carries)
_ROOM = frozenset({"Room"})
_FOLLOWED = frozenset(
    {"functools.partial", "functools.wraps", "asyncio.create_task", "asyncio.ensure_future", "typing.cast"}
)
"""Functions of the standard library whose results the evaluator follows: what they are given stays in hand."""

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
        self._reaching: dict[tuple[Closure, ...], bool] = {}

    def library(self, dotted: str, at: CallSite) -> Effect:
        """A function of the standard library or a builtin of ECMAScript, by its dotted name."""
        last = dotted.rpartition(".")[2]
        if dotted == PROMISE:
            return partial(self._promise, at)
        waits = at.is_awaited and not last.startswith("__a")  # entering asyncio.timeout() lets nothing run
        endless = at.is_awaited_to_the_end and is_endless_call(dotted, at.call, at.activation)
        given = self._evaluator.results.everything(at.call, at.activation)
        runs_later = last in _RUNNERS and self._hands_job_on(given)
        shares = dotted not in _FOLLOWED and self._keeps_job(dotted, given)
        if not (waits or endless or runs_later or shares):
            return nothing
        keys = self._concurrency.awaited_by(dotted, at.call, at.activation) if waits else frozenset[Key]()
        is_link = waits and self._in_place.is_link(at.number, at.activation)
        waits_for_others = dotted in JOINS_MANY and not gathers_one(at.call)

        def effect(state: State) -> Outcome:
            if endless:
                state = self._notes.happen(Event(Kind.ENDLESS, at.place), state, at.flow)
            if waits:
                ended = ended_by(dotted, keys, state)
                # asyncio.wait_for(ctx.connect(), 5) is no await of its own; what runs beside a connect is.
                transparent = bool(ended) or is_link
                state = joined(state, ended)
                if not transparent or waits_for_others:
                    state = waited(state, at.place)
            if runs_later:
                why = f"a function goes to {last}, which runs it at another time"
                return ends(self._notes.lose(state, at.place, why))
            if shares:
                why = f"{dotted.removeprefix('builtins.')} is given what leads to the job"
                state = self._notes.share(state, at.place, why)
            return ends(state)

        return effect

    def _keeps_job(self, dotted: str, given: Things) -> bool:
        """A function of the standard library keeps the job, or a function that leads to it, for others: a context
        variable, a thread, ``map``.
        """
        kept = dotted.endswith("ContextVar.set") and carries(given, _TRACKED | _ROOM)
        return kept or self._reaches_job([closure for closure, _ in functions_among(given)])

    def _hands_job_on(self, given: Things) -> bool:
        """Whether a function among what is given could do anything to the job: it takes steps of the lifecycle, or is
        given the context or a session, by the call or by what it closes over.
        """
        functions = [closure for closure, _ in functions_among(given)]
        return bool(functions) and (carries(given, _TRACKED) or self._reaches_job(functions))

    def _reaches_job(self, functions: list[Closure]) -> bool:
        """Whether one of these functions takes steps of the lifecycle, or hands on or returns what leads to the job."""
        key = tuple(functions)
        if key not in self._reaching:
            self._reaching[key] = bool(functions) and self._find_reaching(functions)
        return self._reaching[key]

    def _find_reaching(self, functions: list[Closure]) -> bool:
        pending, seen = list(functions), set(functions)
        while pending:
            function = pending.pop()
            if function.flow not in self._evaluator.files[function.path].flows:
                continue  # it was left out, because nothing in it can matter
            if self._takes_steps(function) or len(seen) > _MAX_REACHED:
                return True
            inside = self._evaluator.results.enter(function, (), ())
            if carries(self._evaluator.union(inside.flow.returns, inside), _TRACKED | _ROOM):
                return True
            for call in inside.flow.calls:
                if carries(self._evaluator.results.everything(call, inside), _TRACKED | _ROOM):
                    return True
                called = [each for each, _ in functions_among(inside.targets(call)) if each not in seen]
                pending += called
                seen.update(called)
        return False

    def _promise(self, at: CallSite, state: State) -> Outcome:
        """``new Promise(executor)``: the executor runs at once. One that is never told how to end never ends."""
        found = Endings()
        given = at.activation.value(at.call.args[0]) if at.call.args else ANYTHING
        for thing in in_order(given):
            if isinstance(thing, Closure):
                callee = self._evaluator.results.enter(thing, (ANYTHING, ANYTHING), ())
                outcome = self._enter(callee, state, at.site)
                exits = arriving(outcome.exits)
                if at.is_awaited and not callee.flow.parameters:
                    endless = Event(Kind.ENDLESS, at.place)
                    exits = tuple(self._notes.happen(endless, each, at.flow) for each in exits)
                found.add(outcome._replace(exits=exits))
        behind = found.outcome().exits or (state,)
        if at.is_awaited:
            behind = tuple(dict.fromkeys(waited(each, at.place) for each in behind))
        return found.outcome()._replace(exits=behind)

    def foreign(self, thing: Thing, at: CallSite, held: Things = frozenset()) -> Effect:
        """A callee that is neither the project's nor the SDK's, and waits if it is awaited. ``held`` is what a partial
        of it gives it besides.
        """
        return self._not_followed(thing, at, held, waits=_lets_run(at))

    def hidden(self, thing: Thing, at: CallSite) -> Effect:
        """A callee of the project that is not followed."""
        return self._not_followed(thing, at, frozenset(), waits=False)

    def _not_followed(self, thing: Thing, at: CallSite, held: Things, *, waits: bool) -> Effect:
        """Handing on the context or a session ends knowledge, and so does awaiting what is given a function that takes
        steps of the lifecycle (``await retry(() => ctx.connect())``). Who is given the room may join it, and has
        perhaps joined it once he is awaited: ``await session.start(room=ctx.room)`` of a session that comes from
        another package.
        """
        behind = self._behind(thing, at, held)
        if behind is None:
            return waiting(at) if waits else nothing

        def effect(state: State) -> Outcome:
            left = behind(state)
            return ends(waited(left, at.place) if waits else left)

        return effect

    def _behind(self, thing: Thing, at: CallSite, held: Things) -> Callable[[State], State] | None:
        """What calling something that is not followed does to a state; None where it does nothing."""
        given = self._evaluator.results.everything(at.call, at.activation) | self._held(at) | held
        if isinstance(thing, Closure):  # what stands on it may run it
            given |= {thing}
        word = at.call.target.name if isinstance(at.call.target, v.Attribute) else ""
        if carries(given, _TRACKED) or (at.is_awaited and any(map(self._takes_steps, given))):
            return partial(self._notes.lose, place=at.place, why=f"the context or a session goes to {_named(thing)}")
        if isinstance(thing, Unknown) and self._may_step(word, at):
            return partial(self._notes.lose, place=at.place, why="it is not known what is called")
        if carries(given, _ROOM):
            why = f"the room goes to {_named(thing)}"
            if at.is_awaited:
                return partial(self._notes.hand_room, place=at.place, why=why, started=word == "start")
            return partial(self._notes.share, place=at.place, why=why)
        if self._reaches_job([closure for closure, _ in functions_among(given)]):
            why = f"a function that leads to the job goes to {_named(thing)}"
            return partial(self._notes.share, place=at.place, why=why)
        return None

    def _may_step(self, word: str, at: CallSite) -> bool:
        """Something that is not known is called as a step of the lifecycle is, or is awaited without a name. A method
        of an object that the standard library made of known things that lead nowhere is none: ``thread.start()``.
        """
        if word not in STEP_WORDS:
            return not word and at.is_awaited
        bases = at.activation.value(at.call.target.base) if isinstance(at.call.target, v.Attribute) else ANYTHING
        return not bases or not all(isinstance(each, Box) and self._leads_nowhere(each) for each in bases)

    def _leads_nowhere(self, made: Box) -> bool:
        items = made.items
        if any(isinstance(each, (Unknown, Foreign)) for each in items) or carries(items, _TRACKED | _ROOM):
            return False
        return not self._reaches_job([closure for closure, _ in functions_among(items)])

    def _held(self, at: CallSite) -> Things:
        """The object whose method is called, where the method is that of a base, or of a class, that is not known: it
        has what the object was made with.
        """
        target = at.call.target
        if not isinstance(target, v.Attribute):
            return frozenset()
        classes = self._evaluator.classes
        return frozenset(
            each
            for each in at.activation.value(target.base)
            if (isinstance(each, Box) and at.is_awaited)
            or (isinstance(each, Instance) and not classes.is_closed(each) and not classes.has_own(each, target.name))
        )

    def _takes_steps(self, thing: Thing) -> bool:
        if not isinstance(thing, Closure):
            return False
        flow = self._evaluator.files[thing.path].flows.get(thing.flow)
        targets = () if flow is None else (each.target for each in flow.calls)
        return any(isinstance(each, v.Attribute) and each.name in STEP_WORDS for each in targets)

    def sdk(self, thing: Thing, at: CallSite) -> Effect:
        """Other SDK callees change no state; one that is given the room uses it, one that makes a model sets up."""
        setup = setup_event(thing, at.call, at.activation, at.place)
        given = self._evaluator.results.everything(at.call, at.activation)
        is_given_room = isinstance(thing, (Sdk, SdkMethod)) and SdkObject("Room") in given
        if setup is None and not is_given_room:
            return waiting(at)
        lets_run = _lets_run(at)

        def effect(state: State) -> Outcome:
            if setup is not None:
                state = self._notes.happen(setup, state, at.flow)
                if setup.detail == "AgentSession()":
                    state = self._notes.happen(Event(Kind.SESSION_MADE, at.place), state, at.flow)
            self._notes.deeds += 1
            if is_given_room and state.origin is not None and state.used is None:
                state = self._notes.happen(Event(Kind.ROOM_USE, at.place, detail="ctx.room"), state, at.flow)
            return ends(waited(state, at.place) if lets_run else state)

        return effect


def waiting(at: CallSite) -> Effect:
    """The effect of a call that does nothing but let other tasks run, if it is awaited."""
    return (lambda state: ends(waited(state, at.place))) if _lets_run(at) else nothing


def _lets_run(at: CallSite) -> bool:
    return at.is_awaited and not lets_nothing_run(at.call, at.activation)


def _named(thing: Thing) -> str:
    """A callee in words: the package's own name for it, or what is known."""
    match thing:
        case Foreign(name):
            return f"{name}, which is neither the project's nor the SDK's"
        case Closure(_, flow):
            return f"{flow}, which a decorator or a generator hides"
        case _:
            return "something that is not known"

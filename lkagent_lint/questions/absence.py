"""What is not there, and whether everything that could be there is known: with the reason where it is not.

A finding of absence needs certainty, and there is one notion of it. Each question says of one kind of absence why it is
not sure: what a job does not do, whom nothing in the project dispatches or registers, what a release of the SDK does
not have. No doubt, and it is. Rules that say that something is missing ask here before they speak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.following import given_to, last_name, parts_of_call, walk
from lkagent_lint.facts.scopes import owner_of
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.project.things import (
    Activation,
    Foreign,
    Library,
    Plain,
    SdkMethod,
    Thing,
    Things,
    Unknown,
)
from lkagent_lint.questions.dispatches import name_doubts, registered_names, room_doubts, worker_doubts
from lkagent_lint.questions.doubts import Doubt
from lkagent_lint.questions.methods import Methods, WrittenCall
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.verdicts import JobVerdicts
from lkagent_lint.sources.sdk.vocabulary import CLASSES, written
from lkagent_lint.typestate.automaton import Room
from lkagent_lint.typestate.events import carries
from lkagent_lint.typestate.solver import Solved

_LEADS = frozenset({"Room", *(each.name for each in CLASSES.values() if each.carries)})
_START = SdkMethod("AgentSession", "start")
_STARTS = written(lambda term: (term.owner, term.name) == ("AgentSession", "start"))


def _is_step(owner: str, name: str) -> bool:
    return owner == "JobContext" or (owner, name) in (("AgentSession", "start"), ("Room", "connect"))


_STEPS = written(lambda term: _is_step(term.owner, term.name))
_DEPTH = 4
"""Variables that hold variables are followed so far."""
_RUNS_BESIDE = "something that may join runs beside it"

EVERYWHERE = frozenset({"on", "once", "off", "emit", "append", "get", "items", "format", "join", "strip"})
"""Not worth a closer look: methods of emitters, and those that strings and containers have."""


class Absence:
    """Answers for one project."""

    def __init__(
        self, project: Project, offers: Offers, methods: Methods, verdicts: JobVerdicts, solved: Sequence[Solved]
    ) -> None:
        self._project = project
        self._offers = offers
        self._methods = methods
        self._verdicts = verdicts
        self._solved = solved

    # In a job

    def in_job(self, solved: Solved) -> tuple[Doubt, ...]:
        """Why it is not sure that nothing of a job does what none of its known steps does."""
        known = [Doubt(*each) for each in (*solved.ended, *solved.shared)]
        return tuple(known) or tuple(self._given_away(solved))

    def of_joining(self, solved: Solved) -> tuple[Doubt, ...]:
        """Why it is not sure that nobody joins the room of a job, where none of its own steps does."""
        return self.in_job(solved) or tuple(self._done_elsewhere(solved))

    def before(self, ways: Sequence[Way]) -> tuple[Doubt, ...]:
        """Why it is not sure that nothing joined the room before a step that is reached in these ways."""
        for way in usual(ways):
            if way.state.shared or way.state.room in (Room.UNKNOWN, Room.PENDING):
                return self.in_job(way.solved) or (Doubt(way.event.place, _RUNS_BESIDE),)
        return tuple(
            doubt
            for solved in {id(way.solved): way.solved for way in ways}.values()
            for doubt in self._done_elsewhere(solved)
        )

    def of_start(self, solved: Solved) -> tuple[Doubt, ...]:
        """Why it is not sure that nobody starts a session of a job, where none of its own steps does."""
        return (*self.in_job(solved), *self._starts_handed_on(solved), *self._starts_elsewhere())

    def _done_elsewhere(self, solved: Solved) -> Iterator[Doubt]:
        """What functions that no job runs itself do to a job that they are not given: a variable of a module holds it,
        and a thread runs them, or whoever serves requests.
        """
        kept = self._kept_as(solved) if self._steps_elsewhere else frozenset[str]()
        for each, is_known in self._steps_elsewhere if kept else ():
            if is_known or not kept.isdisjoint(_named_in(each)):
                said = "a job that is kept somewhere may go on here, in a function that no job runs itself"
                yield Doubt(each.place, said)

    @cached_property
    def _steps_elsewhere(self) -> tuple[tuple[WrittenCall, bool], ...]:
        """Calls that may be such steps, and whether that is known, or cannot be."""
        entered = {(each.path, each.name) for job in self._solved for each in job.entered}
        return tuple(
            (each, _is_the_jobs(each) or _is_asked_for(each))
            for each in self._methods.written(_STEPS)
            if (each.activation.path, each.activation.name) not in entered
            and all(map(_may_be_step, each.targets))
            and not self._project.in_tests(each.activation.path)
            and _is_from_outside(each.call.target, each.activation)
        )

    @staticmethod
    def _kept_as(solved: Solved) -> frozenset[str]:
        """The names by which others find what leads to a job, where its course puts that into a variable of a module,
        an object or a container that is no variable of its own.
        """
        return frozenset(
            name for each in solved.entered for name, value in _kept(each) if name and carries(value, _LEADS)
        )

    def _given_away(self, solved: Solved) -> Iterator[Doubt]:
        """What is stored on objects of others, or on objects that others are given: the solver does not see it."""
        for activation in solved.entered:
            for store in activation.flow.stores:
                if carries(activation.value(store.value), _LEADS):
                    bases = activation.value(store.base)
                    if any(isinstance(each, (Foreign, Unknown)) for each in bases) or self._is_shown(bases, solved):
                        yield Doubt(activation.place(store.span), "an object that is not followed is given the job")

    def _is_shown(self, held: Things, solved: Solved) -> bool:
        """Somebody who is not followed is given one of these objects in the course of a job."""
        everything = self._project.evaluator.results.everything
        return any(
            any(isinstance(each, (Foreign, Unknown)) for each in activation.targets(call))
            and not held.isdisjoint(everything(call, activation))
            for activation in solved.entered
            for call in activation.flow.calls
        )

    @staticmethod
    def _starts_handed_on(solved: Solved) -> Iterator[Doubt]:
        """The job gives some ``start`` to somebody, or returns it, or keeps it."""
        for activation in {id(each.flow): each for each in solved.entered}.values():
            held = (part for value in _held(activation.flow) for part in walk(value))
            if any(isinstance(part, v.Attribute) and part.name in _STARTS for part in held):
                yield Doubt(activation.place(activation.flow.span), "the start of a session is handed on here")

    def _starts_elsewhere(self) -> Iterator[Doubt]:
        """Some function that no job runs may start a session."""
        entered = {(each.path, each.name) for job in self._solved for each in job.entered}
        for each in self._methods.written(_STARTS):
            if (each.activation.path, each.activation.name) not in entered:
                if any(isinstance(target, Unknown) or target == _START for target in each.targets):
                    yield Doubt(each.place, "a session is started here, in a function that no job runs itself")

    def causes(self, solved: Solved) -> tuple[Doubt, ...]:
        """What else ends a job before it could do what is missing, where another rule speaks of it or nothing can be
        said: a name that the SDK does not have, and an entry that always raises.
        """
        found: list[Doubt] = []
        if not solved.returns and not any(each.flow.endless for each in solved.entered):
            found.append(Doubt(solved.job.place, "it always raises"))
        for path in sorted({each.path for each in solved.entered}):
            missing = self._offers.missing(path)
            found += [Doubt(Place(path, each.fact.span), f"{each.dotted} is not there") for each in missing]
        for activation in solved.entered:
            found += self._lacking(activation)
        return tuple(found)

    def _lacking(self, activation: Activation) -> Iterator[Doubt]:
        """Calls of methods that the SDK's class does not have: LKA406 speaks of them."""
        for call in activation.flow.calls:
            for target in activation.targets(call):
                if isinstance(target, SdkMethod) and target.kind in _LEADS and target.name not in EVERYWHERE:
                    if self._offers.lacked_member(activation.path, target.kind, target.name) is not None:
                        yield Doubt(activation.place(call.span), f"{target.kind} has no {target.name}")

    # In a project

    def of_dispatch(self, worker: Worker) -> tuple[Doubt, ...]:
        """Why it is not sure that nothing dispatches a worker, where nothing surely does."""
        return self._verdicts.of(worker).doubts

    def of_worker(self, name: str) -> tuple[Doubt, ...]:
        """Why it is not sure that no worker has a name, where none of the known ones has."""
        return tuple(worker_doubts(self._project, name))

    def of_room(self) -> tuple[Doubt, ...]:
        """Why it is not sure that every room of the project lists its agents, and none of them without a name."""
        registered = registered_names(self._project)
        return tuple(name_doubts(self._project) if registered is None else room_doubts(self._project, registered))

    # In a release

    def in_release(self, path: str, package: str) -> tuple[Doubt, ...]:
        """Why nothing can be said to be absent from a package of the SDK, for a file."""
        return self._offers.doubts(path, package)


def _may_be_step(target: Thing) -> bool:
    """What comes out of a container that is empty as it is written is taken for a plain value."""
    return isinstance(target, (Unknown, Plain)) or (
        isinstance(target, SdkMethod) and _is_step(target.kind, target.name)
    )


def _kept(activation: Activation) -> Iterator[tuple[str, Things]]:
    """What a function puts where others find it, and what that is called."""
    flow = activation.flow
    for store in flow.stores:
        if _is_from_outside(store.base, activation):
            yield store.name, activation.value(store.value)
    for where, what in flow.put:
        if _is_from_outside(where, activation):
            yield last_name(where), activation.value(what)
    for call in flow.calls:
        if not isinstance(call.target, v.Attribute) or not _is_from_outside(call.target, activation):
            continue
        if any(isinstance(each, (Unknown, Plain, Foreign, Library)) for each in activation.targets(call)):
            yield from ((last_name(call.target.base), activation.value(each)) for each in given_to(call))
    for name, values in activation.facts.flows[MODULE].variables.items():
        yield from (
            (name, activation.value(each.value))
            for each in values
            if isinstance(each, v.Elsewhere) and each.flow == flow.name
        )


def _is_the_jobs(step: WrittenCall) -> bool:
    """It surely is a step of some job's context or session, which no attribute of the object itself holds."""
    owners = {target.kind for target in step.targets if isinstance(target, SdkMethod)}
    return bool(owners - {"Room"}) and not _is_self(_root(step.call.target), step.activation.flow)


def _is_asked_for(step: WrittenCall) -> bool:
    """What it is called on comes from a function of the file that says nothing else: ``current().connect()``."""
    target, flow = step.call.target, step.activation.flow
    base = target.base if isinstance(target, v.Attribute) else None
    asked = flow.calls[base.call].target if isinstance(base, v.Result) else None
    return isinstance(asked, v.Name) and asked.name in step.activation.facts.inert


def _named_in(step: WrittenCall) -> frozenset[str]:
    """The attribute of the object itself on which a step is taken; else every name and attribute that its function
    mentions, or one of its file that it calls by its name.
    """
    activation, target = step.activation, step.call.target
    if _is_self(_root(target), activation.flow):
        held = target.base if isinstance(target, v.Attribute) else target
        return frozenset({last_name(held)})
    flows = activation.facts.flows
    called = (flows.get(call.target.name) for call in activation.flow.calls if isinstance(call.target, v.Name))
    return frozenset(_names(activation.flow)).union(*(_names(each) for each in called if each is not None))


def _names(flow: Flow) -> Iterator[str]:
    held = (value for values in flow.variables.values() for value in values)
    parts = walk(*held, *(part for call in flow.calls for part in parts_of_call(call)), *flow.returns)
    yield from (each.name for each in parts if isinstance(each, (v.Name, v.Attribute)))


def _is_from_outside(value: v.Expr, activation: Activation) -> bool:
    """A value comes from a variable of a module, from an object's own attribute or from what is called, and not from
    what the function is given or makes.
    """
    return _comes_from_outside(value, activation.flow, activation.facts, _DEPTH)


def _comes_from_outside(value: v.Expr, flow: Flow, facts: FileFacts, depth: int) -> bool:
    root = _root(value)
    if isinstance(root, v.Result):  # what a class makes is the function's own
        return not last_name(flow.calls[root.call].target)[:1].isupper()
    if not isinstance(root, v.Name) or not depth:
        return True
    home = owner_of(facts, flow, root.name)
    if home is None or home.name == MODULE:
        return True
    if any(each.name == root.name for each in home.parameters):
        return _is_self(root, home)
    return any(_comes_from_outside(each, home, facts, depth - 1) for each in home.variables[root.name])


def _root(value: v.Expr) -> v.Expr:
    while isinstance(value, (v.Attribute, v.Subscript)):
        value = value.base
    return value


def _is_self(root: v.Expr, flow: Flow) -> bool:
    """The object whose method a function is."""
    return bool(flow.owner and flow.parameters) and root == v.Name(flow.parameters[0].name)


def _held(flow: Flow) -> Iterator[v.Expr]:
    """What a function gives to others, returns or keeps."""
    for call in flow.calls:
        yield from given_to(call)
    yield from flow.returns
    yield from (each.value for each in flow.stores)
    yield from (value for values in flow.variables.values() for value in values)


def usual(ways: Sequence[Way]) -> Sequence[Way]:
    """The ways to a step that no exception led to; where only exceptions lead there, all of them."""
    return [each for each in ways if each.is_ordinary] or ways


def always(ways: Sequence[Way], lacks: Callable[[Way], bool]) -> bool:
    """Every usual way to a step lacks something.

    Of two ways that meet before the step it is not known which one goes on to it: a function that did what the other
    lacks may have said so by its value.
    """
    return all(map(lacks, usual(ways)))

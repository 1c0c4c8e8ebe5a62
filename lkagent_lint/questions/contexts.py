"""What runs outside of an agent's own context: since livekit-agents 2.0 its session and its history can be read in its
hooks and tools only, and elsewhere its options are stored for a later start.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow, Read
from lkagent_lint.facts.following import given_to
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure, Instance, Thing, in_order
from lkagent_lint.questions.handlers import Handlers
from lkagent_lint.questions.methods import Methods
from lkagent_lint.sources.sdk.vocabulary import Role, written
from lkagent_lint.typestate.automaton import Kind, Session
from lkagent_lint.typestate.lifecycle import START_STATE
from lkagent_lint.typestate.solver import Reached, Solved, follow

_THREADS = frozenset({"Thread", "Timer", "run_in_executor", "submit"})
"""What begins a thread without the context variables of who begins it, as ``asyncio.to_thread`` passes them on."""
_HANDLERS = (Role.LISTENER, Role.STREAM, Role.RPC, Role.PARTICIPANT)
_DETECTION = "turn_detection"
_FUNCTIONS = (v.Name, v.Attribute, v.Function)
"""How a function is given that is made or held elsewhere."""
_READ = written(lambda term: term.event == Kind.AGENT_READ.name, in_node=False)


class Where(enum.Enum):
    """Who runs a step."""

    JOB = "the entry and what it calls"
    CONSTRUCTOR = "the agent's constructor"
    THREAD = "a thread"
    SHUTDOWN = "a shutdown callback"
    HANDLER = "a handler, which runs in the context of who emits the event"


class Apart(NamedTuple):
    """A step that surely runs outside of the agent's context, or in a handler may do so."""

    place: Place
    what: str
    """``agent.chat_ctx``, ``agent.update_options()``."""
    where: Where
    begins: str
    """The function that the SDK or a thread runs, by its name."""
    function: str
    """That in which it stands."""


class Contexts:
    """Answers for one project."""

    def __init__(self, project: Project, solved: tuple[Solved, ...], handlers: Handlers, methods: Methods) -> None:
        self._project = project
        self._solved = solved
        self._handlers = handlers
        self._methods = methods

    def reads(self) -> Iterator[Apart]:
        """Every read of an agent's session or history, those in constructors first; a place may come several times."""
        yield from self._in_constructors()
        for solved in self._solved:
            for each in solved.reached:
                if each.event.kind is Kind.AGENT_READ and not each.state.exceptional:
                    yield _apart(each, Where.JOB, solved.job.entry.flow)
        yield from self._in_threads()
        yield from self._in_handlers(Kind.AGENT_READ)

    def options(self) -> Iterator[Apart]:
        """Every change of an agent's options that may come once a session has started; of the like."""
        for solved in self._solved:
            begins = solved.job.entry.flow
            for each in solved.reached:
                is_late = each.state.session is Session.STARTED and not each.state.exceptional
                if each.event.kind is Kind.AGENT_OPTIONS and is_late:
                    yield _apart(each, Where.JOB, begins)
            yield from self._detections(solved, begins)
        yield from self._in_handlers(Kind.AGENT_OPTIONS)

    def _detections(self, solved: Solved, begins: str) -> Iterator[Apart]:
        """``agent.turn_detection = …`` behind the start of a session in the same function."""
        starts = {(each.site.place.path, each.site.function): each.event for each in solved.reached if _starts(each)}
        for activation in dict.fromkeys(solved.entered):
            start = starts.get((activation.path, activation.name))
            for store in activation.flow.stores if start is not None else ():
                is_later = start is not None and store.span is not None and store.span > start.place.span
                if store.name == _DETECTION and is_later and self._are_agents(activation.value(store.base)):
                    place = activation.place(store.span)
                    yield Apart(place, f"agent.{_DETECTION} = …", Where.JOB, begins, activation.name)

    def _are_agents(self, things: frozenset[Thing]) -> bool:
        classes = self._project.evaluator.classes
        records = (classes.record(each) for each in things if isinstance(each, Instance))
        own = any(record is not None and _DETECTION in record.attributes for record in records)
        return bool(things) and all("Agent" in classes.kinds(each) for each in things) and not own

    def _in_constructors(self) -> Iterator[Apart]:
        """Reads in ``__init__`` of an agent, whoever makes it."""
        for activation in self._methods.activations(lambda flow: bool(flow.owner) and flow.own_name == "__init__"):
            flow, receiver = activation.flow, Instance(activation.path, activation.flow.owner, None)
            classes = self._project.evaluator.classes
            if activation.is_node or not flow.parameters or "Agent" not in classes.kinds(receiver):
                continue
            for read in _reads(flow, flow.parameters[0].name):
                if isinstance(read.value, v.Attribute) and not classes.has_own(receiver, read.value.name):
                    what = f"agent.{read.value.name}"
                    yield Apart(activation.place(read.span), what, Where.CONSTRUCTOR, flow.own_name, flow.name)

    def _in_threads(self) -> Iterator[Apart]:
        evaluator = self._project.evaluator
        for found in self._methods.best_known(_THREADS):
            for value in given_to(found.call) if not found.activation.is_node else ():
                for thing in in_order(found.activation.value(value)) if isinstance(value, _FUNCTIONS) else ():
                    if isinstance(thing, Closure):
                        inside = evaluator.results.enter(thing, (), ())
                        course = follow(inside, START_STATE, evaluator, self._project.sdk(thing.path))
                        for each in course.reached if course is not None else ():
                            if each.event.kind is Kind.AGENT_READ:
                                yield _apart(each, Where.THREAD, thing.flow)

    def _in_handlers(self, kind: Kind) -> Iterator[Apart]:
        for handled in self._handlers.run(START_STATE, lambda _: True, *_HANDLERS, Role.SHUTDOWN):
            where = Where.SHUTDOWN if handled.handed.hands.role is Role.SHUTDOWN else Where.HANDLER
            begins = handled.thing.flow if isinstance(handled.thing, Closure) else ""
            for each in handled.course.reached if handled.course is not None else ():
                if each.event.kind is kind:
                    yield _apart(each, where, begins)


def _apart(reached: Reached, where: Where, begins: str) -> Apart:
    return Apart(reached.event.place, reached.event.detail, where, begins, reached.site.function)


def _starts(reached: Reached) -> bool:
    return reached.event.kind.does.starts


def _reads(flow: Flow, receiver: str) -> Iterator[Read]:
    """Reads of what an agent's session holds, from one name."""
    for step in flow.steps:
        if isinstance(step, Read) and isinstance(step.value, v.Attribute):
            if step.value.base == v.Name(receiver) and step.value.name in _READ:
                yield step

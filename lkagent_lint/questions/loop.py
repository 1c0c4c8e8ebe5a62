"""What runs on a job's event loop: entries, tools, handlers, the agents' hooks, and what these call.

A coroutine that such a function makes runs there too, as a task or in place; a function that is only
passed on (to a thread, an executor) runs elsewhere and is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.following import given_to, walk
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import (
    JOB_REQUEST,
    Activation,
    Closure,
    Instance,
    Record,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    in_order,
    only,
)
from lkagent_lint.questions.listeners import HANDLERS, Listeners
from lkagent_lint.sources.scheduling import ELSEWHERE
from lkagent_lint.sources.sdk.vocabulary import Role, function, term, written

_HOOKS = written(lambda term: term.is_hook)
"""Methods of ``Agent`` that the session calls (livekit-agents 1.8.9, ``voice/agent.py``)."""
_TOOL_MAKERS = written(lambda term: term.hands is not None and term.hands.role is Role.TOOL)
_PLAIN_ONLY = (Role.LISTENER, Role.STREAM)
"""What takes plain functions only: a coroutine function is refused there, or its body never runs (LKA401)."""
_HANDED = {
    **dict.fromkeys(HANDLERS, "handler"),
    Role.HOOK: "hook",
    Role.TEXT: "text",
    Role.ROUTE: "route",
}
"""What runs on a loop of what the SDK is handed, in words of a root."""
_ACTIVATIONS = 4
"""A function is looked at in so many activations: what blocks hardly ever depends on its arguments."""
_DEPTH = 4
"""Plain functions that call plain functions are followed so far."""

Judge = Callable[[Thing, Call, Activation], str]
"""What is wrong with calling a thing, in a word; empty if nothing is."""


class Root(NamedTuple):
    """A function that the SDK calls on the loop."""

    activation: Activation
    role: str
    """``entry``, ``request``, ``tool``, ``handler``, ``hook``, ``shutdown``, ``text`` or ``route``."""


class OnLoop(NamedTuple):
    """A call on the loop of which something is wrong."""

    place: Place
    what: str
    """The judge's word."""
    through: Place | None
    """Where it happens, if the call itself only leads to it through plain functions of the project."""
    function: str
    root: Root


class Loop:
    """What runs on the event loops of one project's jobs."""

    def __init__(self, project: Project, listeners: Listeners) -> None:
        self._project = project
        self._listeners = listeners
        self._known_roots: dict[bool, tuple[Root, ...]] = {}
        self._known_steps: dict[Activation, tuple[_Step, ...]] = {}

    def calls(self, judge: Judge, *, shutdown: bool = False) -> Iterator[OnLoop]:
        """Every call of which the judge says something, in functions that are reached without leaving the loop.

        A coroutine function's own call stands where it is written; what a plain function of the project does stands
        at the call that leads to it, in the function of the loop. The same place may come several times. Shutdown
        callbacks count only if asked for.
        """
        return _LoopWalk(self._project, judge, self._steps).run(self._roots(shutdown))

    @cached_property
    def reached(self) -> tuple[Activation, ...]:
        """Every function that runs on a job's loop, with shutdown callbacks, setup functions and what these call."""
        found: dict[Activation, None] = {}

        def note(thing: Thing, call: Call, inside: Activation) -> str:
            found.setdefault(inside)
            return ""

        enter = self._project.evaluator.results.enter
        setups = (Root(enter(each, (), ()), "setup") for server in self._project.here.servers for each in server.setups)
        roots = (*self._roots(shutdown=True), *setups)
        found.update((root.activation, None) for root in roots)
        for _ in _LoopWalk(self._project, note, self._steps).run(roots):
            pass
        return tuple(found)

    def is_tool(self, path: str, flow: Flow) -> bool:
        """A function that a model can call: ``function_tool`` stands on it, or the ``tool`` of an agent."""
        home = self._project.files[path].flows[flow.parent or MODULE]
        for decorator in flow.decorators:
            target = home.calls[decorator.call].target if isinstance(decorator, v.Result) else decorator
            if isinstance(target, (v.Name, v.Attribute)) and target.name in _TOOL_MAKERS:
                found = self._project.evaluator.usual(path, home).value(target)
                if found and all(_is_tool_maker(each) for each in found):
                    return True
        return False

    def _roots(self, shutdown: bool) -> tuple[Root, ...]:
        """Every function that the SDK calls on a job's loop, or on the worker's."""
        found = self._known_roots.get(shutdown)
        if found is None:
            found = self._known_roots[shutdown] = tuple(self._found_roots(shutdown))
        return found

    def _steps(self, activation: Activation) -> tuple[_Step, ...]:
        """The calls of a function, looked up once for all who walk the loop."""
        found = self._known_steps.get(activation)
        if found is None:
            elsewhere = _handed_away(activation.flow)
            found = self._known_steps[activation] = tuple(
                self._step(call, activation, elsewhere=v.Result(number) in elsewhere)
                for number, call in enumerate(activation.flow.calls)
            )
        return found

    def _step(self, call: Call, activation: Activation, *, elsewhere: bool) -> _Step:
        things = tuple(in_order(activation.targets(call)))
        callees = tuple(tuple(self._callees(each, call, activation)) for each in things)
        return _Step(call, things, callees, elsewhere)

    def _callees(self, thing: Thing, call: Call, activation: Activation) -> Iterator[Activation]:
        """The activations that calling a function of the project makes, unless it is a generator.

        Behind a decorator that is not known a coroutine function still runs on the loop, and a plain one may not.
        """
        for run in self._project.evaluator.running.of(thing, call, activation):
            made = run.activation
            if made is None and run.inside.flow.is_async:
                made = run.inside
            if made is not None and not made.flow.is_generator:
                yield made

    def _found_roots(self, shutdown: bool) -> Iterator[Root]:
        project, enter = self._project, self._project.evaluator.results.enter
        for job in project.jobs:
            if not job.legacy:
                yield Root(enter(job.entry, job.bindings, ()), "entry")
        for worker in project.here.workers:
            for request in worker.requests:
                yield Root(enter(request, (only(JOB_REQUEST),), ()), "request")
        for path, flow in self._functions():
            role = "tool" if self.is_tool(path, flow) else "hook" if self.is_hook(path, flow) else ""
            if role:
                yield Root(project.evaluator.usual(path, flow), role)
        yield from self._made_tools()
        for found in self._listeners.handed(*_HANDED, *([Role.SHUTDOWN] if shutdown else [])):
            for each in in_order(found.things):
                if isinstance(each, Closure) and self._runs_on_loop(each, found.hands.role):
                    yield Root(enter(each, (), ()), _HANDED.get(found.hands.role, "shutdown"))

    def _functions(self) -> Iterator[tuple[str, Flow]]:
        for path, facts in self._project.files.items():
            if not facts.legacy:
                yield from ((path, flow) for flow in facts.flows.values())

    def _runs_on_loop(self, function: Closure, role: Role) -> bool:
        """Python's SDK takes plain functions only where it says so (LKA401), and answers a request by a plain one in
        a thread of its own (Starlette).
        """
        facts = self._project.files[function.path]
        is_async = facts.flows[function.flow].is_async
        if facts.language != "python":
            return True
        return not is_async if role in _PLAIN_ONLY else is_async if role is Role.ROUTE else True

    def is_hook(self, path: str, flow: Flow) -> bool:
        """A method by which an agent of the project overrides what the session calls."""
        if not flow.owner or flow.own_name not in _HOOKS or flow.binding:
            return False
        return "Agent" in self._project.evaluator.classes.kinds(Instance(path, flow.owner, None))

    def _made_tools(self) -> Iterator[Root]:
        """Functions that are made tools by a call: ``function_tool(look_up, name="…")``, ``llm.tool({ execute })``."""
        evaluator = self._project.evaluator
        for path, flow in self._project.words.callers(_TOOL_MAKERS):
            if self._project.files[path].legacy:
                continue
            activation = evaluator.usual(path, flow)
            for call in flow.calls:
                if word_of(call) in _TOOL_MAKERS and call.args and all(map(_is_tool_maker, activation.targets(call))):
                    for each in in_order(activation.value(call.args[0])):
                        given = evaluator.scripts.held(each, "execute") if isinstance(each, Record) else only(each)
                        yield from (
                            Root(evaluator.results.enter(one, (), ()), "tool")
                            for one in in_order(given)
                            if isinstance(one, Closure)
                        )


def _is_tool_maker(thing: Thing) -> bool:
    match thing:
        case Sdk(name) | SdkObject(name):
            known = function(name)
        case SdkMethod(kind, name):
            known = term(kind, name)
        case _:
            return False
    return known is not None and known.hands is not None and known.hands.role is Role.TOOL


class _Step(NamedTuple):
    """A call in a function of the loop."""

    call: Call
    things: tuple[Thing, ...]
    """What is called."""
    callees: tuple[tuple[Activation, ...], ...]
    """Of each thing: the functions of the project that run."""
    elsewhere: bool
    """What the call makes is given to a thread or a process."""


class _LoopWalk:
    def __init__(self, project: Project, judge: Judge, steps: Callable[[Activation], tuple[_Step, ...]]) -> None:
        self._project = project
        self._judge = judge
        self._steps = steps
        self._seen: dict[tuple[str, str], set[Activation]] = {}
        self._plain: dict[Activation, tuple[str, Place] | None] = {}

    def run(self, starts: tuple[Root, ...]) -> Iterator[OnLoop]:
        pending = [(root.activation, root) for root in starts][::-1]
        while pending:
            activation, root = pending.pop()
            seen = self._seen.setdefault((activation.path, activation.name), set())
            if activation in seen or len(seen) >= _ACTIVATIONS:
                continue
            seen.add(activation)
            for step in self._steps(activation):
                wrong = self._look(step, activation)
                if not step.elsewhere:
                    pending += [(callee, root) for each in step.callees for callee in each if callee.flow.is_async]
                if step.call.span is not None and wrong is not None:
                    yield OnLoop(activation.place(step.call.span), *wrong, activation.flow.name, root)

    def _look(self, step: _Step, activation: Activation) -> tuple[str, Place | None] | None:
        """What is wrong with a call, itself or in what plain functions of the project do that it runs."""
        found: list[tuple[str, Place | None]] = []
        for thing, callees in zip(step.things, step.callees, strict=True):
            what = self._judge(thing, step.call, activation)
            if what:
                found.append((what, None))
            for callee in callees:
                if callee.flow.is_async or not self._may_follow(activation):
                    continue
                deeper = self._deeper(callee, _DEPTH)
                if deeper is not None:
                    found.append(deeper)
        return found[0] if found and len(found) == len(step.things) else None

    def _may_follow(self, activation: Activation) -> bool:
        """A finding may stand in the file: flake8 passes over those that neither know the SDK nor hold a coroutine."""
        facts = activation.facts
        return any(flow.is_async for flow in facts.flows.values()) or any(
            module.startswith("livekit") for module in facts.modules
        )

    def _deeper(self, activation: Activation, depth: int) -> tuple[str, Place] | None:
        """What a plain function does that the judge speaks of, itself or through plain functions that it calls."""
        if activation in self._plain or depth == 0:
            return self._plain.get(activation)
        self._plain[activation] = None
        found = self._in_plain(activation, depth)
        self._plain[activation] = found
        return found

    def _in_plain(self, activation: Activation, depth: int) -> tuple[str, Place] | None:
        deeper: tuple[str, Place] | None = None
        for step in self._steps(activation):
            if step.call.span is None:
                continue
            whats = [self._judge(each, step.call, activation) for each in step.things]
            if whats and all(whats):
                return whats[0], activation.place(step.call.span)
            if len(step.things) == 1 and deeper is None:
                for callee in step.callees[0]:
                    if not callee.flow.is_async:
                        deeper = self._deeper(callee, depth - 1)
        return deeper


def _handed_away(flow: Flow) -> set[v.Expr]:
    """Everything that a function gives to threads and processes: the coroutines among it run on other loops."""
    found: set[v.Expr] = set()
    for call in flow.calls:
        if word_of(call) in ELSEWHERE:
            found.update(walk(*given_to(call)))
    return found

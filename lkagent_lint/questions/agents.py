"""What agents are given: when they are made, and later, functions by ``@desk.tool``, ``@desk.instructions``,
``@desk.on_enter`` and their like (livekit-agents 2.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Call, Flow
from lkagent_lint.facts.scopes import spelled
from lkagent_lint.project.origins import Origins
from lkagent_lint.project.records import CallRef, Project
from lkagent_lint.project.things import (
    NEVER,
    Activation,
    ClassOf,
    Closure,
    Instance,
    Sdk,
    SdkObject,
    String,
    Thing,
    Things,
)
from lkagent_lint.questions.methods import Methods, WrittenCall
from lkagent_lint.sources.sdk.vocabulary import Role, class_name, written

_AGENT = "Agent"
_EXIT = "on_exit"
_DECORATORS = written(
    lambda term: (
        term.owner == _AGENT
        and term.hands is not None
        and term.hands.decorates
        and term.hands.role in (Role.TOOL, Role.HOOK)
    ),
    in_node=False,
)
TRANSITIONS = ("Completed", "Failed", "Rejected", "InputRequired", "Working")
"""What a tool or a hook returns to end or to hold a task."""
_UNION = "Transition"
_UNNAMED = "default_agent"
"""What an agent is called that no module's variable holds."""


def transition_of(things: Things) -> str:
    """The class of transitions, or their union ``Transition``, that a value surely is; empty for all else."""
    names = {each.name.rpartition(".")[2] if isinstance(each, Sdk) else "" for each in things}
    name = names.pop() if len(names) == 1 else ""
    is_sdks = all(isinstance(each, Sdk) and each.name.startswith("livekit.agents.") for each in things)
    return name if name in (*TRANSITIONS, _UNION) and is_sdks else ""


class Registration(NamedTuple):
    """A member of an agent, or of a class of agents, that is given a function."""

    found: WrittenCall
    method: str
    """``tool``, ``instructions``, ``on_enter``, ``output_validator``; and ``on_exit``, which only looks like one."""
    owners: Things
    """What the member is read from: agents all, or classes all."""
    is_on_class: bool
    has_brackets: bool
    """It is a decorator with a call of its own, ``@desk.tool()``."""
    function: v.Expr | None
    """None where it is called without any."""
    name: str
    """The function's, as a definition writes it; empty where it is no definition of the file."""

    @property
    def place(self) -> Place:
        return self.found.place

    @property
    def activation(self) -> Activation:
        return self.found.activation

    @property
    def call(self) -> Call:
        return self.found.call

    @property
    def spelt(self) -> str:
        """``desk.tool``, as it is written."""
        return spelled(self.call.target) or f"….{self.method}"

    @property
    def functions(self) -> Things:
        """What the function can be."""
        return frozenset() if self.function is None else self.activation.value(self.function)


class Named(NamedTuple):
    """An agent by the call that makes it, with what it is called there."""

    site: CallRef
    name: str


class Agents:
    """The agents of one project."""

    def __init__(self, project: Project, methods: Methods) -> None:
        self._project = project
        self._methods = methods
        self._origins = Origins(project.evaluator)

    def is_agent(self, thing: Thing) -> bool:
        """An object of the SDK's class or of a class of the project that derives from it."""
        return _AGENT in self._project.evaluator.classes.kinds(thing)

    def is_class(self, thing: Thing) -> bool:
        """That class itself, or one that derives from it."""
        match thing:
            case Sdk(dotted):
                return self.is_agent(SdkObject(class_name(dotted)))
            case ClassOf(path, name):
                return self.is_agent(Instance(path, name, None))
            case _:
                return False

    def has_as_written(self, owner: Thing, member: str) -> bool:
        """What the SDK says of a member holds for an object or a class: no class of the project says otherwise."""
        if not isinstance(owner, (ClassOf, Instance)):
            return True
        classes = self._project.evaluator.classes
        return classes.is_closed(owner) and not classes.has_own(owner, member)

    def made_without(self, keyword: str, agent: v.Expr, activation: Activation) -> bool:
        """Whether the one call that makes an agent, and every constructor of the project's classes on the way to the
        SDK's, surely gives no such keyword.
        """
        site = self._origins.of(activation.path, activation.flow, agent)
        if site is None:
            return False
        call, targets = self._project.call(site), self._project.targets(site)
        if len(targets) != 1 or not all(map(self.is_class, targets)) or not _is_without(keyword, call):
            return False
        return all(isinstance(each, Sdk) or self._hands_none_on(keyword, each) for each in targets)

    def _hands_none_on(self, keyword: str, owner: Thing) -> bool:
        """The constructors of a class and of its bases give the next one no such keyword, and the last is the SDK's."""
        classes = self._project.evaluator.classes
        if not isinstance(owner, ClassOf) or not classes.is_closed(owner):
            return False
        for base in classes.lineage(owner):
            if isinstance(base, SdkObject):
                return self.is_agent(base)
            record = classes.record(base) if isinstance(base, ClassOf) else None
            if not isinstance(base, ClassOf) or record is None or "__new__" in record.attributes:
                return False
            if "__init__" in record.attributes:
                flow = self._project.files[base.path].flows.get(f"{base.name}.__init__")
                calls = [] if flow is None else [each for each in flow.calls if _is_constructor(each)]
                if len(calls) != 1 or not _is_without(keyword, calls[0]):
                    return False
        return False

    def named(self, path: str, flow: Flow, agent: v.Expr) -> Named | None:
        """What the one agent that an expression is has as its ``id`` (livekit-agents 2.0): the name that it is given,
        else the module's variable that holds it, or the name of its class. None where that is not sure.
        """
        site = self._origins.of(path, flow, agent)
        targets = NEVER if site is None else self._project.targets(site)
        if site is None or len(targets) != 1:
            return None
        name = next(self._names(site, next(iter(targets)), is_bare=isinstance(agent, v.Result)), "")
        return Named(site, name) if name else None

    def _names(self, site: CallRef, made: Thing, *, is_bare: bool) -> Iterator[str]:
        call, home = self._project.call(site), self._project.files[site.path].flows[site.flow]
        given = next((value for key in ("name", "id") for name, value in call.keywords if name == key), None)
        is_plain = isinstance(made, Sdk) and class_name(made.name) == _AGENT
        if is_plain and given is not None and _is_without("", call):
            things = list(self._project.evaluator.usual(site.path, home).value(given))
            if len(things) == 1 and isinstance(things[0], String):
                yield things[0].value
        elif is_plain and given is None and _is_without("name", call):
            held = [name for name, values in home.variables.items() if values == (v.Result(site.call),)]
            if site.flow != MODULE or (is_bare and not held):
                yield _UNNAMED
            elif len(held) == 1:
                yield held[0]
        elif isinstance(made, ClassOf) and all(self._makes_without(key, made, call) for key in ("name", "id")):
            if self.has_as_written(Instance(made.path, made.name, None), "id"):
                yield _snake(made.name.rpartition(".")[2])

    def _makes_without(self, keyword: str, made: ClassOf, call: Call) -> bool:
        return _is_without(keyword, call) and self._hands_none_on(keyword, made)

    def registrations(self) -> Iterator[Registration]:
        """Every function that an agent is given, and every one that a class of agents is given by mistake."""
        for found in self._methods.best_known(_DECORATORS | {_EXIT}):
            target = found.call.target
            if not isinstance(target, v.Attribute) or found.activation.facts.language != "python":
                continue
            function, has_brackets = _function(found)
            if function is None and not has_brackets:
                continue
            owners = found.activation.value(target.base)
            for is_on_class, belongs in ((False, self.is_agent), (True, self.is_class)):
                if owners and all(map(belongs, owners)):
                    name = function.flow if isinstance(function, v.Function) else ""
                    flow = found.activation.facts.flows.get(name)
                    shown = "" if flow is None or flow.is_lambda else flow.own_name
                    yield Registration(found, target.name, owners, is_on_class, has_brackets, function, shown)

    def function_named(self, registration: Registration) -> Closure | None:
        """The one function of the project that is given; None where it is not known."""
        things = list(registration.functions)
        return things[0] if len(things) == 1 and isinstance(things[0], Closure) else None


def _snake(name: str) -> str:
    """A class's name as the SDK makes a name of it (``utils/misc.py`` 36)."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)).lower()


def _is_constructor(call: Call) -> bool:
    return isinstance(call.target, v.Attribute) and call.target.name == "__init__"


def _is_without(keyword: str, call: Call) -> bool:
    """A call surely gives no such keyword. The constructors of agents take nothing by position."""
    spreads = any(isinstance(each, v.Spread) for each in call.args)
    return not spreads and not any(name in (keyword, "**") for name, _ in call.keywords)


def _function(found: WrittenCall) -> tuple[v.Expr | None, bool]:
    """What a call is given as its function, and whether it is a decorator with brackets."""
    made, flow = v.Result(found.number), found.activation.flow
    for each in found.activation.facts.flows.values():
        if made in each.decorators and (each.parent or MODULE) == flow.name:
            return v.Function(each.name), True
    return found.call.args[0] if len(found.call.args) == 1 else None, False

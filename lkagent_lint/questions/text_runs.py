"""Which agents run in text (``agent.run()``, livekit-agents 2.0), and what the tools of agents do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.project.origins import Origins
from lkagent_lint.project.records import CallRef, Project
from lkagent_lint.project.things import Activation, ClassOf, Instance, Things, Unknown, only
from lkagent_lint.questions.agents import Agents
from lkagent_lint.questions.loop import Loop
from lkagent_lint.questions.methods import Methods

_RUN = "run"
_TOOL = "tool"


class AgentTool(NamedTuple):
    """A function that a model can call, with the agents that surely have it."""

    activation: Activation
    owners: Things
    made: CallRef | None
    """The call that makes the one agent that has it, where it is registered on that."""

    @property
    def flow(self) -> Flow:
        return self.activation.flow

    @property
    def path(self) -> str:
        return self.activation.path


class TextRun(NamedTuple):
    """A call of ``agent.run()``."""

    place: Place
    owners: Things
    made: CallRef | None
    in_tests: bool


class TextRuns:
    """The agents of one project that run in text."""

    def __init__(self, project: Project, methods: Methods, agents: Agents, loop: Loop) -> None:
        self._project = project
        self._methods = methods
        self._agents = agents
        self._loop = loop
        self._origins = Origins(project.evaluator)

    @cached_property
    def known(self) -> tuple[TextRun, ...]:
        """Every call of ``run`` on what is surely an agent; none in a test."""
        return tuple(each for each in self._runs if Unknown() not in each.owners and not each.in_tests)

    @cached_property
    def none_anywhere(self) -> bool:
        """No agent of the project runs in text, for sure, not even in a test."""
        return not (self._runs or self._project.has_gaps or self._project.texts.unread_code_names(_RUN))

    def of(self, tool: AgentTool) -> TextRun | None:
        """A run of an agent that surely has a tool."""
        for each in self.known:
            same = tool.made is not None and tool.made == each.made
            if same or (each.owners and all(self._has(owner, tool.owners) for owner in each.owners)):
                return each
        return None

    @cached_property
    def tools(self) -> tuple[AgentTool, ...]:
        """The tools of classes of agents, and those that are registered on one agent; none in a test."""
        return tuple(self._tools())

    def _has(self, owner: object, owners: Things) -> bool:
        """An object is of one of the project's classes, or of one that derives from it."""
        classes = self._project.evaluator.classes
        if not isinstance(owner, Instance):
            return False
        lineage = classes.lineage(owner)
        return any(isinstance(each, Instance) and ClassOf(each.path, each.name) in lineage for each in owners)

    @cached_property
    def _runs(self) -> tuple[TextRun, ...]:
        """Those of which the receiver is an agent, or may be one."""
        found: list[TextRun] = []
        for each in self._methods.best_known({_RUN}):
            target, path = each.call.target, each.activation.path
            if not isinstance(target, v.Attribute) or each.activation.is_node:
                continue
            owners = each.activation.value(target.base)
            if any(isinstance(owner, Unknown) or self._agents.is_agent(owner) for owner in owners):
                made = self._origins.of(path, each.activation.flow, target.base)
                found.append(TextRun(each.place, owners, made, self._project.in_tests(path)))
        return tuple(found)

    def _tools(self) -> Iterator[AgentTool]:
        evaluator = self._project.evaluator
        for path, facts in self._project.files.items():
            if facts.language != "python" or facts.legacy or self._project.in_tests(path):
                continue
            for flow in facts.flows.values():
                if flow.decorators and self._loop.is_tool(path, flow):
                    activation = evaluator.usual(path, flow)
                    own = Instance(path, flow.owner, None) if flow.owner else None
                    if own is not None and self._agents.is_agent(own):
                        yield AgentTool(activation, only(own), None)
                    elif own is None:
                        yield from self._registered(activation)

    def _registered(self, activation: Activation) -> Iterator[AgentTool]:
        home = activation.facts.flows[activation.flow.parent or MODULE]
        scope = self._project.evaluator.usual(activation.path, home)
        for each in activation.flow.decorators:
            target = home.calls[each.call].target if isinstance(each, v.Result) else each
            if isinstance(target, v.Attribute) and target.name == _TOOL:
                made = self._origins.of(activation.path, home, target.base)
                yield AgentTool(activation, scope.value(target.base), made)

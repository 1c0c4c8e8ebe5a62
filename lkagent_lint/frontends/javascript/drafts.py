"""The mutable state of one file's reading: its functions, their names, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import (
    MODULE,
    Await,
    Block,
    Call,
    Class,
    Comparison,
    CountedLoop,
    Do,
    EndlessLoop,
    Flow,
    Leave,
    Look,
    Parameter,
    Read,
    Return,
    Step,
    Store,
)
from lkagent_lint.facts.graph import Graph
from lkagent_lint.facts.sdk_names import SdkName
from lkagent_lint.facts.thinning import LONG, thin
from lkagent_lint.text import START_OF_FILE, Span

if TYPE_CHECKING:
    from tree_sitter import Node


class FlowDraft:
    """A function being read; blocks are no scopes here, so two constants of one name are one of two values."""

    def __init__(self, name: str, span: Span, parent: FlowDraft | None, owner: str = "") -> None:
        self.name = name
        self.span = span
        self.parent = parent
        self.owner = owner
        self.binding = ""
        self.is_async = False
        self.is_generator = False
        self.parameters: list[Parameter] = []
        self.annotation: v.Expr | None = None
        self.returns: list[v.Expr] = []
        self.variables: dict[str, list[v.Expr]] = {}
        self.calls: list[Call] = []
        self.stores: list[Store] = []
        self.put: list[tuple[v.Expr, v.Expr]] = []
        self.looks: list[Look] = []
        self.comparisons: list[Comparison] = []
        self.endless: list[EndlessLoop] = []
        self.counted: list[CountedLoop] = []
        self.graph = Graph()

    def bind(self, name: str, value: v.Expr) -> None:
        self.variables.setdefault(name, []).append(value)

    def lookup(self, name: str) -> FlowDraft | None:
        """The function whose parameter or variable a name is when read here."""
        here: FlowDraft | None = self
        while here is not None and name not in here.variables and all(name != each.name for each in here.parameters):
            here = here.parent
        return here

    def values(self, name: str) -> list[v.Expr]:
        """All that a name is assigned where it is defined."""
        home = self.lookup(name)
        return [] if home is None else home.variables.get(name, [])

    def freeze(self) -> Flow:
        ends = [number for each in self.endless for number in (each.head, each.behind)]
        numbers = thin(self.graph.blocks, [*ends, *(each.head for each in self.counted)], LONG)
        return Flow(
            name=self.name,
            span=self.span,
            is_async=self.is_async,
            is_generator=self.is_generator,
            parameters=tuple(self.parameters),
            returns=tuple(self.returns),
            annotation=self.annotation,
            parent="" if self.parent is None or self.parent.name == MODULE else self.parent.name,
            owner=self.owner,
            binding=self.binding,
            variables={name: tuple(values) for name, values in self.variables.items()},
            calls=tuple(self.calls),
            blocks=() if self.graph.tangled else tuple(self._blocks()),
            stores=tuple(self.stores),
            put=tuple(self.put),
            looks=tuple(self.looks),
            comparisons=tuple(self.comparisons),
            endless=tuple(EndlessLoop(numbers[each.head], numbers[each.behind], each.span) for each in self.endless),
            counted=tuple(CountedLoop(numbers[each.head], each.times) for each in self.counted),
        )

    def _blocks(self) -> list[Block]:
        return [
            Block(tuple(map(_step, block.steps)), tuple(block.following), (block.raises,))
            for block in self.graph.blocks
        ]


def _step(step: object) -> Step:
    assert isinstance(step, (Do, Await, Read, Leave, Return))
    return step


class FileDraft:
    """One file being read."""

    def __init__(self) -> None:
        self.module = FlowDraft(MODULE, START_OF_FILE, None)
        self.flows: dict[str, FlowDraft] = {MODULE: self.module}
        self.classes: dict[str, Class] = {}
        self.modules: dict[str, None] = {}
        self.stars: list[str] = []
        self.sdk_names: list[SdkName] = []
        self.asked_for: dict[str, None] = {}
        """Names of members that are read without being called, or called only where they are there."""
        self.assignments: list[tuple[FlowDraft, str, v.Expr]] = []
        """Assignments to names; whose they are is known once everything has been read."""
        self.called: list[tuple[FlowDraft, v.Attribute, Span]] = []
        """Members that are called or constructed, and where they stand."""
        self.recorded: dict[int, tuple[FlowDraft, int]] = {}
        """The call that was recorded for a node, by the node's ``id``."""
        self._by_node: dict[int, FlowDraft] = {}

    def flow(self, name: str, node: Node, span: Span, parent: FlowDraft, owner: str = "") -> FlowDraft:
        """A new flow; a second function of one name gets a suffix, so that neither is lost."""
        unique, number = name, 2
        while unique in self.flows:
            unique, number = f"{name}#{number}", number + 1
        draft = self.flows[unique] = self._by_node[node.id] = FlowDraft(unique, span, parent, owner)
        return draft

    def flow_of(self, node: Node) -> FlowDraft:
        """The function in which a node stands."""
        here: Node | None = node
        while here is not None:
            if here.id in self._by_node:
                return self._by_node[here.id]
            here = here.parent
        return self.module

    def settle(self) -> None:
        """Give every assigned value to the function that owns the name."""
        for flow, name, value in self.assignments:
            home = flow.lookup(name) or self.module
            home.bind(name, value if home is flow else v.carried(value, flow.name))

"""The mutable state of one file's reading; ``freeze`` turns it into facts once positions are known."""

from __future__ import annotations

from typing import NamedTuple

import libcst as cst

from lkagent_lint.facts.flows import (
    MODULE,
    Access,
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
    Use,
)
from lkagent_lint.facts.graph import Graph
from lkagent_lint.facts.thinning import LONG, thin
from lkagent_lint.facts.values import Expr, carried
from lkagent_lint.frontends.python.positions import Positions
from lkagent_lint.text import START_OF_FILE


class CallDraft(NamedTuple):
    target: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    use: Use
    node: cst.CSTNode | None


class AwaitDraft(NamedTuple):
    value: Expr
    node: cst.CSTNode


class ReadDraft(NamedTuple):
    value: Expr
    use: Use
    node: cst.CSTNode


class ReturnDraft(NamedTuple):
    node: cst.CSTNode


class FlowDraft:
    """One function being read."""

    def __init__(self, name: str, node: cst.CSTNode | None, parent: FlowDraft | None, owner: str) -> None:
        self.name = name
        self.node = node
        self.parent = parent
        self.owner = owner
        self.binding = ""
        self.is_async = False
        self.is_generator = False
        self.guarded = False
        self.parameters: list[Parameter] = []
        self.returns: list[Expr] = []
        self.annotation: Expr | None = None
        self.decorators: list[Expr] = []
        self.variables: dict[str, list[Expr]] = {}
        self.module_names: set[str] = set()
        """Names that are declared ``global``."""
        self.outer_names: set[str] = set()
        """Names that are declared ``nonlocal``."""
        self.calls: list[CallDraft] = []
        self.stores: list[tuple[Expr, str, Expr, cst.CSTNode | None]] = []
        self.put: list[tuple[Expr, Expr]] = []
        self.looks: list[tuple[Expr, Access, cst.CSTNode]] = []
        self.comparisons: list[tuple[Expr, tuple[str, ...], cst.CSTNode]] = []
        self.endless: list[tuple[int, int, cst.CSTNode]] = []
        self.counted: list[CountedLoop] = []
        self.caught: list[tuple[int, int]] = []
        self.refusable: list[tuple[int, int]] = []
        self.swallows: list[cst.CSTNode] = []
        self.graph = Graph()

    def binds(self, name: str) -> bool:
        """Whether a name is this function's own."""
        own = name in self.variables or any(each.name == name for each in self.parameters)
        return own and name not in self.outer_names | self.module_names

    def freeze(self, positions: Positions) -> Flow:
        ends = [each for head, behind, _ in self.endless for each in (head, behind)]
        numbers = thin(self.graph.blocks, [*ends, *(each.head for each in self.counted)], LONG)
        return Flow(
            name=self.name,
            span=positions.of(self.node) or START_OF_FILE,
            is_async=self.is_async,
            is_generator=self.is_generator,
            parameters=tuple(self.parameters),
            returns=tuple(self.returns),
            annotation=self.annotation,
            parent=self.parent.name if self.parent is not None and self.parent.name != MODULE else "",
            owner=self.owner,
            binding=self.binding,
            decorators=tuple(self.decorators),
            guarded=self.guarded,
            variables={name: tuple(values) for name, values in self.variables.items()},
            calls=tuple(
                Call(call.target, call.args, call.keywords, call.use, positions.of(call.node)) for call in self.calls
            ),
            blocks=()
            if self.graph.tangled
            else tuple(
                Block(
                    tuple(_freeze_step(step, positions) for step in block.steps),
                    tuple(block.following),
                    (block.raises,),
                )
                for block in self.graph.blocks
            ),
            endless=tuple(
                EndlessLoop(numbers[head], numbers[behind], positions.of(node)) for head, behind, node in self.endless
            ),
            counted=tuple(CountedLoop(numbers[each.head], each.times) for each in self.counted),
            caught=tuple(self.caught),
            refusable=tuple(self.refusable),
            swallows=tuple(span for node in self.swallows if (span := positions.of(node)) is not None),
            stores=tuple(Store(base, name, value, positions.of(node)) for base, name, value, node in self.stores),
            put=tuple(self.put),
            looks=tuple(Look(value, access, positions.of(node)) for value, access, node in self.looks),
            comparisons=tuple(Comparison(value, texts, positions.of(node)) for value, texts, node in self.comparisons),
        )


def _freeze_step(step: object, positions: Positions) -> Step:
    match step:
        case AwaitDraft(value, node):
            return Await(value, positions.of(node))
        case ReadDraft(value, use, node):
            return Read(value, use, positions.of(node))
        case ReturnDraft(node):
            return Return(positions.of(node))
        case Do() | Leave():
            return step
        case _:
            raise TypeError(step)


class FileDraft:
    """One file being read."""

    def __init__(self) -> None:
        self.module = FlowDraft(MODULE, None, None, "")
        self.flows: dict[str, FlowDraft] = {MODULE: self.module}
        self.classes: dict[str, Class] = {}
        self.modules: dict[str, None] = {}
        self.bound: dict[str, bool] = {}
        """Names of the module, and whether only the main guard binds them."""
        self.stars: list[str] = []

    def flow(self, name: str, node: cst.CSTNode | None, parent: FlowDraft, owner: str) -> FlowDraft:
        """A new flow; a second definition of a name gets a suffix, so that neither is lost."""
        unique, number = name, 2
        while unique in self.flows:
            unique, number = f"{name}#{number}", number + 1
        draft = self.flows[unique] = FlowDraft(unique, node, parent, owner)
        return draft

    def wanted(self) -> set[int]:
        """``id`` of every node whose position is needed."""
        nodes: set[int] = set()
        for flow in self.flows.values():
            if flow.node is not None:
                nodes.add(id(flow.node))
            nodes.update(id(call.node) for call in flow.calls if call.node is not None)
            nodes.update(id(node) for *_, node in flow.stores if node is not None)
            nodes.update(id(node) for *_, node in flow.endless)
            nodes.update(id(node) for *_, node in (*flow.looks, *flow.comparisons))
            nodes.update(map(id, flow.swallows))
            for block in flow.graph.blocks:
                steps = (AwaitDraft, ReadDraft, ReturnDraft)
                nodes.update(id(step.node) for step in block.steps if isinstance(step, steps))
        return nodes

    def main_only(self, inert: tuple[str, ...]) -> tuple[str, ...]:
        """The names that only the main guard binds."""
        elsewhere = {*inert, *(name for flow in self.flows.values() for name in flow.module_names)}
        return tuple(name for name, is_guarded in self.bound.items() if is_guarded and name not in elsewhere)

    def settle(self) -> None:
        """Give what is assigned to names of enclosing functions, and of the module, to those that own them."""
        for flow in self.flows.values():
            for name in flow.variables.keys() & (flow.outer_names | flow.module_names):
                home = self.module if name in flow.module_names else _owner(flow, name)
                if home is not flow:
                    values = flow.variables.pop(name)
                    home.variables.setdefault(name, []).extend(carried(each, flow.name) for each in values)


def _owner(flow: FlowDraft, name: str) -> FlowDraft:
    """The nearest enclosing function whose name it is; the function itself, where there is none."""
    here = flow.parent
    while here is not None and not here.binds(name):
        here = here.parent
    return flow if here is None else here

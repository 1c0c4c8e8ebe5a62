"""Statements that decide what runs next: branches, loops, jumps and ``try``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from lkagent_lint.facts import following
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Await, CountedLoop, EndlessLoop, Use
from lkagent_lint.facts.graph import Graph
from lkagent_lint.frontends.javascript.parse import text_of, unwrap

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.walker import Walker

SKIPPED = frozenset(
    {
        "comment",
        "empty_statement",
        "interface_declaration",
        "type_alias_declaration",
        "function_signature",
        "import_alias",
    }
)
"""Statements that do nothing when the program runs."""


class Branches:
    """Builds the graph of the walker's open function."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    @property
    def _graph(self) -> Graph:
        return self._walker.graph

    def visit(self, node: Node) -> bool:
        """Whether a statement is one of these; its parts have been visited then."""
        handler = self._HANDLERS.get(node.type)
        if handler is not None:
            handler(self, node)
        return handler is not None

    def _if(self, node: Node) -> None:
        after: int | None = None
        here: Node | None = node
        while here is not None and here.type == "if_statement":  # chains may be thousands long
            self._condition(here)
            start = self._graph.fork()
            after = self._graph.block() if after is None else after
            self._graph.branch(start)
            self._walker.field(here, "consequence")
            self._graph.goto(after)
            self._graph.branch(start)
            clause = here.child_by_field_name("alternative")
            here = None if clause is None else next(iter(clause.named_children), None)
        if here is not None:
            self._walker.visit(here)
        if after is not None:
            self._graph.goto(after)
            self._graph.here = after

    def _condition(self, node: Node) -> None:
        test = node.child_by_field_name("condition")
        if test is not None and test.type not in SKIPPED:
            self._walker.visit(test) if test.type == "expression_statement" else self._walker.evaluate(test)

    def _while(self, node: Node) -> None:
        graph = self._graph
        head, after = graph.fork(), graph.block()
        self._condition(node)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(head, after, partial(self._walker.field, node, "body"))
        if not _always_true(node.child_by_field_name("condition")):
            graph.branch(decided)
            graph.goto(after)
        elif not is_left:
            self._endless(node, head, after)
        graph.here = after

    def _endless(self, node: Node, head: int, after: int) -> None:
        self._walker.flow.endless.append(EndlessLoop(head, after, self._walker.span(node.children[0])))

    def _do(self, node: Node) -> None:
        graph = self._graph
        head, test, after = graph.fork(), graph.block(), graph.block()
        is_left = graph.loop(test, after, partial(self._walker.field, node, "body"))
        graph.here = test
        self._condition(node)
        decided = graph.fork()
        graph.goto(head)
        if not _always_true(node.child_by_field_name("condition")):
            graph.branch(decided)
            graph.goto(after)
        elif not is_left:
            self._endless(node, head, after)
        graph.here = after

    def _for(self, node: Node) -> None:
        graph = self._graph
        self._walker.field(node, "initializer")
        head, again, after = graph.fork(), graph.block(), graph.block()
        times = _rounds(node)
        if times is not None:
            self._walker.flow.counted.append(CountedLoop(head, times))
        self._condition(node)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(again, after, partial(self._walker.field, node, "body"))
        graph.here = again
        increment = node.child_by_field_name("increment")
        if increment is not None:
            self._walker.evaluate(increment, Use.DROPPED)
        graph.goto(head)
        test = node.child_by_field_name("condition")
        if test is not None and test.type != "empty_statement" and not _always_true(test):
            graph.branch(decided)
            graph.goto(after)
        elif not is_left:
            self._endless(node, head, after)
        graph.here = after

    def _for_in(self, node: Node) -> None:
        graph = self._graph
        right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
        iterated = v.OPAQUE if right is None else self._walker.evaluate(right)
        head, after = graph.fork(), graph.block()
        if any(child.type == "await" for child in node.children):
            graph.step(Await(v.OPAQUE, self._walker.span(right or node)))
        decided = graph.fork()
        graph.branch(decided)
        if left is not None:
            is_of = any(child.type == "of" for child in node.children)
            self._walker.patterns.bind(left, following.each_of(iterated) if is_of else v.OPAQUE)
        graph.loop(head, after, partial(self._walker.field, node, "body"))
        graph.branch(decided)
        graph.goto(after)
        graph.here = after

    def _switch(self, node: Node) -> None:
        graph = self._graph
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        if value is not None:
            self._walker.evaluate(value)
        start = graph.fork()
        after = graph.block()
        cases = [] if body is None else [each for each in body.named_children if each.type.startswith("switch_")]

        def run() -> None:
            for case in cases:
                falls_from = graph.here
                graph.branch(start)
                entered = graph.here
                graph.here = falls_from
                if entered is not None:
                    graph.goto(entered)
                graph.here = entered
                for child in case.named_children:
                    if child != case.child_by_field_name("value"):
                        self._walker.visit(child)
            graph.goto(after)

        # ``break`` leaves the switch; ``continue`` belongs to the loop around it.
        graph.choose(after, run)
        if not any(each.type == "switch_default" for each in cases):
            graph.branch(start)
            graph.goto(after)
        graph.here = after

    def _try(self, node: Node) -> None:
        body, handler, final = (node.child_by_field_name(each) for each in ("body", "handler", "finalizer"))
        handlers: list[Callable[[], object]] = [] if handler is None else [partial(self._catch, handler)]
        self._graph.attempt(
            lambda: None if body is None else self._walker.block(body),
            handlers,
            catches_all=True,
            final=None if final is None else partial(self._walker.field, final, "body"),
        )

    def _catch(self, node: Node) -> None:
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            self._walker.patterns.bind(parameter, v.OPAQUE)
        self._walker.field(node, "body")

    def _throw(self, node: Node) -> None:
        for child in node.named_children:
            self._walker.evaluate(child)
        self._graph.throw()

    def _jump(self, node: Node) -> None:
        if node.child_by_field_name("label") is not None:  # which loop it leaves is not followed
            self._graph.tangled = True
        self._graph.jump(again=node.type == "continue_statement")

    _HANDLERS: ClassVar[dict[str, Callable[..., None]]] = {
        "if_statement": _if,
        "while_statement": _while,
        "do_statement": _do,
        "for_statement": _for,
        "for_in_statement": _for_in,
        "switch_statement": _switch,
        "try_statement": _try,
        "throw_statement": _throw,
        "break_statement": _jump,
        "continue_statement": _jump,
    }


def _rounds(loop: Node) -> v.Expr | None:
    """How often ``for (let i = 0; i < 3; i++)`` runs: a number or the name of one. None for every other loop."""
    start, test, step = (loop.child_by_field_name(each) for each in ("initializer", "condition", "increment"))
    if start is None or test is None or step is None or not text_of(step).endswith("++"):
        return None
    inner = unwrap(test.named_children[0] if test.type == "expression_statement" and test.named_children else test)
    operator, bound = inner.child_by_field_name("operator"), inner.child_by_field_name("right")
    if inner.type != "binary_expression" or operator is None or bound is None:
        return None
    begins = "0" if text_of(operator) == "<" else "1" if text_of(operator) == "<=" else ""
    if not begins or not text_of(start).rstrip("; ").endswith(f"= {begins}"):
        return None
    match bound.type:
        case "number":
            return v.Constant(text_of(bound))
        case "identifier":
            return v.Name(text_of(bound))
        case _:
            return None


def _always_true(test: Node | None) -> bool:
    if test is None:
        return False
    inner = unwrap(test)
    if inner.type == "expression_statement" and inner.named_child_count:
        inner = unwrap(inner.named_children[0])
    return inner.type == "true" or (inner.type == "number" and text_of(inner) != "0")

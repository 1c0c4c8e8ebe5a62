"""Functions and classes, wherever they are defined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import EXIT_BLOCK, Class, Use
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, text_of, unwrap
from lkagent_lint.frontends.javascript.types import annotation_of, promises

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.walker import Walker


class Definitions:
    """Drafts flows and classes for the walker."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def declared_function(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        written = "" if name is None else text_of(name)
        flow = self.function(node, written, name)
        if written:
            self._walker.flow.bind(written, v.Function(flow))

    def function(self, node: Node, name: str, at: Node | None = None, *, owner: str = "", binding: str = "") -> str:
        """Draft the flow of a function and return its name. ``at`` is what names it; ``owner`` its class, if it is a
        method, whose first parameter is then ``this``.
        """
        walker = self._walker
        own = node.child_by_field_name("name")
        if not name and own is not None:
            name, at = text_of(own), own
        span = walker.span(node, node.child(0)) if at is None else walker.span(at)
        draft = walker.draft.flow(self._qualify(name or "<anonymous>", owner), node, span, walker.flow, owner)
        draft.is_async = any(child.type == "async" for child in node.children) or promises(
            node.child_by_field_name("return_type")
        )
        draft.is_generator = node.type.startswith("generator") or any(child.type == "*" for child in node.children)
        draft.annotation = annotation_of(node.child_by_field_name("return_type"))
        draft.binding = binding
        with walker.inside(draft, ""):
            walker.patterns.parameters(node, is_method=bool(owner) and binding != "static")
            if not owner and node.type not in ("arrow_function", "method_definition"):
                draft.bind("this", v.OPAQUE)
            body = node.child_by_field_name("body")
            if body is not None and body.type == "statement_block":
                walker.block(body)
                walker.graph.goto(EXIT_BLOCK)
            elif body is not None:
                draft.returns.append(walker.returned(body))
                walker.graph.leave()
        return draft.name

    def class_(self, node: Node) -> str:
        """Record a class and return its qualified name."""
        own = node.child_by_field_name("name")
        name = self._qualify("<class>" if own is None else text_of(own), "")
        bases = [self._walker.evaluate(each, Use.KEPT) for each in _bases(node)]
        attributes: dict[str, list[v.Expr]] = {}
        annotations: dict[str, v.Expr] = {}
        body = node.child_by_field_name("body")
        with self._walker.inside(self._walker.flow, name):
            for member in [] if body is None else body.named_children:
                if member.type == "method_definition":
                    self._method(member, attributes)
                elif member.type in ("public_field_definition", "field_definition"):
                    self._field_definition(member, attributes, annotations)
                elif member.type == "class_static_block":
                    self._walker.field(member, "body")
        self._walker.draft.classes[name] = Class(
            name=name,
            bases=tuple(bases),
            attributes={key: tuple(values) for key, values in attributes.items()},
            annotations=annotations,
            scope=self._walker.flow.name,
        )
        return name

    def declared_class(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        made = self.class_(node)
        if name is not None:
            self._walker.flow.bind(text_of(name), v.ClassName(made))

    def _method(self, node: Node, attributes: dict[str, list[v.Expr]]) -> None:
        named = node.child_by_field_name("name")
        if named is None:
            return
        words = {child.type for child in node.children}
        name = "__init__" if text_of(named) == "constructor" else text_of(named)
        binding = "class" if "static" in words else "property" if "get" in words else ""
        flow = self.function(node, name, named, owner=self._walker.owner, binding=binding)
        if "set" not in words:
            attributes.setdefault(name, []).append(v.Function(flow))

    def _field_definition(
        self, node: Node, attributes: dict[str, list[v.Expr]], annotations: dict[str, v.Expr]
    ) -> None:
        named = node.child_by_field_name("name") or node.child_by_field_name("property")
        value = node.child_by_field_name("value")
        if named is None:
            return
        annotation = annotation_of(node.child_by_field_name("type"))
        if annotation is not None:
            annotations[text_of(named)] = annotation
        if value is None:
            return
        inner = unwrap(value, through_await=False)
        if inner.type in FUNCTIONS:
            held: v.Expr = v.Function(self.function(inner, text_of(named), named, owner=self._walker.owner))
        else:
            held = self._walker.evaluate(value, Use.KEPT)
        attributes.setdefault(text_of(named), []).append(held)

    def _qualify(self, name: str, owner: str) -> str:
        if owner:
            return f"{owner}.{name}"
        return name if self._walker.flow is self._walker.draft.module else f"{self._walker.flow.name}.{name}"


def _bases(node: Node) -> Sequence[Node]:
    """What a class extends."""
    heritage = next((each for each in node.named_children if each.type == "class_heritage"), None)
    if heritage is None:
        return ()
    clause = next((each for each in heritage.named_children if each.type == "extends_clause"), None)
    if clause is None:
        return [each for each in heritage.named_children if each.type != "implements_clause"][:1]
    value = clause.child_by_field_name("value")
    return () if value is None else (value,)

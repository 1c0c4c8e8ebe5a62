"""Where a walk is, and what it binds there: names, attributes, entries, and the elements of what is unpacked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import libcst as cst

from lkagent_lint.facts.flows import Use
from lkagent_lint.facts.following import each_of
from lkagent_lint.facts.graph import Graph
from lkagent_lint.facts.values import OPAQUE, Expr, Items, Made, Mapping, Spread, Text, may_be_object
from lkagent_lint.frontends.python.blocking import Reaches
from lkagent_lint.frontends.python.drafts import FileDraft, FlowDraft
from lkagent_lint.frontends.python.expressions import Expressions, text_of
from lkagent_lint.frontends.python.shapes import unpacked
from lkagent_lint.frontends.python.words import ENTRIES_THAT_ASK


class ClassScope:
    """The class body being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.attributes: dict[str, list[Expr]] = {}
        self.annotations: dict[str, Expr] = {}


class Binder(cst.CSTVisitor):
    """The state of a walk over one module, and what all its parts do with it."""

    _HANDLERS: ClassVar[dict[type[cst.CSTNode], Callable[..., None]]] = {}
    """What walks a node of each kind that holds something to walk."""

    expressions: Expressions

    def __init__(self, draft: FileDraft, reached: Reaches) -> None:
        super().__init__()
        self.draft = draft
        self.reached = reached
        self.flow: FlowDraft = draft.module
        self._class: ClassScope | None = None
        self._is_guarded: bool = False
        """What is walked stands under ``if __name__ == "__main__"``."""

    @property
    def graph(self) -> Graph:
        return self.flow.graph

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._walk(node)
        return False

    def on_leave(self, original_node: cst.CSTNode) -> None:
        pass

    def _walk(self, node: cst.CSTNode) -> None:
        handler = self._HANDLERS.get(type(node))
        if handler is not None:
            handler(self, node)

    def _block(self, node: cst.Module | cst.BaseSuite | cst.SimpleStatementLine) -> None:
        for each in node.body:
            self._walk(each)

    def _evaluate(self, node: cst.BaseExpression, use: Use = Use.VALUE) -> Expr:
        return self.expressions.evaluate(node, use)

    def bind(self, target: cst.BaseExpression, value: Expr) -> None:
        """Record that a target now holds a value."""
        match target:
            case cst.Name():
                self._bind_name(target.value, value)
                self.expressions.looks.rebind(target)
            case cst.Attribute():
                base = self._evaluate(target.value, Use.KEPT)
                self.flow.stores.append((base, target.attr.value, value, target))
            case cst.Tuple() | cst.List():
                elements = [element.value for element in target.elements]
                parts: Sequence[Expr] = value.items if isinstance(value, Items) else ()
                if len(parts) != len(elements) or any(isinstance(part, Spread) for part in parts):
                    parts = unpacked(value, elements)
                for element, part in zip(elements, parts, strict=True):
                    self.bind(element, part)
            case cst.StarredElement():
                self.bind(target.value, OPAQUE)
            case cst.Subscript():
                self.expressions.looks.store(target)
                self._bind_entry(target, value)
                if may_be_object(value) and isinstance(target.value, (cst.Name, cst.Attribute)):
                    self.flow.put.append((self._evaluate(target.value, Use.KEPT), value))
            case _:
                self._evaluate(target)

    def bind_each(self, target: cst.BaseExpression, iterated: Expr) -> None:
        """Record that a target holds, in turn, what a loop runs through; of ``items()`` the second is the value."""
        match target, iterated:
            case cst.Name(), _:
                self.bind(target, each_of(iterated))
            case cst.Tuple([key, value]), Made(parts, "items"):
                self.bind(key.value, each_of(Made(parts, "keys")))
                self.bind(value.value, each_of(Made(parts, "values")))
            case _:
                self.bind(target, OPAQUE)

    def _bind_entry(self, target: cst.Subscript, value: Expr) -> None:
        """``claims["roomConfig"] = {…}``: what asks for an agent is a part of the dict that it is put into."""
        match target:
            case cst.Subscript(cst.Name(name), [cst.SubscriptElement(cst.Index(cst.SimpleString() as key))]):
                written = text_of(key)
                if isinstance(written, Text) and written.value in ENTRIES_THAT_ASK:
                    self._bind_name(name, Mapping(((written.value, value),)))
            case _:
                pass

    def _bind_name(self, name: str, value: Expr) -> None:
        if self._class is not None:
            self._class.attributes.setdefault(name, []).append(value)
        else:
            self.flow.variables.setdefault(name, []).append(value)
            if self.flow is self.draft.module:
                self.draft.bound[name] = self._is_guarded and self.draft.bound.get(name, True)

"""One walk over a file's statements, which drafts a flow for every function.

Nothing is executed and nothing resolved: a name stays a name until the project is linked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import EXIT_BLOCK, Return, Store, Use
from lkagent_lint.facts.graph import Graph
from lkagent_lint.frontends.javascript import imports, looks
from lkagent_lint.frontends.javascript.branches import SKIPPED, Branches
from lkagent_lint.frontends.javascript.definitions import Definitions
from lkagent_lint.frontends.javascript.drafts import FileDraft, FlowDraft
from lkagent_lint.frontends.javascript.expressions import is_environment, value_of
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, ParsedFile, last_name, text_of, unwrap
from lkagent_lint.frontends.javascript.patterns import Patterns
from lkagent_lint.frontends.javascript.recorder import Recorder
from lkagent_lint.frontends.javascript.types import annotation_of
from lkagent_lint.sources.scheduling import CONTINUATIONS, PROMISES_OF_MANY
from lkagent_lint.sources.sdk.vocabulary import Form, Term, written
from lkagent_lint.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_asynchronous(term: Term) -> bool:
    """Its promise is something that a job waits for, and it has a name that says so."""
    return term.needed_in_node or (term.owner == "AgentSession" and term.form_in_node is Form.COROUTINE)


_PROMISING = written(_is_asynchronous, in_node=True) | CONTINUATIONS | PROMISES_OF_MANY
"""A plain function that returns the result of a call of one of these returns a promise."""


class Walker:
    """Fills a ``FileDraft`` from one parsed file."""

    def __init__(self, source: ParsedFile) -> None:
        self.draft = FileDraft()
        self.flow: FlowDraft = self.draft.module
        self._source = source
        self.owner = ""
        """The class whose body is being read; empty outside of one."""
        self.definitions = Definitions(self)
        self._branches = Branches(self)
        self._recorder = Recorder(self)
        self.patterns = Patterns(self)
        self.block(source.root)
        self.draft.module.graph.goto(EXIT_BLOCK)
        self.draft.settle()

    @classmethod
    def walk(cls, source: ParsedFile) -> FileDraft:
        """What one file holds. The walker's parts refer back to it and so to the tree: they are let go here, for the
        collector is off while files are read.
        """
        walker = cls(source)
        draft = walker.draft
        vars(walker).clear()
        return draft

    @property
    def graph(self) -> Graph:
        return self.flow.graph

    def span(self, start: Node, end: Node | None = None) -> Span:
        return self._source.span(start, end)

    def evaluate(self, node: Node, use: Use = Use.VALUE) -> v.Expr:
        return self._recorder.evaluate(node, use)

    # Statements

    def visit(self, node: Node) -> None:
        """A statement; or, within what the parser did not understand, anything."""
        if node.type in SKIPPED:
            return
        handler = self._HANDLERS.get(node.type)
        if handler is not None:
            handler(self, node)
        elif self._branches.visit(node):
            pass
        elif node.type == "ERROR":
            self.graph.tangled = True
            self.block(node)
        elif node.type in FUNCTIONS:
            self.definitions.declared_function(node)
        elif node.is_named:
            self.evaluate(node, Use.DROPPED)

    def block(self, node: Node) -> None:
        for child in node.named_children:
            self.visit(child)

    def field(self, node: Node, name: str) -> None:
        """Visit the part of this name, if the node has it."""
        child = node.child_by_field_name(name)
        if child is not None:
            self.visit(child)

    def _expression(self, node: Node) -> None:
        for child in node.named_children:
            self.visit(child) if child.type == "ERROR" else self.evaluate(child, Use.DROPPED)

    def _declaration(self, node: Node) -> None:
        for child in node.named_children:
            if child.type == "variable_declarator":
                self._declarator(child)
            else:
                self.visit(child)

    def _declarator(self, node: Node) -> None:
        target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is None:
            return
        held: v.Expr = v.OPAQUE
        if value is not None:
            inner = unwrap(value, through_await=False)
            if inner.type in FUNCTIONS and target.type == "identifier":
                held = v.Function(self.definitions.function(inner, text_of(target), target))
            else:
                held = self.evaluate(value, Use.KEPT)
        annotation = annotation_of(node.child_by_field_name("type"))
        if annotation is not None:
            held = v.Typed(annotation, None if value is None else held)
        self.patterns.bind(target, held, is_environment=value is not None and is_environment(value))

    def assign(self, target: Node, value: v.Expr) -> None:
        """``target = value``; to whose name is known once the whole file has been read."""
        target = unwrap(target)
        if target.type == "identifier":
            self.draft.assignments.append((self.flow, text_of(target), value))
            looks.rebound(target, self)
        elif target.type == "member_expression":
            written = "".join(text_of(target).split())
            exported = value if self.flow is self.draft.module else v.carried(value, self.flow.name)
            imports.exported_by_assignment(written, exported, self.draft)
            base = target.child_by_field_name("object")
            if base is not None:
                held = self.evaluate(base)
                self.flow.stores.append(Store(held, last_name(target), value, self.span(target)))
                looks.stored(held, last_name(target), target, self)
        else:
            looks.stored_by_key(target, self)
            base = target.child_by_field_name("object") if target.type == "subscript_expression" else None
            if base is not None and v.may_be_object(value):
                self.flow.put.append((self.evaluate(base), value))
            for name in self.patterns.names(target):
                self.draft.assignments.append((self.flow, name, v.OPAQUE))

    def _return(self, node: Node) -> None:
        value = next((each for each in node.named_children if each.type != "comment"), None)
        if value is not None:
            self.flow.returns.append(self.returned(value))
        if self.flow.is_async:
            self.graph.step(Return(self.span(node)))
        self.graph.leave()

    def returned(self, node: Node) -> v.Expr:
        """A promise that an asynchronous function returns is awaited by whoever awaits the function."""
        inner = unwrap(node, through_await=False)
        call = inner.type == "call_expression"
        if call and not self.flow.is_generator and (self.flow.is_async or _is_promising(inner)):
            self.flow.is_async = True
            return self.evaluate(inner, Use.AWAITED)
        return self.evaluate(node, Use.KEPT)

    def _import(self, node: Node) -> None:
        imports.imported(node, self.draft)
        self.draft.sdk_names += imports.names_of_sdk(node, self._source)

    def _export(self, node: Node) -> None:
        imports.exported(node, self.draft)
        value = node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        if value is not None:
            inner = unwrap(value, through_await=False)
            if inner.type in FUNCTIONS:
                self.draft.module.bind("default", v.Function(self.definitions.function(inner, "default")))
            else:
                self.draft.module.bind("default", self.evaluate(value, Use.KEPT))
        elif declaration is not None:
            self.visit(declaration)
            name = declaration.child_by_field_name("name")
            if name is not None and any(child.type == "default" for child in node.children):
                self.draft.module.bind("default", v.Name(text_of(name)))

    def _enum(self, node: Node) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None or body is None:
            return
        members: list[tuple[str, v.Expr]] = []
        for child in body.named_children:
            if child.type == "enum_assignment":
                key, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if key is not None and value is not None:
                    members.append((text_of(key), value_of(value)))
        self.flow.bind(text_of(name), v.Mapping(tuple(members)))

    @contextmanager
    def inside(self, flow: FlowDraft, owner: str) -> Generator[None]:
        saved = self.flow, self.owner
        self.flow, self.owner = flow, owner
        try:
            yield
        finally:
            self.flow, self.owner = saved

    def _labeled(self, node: Node) -> None:
        self.field(node, "body")

    def _class(self, node: Node) -> None:
        self.definitions.declared_class(node)

    _HANDLERS: ClassVar[dict[str, Callable[..., None]]] = {
        "statement_block": block,
        "expression_statement": _expression,
        "lexical_declaration": _declaration,
        "variable_declaration": _declaration,
        "variable_declarator": _declarator,
        "ambient_declaration": block,
        "internal_module": block,
        "module": block,
        "labeled_statement": _labeled,
        "else_clause": block,
        "return_statement": _return,
        "import_statement": _import,
        "export_statement": _export,
        "enum_declaration": _enum,
        "class_declaration": _class,
        "abstract_class_declaration": _class,
    }


def _is_promising(call: Node) -> bool:
    target = call.child_by_field_name("function")
    return target is not None and last_name(target) in _PROMISING

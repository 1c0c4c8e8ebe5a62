"""One walk over a file's statements, which drafts a flow for every function.

Nothing is executed and nothing resolved: a name stays a name until the project is linked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import EXIT_BLOCK, Await, Class, EndlessLoop, Return, Store, Use
from lkagent_lint.facts.graph import Graph
from lkagent_lint.frontends.javascript import imports
from lkagent_lint.frontends.javascript.drafts import FileDraft, FlowDraft, carried
from lkagent_lint.frontends.javascript.expressions import is_environment, value_of
from lkagent_lint.frontends.javascript.parse import FUNCTIONS, Source, last_name, text_of, unwrap
from lkagent_lint.frontends.javascript.patterns import Patterns
from lkagent_lint.frontends.javascript.recorder import Recorder
from lkagent_lint.frontends.javascript.types import annotation_of, promises
from lkagent_lint.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_PROMISING = frozenset(
    {"connect", "start", "waitForParticipant", "close", "drain", "all", "allSettled", "then", "catch", "finally"}
)
"""A plain function that returns the result of a call of one of these returns a promise."""
_SKIPPED = frozenset(
    {
        "comment",
        "empty_statement",
        "interface_declaration",
        "type_alias_declaration",
        "function_signature",
        "import_alias",
    }
)


class Walker:
    """Fills a ``FileDraft`` from one parsed file."""

    def __init__(self, source: Source) -> None:
        self.draft = FileDraft()
        self.flow: FlowDraft = self.draft.module
        self._source = source
        self._class = ""
        self._recorder = Recorder(self)
        self._patterns = Patterns(self)
        self._block(source.root)
        self.draft.module.graph.goto(EXIT_BLOCK)
        self.draft.settle()

    @property
    def graph(self) -> Graph:
        return self.flow.graph

    def span(self, node: Node) -> Span:
        return self._source.span(node)

    def evaluate(self, node: Node, use: Use = Use.VALUE) -> v.Expr:
        return self._recorder.evaluate(node, use)

    # Statements

    def visit(self, node: Node) -> None:
        """A statement; or, within what the parser did not understand, anything."""
        if node.type in _SKIPPED:
            return
        handler = self._HANDLERS.get(node.type)
        if handler is not None:
            handler(self, node)
        elif node.type == "ERROR":
            self.graph.tangled = True
            self._block(node)
        elif node.type in FUNCTIONS:
            self._function_declaration(node)
        elif node.is_named:
            self.evaluate(node, Use.DROPPED)

    def _block(self, node: Node) -> None:
        for child in node.named_children:
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
                held = v.Function(self.function(inner, text_of(target), target))
            else:
                held = self.evaluate(value, Use.KEPT)
        annotation = annotation_of(node.child_by_field_name("type"))
        if annotation is not None:
            held = v.Typed(annotation, None if value is None else held)
        self._patterns.bind(target, held, is_environment=value is not None and is_environment(value))

    def assign(self, target: Node, value: v.Expr) -> None:
        """``target = value``; to whose name is known once the whole file has been read."""
        target = unwrap(target)
        if target.type == "identifier":
            self.draft.assignments.append((self.flow, text_of(target), value))
        elif target.type == "member_expression":
            written = "".join(text_of(target).split())
            exported = value if self.flow is self.draft.module else carried(value)
            imports.exported_by_assignment(written, exported, self.draft)
            base = target.child_by_field_name("object")
            if base is not None:
                held = self.evaluate(base)
                self.flow.stores.append(Store(held, last_name(target), value, self.span(target)))
        else:
            for name in self._patterns.names(target):
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

    def _throw(self, node: Node) -> None:
        for child in node.named_children:
            self.evaluate(child)
        self.graph.throw()

    def _jump(self, node: Node) -> None:
        if node.child_by_field_name("label") is not None:  # which loop it leaves is not followed
            self.graph.tangled = True
        self.graph.jump(again=node.type == "continue_statement")

    def _import(self, node: Node) -> None:
        imports.imported(node, self.draft)
        self.draft.sdk_names += imports.names_of_sdk(node, self.span)

    def _export(self, node: Node) -> None:
        imports.exported(node, self.draft)
        value = node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        if value is not None:
            inner = unwrap(value, through_await=False)
            if inner.type in FUNCTIONS:
                self.draft.module.bind("default", v.Function(self.function(inner, "default")))
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

    # Branches and loops

    def _if(self, node: Node) -> None:
        after: int | None = None
        here: Node | None = node
        while here is not None and here.type == "if_statement":  # chains may be thousands long
            self._condition(here)
            start = self.graph.fork()
            after = self.graph.block() if after is None else after
            self.graph.branch(start)
            self._field(here, "consequence")
            self.graph.goto(after)
            self.graph.branch(start)
            clause = here.child_by_field_name("alternative")
            here = None if clause is None else next(iter(clause.named_children), None)
        if here is not None:
            self.visit(here)
        if after is not None:
            self.graph.goto(after)
            self.graph.here = after

    def _condition(self, node: Node) -> None:
        test = node.child_by_field_name("condition")
        if test is not None and test.type not in _SKIPPED:
            self.visit(test) if test.type == "expression_statement" else self.evaluate(test)

    def _field(self, node: Node, name: str) -> None:
        child = node.child_by_field_name(name)
        if child is not None:
            self.visit(child)

    def _while(self, node: Node) -> None:
        graph = self.graph
        head, after = graph.fork(), graph.block()
        self._condition(node)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(head, after, partial(self._field, node, "body"))
        if not _always_true(node.child_by_field_name("condition")):
            graph.branch(decided)
            graph.goto(after)
        elif not is_left:
            self._endless(node, head, after)
        graph.here = after

    def _endless(self, node: Node, head: int, after: int) -> None:
        self.flow.endless.append(EndlessLoop(head, after, self.span(node.children[0])))

    def _do(self, node: Node) -> None:
        graph = self.graph
        head, test, after = graph.fork(), graph.block(), graph.block()
        is_left = graph.loop(test, after, partial(self._field, node, "body"))
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
        graph = self.graph
        self._field(node, "initializer")
        head, again, after = graph.fork(), graph.block(), graph.block()
        self._condition(node)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(again, after, partial(self._field, node, "body"))
        graph.here = again
        increment = node.child_by_field_name("increment")
        if increment is not None:
            self.evaluate(increment, Use.DROPPED)
        graph.goto(head)
        test = node.child_by_field_name("condition")
        if test is not None and test.type != "empty_statement" and not _always_true(test):
            graph.branch(decided)
            graph.goto(after)
        elif not is_left:
            self._endless(node, head, after)
        graph.here = after

    def _for_in(self, node: Node) -> None:
        graph = self.graph
        right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
        if right is not None:
            self.evaluate(right)
        head, after = graph.fork(), graph.block()
        if any(child.type == "await" for child in node.children):
            graph.step(Await(v.OPAQUE, self.span(right or node)))
        decided = graph.fork()
        graph.branch(decided)
        if left is not None:
            self._patterns.bind(left, v.OPAQUE)
        graph.loop(head, after, partial(self._field, node, "body"))
        graph.branch(decided)
        graph.goto(after)
        graph.here = after

    def _switch(self, node: Node) -> None:
        graph = self.graph
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        if value is not None:
            self.evaluate(value)
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
                        self.visit(child)
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
        self.graph.attempt(
            lambda: None if body is None else self._block(body),
            handlers,
            catches_all=True,
            final=None if final is None else partial(self._field, final, "body"),
        )

    def _catch(self, node: Node) -> None:
        parameter = node.child_by_field_name("parameter")
        if parameter is not None:
            self._patterns.bind(parameter, v.OPAQUE)
        self._field(node, "body")

    # Definitions

    def _function_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        written = "" if name is None else text_of(name)
        flow = self.function(node, written, name)
        if written:
            self.flow.bind(written, v.Function(flow))

    def function(self, node: Node, name: str, at: Node | None = None, *, owner: str = "", binding: str = "") -> str:
        """Draft the flow of a function and return its name. ``at`` is what names it; ``owner`` its class, if it is a
        method, whose first parameter is then ``this``.
        """
        own = node.child_by_field_name("name")
        if not name and own is not None:
            name, at = text_of(own), own
        span = self._source.span(node, node.child(0)) if at is None else self._source.span(at)
        draft = self.draft.flow(self._qualify(name or "<anonymous>", owner), node, span, self.flow, owner)
        draft.is_async = any(child.type == "async" for child in node.children) or promises(
            node.child_by_field_name("return_type")
        )
        draft.is_generator = node.type.startswith("generator") or any(child.type == "*" for child in node.children)
        draft.annotation = annotation_of(node.child_by_field_name("return_type"))
        draft.binding = binding
        with self._inside(draft, ""):
            self._patterns.parameters(node, is_method=bool(owner) and binding != "static")
            if not owner and node.type not in ("arrow_function", "method_definition"):
                draft.bind("this", v.OPAQUE)
            body = node.child_by_field_name("body")
            if body is not None and body.type == "statement_block":
                self._block(body)
                self.graph.goto(EXIT_BLOCK)
            elif body is not None:
                draft.returns.append(self.returned(body))
                self.graph.leave()
        return draft.name

    def class_(self, node: Node) -> str:
        """Record a class and return its qualified name."""
        own = node.child_by_field_name("name")
        name = self._qualify("<class>" if own is None else text_of(own), "")
        bases = [self.evaluate(each, Use.KEPT) for each in _bases(node)]
        attributes: dict[str, list[v.Expr]] = {}
        annotations: dict[str, v.Expr] = {}
        body = node.child_by_field_name("body")
        with self._inside(self.flow, name):
            for member in [] if body is None else body.named_children:
                if member.type == "method_definition":
                    self._method(member, attributes)
                elif member.type in ("public_field_definition", "field_definition"):
                    self._field_definition(member, attributes, annotations)
                elif member.type == "class_static_block":
                    self._field(member, "body")
        self.draft.classes[name] = Class(
            name=name,
            bases=tuple(bases),
            attributes={key: tuple(values) for key, values in attributes.items()},
            annotations=annotations,
            scope=self.flow.name,
        )
        return name

    def _class_declaration(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        made = self.class_(node)
        if name is not None:
            self.flow.bind(text_of(name), v.ClassName(made))

    def _method(self, node: Node, attributes: dict[str, list[v.Expr]]) -> None:
        named = node.child_by_field_name("name")
        if named is None:
            return
        words = {child.type for child in node.children}
        name = "__init__" if text_of(named) == "constructor" else text_of(named)
        binding = "class" if "static" in words else "property" if "get" in words else ""
        flow = self.function(node, name, named, owner=self._class, binding=binding)
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
            held: v.Expr = v.Function(self.function(inner, text_of(named), named, owner=self._class))
        else:
            held = self.evaluate(value, Use.KEPT)
        attributes.setdefault(text_of(named), []).append(held)

    def _qualify(self, name: str, owner: str) -> str:
        if owner:
            return f"{owner}.{name}"
        return name if self.flow is self.draft.module else f"{self.flow.name}.{name}"

    @contextmanager
    def _inside(self, flow: FlowDraft, owner: str) -> Generator[None]:
        saved = self.flow, self._class
        self.flow, self._class = flow, owner
        try:
            yield
        finally:
            self.flow, self._class = saved

    def _labeled(self, node: Node) -> None:
        self._field(node, "body")

    _HANDLERS: ClassVar[dict[str, Callable[..., None]]] = {
        "statement_block": _block,
        "expression_statement": _expression,
        "lexical_declaration": _declaration,
        "variable_declaration": _declaration,
        "variable_declarator": _declarator,
        "ambient_declaration": _block,
        "internal_module": _block,
        "module": _block,
        "labeled_statement": _labeled,
        "else_clause": _block,
        "return_statement": _return,
        "throw_statement": _throw,
        "break_statement": _jump,
        "continue_statement": _jump,
        "import_statement": _import,
        "export_statement": _export,
        "enum_declaration": _enum,
        "if_statement": _if,
        "while_statement": _while,
        "do_statement": _do,
        "for_statement": _for,
        "for_in_statement": _for_in,
        "switch_statement": _switch,
        "try_statement": _try,
        "class_declaration": _class_declaration,
        "abstract_class_declaration": _class_declaration,
    }


def _is_promising(call: Node) -> bool:
    target = call.child_by_field_name("function")
    return target is not None and last_name(target) in _PROMISING


def _always_true(test: Node | None) -> bool:
    if test is None:
        return False
    inner = unwrap(test)
    if inner.type == "expression_statement" and inner.named_child_count:
        inner = unwrap(inner.named_children[0])
    return inner.type == "true" or (inner.type == "number" and text_of(inner) != "0")


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

"""The one visitor: it walks a module's statements once and drafts a flow for every function.

libcst rebuilds every node whose children it visits, which costs as much as parsing. ``on_visit`` therefore always
answers False, and the handlers below walk on to the children that matter, in the order in which they run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import ClassVar

import libcst as cst

from lkagent_lint.facts.flows import EXIT_BLOCK, Class, CountedLoop, Leave, Parameter, Use
from lkagent_lint.facts.following import each_of, made_of
from lkagent_lint.facts.graph import Graph
from lkagent_lint.facts.values import (
    OPAQUE,
    Attribute,
    ClassName,
    Expr,
    Function,
    Import,
    Items,
    Made,
    Mapping,
    Name,
    Spread,
    Text,
    Typed,
)
from lkagent_lint.frontends.python.blocking import Reaches
from lkagent_lint.frontends.python.cancellation import settles, swallowing
from lkagent_lint.frontends.python.drafts import AwaitDraft, FileDraft, FlowDraft, ReturnDraft
from lkagent_lint.frontends.python.expressions import Expressions, text_of
from lkagent_lint.frontends.python.shapes import (
    always_true,
    asks_for_main,
    binding,
    catches_all,
    catches_missing,
    descendants,
    dotted_name,
    irrefutable,
    rounds,
    suppresses,
    unpacked,
)
from lkagent_lint.frontends.python.words import ENTRIES_THAT_ASK, REGISTERING, REGISTERS


class _ClassScope:
    """The class body being read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.attributes: dict[str, list[Expr]] = {}
        self.annotations: dict[str, Expr] = {}


class Walker(cst.CSTVisitor):
    """Fills a ``FileDraft`` from one module."""

    def __init__(self, draft: FileDraft, reached: Reaches) -> None:
        super().__init__()
        self.draft = draft
        self.reached = reached
        self.flow: FlowDraft = draft.module
        self._class: _ClassScope | None = None
        self._is_guarded = False
        """What is walked stands under ``if __name__ == "__main__"``."""
        self.expressions = Expressions(self)

    @classmethod
    def walk(cls, module: cst.Module, reached: Reaches) -> FileDraft:
        """The draft of a module, which reaches calls that block through these names."""
        walker = cls(FileDraft(), reached)
        module.visit(walker)
        walker.draft.module.graph.goto(EXIT_BLOCK)
        walker.draft.settle()
        del walker.expressions  # which refers back: the tree would wait for the collector
        return walker.draft

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

    # Simple statements

    def _expression(self, node: cst.Expr) -> None:
        if not isinstance(node.value, cst.SimpleString):
            self._evaluate(node.value, Use.DROPPED)

    def _assign(self, node: cst.Assign) -> None:
        targets = [target.target for target in node.targets]
        unused = all(isinstance(target, cst.Name) and target.value == "_" for target in targets)
        value = self._evaluate(node.value, Use.DROPPED if unused else Use.KEPT)
        for target in targets:
            self.bind(target, value)

    def _annotated(self, node: cst.AnnAssign) -> None:
        annotation = self.expressions.annotation(node.annotation.annotation)
        value = None if node.value is None else self._evaluate(node.value, Use.KEPT)
        if self._class is not None and isinstance(node.target, cst.Name):
            self._class.annotations[node.target.value] = annotation
        self.bind(node.target, Typed(annotation, value))

    def _augmented(self, node: cst.AugAssign) -> None:
        value = self._evaluate(node.value)
        # Of a number or a text that is changed so nothing is known; a list may hold the words of a command.
        self.bind(node.target, made_of(value) if isinstance(value, Items) else OPAQUE)

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

    def _global(self, node: cst.Global) -> None:
        self.flow.module_names.update(item.name.value for item in node.names)

    def _nonlocal(self, node: cst.Nonlocal) -> None:
        self.flow.outer_names.update(item.name.value for item in node.names)

    def _return(self, node: cst.Return) -> None:
        if node.value is not None:
            self.flow.returns.append(self._evaluate(node.value, Use.KEPT))
        if self.flow.is_async:
            self.graph.step(ReturnDraft(node))
        self.graph.leave()

    def _raise(self, node: cst.Raise) -> None:
        if node.exc is not None:
            self._evaluate(node.exc)
        self.graph.throw()

    def _assert(self, node: cst.Assert) -> None:
        self._evaluate(node.test)

    def _break(self, node: cst.Break) -> None:
        self.graph.jump(again=False)

    def _continue(self, node: cst.Continue) -> None:
        self.graph.jump(again=True)

    # Imports

    def _import(self, node: cst.Import) -> None:
        for alias in node.names:
            dotted = dotted_name(alias.name)
            self.draft.modules[dotted] = None
            if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
                self._bind_name(alias.asname.name.value, Import(dotted))
            else:
                top = dotted.partition(".")[0]
                if Import(top) not in self.flow.variables.get(top, ()):
                    self._bind_name(top, Import(top))

    def _import_from(self, node: cst.ImportFrom) -> None:
        module = "." * len(node.relative) + ("" if node.module is None else dotted_name(node.module))
        self.draft.modules[module] = None
        if isinstance(node.names, cst.ImportStar):
            self.draft.stars.append(module)
            return
        separator = "" if module.endswith(".") else "."
        for alias in node.names:
            dotted = f"{module}{separator}{dotted_name(alias.name)}"
            self.draft.modules[dotted] = None
            bound = alias.asname.name if alias.asname is not None else alias.name
            if isinstance(bound, cst.Name):
                known = self.flow.variables.get(bound.value, ())
                if Import(dotted) not in known:
                    self._bind_name(bound.value, Import(dotted))

    # Branches and loops

    def _if(self, node: cst.If) -> None:
        after: int | None = None
        here: cst.If | cst.Else | None = node
        while isinstance(here, cst.If):  # elif chains may be thousands long
            self._evaluate(here.test)
            start = self.graph.fork()
            after = self.graph.block() if after is None else after
            self.graph.branch(start)
            outside, self._is_guarded = self._is_guarded, self._is_guarded or asks_for_main(here.test)
            self._walk(here.body)
            self._is_guarded = outside
            self.graph.goto(after)
            self.graph.branch(start)
            here = here.orelse
        if here is not None:
            self._walk(here.body)
        if after is not None:
            self.graph.goto(after)
            self.graph.here = after

    def _while(self, node: cst.While) -> None:
        graph = self.graph
        if always_true(node.test):
            self.flow.swallows.extend(swallowing(node))
        head = graph.fork()
        after = graph.block()
        self._evaluate(node.test)
        decided = graph.fork()
        graph.branch(decided)
        is_left = graph.loop(head, after, partial(self._walk, node.body))
        if not always_true(node.test):
            graph.branch(decided)
            self._loop_end(node.orelse, after)
        elif not is_left:
            self.flow.endless.append((head, after, node.test))
        graph.here = after

    def _loop_end(self, orelse: cst.Else | None, after: int) -> None:
        if orelse is not None:
            self._walk(orelse.body)
        self.graph.goto(after)

    def _for(self, node: cst.For) -> None:
        graph = self.graph
        iterated = self._evaluate(node.iter)
        head = graph.fork()
        after = graph.block()
        times = rounds(node)
        if times is not None:
            self.flow.counted.append(CountedLoop(head, times))
        if node.asynchronous is not None:
            graph.step(AwaitDraft(OPAQUE, node.iter))
        decided = graph.fork()
        graph.branch(decided)
        self.bind_each(node.target, OPAQUE if node.asynchronous is not None else iterated)
        graph.loop(head, after, partial(self._walk, node.body))
        graph.branch(decided)
        self._loop_end(node.orelse, after)
        graph.here = after

    def _match(self, node: cst.Match) -> None:
        graph = self.graph
        self._evaluate(node.subject)
        after = graph.block()
        for case in node.cases:
            test, miss = graph.fork(), graph.block()
            graph.branch(test)
            self._capture(case.pattern)
            if case.guard is not None:
                self._evaluate(case.guard)
                decided = graph.fork()
                graph.goto(miss)
                graph.branch(decided)
            self._walk(case.body)
            graph.goto(after)
            if case.guard is not None or not irrefutable(case.pattern):
                graph.here = test
                graph.goto(miss)
            graph.here = miss
        graph.goto(after)
        graph.here = after

    def _capture(self, pattern: cst.MatchPattern) -> None:
        """Names that a pattern binds hold something that is not followed."""
        for node in (pattern, *descendants(pattern)):
            match node:
                case (
                    cst.MatchAs(name=cst.Name(value=name))
                    | cst.MatchStar(name=cst.Name(value=name))
                    | cst.MatchMapping(rest=cst.Name(value=name))
                ):
                    self._bind_name(name, OPAQUE)
                case _:
                    pass

    # Exceptions and contexts

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        handlers: list[Callable[[], object]] = [partial(self._handler, handler) for handler in node.handlers]
        self.graph.attempt(
            partial(self._tried, node) if handlers else partial(self._walk, node.body),
            handlers,
            catches_all=any(catches_all(handler) for handler in node.handlers),
            otherwise=None if node.orelse is None else partial(self._walk, node.orelse.body),
            final=None if node.finalbody is None else partial(self._walk, node.finalbody.body),
        )

    def _tried(self, node: cst.Try | cst.TryStar) -> None:
        looks, calls = self.expressions.looks, self.flow.calls
        first, is_guard = len(calls), any(map(catches_missing, node.handlers))
        looks.tries += 1
        looks.guards += is_guard
        self._walk(node.body)
        looks.tries -= 1
        looks.guards -= is_guard
        if len(calls) > first and self.flow.is_async and settles(node):
            self.flow.caught.append((first, len(calls)))

    def _handler(self, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        if handler.name is not None:
            self.bind(handler.name.name, OPAQUE)
        self._walk(handler.body)

    def _with(self, node: cst.With) -> None:
        awaited = node.asynchronous is not None
        self._enter(iter(node.items), awaited, partial(self._walk, node.body))

    def _enter(self, items: Iterator[cst.WithItem], awaited: bool, body: Callable[[], object]) -> None:
        """What the items that are left do, one within the other, and then the body."""
        item = next(items, None)
        if item is None:
            body()
            return
        value = self._evaluate(item.item, Use.KEPT)
        prefix = "__a" if awaited else "__"
        entered = self.expressions.record(
            Attribute(value, f"{prefix}enter__"), (), (), Use.AWAITED if awaited else Use.VALUE, item.item
        )
        if item.asname is not None:
            self.bind(item.asname.name, entered)
        inner: Callable[[], None] = partial(self._enter, items, awaited, body)
        if suppresses(item.item):
            self.graph.attempt(inner, [lambda: None], catches_all=False)
        else:
            inner()
        self.graph.step(Leave(value))

    # Definitions

    def _function(self, node: cst.FunctionDef) -> None:
        decorators = [self._evaluate(decorator.decorator, Use.KEPT) for decorator in node.decorators]
        owner = self._class.name if self._class is not None else ""
        draft = self.draft.flow(self._qualify(node.name.value), node.name, self.flow, owner)
        draft.is_async = node.asynchronous is not None
        draft.guarded = self._is_guarded and self.flow is self.draft.module
        draft.decorators = decorators
        draft.parameters = self._parameters(node.params)
        draft.binding = next((found for each in decorators if (found := binding(each))), "")
        if node.returns is not None:
            draft.annotation = self.expressions.annotation(node.returns.annotation)
        self._bind_name(node.name.value, Function(draft.name))
        for decorator in decorators:
            if _stands_alone(decorator):  # without a call of its own
                self.expressions.record(decorator, (Function(draft.name),), (), Use.KEPT, node.name)
        with self._inside(draft, None):
            self._walk(node.body)
            self.graph.goto(EXIT_BLOCK)

    def lambda_flow(self, node: cst.Lambda) -> str:
        """Draft a lambda's flow and return its name."""
        draft = self.draft.flow(self._qualify("<lambda>"), node, self.flow, "")
        draft.parameters = self._parameters(node.params)
        with self._inside(draft, None):
            draft.returns.append(self._evaluate(node.body, Use.KEPT))
            self.graph.leave()
        return draft.name

    def _class_definition(self, node: cst.ClassDef) -> None:
        decorators = tuple(self._evaluate(decorator.decorator, Use.KEPT) for decorator in node.decorators)
        bases = tuple(self._evaluate(base.value, Use.KEPT) for base in node.bases if not base.star)
        name = self._qualify(node.name.value)
        self._bind_name(node.name.value, ClassName(name))
        scope = _ClassScope(name)
        with self._inside(self.flow, scope):
            self._walk(node.body)
        self.draft.classes[name] = Class(
            name=name,
            bases=bases,
            attributes={attribute: tuple(values) for attribute, values in scope.attributes.items()},
            annotations=scope.annotations,
            scope=self.flow.name,
            decorators=decorators,
        )

    def _qualify(self, name: str) -> str:
        if self._class is not None:
            return f"{self._class.name}.{name}"
        return name if self.flow is self.draft.module else f"{self.flow.name}.<locals>.{name}"

    @contextmanager
    def _inside(self, flow: FlowDraft, scope: _ClassScope | None) -> Generator[None]:
        saved = self.flow, self._class
        self.flow, self._class = flow, scope
        try:
            yield
        finally:
            self.flow, self._class = saved

    def _parameters(self, node: cst.Parameters) -> list[Parameter]:
        drafts: list[Parameter] = []
        for kind, group in (
            ("positional", (*node.posonly_params, *node.params)),
            ("keyword", node.kwonly_params),
        ):
            drafts.extend(self._parameter(param, kind) for param in group)
        if isinstance(node.star_arg, cst.Param):
            drafts.append(self._parameter(node.star_arg, "*"))
        if node.star_kwarg is not None:
            drafts.append(self._parameter(node.star_kwarg, "**"))
        return drafts

    def _parameter(self, node: cst.Param, kind: str) -> Parameter:
        annotation = None if node.annotation is None else self.expressions.annotation(node.annotation.annotation)
        default = None if node.default is None else self._evaluate(node.default, Use.KEPT)
        return Parameter(node.name.value, annotation, default, kind)

    _HANDLERS: ClassVar[dict[type[cst.CSTNode], Callable[..., None]]] = {
        cst.Module: _block,
        cst.IndentedBlock: _block,
        cst.SimpleStatementSuite: _block,
        cst.SimpleStatementLine: _block,
        cst.Expr: _expression,
        cst.Assign: _assign,
        cst.AnnAssign: _annotated,
        cst.AugAssign: _augmented,
        cst.Global: _global,
        cst.Nonlocal: _nonlocal,
        cst.Return: _return,
        cst.Raise: _raise,
        cst.Assert: _assert,
        cst.Break: _break,
        cst.Continue: _continue,
        cst.Import: _import,
        cst.ImportFrom: _import_from,
        cst.If: _if,
        cst.While: _while,
        cst.For: _for,
        cst.Match: _match,
        cst.Try: _try,
        cst.TryStar: _try,
        cst.With: _with,
        cst.FunctionDef: _function,
        cst.ClassDef: _class_definition,
    }


def _stands_alone(decorator: Expr) -> bool:
    """A decorator that registers a function with the SDK, without a call of its own."""
    match decorator:
        case Attribute(name=name):
            return name in REGISTERING
        case Name(name):
            return name == REGISTERS
        case _:
            return False

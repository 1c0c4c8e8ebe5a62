"""The one visitor: it walks a module's statements once and drafts a flow for every function.

libcst rebuilds every node whose children it visits, which costs as much as parsing. ``on_visit`` therefore always
answers False, and the handlers below walk on to the children that matter, in the order in which they run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import ClassVar

import libcst as cst

from lkagent_lint.facts.flows import EXIT_BLOCK, Class, Parameter, Use
from lkagent_lint.facts.following import made_of
from lkagent_lint.facts.values import (
    OPAQUE,
    Attribute,
    ClassName,
    Expr,
    Function,
    Import,
    Items,
    Name,
    Typed,
)
from lkagent_lint.frontends.python.bindings import ClassScope
from lkagent_lint.frontends.python.blocking import Reaches
from lkagent_lint.frontends.python.branches import BranchWalker
from lkagent_lint.frontends.python.drafts import FileDraft, FlowDraft, ReturnDraft
from lkagent_lint.frontends.python.expressions import Expressions
from lkagent_lint.frontends.python.shapes import (
    binding,
    dotted_name,
)
from lkagent_lint.frontends.python.words import REGISTERING, REGISTERS


class Walker(BranchWalker):
    """Fills a ``FileDraft`` from one module."""

    def __init__(self, draft: FileDraft, reached: Reaches) -> None:
        super().__init__(draft, reached)
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
        scope = ClassScope(name)
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
    def _inside(self, flow: FlowDraft, scope: ClassScope | None) -> Generator[None]:
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
        cst.Module: BranchWalker._block,
        cst.IndentedBlock: BranchWalker._block,
        cst.SimpleStatementSuite: BranchWalker._block,
        cst.SimpleStatementLine: BranchWalker._block,
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
        cst.If: BranchWalker._if,
        cst.While: BranchWalker._while,
        cst.For: BranchWalker._for,
        cst.Match: BranchWalker._match,
        cst.Try: BranchWalker._try,
        cst.TryStar: BranchWalker._try,
        cst.With: BranchWalker._with,
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

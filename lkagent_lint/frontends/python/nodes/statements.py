"""Statements of the host Python's tree as libcst's nodes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import libcst as cst

from lkagent_lint.frontends.python.host import HostSpans
from lkagent_lint.frontends.python.nodes import quick
from lkagent_lint.frontends.python.nodes.expressions import ExpressionNodes
from lkagent_lint.frontends.python.nodes.patterns import pattern_of
from lkagent_lint.frontends.python.nodes.tokens import ANY_AUGMENTED, ASYNC, DOT, LINE_END, SPACE


class StatementNodes:
    """Makes libcst's nodes for the statements of one file, but for those whose ``id`` is in ``gone``."""

    def __init__(self, spans: HostSpans, gone: frozenset[int]) -> None:
        self.expressions = ExpressionNodes(spans)
        self._gone = gone

    def module(self, host: ast.Module) -> cst.Module:
        """The node of a module."""
        return quick.Module(tuple(self._body(host.body)))

    def _body(self, hosts: Sequence[ast.stmt]) -> Iterator[cst.BaseCompoundStatement | cst.SimpleStatementLine]:
        for host in hosts:
            if id(host) in self._gone or _is_idle(host):
                continue
            simple = self._SIMPLE.get(host.__class__)
            if simple is not None:
                yield quick.SimpleStatementLine((simple(self, host),), trailing_whitespace=LINE_END)
                continue
            compound = self._COMPOUND.get(host.__class__)
            if compound is not None:
                yield compound(self, host)

    def _suite(self, hosts: Sequence[ast.stmt]) -> cst.IndentedBlock:
        return quick.IndentedBlock(tuple(self._body(hosts)), header=LINE_END)

    def _else(self, hosts: Sequence[ast.stmt]) -> cst.Else | None:
        return quick.Else(self._suite(hosts)) if hosts else None

    # Simple statements

    def _expression(self, host: ast.Expr) -> cst.Expr:
        return quick.Expr(self.expressions.make(host.value))

    def _assign(self, host: ast.Assign) -> cst.Assign:
        targets = [quick.AssignTarget(self.expressions.make(each), SPACE, SPACE) for each in host.targets]
        return quick.Assign(targets, self.expressions.make(host.value))

    def _annotated(self, host: ast.AnnAssign) -> cst.AnnAssign:
        target = self.expressions.make(host.target)
        return quick.AnnAssign(target, self.expressions.annotation(host.annotation), self.expressions.maybe(host.value))

    def _augmented(self, host: ast.AugAssign) -> cst.AugAssign:
        target = self.expressions.make(host.target)
        return quick.AugAssign(target, ANY_AUGMENTED, self.expressions.make(host.value))

    def _return(self, host: ast.Return) -> cst.Return:
        made = quick.Return(self.expressions.maybe(host.value))
        self.expressions.origins[id(made)] = host
        return made

    def _raise(self, host: ast.Raise) -> cst.Raise:
        return quick.Raise(self.expressions.maybe(host.exc))

    def _assert(self, host: ast.Assert) -> cst.Assert:
        return quick.Assert(self.expressions.make(host.test))

    def _break(self, host: ast.Break) -> cst.Break:
        return quick.Break()

    def _continue(self, host: ast.Continue) -> cst.Continue:
        return quick.Continue()

    def _global(self, host: ast.Global) -> cst.Global:
        return quick.Global([quick.NameItem(quick.Name(each)) for each in host.names])

    def _nonlocal(self, host: ast.Nonlocal) -> cst.Nonlocal:
        return quick.Nonlocal([quick.NameItem(quick.Name(each)) for each in host.names])

    # Imports

    def _import(self, host: ast.Import) -> cst.Import:
        return quick.Import(tuple(map(self._alias, host.names)))

    def _import_from(self, host: ast.ImportFrom) -> cst.ImportFrom:
        return quick.ImportFrom(
            module=None if host.module is None else self._dotted(host.module),
            names=quick.ImportStar() if host.names[0].name == "*" else tuple(map(self._alias, host.names)),
            relative=(DOT,) * host.level,
        )

    def _alias(self, host: ast.alias) -> cst.ImportAlias:
        name = None if host.asname is None else quick.AsName(self.expressions.words[host.asname])
        return quick.ImportAlias(self._dotted(host.name), name)

    def _dotted(self, name: str) -> Any:
        """The node of a module's name: a ``cst.Name`` or a ``cst.Attribute``."""
        first, *rest = map(self.expressions.words.__getitem__, name.split("."))
        made: cst.Name | cst.Attribute = first
        for each in rest:
            made = quick.Attribute(made, each, DOT)
        return made

    # Branches and loops

    def _if(self, host: ast.If) -> cst.If:
        test = self.expressions.make(host.test)
        body = self._suite(host.body)
        inner = host.orelse[0] if len(host.orelse) == 1 else None
        if isinstance(inner, ast.If) and inner.col_offset == host.col_offset:  # ``elif``
            return quick.If(test, body, self._if(inner))
        return quick.If(test, body, self._else(host.orelse))

    def _while(self, host: ast.While) -> cst.While:
        return quick.While(self.expressions.make(host.test), self._suite(host.body), self._else(host.orelse))

    def _for(self, host: ast.For | ast.AsyncFor) -> cst.For:
        return quick.For(
            target=self.expressions.make(host.target),
            iter=self.expressions.make(host.iter),
            body=self._suite(host.body),
            orelse=self._else(host.orelse),
            asynchronous=ASYNC if isinstance(host, ast.AsyncFor) else None,
        )

    def _match(self, host: ast.Match) -> cst.Match:
        subject = self.expressions.make(host.subject)
        return quick.Match(
            subject,
            [
                quick.MatchCase(
                    pattern_of(case.pattern),
                    self._suite(case.body),
                    self.expressions.maybe(case.guard),
                )
                for case in host.cases
            ],
        )

    # Exceptions and contexts

    def _try(self, host: ast.Try) -> cst.Try | cst.TryStar:
        """Of ``TryStar`` too, which has the same fields."""
        is_plain = host.__class__ is ast.Try
        kind: Any = quick.Try if is_plain else quick.TryStar
        made: cst.Try | cst.TryStar = kind(
            self._suite(host.body),
            [
                self._handler(each, quick.ExceptHandler if is_plain else quick.ExceptStarHandler)
                for each in host.handlers
            ],
            self._else(host.orelse),
            quick.Finally(self._suite(host.finalbody)) if host.finalbody else None,
        )
        return made

    def _handler(self, host: ast.ExceptHandler, kind: Callable[..., Any]) -> Any:
        made = kind(
            body=self._suite(host.body),
            type=self.expressions.maybe(host.type),
            name=None if host.name is None else quick.AsName(quick.Name(host.name)),
        )
        self.expressions.origins[id(made)] = host
        return made

    def _with(self, host: ast.With | ast.AsyncWith) -> cst.With:
        return quick.With(
            tuple(map(self._item, host.items)),
            self._suite(host.body),
            ASYNC if isinstance(host, ast.AsyncWith) else None,
        )

    def _item(self, host: ast.withitem) -> cst.WithItem:
        item, name = self.expressions.make(host.context_expr), host.optional_vars
        return quick.WithItem(item, None if name is None else quick.AsName(self.expressions.make(name)))

    # Definitions

    def _function(self, host: ast.FunctionDef | ast.AsyncFunctionDef) -> cst.FunctionDef:
        decorators = self._decorators(host.decorator_list)
        name = quick.Name(host.name)
        self.expressions.origins[id(name)] = host
        return quick.FunctionDef(
            name,
            self.expressions.parameters(host.args),
            self._suite(host.body),
            decorators,
            None if host.returns is None else self.expressions.annotation(host.returns),
            ASYNC if isinstance(host, ast.AsyncFunctionDef) else None,
        )

    def _class(self, host: ast.ClassDef) -> cst.ClassDef:
        decorators = self._decorators(host.decorator_list)
        bases = self.expressions.arguments(host.bases, ())
        return quick.ClassDef(quick.Name(host.name), self._suite(host.body), bases, decorators=decorators)

    def _decorators(self, hosts: Sequence[ast.expr]) -> tuple[cst.Decorator, ...]:
        return tuple(quick.Decorator(self.expressions.make(each), trailing_whitespace=LINE_END) for each in hosts)

    _SIMPLE: ClassVar[dict[type[ast.stmt], Callable[..., cst.BaseSmallStatement]]] = {
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated,
        ast.AugAssign: _augmented,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Assert: _assert,
        ast.Break: _break,
        ast.Continue: _continue,
        ast.Global: _global,
        ast.Nonlocal: _nonlocal,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
    }

    _COMPOUND: ClassVar[dict[type[ast.stmt], Callable[..., cst.BaseCompoundStatement]]] = {
        ast.If: _if,
        ast.While: _while,
        ast.For: _for,
        ast.AsyncFor: _for,
        ast.Match: _match,
        getattr(ast, "TryStar", ast.Try): _try,
        ast.Try: _try,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
    }


def _is_idle(host: ast.stmt) -> bool:
    """A docstring, or another constant that nothing is done with."""
    return isinstance(host, ast.Expr) and isinstance(host.value, ast.Constant)

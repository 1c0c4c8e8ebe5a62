"""Where libcst's nodes stand, read from the host Python's tree of the same file.

libcst keeps no positions; its provider generates the code anew and counts. The host's parser counts for nothing, so the
two trees are walked side by side and each wanted node takes the place of its counterpart. ``positions.py`` generates
code where there is no counterpart: inside formatted strings (wrong in the host's tree before Python 3.12), and in files
that only libcst can read.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

import libcst as cst

_Table = dict[type[cst.CSTNode], tuple[Any, "Callable[..., None] | None"]]
"""By the type of a node of libcst: the host's type or types, and what goes on below."""


class Mismatch(Exception):
    """The trees differ where they should not."""


class Pairing:
    """Pairs the nodes of a module with the host's: ``nodes`` by ``id`` of the wanted ones, ``strings`` all those in
    which further nodes stand.

    ``gone`` are the host's definitions that the module was parsed without, by ``id``. Raises ``Mismatch``.
    """

    def __init__(self, module: cst.Module, host: ast.Module, wanted: set[int], gone: frozenset[int]) -> None:
        self.nodes: dict[int, ast.stmt | ast.expr | ast.excepthandler] = {}
        self.functions: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        """By ``id`` of a function's name: its definition."""
        self.strings: list[tuple[cst.BaseExpression, ast.expr, int]] = []
        """Each with the line on which its statement begins."""
        self._line = 1
        self._wanted = wanted
        self._gone = gone
        try:
            self._body(module.body, host.body)
        except (AttributeError, IndexError, StopIteration, ValueError) as error:
            raise Mismatch from error

    # Statements

    def _body(self, body: Sequence[cst.CSTNode], host: Sequence[ast.stmt]) -> None:
        theirs = iter(each for each in host if id(each) not in self._gone) if self._gone else iter(host)
        for node in _statements(body):
            counterpart = next(theirs, None)
            if counterpart is None and isinstance(node, cst.Pass):  # stands in for what was left out
                return
            self._line = 0 if counterpart is None else counterpart.lineno
            self._pair(node, counterpart, self._STATEMENTS)
        if next(theirs, None) is not None:
            raise Mismatch

    def _pair(self, node: cst.CSTNode, host: ast.stmt | ast.expr | None, table: _Table) -> None:
        self._place(node, host)
        found = table.get(type(node))
        if found is None:
            return
        kinds, handler = found
        if not isinstance(host, kinds):
            raise Mismatch
        if handler is not None:
            handler(self, node, host)

    def _place(self, node: cst.CSTNode, host: ast.stmt | ast.expr | ast.excepthandler | None) -> None:
        if id(node) in self._wanted:
            if host is None or isinstance(host, (ast.Tuple, ast.GeneratorExp)):  # the host's include the brackets
                raise Mismatch
            self.nodes[id(node)] = host

    def _expression(self, node: cst.CSTNode | None, host: ast.expr | None) -> None:
        if node is not None:
            self._pair(node, host, self._EXPRESSIONS)

    def _suite(self, suite: cst.BaseSuite, host: Sequence[ast.stmt]) -> None:
        self._body(suite.body, host)

    def _value(self, node: cst.Expr | cst.Return, host: ast.Expr | ast.Return) -> None:
        self._expression(node.value, host.value)

    def _assign(self, node: cst.Assign, host: ast.Assign) -> None:
        for target, counterpart in zip(node.targets, host.targets, strict=True):
            self._expression(target.target, counterpart)
        self._expression(node.value, host.value)

    def _target(self, node: cst.AnnAssign | cst.AugAssign, host: ast.AnnAssign | ast.AugAssign) -> None:
        self._expression(node.target, host.target)
        self._expression(node.value, host.value)

    def _raise(self, node: cst.Raise, host: ast.Raise) -> None:
        self._expression(node.exc, host.exc)

    def _assert(self, node: cst.Assert, host: ast.Assert) -> None:
        self._expression(node.test, host.test)

    def _if(self, node: cst.If, host: ast.If) -> None:
        here, theirs = node, host
        while True:  # elif chains may be thousands long
            self._expression(here.test, theirs.test)
            self._suite(here.body, theirs.body)
            if not isinstance(here.orelse, cst.If):
                break
            here = here.orelse
            (inner,) = theirs.orelse
            if not isinstance(inner, ast.If):
                raise Mismatch
            theirs = inner
        self._else(here.orelse, theirs.orelse)

    def _else(self, node: cst.Else | cst.Finally | None, host: Sequence[ast.stmt]) -> None:
        if node is not None:
            self._suite(node.body, host)

    def _while(self, node: cst.While, host: ast.While) -> None:
        self._expression(node.test, host.test)
        self._suite(node.body, host.body)
        self._else(node.orelse, host.orelse)

    def _for(self, node: cst.For, host: ast.For | ast.AsyncFor) -> None:
        self._expression(node.iter, host.iter)
        self._expression(node.target, host.target)
        self._suite(node.body, host.body)
        self._else(node.orelse, host.orelse)

    def _try(self, node: cst.Try | cst.TryStar, host: ast.Try) -> None:
        self._suite(node.body, host.body)
        handlers: Sequence[cst.ExceptHandler | cst.ExceptStarHandler] = node.handlers
        for handler, theirs in zip(handlers, host.handlers, strict=True):
            self._place(handler, theirs)
            self._expression(handler.type, theirs.type)
            self._suite(handler.body, theirs.body)
        self._else(node.orelse, host.orelse)
        self._else(node.finalbody, host.finalbody)

    def _with(self, node: cst.With, host: ast.With | ast.AsyncWith) -> None:
        for item, theirs in zip(node.items, host.items, strict=True):
            self._expression(item.item, theirs.context_expr)
            if item.asname is not None:
                self._expression(item.asname.name, theirs.optional_vars)
        self._suite(node.body, host.body)

    def _match(self, node: cst.Match, host: ast.Match) -> None:
        self._expression(node.subject, host.subject)
        for case, theirs in zip(node.cases, host.cases, strict=True):
            self._expression(case.guard, theirs.guard)
            self._suite(case.body, theirs.body)

    def _function(self, node: cst.FunctionDef, host: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.name.value != host.name:
            raise Mismatch
        self.functions[id(node.name)] = host
        self._decorators(node.decorators, host.decorator_list)
        self._defaults(node.params, host.args)
        self._suite(node.body, host.body)

    def _class(self, node: cst.ClassDef, host: ast.ClassDef) -> None:
        if node.name.value != host.name:
            raise Mismatch
        self._decorators(node.decorators, host.decorator_list)
        self._arguments((*node.bases, *node.keywords), host.bases, host.keywords)
        self._suite(node.body, host.body)

    def _decorators(self, nodes: Sequence[cst.Decorator], host: Sequence[ast.expr]) -> None:
        for decorator, theirs in zip(nodes, host, strict=True):
            self._expression(decorator.decorator, theirs)

    def _defaults(self, node: cst.Parameters, host: ast.arguments) -> None:
        ours = [each.default for each in (*node.posonly_params, *node.params) if each.default is not None]
        for default, theirs in zip(ours, host.defaults, strict=True):
            self._expression(default, theirs)
        for parameter, maybe in zip(node.kwonly_params, host.kw_defaults, strict=True):
            self._expression(parameter.default, maybe)

    # Expressions

    def _attribute(self, node: cst.Attribute, host: ast.Attribute) -> None:
        if node.attr.value != host.attr:
            raise Mismatch
        self._expression(node.value, host.value)

    def _call(self, node: cst.Call, host: ast.Call) -> None:
        self._expression(node.func, host.func)
        self._arguments(node.args, host.args, host.keywords)

    def _arguments(self, nodes: Sequence[cst.Arg], args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> None:
        positional, named = iter(args), iter(keywords)
        for arg in nodes:
            if arg.keyword is not None or arg.star == "**":
                self._expression(arg.value, next(named).value)
            elif arg.star:
                self._expression(arg.value, _unstarred(next(positional)))
            else:
                self._expression(arg.value, next(positional))

    def _subscript(self, node: cst.Subscript, host: ast.Subscript) -> None:
        self._expression(node.value, host.value)
        first = node.slice[0]
        single = len(node.slice) == 1 and not isinstance(first.comma, cst.Comma)
        if single and not (isinstance(first.slice, cst.Index) and first.slice.star):
            self._index(first.slice, host.slice)
            return
        if not isinstance(host.slice, ast.Tuple):
            raise Mismatch
        for element, theirs in zip(node.slice, host.slice.elts, strict=True):
            self._index(element.slice, theirs)

    def _index(self, node: cst.BaseSlice, host: ast.expr) -> None:
        if isinstance(node, cst.Index):
            self._expression(node.value, _unstarred(host) if node.star else host)
        elif isinstance(node, cst.Slice) and isinstance(host, ast.Slice):
            self._expression(node.lower, host.lower)
            self._expression(node.upper, host.upper)
            self._expression(node.step, host.step)
        else:
            raise Mismatch

    def _await(self, node: cst.Await, host: ast.Await) -> None:
        self._expression(node.expression, host.value)

    def _boolean(self, node: cst.BooleanOperation, host: ast.BoolOp) -> None:
        operator = type(node.operator)
        parts: list[cst.BaseExpression] = []
        here: cst.BaseExpression = node
        while (
            isinstance(here, cst.BooleanOperation)
            and type(here.operator) is operator
            and (here is node or not here.lpar)
        ):
            parts.append(here.right)
            here = here.left
        for part, theirs in zip((here, *reversed(parts)), host.values, strict=True):
            self._expression(part, theirs)

    def _comparison(self, node: cst.Comparison, host: ast.Compare) -> None:
        self._expression(node.left, host.left)
        for target, theirs in zip(node.comparisons, host.comparators, strict=True):
            self._expression(target.comparator, theirs)

    def _binary(self, node: cst.BinaryOperation, host: ast.BinOp) -> None:
        self._expression(node.left, host.left)
        self._expression(node.right, host.right)

    def _unary(self, node: cst.UnaryOperation, host: ast.UnaryOp) -> None:
        self._expression(node.expression, host.operand)

    def _conditional(self, node: cst.IfExp, host: ast.IfExp) -> None:
        self._expression(node.test, host.test)
        self._expression(node.body, host.body)
        self._expression(node.orelse, host.orelse)

    def _lambda(self, node: cst.Lambda, host: ast.Lambda) -> None:
        self._defaults(node.params, host.args)
        self._expression(node.body, host.body)

    def _named(self, node: cst.NamedExpr, host: ast.NamedExpr) -> None:
        self._expression(node.value, host.value)

    def _yield(self, node: cst.Yield, host: ast.Yield | ast.YieldFrom) -> None:
        value = node.value
        self._expression(value.item if isinstance(value, cst.From) else value, host.value)

    def _items(self, node: cst.List | cst.Tuple | cst.Set, host: ast.List | ast.Tuple | ast.Set) -> None:
        for element, theirs in zip(node.elements, host.elts, strict=True):
            starred = isinstance(element, cst.StarredElement)
            self._expression(element.value, _unstarred(theirs) if starred else theirs)

    def _dict(self, node: cst.Dict, host: ast.Dict) -> None:
        for element, key, value in zip(node.elements, host.keys, host.values, strict=True):
            if isinstance(element, cst.DictElement):
                self._expression(element.key, key)
            self._expression(element.value, value)

    def _comprehension(self, node: cst.BaseSimpleComp, host: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._expression(node.elt, host.elt)
        self._clauses(node.for_in, host.generators)

    def _dict_comprehension(self, node: cst.DictComp, host: ast.DictComp) -> None:
        self._expression(node.key, host.key)
        self._expression(node.value, host.value)
        self._clauses(node.for_in, host.generators)

    def _clauses(self, node: cst.CompFor | None, host: Sequence[ast.comprehension]) -> None:
        for theirs in host:
            if node is None:
                raise Mismatch
            self._expression(node.target, theirs.target)
            self._expression(node.iter, theirs.iter)
            for condition, test in zip(node.ifs, theirs.ifs, strict=True):
                self._expression(condition.test, test)
            node = node.inner_for_in

    def _string(self, node: cst.BaseExpression, host: ast.expr) -> None:
        self.strings.append((node, host, self._line))

    _STATEMENTS: ClassVar[_Table] = {
        cst.Expr: (ast.Expr, _value),
        cst.Return: (ast.Return, _value),
        cst.Assign: (ast.Assign, _assign),
        cst.AnnAssign: (ast.AnnAssign, _target),
        cst.AugAssign: (ast.AugAssign, _target),
        cst.Raise: (ast.Raise, _raise),
        cst.Assert: (ast.Assert, _assert),
        cst.Import: (ast.Import, None),
        cst.ImportFrom: (ast.ImportFrom, None),
        cst.If: (ast.If, _if),
        cst.While: (ast.While, _while),
        cst.For: ((ast.For, ast.AsyncFor), _for),
        cst.Try: (ast.Try, _try),
        cst.TryStar: (getattr(ast, "TryStar", ()), _try),
        cst.With: ((ast.With, ast.AsyncWith), _with),
        cst.Match: (ast.Match, _match),
        cst.FunctionDef: ((ast.FunctionDef, ast.AsyncFunctionDef), _function),
        cst.ClassDef: (ast.ClassDef, _class),
    }

    _EXPRESSIONS: ClassVar[_Table] = {
        cst.Attribute: (ast.Attribute, _attribute),
        cst.Call: (ast.Call, _call),
        cst.Subscript: (ast.Subscript, _subscript),
        cst.Await: (ast.Await, _await),
        cst.BooleanOperation: (ast.BoolOp, _boolean),
        cst.Comparison: (ast.Compare, _comparison),
        cst.BinaryOperation: (ast.BinOp, _binary),
        cst.UnaryOperation: (ast.UnaryOp, _unary),
        cst.IfExp: (ast.IfExp, _conditional),
        cst.Lambda: (ast.Lambda, _lambda),
        cst.NamedExpr: (ast.NamedExpr, _named),
        cst.Yield: ((ast.Yield, ast.YieldFrom), _yield),
        cst.List: (ast.List, _items),
        cst.Tuple: (ast.Tuple, _items),
        cst.Set: (ast.Set, _items),
        cst.Dict: (ast.Dict, _dict),
        cst.ListComp: (ast.ListComp, _comprehension),
        cst.SetComp: (ast.SetComp, _comprehension),
        cst.GeneratorExp: (ast.GeneratorExp, _comprehension),
        cst.DictComp: (ast.DictComp, _dict_comprehension),
        cst.FormattedString: (ast.expr, _string),
        cst.TemplatedString: (ast.expr, _string),
        cst.ConcatenatedString: (ast.expr, _string),
    }


def _statements(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """The statements of a block, small ones too."""
    for node in body:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        else:
            yield node


def _unstarred(node: ast.expr) -> ast.expr:
    if not isinstance(node, ast.Starred):
        raise Mismatch
    return node.value

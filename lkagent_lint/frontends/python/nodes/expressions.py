"""Expressions of the host Python's tree as libcst's nodes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import libcst as cst

from lkagent_lint.frontends.python.host import HostSpans
from lkagent_lint.frontends.python.nodes import quick
from lkagent_lint.frontends.python.nodes.strings import is_known, known
from lkagent_lint.frontends.python.nodes.tokens import (
    ANY_BINARY,
    ANY_COMPARISON,
    ANY_UNARY,
    ASYNC,
    BINARY,
    BOOLEAN,
    CLOSING,
    COMPARISONS,
    DOT,
    NOTHING,
    OPENING,
    SPACE,
    NameNodes,
)

_ONE_STRING = re.compile(
    r"[a-zA-Z]{0,2}(?:"
    r'"{3}[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3}'
    r"|'{3}[^'\\]*(?:(?:\\.|'{1,2}(?!'))[^'\\]*)*'{3}"
    r'|"(?!"")[^"\\]*(?:\\.[^"\\]*)*"'
    r"|'(?!'')[^'\\]*(?:\\.[^'\\]*)*')",
    re.DOTALL,
)
"""A literal that is not made of several."""

HostNode = ast.stmt | ast.expr | ast.excepthandler


class Inside(NamedTuple):
    """A string in which further expressions stand: the host before Python 3.12 does not know where."""

    node: cst.BaseExpression
    host: ast.expr


class ExpressionNodes:
    """Makes libcst's nodes for the expressions of one file."""

    def __init__(self, spans: HostSpans) -> None:
        self._spans = spans
        self.words = NameNodes()
        self.origins: dict[int, HostNode] = {}
        """By the ``id`` of a node: what it was made from. All that is made is kept, or another would get its ``id``."""
        self.strings: list[Inside] = []

    def make(self, host: ast.expr) -> Any:
        """The node of an expression: a ``cst.BaseExpression``, but for the kinds that stand only in certain places."""
        maker = self._MAKERS.get(host.__class__)
        made = quick.Ellipsis() if maker is None else maker(self, host)
        self.origins[id(made)] = host
        return made

    def maybe(self, host: ast.expr | None) -> Any:
        """As ``make``; None for None."""
        return None if host is None else self.make(host)

    # Leaves

    def _name(self, host: ast.Name) -> cst.Name:
        return quick.Name(host.id)

    def _constant(self, host: ast.Constant) -> cst.BaseExpression:
        match host.value:
            case None | bool():
                return quick.Name(str(host.value))
            case str() | bytes():
                return self._string(host)
            case int():
                return quick.Integer(self._spans.text(host))
            case float():
                return quick.Float(self._spans.text(host))
            case complex():
                return quick.Imaginary(self._spans.text(host))
            case _:
                return quick.Ellipsis()

    def _string(self, host: ast.Constant) -> cst.BaseExpression:
        text = self._spans.text(host)
        # Several in a row are one text, and nobody asks where each of them stands.
        return quick.SimpleString(text if _ONE_STRING.fullmatch(text) else repr(host.value))

    def _formatted(self, host: ast.JoinedStr) -> cst.BaseExpression:
        text = self._spans.text(host)
        return known(host, self.make) if is_known(host, text, self._spans) else self._places(host, text)

    def _template(self, host: ast.expr) -> cst.BaseExpression:
        return self._places(host, self._spans.text(host))

    def _places(self, host: ast.expr, text: str) -> cst.BaseExpression:
        made = self._by_libcst(text)
        self.strings.append(Inside(made, host))
        return made

    def _by_libcst(self, text: str) -> cst.BaseExpression:
        """A string with places, as libcst reads it."""
        try:
            return cst.parse_expression(f"({text})")
        except (cst.ParserSyntaxError, cst.CSTValidationError):
            # A gap of libcst's grammar costs what is in the string, not the file.
            return quick.Ellipsis()

    # Access and calls

    def _attribute(self, host: ast.Attribute) -> cst.Attribute:
        return quick.Attribute(self.make(host.value), self.words[host.attr], DOT)

    def _subscript(self, host: ast.Subscript) -> cst.Subscript:
        keys = [host.slice]
        if isinstance(host.slice, ast.Tuple) and not _is_bracketed(host.slice):
            keys = host.slice.elts
        return quick.Subscript(self.make(host.value), tuple(quick.SubscriptElement(self._key(each)) for each in keys))

    def _key(self, host: ast.expr) -> cst.BaseSlice:
        match host:
            case ast.Slice():
                return quick.Slice(self.maybe(host.lower), self.maybe(host.upper), self.maybe(host.step))
            case ast.Starred():
                return quick.Index(self.make(host.value), star="*")
            case _:
                return quick.Index(self.make(host))

    def _call(self, host: ast.Call) -> cst.Call:
        return quick.Call(
            self.make(host.func),
            self.arguments(host.args, host.keywords),
            whitespace_after_func=NOTHING,
            whitespace_before_args=NOTHING,
        )

    def arguments(self, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> tuple[cst.Arg, ...]:
        """The arguments of a call in the order of the text."""
        given: list[ast.expr | ast.keyword] = [*args, *keywords]
        if args and keywords and _start(args[-1]) > _start(keywords[0]):
            given.sort(key=_start)
        return tuple(map(self._argument, given))

    def _argument(self, host: ast.expr | ast.keyword) -> cst.Arg:
        if isinstance(host, ast.keyword):
            if host.arg is None:
                return self._given(host.value, None, "**")
            return self._given(host.value, self.words[host.arg], "")
        if isinstance(host, ast.Starred):
            return self._given(host.value, None, "*")
        return self._given(host, None, "")

    def _given(self, value: ast.expr, keyword: cst.Name | None, star: Literal["", "*", "**"]) -> cst.Arg:
        made: cst.BaseExpression = self.make(value)
        return quick.Arg(made, keyword, star=star, whitespace_after_star=NOTHING, whitespace_after_arg=NOTHING)

    # Operators

    def _await(self, host: ast.Await) -> cst.Await:
        return quick.Await(self.make(host.value), whitespace_after_await=SPACE)

    def _boolean(self, host: ast.BoolOp) -> cst.BaseExpression:
        operator = BOOLEAN[host.op.__class__]
        made: cst.BaseExpression = self.make(host.values[0])
        for each in host.values[1:]:
            made = quick.BooleanOperation(made, operator, self.make(each))
        return made

    def _binary(self, host: ast.BinOp) -> cst.BinaryOperation:
        operator = BINARY.get(host.op.__class__, ANY_BINARY)
        return quick.BinaryOperation(self.make(host.left), operator, self.make(host.right))

    def _unary(self, host: ast.UnaryOp) -> cst.UnaryOperation:
        return quick.UnaryOperation(ANY_UNARY, self.make(host.operand))

    def _comparison(self, host: ast.Compare) -> cst.Comparison:
        left = self.make(host.left)
        targets = zip(host.ops, host.comparators, strict=True)
        return quick.Comparison(
            left,
            tuple(
                quick.ComparisonTarget(COMPARISONS.get(type(operator), ANY_COMPARISON), self.make(each))
                for operator, each in targets
            ),
        )

    def _conditional(self, host: ast.IfExp) -> cst.IfExp:
        return quick.IfExp(test=self.make(host.test), body=self.make(host.body), orelse=self.make(host.orelse))

    def _named(self, host: ast.NamedExpr) -> cst.NamedExpr:
        return quick.NamedExpr(self.make(host.target), self.make(host.value))

    def _yield(self, host: ast.Yield) -> cst.Yield:
        return quick.Yield(self.maybe(host.value))

    def _yield_from(self, host: ast.YieldFrom) -> cst.Yield:
        return quick.Yield(quick.From(self.make(host.value)))

    def _lambda(self, host: ast.Lambda) -> cst.Lambda:
        return quick.Lambda(self.parameters(host.args), self.make(host.body))

    # Parameters

    def parameters(self, host: ast.arguments) -> cst.Parameters:
        """The parameters of a function or a lambda."""
        positional = [*host.posonlyargs, *host.args]
        defaults = [*[None] * (len(positional) - len(host.defaults)), *host.defaults]
        made = [self._parameter(each, default) for each, default in zip(positional, defaults, strict=True)]
        named = zip(host.kwonlyargs, host.kw_defaults, strict=True)
        first = len(host.posonlyargs)
        return quick.Parameters(
            params=made[first:],
            star_arg=cst.MaybeSentinel.DEFAULT if host.vararg is None else self._parameter(host.vararg),
            kwonly_params=[self._parameter(each, default) for each, default in named],
            star_kwarg=None if host.kwarg is None else self._parameter(host.kwarg),
            posonly_params=made[:first],
        )

    def _parameter(self, host: ast.arg, default: ast.expr | None = None) -> cst.Param:
        annotation = None if host.annotation is None else self.annotation(host.annotation)
        return quick.Param(
            self.words[host.arg],
            annotation,
            default=self.maybe(default),
            whitespace_after_star=NOTHING,
            whitespace_after_param=NOTHING,
        )

    def annotation(self, host: ast.expr) -> cst.Annotation:
        """What stands behind a colon or an arrow."""
        return quick.Annotation(self.make(host), whitespace_after_indicator=SPACE)

    # Displays and comprehensions

    def _elements(self, hosts: Sequence[ast.expr]) -> Iterator[cst.BaseElement]:
        for each in hosts:
            yield self._starred(each) if isinstance(each, ast.Starred) else quick.Element(self.make(each))

    def _starred(self, host: ast.Starred) -> cst.StarredElement:
        return quick.StarredElement(self.make(host.value), whitespace_before_value=NOTHING)

    def _list(self, host: ast.List) -> cst.List:
        return quick.List(tuple(self._elements(host.elts)))

    def _tuple(self, host: ast.Tuple) -> cst.Tuple:
        return quick.Tuple(tuple(self._elements(host.elts)), lpar=OPENING, rpar=CLOSING)

    def _set(self, host: ast.Set) -> cst.Set:
        return quick.Set(tuple(self._elements(host.elts)))

    def _dict(self, host: ast.Dict) -> cst.Dict:
        return quick.Dict(
            tuple(
                quick.StarredDictElement(self.make(value))
                if key is None
                else quick.DictElement(
                    self.make(key),
                    self.make(value),
                    whitespace_before_colon=NOTHING,
                    whitespace_after_colon=SPACE,
                )
                for key, value in zip(host.keys, host.values, strict=True)
            )
        )

    def _list_comprehension(self, host: ast.ListComp) -> cst.ListComp:
        return quick.ListComp(self.make(host.elt), self._clauses(host.generators))

    def _set_comprehension(self, host: ast.SetComp) -> cst.SetComp:
        return quick.SetComp(self.make(host.elt), self._clauses(host.generators))

    def _generator(self, host: ast.GeneratorExp) -> cst.GeneratorExp:
        return quick.GeneratorExp(self.make(host.elt), self._clauses(host.generators), lpar=OPENING, rpar=CLOSING)

    def _dict_comprehension(self, host: ast.DictComp) -> cst.DictComp:
        return quick.DictComp(self.make(host.key), self.make(host.value), self._clauses(host.generators))

    def _clauses(self, hosts: Sequence[ast.comprehension]) -> cst.CompFor:
        made = [
            (
                self.make(each.target),
                self.make(each.iter),
                tuple(quick.CompIf(self.make(condition)) for condition in each.ifs),
                ASYNC if each.is_async else None,
            )
            for each in hosts
        ]
        target, values, conditions, asynchronous = made.pop()
        clause = quick.CompFor(target, values, conditions, None, asynchronous)
        while made:
            target, values, conditions, asynchronous = made.pop()
            clause = quick.CompFor(target, values, conditions, clause, asynchronous)
        return clause

    _MAKERS: ClassVar[dict[type[ast.AST], Callable[..., Any]]] = {
        ast.Name: _name,
        ast.Constant: _constant,
        getattr(ast, "TemplateStr", ast.JoinedStr): _template,
        ast.JoinedStr: _formatted,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.Starred: _starred,
        ast.Call: _call,
        ast.Await: _await,
        ast.BoolOp: _boolean,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.Compare: _comparison,
        ast.IfExp: _conditional,
        ast.NamedExpr: _named,
        ast.Yield: _yield,
        ast.YieldFrom: _yield_from,
        ast.Lambda: _lambda,
        ast.List: _list,
        ast.Tuple: _tuple,
        ast.Set: _set,
        ast.Dict: _dict,
        ast.ListComp: _list_comprehension,
        ast.SetComp: _set_comprehension,
        ast.GeneratorExp: _generator,
        ast.DictComp: _dict_comprehension,
    }


def _start(host: ast.expr | ast.keyword) -> tuple[int, int]:
    return host.lineno, host.col_offset


def _is_bracketed(host: ast.Tuple) -> bool:
    """Whether a tuple stands in brackets of its own: it begins before what it holds."""
    return not host.elts or _start(host) < _start(host.elts[0])

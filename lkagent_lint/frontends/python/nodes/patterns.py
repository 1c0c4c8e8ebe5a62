"""Patterns of ``match`` statements of the host Python's tree as libcst's nodes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst

from lkagent_lint.frontends.python.nodes.expressions import Expressions
from lkagent_lint.frontends.python.nodes.tokens import CLOSING_SQUARE, OPENING_SQUARE


def pattern_of(host: ast.pattern, expressions: Expressions) -> cst.MatchPattern:
    """The node of a pattern."""

    def inner(host: ast.pattern) -> cst.MatchPattern:
        return pattern_of(host, expressions)

    match host:
        case ast.MatchValue(value):
            return cst.MatchValue(expressions.make(value))
        case ast.MatchSingleton(value):
            return cst.MatchSingleton(cst.Name(str(value)))
        case ast.MatchSequence(patterns):
            elements = [_element(each, expressions) for each in patterns]
            return cst.MatchList(elements, lbracket=OPENING_SQUARE, rbracket=CLOSING_SQUARE)
        case ast.MatchMapping(keys, patterns, rest):
            pairs = zip(keys, patterns, strict=True)
            entries = [cst.MatchMappingElement(expressions.make(key), inner(each)) for key, each in pairs]
            return cst.MatchMapping(entries, rest=_name(rest))
        case ast.MatchClass(kind, patterns, names, named):
            return cst.MatchClass(
                expressions.make(kind),
                [cst.MatchSequenceElement(inner(each)) for each in patterns],
                _keywords(names, [inner(each) for each in named]),
            )
        case ast.MatchOr(patterns):
            return cst.MatchOr([cst.MatchOrElement(inner(each)) for each in patterns])
        case ast.MatchAs(pattern, name):
            return cst.MatchAs(None if pattern is None else inner(pattern), _name(name))
        case _:  # a kind of pattern that this release does not know
            return cst.MatchAs()


def _element(host: ast.pattern, expressions: Expressions) -> cst.MatchSequenceElement | cst.MatchStar:
    if isinstance(host, ast.MatchStar):
        return cst.MatchStar(_name(host.name))
    return cst.MatchSequenceElement(pattern_of(host, expressions))


def _keywords(names: Sequence[str], patterns: Sequence[cst.MatchPattern]) -> list[cst.MatchKeywordElement]:
    pairs = zip(names, patterns, strict=True)
    return [cst.MatchKeywordElement(cst.Name(name), pattern) for name, pattern in pairs]


def _name(name: str | None) -> cst.Name | None:
    return None if name is None else cst.Name(name)

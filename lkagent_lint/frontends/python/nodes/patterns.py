"""Patterns of ``match`` statements of the host Python's tree as libcst's nodes: what they bind, and no more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from lkagent_lint.frontends.python.nodes import quick
from lkagent_lint.frontends.python.nodes.tokens import CLOSING_SQUARE, OPENING_SQUARE


def pattern_of(host: ast.pattern) -> cst.MatchPattern:
    """The node of a pattern that always matches, else one that binds the same names in the same order."""
    match host:
        case ast.MatchAs(None, name):
            return quick.MatchAs(name=None if name is None else quick.Name(name))
        case _:
            bound = [quick.MatchSequenceElement(quick.MatchAs(name=quick.Name(each))) for each in _bound(host)]
            return quick.MatchList(bound, lbracket=OPENING_SQUARE, rbracket=CLOSING_SQUARE)


def _bound(host: ast.pattern) -> Iterator[str]:
    """The names that a pattern binds, outer ones first."""
    name: str | None = getattr(host, "rest" if isinstance(host, ast.MatchMapping) else "name", None)
    if name is not None:
        yield name
    for each in ast.iter_child_nodes(host):
        if isinstance(each, ast.pattern):
            yield from _bound(each)

"""How deep a syntax tree is, found without looking at most of it."""

from __future__ import annotations

import ast

from lkagent_lint.frontends.python.host import children, first_line
from lkagent_lint.text import Lines

MAX_DEPTH = 1_500
"""Depth of the syntax tree: a level is several calls deep here, and libcst's time grows with the square of it."""

_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)
_SIMPLE = (
    ast.Expr,
    ast.Assign,
    ast.Return,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
    ast.Raise,
)
"""The commonest statements in which no other stands."""


def is_deeper(tree: ast.Module, lines: Lines, limit: int) -> bool:
    """Whether a tree is deeper than a limit; level by level, so that no depth can hurt.

    Each level of an expression is spelled by a character at least, so that only what is longer than ``limit`` is
    descended into, and that alone.
    """
    level: list[ast.AST] = [tree]
    for _ in range(limit):
        following: list[ast.AST] = []
        for node in level:
            if not isinstance(node, ast.Module) and _own_length(node, lines) >= limit:
                following += children(node)
            elif node.__class__ not in _SIMPLE:
                following += _statements(node)
        if not following:
            return False
        level = following
    return True


def _statements(node: ast.AST) -> list[ast.AST]:
    """The statements directly in a node, handlers and cases too."""
    found: list[ast.AST] = []
    for value in vars(node).values():
        if value.__class__ is list and value and isinstance(value[0], _STATEMENTS):
            found += value
    return found


def _own_length(node: ast.AST, lines: Lines) -> int:
    """At least the length of a statement without the statements in it; of what is no statement nothing is known."""
    if not isinstance(node, (ast.stmt, ast.excepthandler)):
        return lines.starts[-1] + len(lines.text)
    first = first_line(node) if isinstance(node, ast.stmt) else node.lineno
    body: list[ast.stmt] | None = getattr(node, "body", None)
    last, column = (body[0].lineno, body[0].col_offset) if body else (node.end_lineno or 1, node.end_col_offset or 0)
    return lines.starts[last - 1] + column - lines.starts[first - 1]

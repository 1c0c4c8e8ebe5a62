"""Places in the host Python's syntax tree, which counts columns in bytes of UTF-8."""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import Any

from lkagent_lint.text import Lines, Span

_NO_NODES = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "n", "s", "kind", "module", "level", "type_comment"})
"""Fields that hold text, numbers, or a node without anything in it."""


SIMPLE: frozenset[type[ast.AST]] = frozenset(
    {
        *(ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Delete, ast.Raise, ast.Assert),
        *(ast.Global, ast.Nonlocal, ast.Pass, ast.Break, ast.Continue),
    }
)
"""Most statements: they hold no other ones, and import nothing."""


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """By the type of a node: the fields that can hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        found = () if kind is ast.Constant else tuple(each for each in kind._fields if each not in _NO_NODES)
        self[kind] = found
        return found


_FIELDS = _Fields()


def children(node: ast.AST) -> list[ast.AST]:
    """What a node holds, in the order of the text as far as its fields are; without contexts and operators."""
    found: list[ast.AST] = []
    for name in _FIELDS[node.__class__]:
        value: Any = getattr(node, name, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def descendants(node: ast.AST) -> list[ast.AST]:
    """A node and everything in it, in no certain order."""
    found = [node]
    for each in found:
        found += children(each)
    return found


def first_line(statement: ast.stmt) -> int:
    """The 1-based line on which a statement begins, decorators and all."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and statement.decorator_list:
        return min(statement.lineno, statement.decorator_list[0].lineno)
    return statement.lineno


class HostSpans:
    """Turns the places of ``ast`` nodes of one text into spans and offsets in code points."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._is_ascii = lines.text.isascii()
        self._inner: dict[int, list[int]] = {}
        """By line: the bytes that begin no code point."""

    def of(self, node: ast.stmt | ast.expr | ast.alias | ast.excepthandler) -> Span:
        """The span of a node (1-based, code points)."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(
            node.lineno,
            self._column(node.lineno, node.col_offset),
            end_line,
            self._column(end_line, end_column),
        )

    def text(self, node: ast.stmt | ast.expr) -> str:
        """What is written in the text where a node stands."""
        start = self.offset(node.lineno, node.col_offset)
        return self.lines.text[
            start : self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        ]

    def offset(self, line: int, column: int) -> int:
        """The 0-based offset in code points of a 1-based line and a 0-based column in bytes."""
        return self.lines.starts[line - 1] + self._column(line, column) - 1

    def _column(self, line: int, offset: int) -> int:
        """The 1-based column of a 0-based offset in bytes."""
        if self._is_ascii:
            return offset + 1
        if line not in self._inner:
            text = self.lines.line(line)
            encoded = b"" if text.isascii() else text.encode("utf-8", "surrogatepass")
            self._inner[line] = [at for at, byte in enumerate(encoded) if byte & 0xC0 == 0x80]
        return offset - bisect_left(self._inner[line], offset) + 1

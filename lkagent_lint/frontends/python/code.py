"""The lines of a text without what is only said to its readers: comments between statements, and docstrings."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lkagent_lint.frontends.python.host import first_line


def leave_code(lines: list[str], tree: ast.Module) -> None:
    """Empty, in place, the lines of comments and blank lines between statements and those of docstrings."""
    emptier = _Emptier(lines)
    emptier.body(tree.body, 0)
    last = tree.body[-1].end_lineno if tree.body else None
    if last is not None:
        emptier.empty(last, len(lines))


class _Emptier:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def empty(self, first: int, last: int) -> None:
        """Empty the lines from a 0-based first to a 0-based last, which is not emptied."""
        if first < last:
            self.lines[first:last] = [""] * (last - first)

    def body(self, body: Sequence[ast.stmt], end: int | None = None) -> None:
        """``end``: the last line (1-based) of what stands before; None where that may be part of a header."""
        for statement in body:
            first, last = first_line(statement), statement.end_lineno or statement.lineno
            if end is not None:
                self.empty(end, first - 1)
            inner: list[ast.stmt] | None = getattr(statement, "body", None)
            if inner:
                self._inside(statement, inner)
            elif isinstance(statement, ast.Match):
                for case in statement.cases:
                    self.body(case.body)
            elif len(body) > 1 and self._is_text_alone(statement):
                self.empty(first - 1, last)
            end = last

    def _inside(self, statement: ast.stmt, inner: list[ast.stmt]) -> None:
        self.body(inner)
        for handler in getattr(statement, "handlers", ()):
            self.body(handler.body)
        self.body(getattr(statement, "orelse", ()))
        self.body(getattr(statement, "finalbody", ()))

    def _is_text_alone(self, statement: ast.stmt) -> bool:
        """A docstring, or a comment written as one, with its lines for itself."""
        if not (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)
        ):
            return False
        before = self.lines[statement.lineno - 1].encode()[: statement.col_offset]
        after = self.lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset or 0 :]
        return not before.strip() and not after.strip()

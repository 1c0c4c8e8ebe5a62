"""Spacing that means nothing, taken out before libcst parses: three of five of its nodes are white space.

Blank lines, comments and docstrings between statements go, and statements over several lines are joined. What stays has
the same syntax tree, so that positions come from the host's tree of the whole file (``pairing.py``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from lkagent_lint.frontends.python.host import first_line

_STAYS = re.compile(r"#|\\|\"\"\"|'''|[fFtT][rR]?[\"']")
"""Lines with one of these are not joined: a comment, a line's end that counts, a string that holds places."""


def compact(lines: list[str], tree: ast.Module) -> set[int]:
    """Empty and join lines in place; no line is added or taken away. Gives the ``id`` of every
    docstring that was left out.
    """
    squeezer = _Squeezer(lines)
    squeezer.body(tree.body, 0)
    last = tree.body[-1].end_lineno if tree.body else None
    if last is not None:
        squeezer.empty(last, len(lines))
    return squeezer.gone


class _Squeezer:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.gone: set[int] = set()

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
                self._join(statement.lineno, first_line(inner[0]) - 1)
                self._inside(statement, inner)
            elif isinstance(statement, ast.Match):
                for case in statement.cases:
                    self.body(case.body)
            elif last > first or isinstance(statement, ast.Expr):
                if len(body) > 1 and self._is_text_alone(statement):
                    self.gone.add(id(statement))
                    self.empty(first - 1, last)
                else:
                    self._join(first, last)
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

    def _join(self, first: int, last: int) -> None:
        """Join the lines from a 1-based first to a 1-based last into the first."""
        if last <= first:
            return
        part = self.lines[first - 1 : last]
        if _STAYS.search("".join(part)) is None:
            head = part[0].rstrip()
            self.lines[first - 1 : last] = [
                " ".join((head, *(each.strip() for each in part[1:]))) + "\n",
                *[""] * (last - first),
            ]

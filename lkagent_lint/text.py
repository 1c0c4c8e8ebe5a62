"""Where things stand in a text: spans, and the conversions between offsets, lines and columns.

Lines are 1-based and split as CPython splits them (``\\n``, ``\\r\\n``, ``\\r``; never form feed or U+2028).
Columns are 1-based and counted in code points; the end column is the one after the last character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

import msgspec

_LINE_END = re.compile(r"\r\n?|\n")


class Span(msgspec.Struct, frozen=True, gc=False, array_like=True, order=True):
    """A half-open range of text: 1-based lines, 1-based code-point columns, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def last_line(self) -> int:
        """The last line with a character of it: what ends before column 1 ends on the line above."""
        return self.end_line - (self.end_column <= 1 and self.end_line > self.line)


START_OF_FILE = Span(1, 1, 1, 1)


class Place(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A span in a file (absolute path)."""

    path: str
    span: Span
    cell: int = 0
    """In reports that speak of notebooks the number of the cell (1-based, of all cells) that the span counts from; else
    0, since equal places are compared too."""


def _ends(text: str) -> Iterator[int]:
    """The 0-based offset behind every line end."""
    if "\r" in text:
        return (match.end() for match in _LINE_END.finditer(text))
    lengths = map(len, text.split("\n")[:-1])
    return accumulate(map((1).__add__, lengths))  # without a step in Python for each line


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``1 file``, ``2 files``, ``2 entries``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


class Lines:
    """The line table of one text: turns code-point offsets (0-based) into lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *_ends(text)]

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and 1-based code-point column of a 0-based offset in code points."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two 0-based code-point offsets, ``end`` exclusive."""
        return Span(*self.position(start), *self.position(end))

    def line(self, number: int) -> str:
        """The text of a 1-based line without its line end; empty for a line that does not exist."""
        if not 1 <= number <= len(self.starts):
            return ""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

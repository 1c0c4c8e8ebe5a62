"""A piece of source with line numbers, and below its lines marks under what is meant, each with its label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from lkagent_lint.diagnostics import Severity
from lkagent_lint.reporters._view import WIDTH
from lkagent_lint.reporters.escape import Escaper, laid_out, width_of
from lkagent_lint.reporters.layout import Piece, flowed
from lkagent_lint.reporters.style import Style
from lkagent_lint.text import START_OF_FILE, Lines, Span

_CUT = "..."
_LEAST = 24
"""Columns of source, and of a label, however narrow the terminal is."""


class Mark(NamedTuple):
    """What is meant, and a few words on it."""

    span: Span
    label: str = ""
    severity: Severity | None = Severity.ERROR
    """The colour of what a finding is about; None for another place that it speaks of."""
    is_context: bool = False
    """Its line is shown, and nothing marked."""


def frame(lines: Lines, span: Span, escape: Escaper, style: Style) -> list[str]:
    """The first line of ``span`` with carets under it; empty where there is nothing to show."""
    marks = [Mark(span)]
    return Frame(escape, style, WIDTH, gutter_of(lines, marks)).rows(lines, marks)


def gutter_of(lines: Lines, marks: Sequence[Mark]) -> int:
    """How many columns the numbers of the lines of ``marks`` take; 0 where none of them can be shown."""
    return max((len(str(each.span.line)) for each in marks if is_shown(lines, each)), default=0)


def is_shown(lines: Lines, mark: Mark) -> bool:
    """A mark at the very start means a file as a whole: nothing there is worth showing."""
    return (
        mark.span != START_OF_FILE
        and 1 <= mark.span.line <= len(lines.starts)
        and bool(lines.line(mark.span.line).strip())
    )


class Frame(NamedTuple):
    """How frames are laid out: columns of the whole line, and of the line numbers in it."""

    escape: Escaper
    style: Style
    width: int
    gutter: int

    def rows(self, lines: Lines, marks: Sequence[Mark]) -> list[str]:
        """The first line of each mark in the order of lines, the marks of a line below it; empty where nothing of it
        can be shown. A line that is left out between two is shown instead, several are dots.
        """
        shown = sorted({each.span.line for each in marks if is_shown(lines, each)})
        rows = [self.bar] if shown else []
        above = 0
        for number in shown:
            if above and number == above + 2:
                rows += self._line(lines.line(above + 1), above + 1, [])
            elif above and number > above + 2:
                rows.append(self.style.faint("..."))
            # What the finding is about comes first, then the others from left to right.
            here = sorted(
                (each for each in marks if each.span.line == number and not each.is_context),
                key=lambda each: (not each.severity, each.span),
            )
            rows += self._line(lines.line(number), number, here)
            above = number
        return rows

    @property
    def bar(self) -> str:
        """The edge beside a row that has no number."""
        return self.style.faint(f"{'':{self.gutter}} |")

    def numbered(self, number: int, text: str) -> str:
        """A row that shows a line, as text that is laid out already."""
        return self._row(self.style.faint(f"{number:{self.gutter}} |"), text)

    def _line(self, text: str, number: int, marks: Sequence[Mark]) -> Iterator[str]:
        """A line as far as there is room, around the first of its marks, and the marks."""
        room = max(self.width - self.gutter - 3, _LEAST)
        ends = [_columns_on(text, each.span) for each in marks]
        part = _Excerpt.of(text, ends[0] if ends else (0, 0), self.escape, room)
        yield self.numbered(number, part.shown)
        for mark, (start, end) in zip(marks, ends, strict=True):
            if part.left <= start <= part.right:
                first = part.column(start)
                yield from self._mark(mark, first, max(1, part.column(min(end, part.right)) - first), room)
            else:
                yield from self._mark(mark, 0, 0, room)

    def _mark(self, mark: Mark, column: int, width: int, room: int) -> Iterator[str]:
        """The mark with its label to its right where that fits, else below."""
        label = self.escape.message(mark.label)
        sign = ("^" if mark.severity else "-") * width
        if not label or column + width + 1 + width_of(label) <= room:
            yield self._row(self.bar, " " * column + self._paint(f"{sign} {label}".strip(), mark))
            return
        if sign:
            yield self._row(self.bar, " " * column + self._paint(sign, mark))
        indent = min(column, max(0, room - max(_LEAST, width_of(label))))
        pieces = [Piece(label, partial(self._paint, mark=mark))]
        rows = flowed(pieces, room, indent, self.escape, first=indent)
        yield from (self._row(self.bar, row if number else " " * indent + row) for number, row in enumerate(rows))

    def _paint(self, text: str, mark: Mark) -> str:
        return self.style.faint(text) if mark.severity is None else self.style.severity(text, mark.severity)

    def _row(self, gutter: str, text: str) -> str:
        return f"{gutter} {text}" if text else gutter


def excerpt(text: str, around: tuple[int, int], escape: Escaper, room: int) -> str:
    """A line as it is shown in ``room`` columns: all of it, or what stands around some of its code points."""
    return _Excerpt.of(text, around, escape, max(room, _LEAST)).shown


class _Excerpt(NamedTuple):
    """What is shown of a line: its code points from ``left`` to before ``right``."""

    left: int
    right: int
    shown: str
    columns: list[int]

    @classmethod
    def of(cls, text: str, around: tuple[int, int], escape: Escaper, room: int) -> _Excerpt:
        left, right = _window(text, *around, escape, room)
        source, columns = laid_out(text[left:right], escape.cells(text[left:right]))
        prefix, suffix = _CUT if left else "", _CUT if right < len(text) else ""
        return cls(left, right, f"{prefix}{source}{suffix}".rstrip(), [len(prefix) + each for each in columns])

    def column(self, offset: int) -> int:
        """Where one of its code points is shown."""
        return self.columns[offset - self.left]


def _columns_on(text: str, span: Span) -> tuple[int, int]:
    """The 0-based code points of a span's first line to underline, end exclusive."""
    end = span.end_column - 1 if span.end_line == span.line else len(text.rstrip())
    start = max(0, min(span.column - 1, len(text)))
    return start, max(start, min(end, len(text)))


def _window(text: str, start: int, end: int, escape: Escaper, room: int) -> tuple[int, int]:
    """The code points of a line that are shown in ``room`` columns: all, or as many as fit around what is marked."""
    if len(text) <= 2 * room and laid_out(text.rstrip(), escape.cells(text.rstrip()))[1][-1] <= room:
        return 0, len(text)
    room -= 2 * len(_CUT)
    # From the beginning where the mark fits then; else as much of it as fits, then half of what is left before it.
    if end <= 2 * room and laid_out(text[:end], escape.cells(text[:end]))[1][-1] <= room:
        start, room = 0, room + len(_CUT)
    left = right = start
    taken = 0

    def columns(character: str) -> int:
        # A tab is as wide as its place makes it, at most four.
        return 4 if character == "\t" else width_of(escape.inline(character))

    while right < min(end, len(text)) and taken + columns(text[right]) <= room:
        taken += columns(text[right])
        right += 1
    before = taken + (room - taken) // 2
    while left and taken + columns(text[left - 1]) <= before:
        left -= 1
        taken += columns(text[left])
    while right < len(text) and taken + columns(text[right]) <= room:
        taken += columns(text[right])
        right += 1
    while left and taken + columns(text[left - 1]) <= room:
        left -= 1
        taken += columns(text[left])
    return left, right

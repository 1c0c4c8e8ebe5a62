"""For people: each finding as a compiler shows it, with its places in the source, and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Report, Severity
from lkagent_lint.intents import Fix
from lkagent_lint.reporters._view import SourceTexts, View
from lkagent_lint.reporters.culprits import culprit_span
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.frame import Frame, Mark, excerpt, gutter_of, is_shown
from lkagent_lint.reporters.layout import Piece, flowed
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.reporters.style import Style, outcome, seen
from lkagent_lint.text import START_OF_FILE, Lines, Span

_INDENT = 4
"""Of what does not fit in a finding's first line."""
_NOTHING = Lines("")


def render_full(report: Report, view: View) -> str:
    """The report with code frames, a blank line after each finding, and a line that says what was seen.

    No line is wider than the view, unless a path is.
    """
    page = _Page(view, Escaper.from_environment())
    lines: list[str] = []
    for diagnostic in report.diagnostics:
        lines += [*page.finding(diagnostic), ""]
    return "\n".join([*lines, *_summary(report, view.width, page), ""])


def _summary(report: Report, width: int, page: _Page) -> list[str]:
    """The line that says what was seen; where it is too wide, what was found has a line of its own."""
    first, last = seen(report, page.escape), outcome(report, page.escape, page.style)
    lines = flowed([*first, Piece(" "), *last], width, 2, page.escape)
    if len(lines) == 1:
        return lines
    found, *rest = flowed(last, width, 2, page.escape, first=2)
    return [*flowed(first, width, 2, page.escape), f"  {found}", *rest]


class _Part(NamedTuple):
    """The places of a finding in one file."""

    path: str
    lines: Lines
    places: list[Place]
    marks: list[Mark]
    """Of the places, in their order; then of lines that are shown as well."""


class _Page:
    def __init__(self, view: View, escape: Escaper) -> None:
        self.view = view
        self.escape = escape
        self.style = Style(view.colour)
        self._texts = SourceTexts(view.source)

    def finding(self, diagnostic: Diagnostic) -> Iterator[str]:
        """The lines of one finding."""
        parts = self._parts(diagnostic)
        shown = max(gutter_of(each.lines, each.marks) for each in parts)
        frame = Frame(self.escape, self.style, self.view.width, max(shown, 1))
        yield from self._head(diagnostic)
        if self.view.terminal:
            yield from self._arrow(diagnostic.place, "", frame)
        for number, part in enumerate(parts):
            rows = frame.rows(part.lines, part.marks)
            if number and rows:
                yield from self._arrow(part.places[0], "", frame)
            yield from rows
            for place, mark in zip(part.places, part.marks, strict=False):
                # The text is not to be had, or a file is meant as a whole.
                if place != diagnostic.place and not is_shown(part.lines, mark):
                    yield from self._arrow(place, mark.label, frame)
        if shown and (diagnostic.note or diagnostic.help):
            yield frame.bar
        yield from self._remark("note", diagnostic.note, frame)
        if diagnostic.fix is None or diagnostic.fix.title != diagnostic.help:  # nothing is said twice
            yield from self._remark("help", diagnostic.help, frame)
        if diagnostic.fix is not None:
            yield from self._mending(diagnostic.fix, diagnostic.place.path, frame)

    def _mending(self, fix: Fix, path: str, frame: Frame) -> Iterator[str]:
        """A fix as a small diff."""
        from lkagent_lint.reporters.mending import WORDS, fitting, hunks  # most reports hold no fix

        room = self.view.width - frame.gutter - 5
        yield from self._remark(WORDS[fix.safety], fix.title, frame)
        for hunk in hunks(fix, self._texts):
            if hunk.path != path:
                yield from self._arrow(Place(hunk.path, Span(hunk.first, 1, hunk.first, 1)), "", frame)
            old, new = fitting(hunk, room, self.escape)
            above = self._lines(hunk.path).line(hunk.first - 1)
            if not old and above:  # where it goes
                yield frame.numbered(hunk.first - 1, f"  {excerpt(above, (0, 0), self.escape, room)}")
            for number, line in enumerate(old, hunk.first):
                yield frame.numbered(number, self.style.removed(f"- {line}".rstrip()))
            for line in new:
                yield f"{frame.bar} {self.style.added(f'+ {line}'.rstrip())}"

    def _parts(self, diagnostic: Diagnostic) -> list[_Part]:
        """The files of a finding, its own first, with the places in each; each place once."""
        place = diagnostic.place
        own = self._mark(place, diagnostic.culprit, diagnostic.label, diagnostic.severity)
        parts = {place.path: _Part(place.path, self._lines(place.path), [place], [own])}
        for each in diagnostic.related:
            path, mark = each.place.path, self._mark(each.place, each.culprit, each.message, None)
            part = parts.setdefault(path, _Part(path, self._lines(path), [], []))
            if mark not in part.marks:
                part.places.append(each.place)
                part.marks.append(mark)
        if place.span.line != own.span.line:  # the line that the finding is said to stand at
            line = Span(place.span.line, 1, place.span.line, 2)
            parts[place.path].marks.append(Mark(line, "", None, is_context=True))
        return list(parts.values())

    def _lines(self, path: str) -> Lines:
        return self._texts.lines(path) or _NOTHING

    def _mark(self, place: Place, culprit: Sequence[str], label: str, severity: Severity | None) -> Mark:
        lines = self._texts.lines(place.path)
        span = place.span if lines is None or place.span == START_OF_FILE else culprit_span(place, lines, culprit)
        return Mark(span, label, severity)

    def _head(self, diagnostic: Diagnostic) -> list[str]:
        place, title = diagnostic.place.span, self.escape.message(diagnostic.title)
        severity = diagnostic.severity
        pieces = [
            Piece(f"{severity.value}[", paint := partial(self.style.severity, severity=severity)),
            Piece(diagnostic.code, partial(self.style.linked, diagnostic=diagnostic)),
            Piece("]", paint),
            Piece(f" {diagnostic.name}: "),
            Piece(title, self.style.bold),
        ]
        if not self.view.terminal:
            path = self.escape.leading(relative_path(diagnostic.place.path, self.view.directory))
            pieces = [Piece(path, self.style.bold), Piece(f":{place.line}:{place.column}: "), *pieces]
        return flowed(pieces, self.view.width, _INDENT, self.escape, keeps_first=True)

    def _arrow(self, place: Place, label: str, frame: Frame) -> list[str]:
        path = self.escape.inline(relative_path(place.path, self.view.directory))
        where = f"{path}:{place.span.line}:{place.span.column}"
        arrow = f"{'':{frame.gutter}}--> "
        pieces = [Piece(where, self.style.bold), Piece(f": {self.escape.message(label)}" if label else "")]
        first, *rest = flowed(pieces, self.view.width, len(arrow), self.escape, first=len(arrow), keeps_first=True)
        return [self.style.faint(arrow.rstrip()) + " " + first, *rest]

    def _remark(self, name: str, text: str, frame: Frame) -> list[str]:
        if not text:
            return []
        sign = f"{'':{frame.gutter}} ="
        indent = len(f"{sign} {name}: ")
        first, *rest = flowed([Piece(self.escape.message(text))], self.view.width, indent, self.escape, first=indent)
        return [f"{self.style.faint(sign)} {self.style.bold(name)}: {first}", *rest]

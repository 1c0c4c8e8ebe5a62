"""For people: each finding with its source, the other places it is about, and a summary."""

from __future__ import annotations

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Report
from lkagent_lint.reporters._texts import SourceTexts
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.concise import headline
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.frame import frame
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.reporters.style import Style, summary_line
from lkagent_lint.text import START_OF_FILE


def render_full(report: Report, view: View) -> str:
    """The report with code frames, a blank line after each finding, and a line that says what was seen."""
    page = _Page(view, Escaper.from_environment())
    lines: list[str] = []
    for diagnostic in report.diagnostics:
        lines += [*page.finding(diagnostic), ""]
    return "\n".join([*lines, summary_line(report, page.escape, page.style), ""])


class _Page:
    def __init__(self, view: View, escape: Escaper) -> None:
        self.cwd = view.directory
        self.escape = escape
        self.style = Style(view.colour)
        self._texts = SourceTexts(view.source)

    def finding(self, diagnostic: Diagnostic) -> list[str]:
        """The lines of one finding."""
        place = diagnostic.place
        lines = [headline(diagnostic, self.cwd, self.escape, self.style)]
        # A finding about the file as a whole stands at its very start: nothing there is worth showing.
        if place.span != START_OF_FILE:
            lines += self._frame(place)
        for related in diagnostic.related:
            lines.append(self._note(related))
            if not _shows(place, related.place):
                lines += self._frame(related.place, most=1)
        return lines

    def _note(self, related: Related) -> str:
        path = self.escape.inline(relative_path(related.place.path, self.cwd))
        span = related.place.span
        place = self.style.bold(f"{path}:{span.line}:{span.column}")
        mark = self.style.faint("=")
        return f"  {mark} related {place}: {self.escape.message(related.message)}"

    def _frame(self, place: Place, most: int = 3) -> list[str]:
        lines = self._texts.lines(place.path)
        return [] if lines is None else frame(lines, place.span, self.escape, self.style, most)


def _shows(place: Place, other: Place) -> bool:
    """Whether the frame of a finding already shows the line of a related place."""
    return place.path == other.path and place.span.line == other.span.line

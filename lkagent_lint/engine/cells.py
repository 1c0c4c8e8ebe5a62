"""Places of notebooks by cell and line, in places and in what findings say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Place, Report
from lkagent_lint.languages import NOTEBOOK
from lkagent_lint.sources.notebooks import Notebook
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.text import Span

_LINE = re.compile(r"\bline (\d+)\b")
_FILE = re.compile(rf"([^\s\"'()]+{re.escape(NOTEBOOK)}):(\d+)")


class Cells:
    """Turns the lines of the modules that notebooks are read as into those of their cells."""

    def __init__(self, overlays: Overlays) -> None:
        self._overlays = overlays
        self._notebooks: dict[str, Notebook | None] = {}

    def report(self, report: Report) -> Report:
        """A report with the places of notebooks by cell, in the order that it has."""
        return msgspec.structs.replace(
            report,
            diagnostics=tuple(map(self.diagnostic, report.diagnostics)),
            suppressions=tuple(
                msgspec.structs.replace(each, place=self.place(each.place)) for each in report.suppressions
            ),
        )

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """The finding with its places, and those that its texts name, by cell."""
        notebooks = [each.path for each in found.places if each.path.endswith(NOTEBOOK)]
        if not notebooks:
            return found

        def said(text: str) -> str:
            if found.place.path.endswith(NOTEBOOK):
                text = _LINE.sub(lambda match: self._words(found.place.path, int(match[1])), text)
            return _FILE.sub(lambda match: self._file(match, notebooks), text)

        return msgspec.structs.replace(
            found,
            place=self.place(found.place),
            related=tuple(
                msgspec.structs.replace(each, place=self.place(each.place), message=said(each.message))
                for each in found.related
            ),
            title=said(found.title),
            note=said(found.note),
            help=said(found.help),
            label=said(found.label),
        )

    def place(self, place: Place) -> Place:
        """A place of a notebook with its cell; any other as it is."""
        notebook = self._of(place.path)
        if notebook is None:
            return place
        span = place.span
        cell, line = notebook.cell(span.line)
        last = line + max(0, span.end_line - span.line)
        return Place(place.path, Span(line, span.column, last, span.end_column), cell)

    def _words(self, path: str, line: int) -> str:
        notebook = self._of(path)
        return f"line {line}" if notebook is None else "cell {}, line {}".format(*notebook.cell(line))

    def _file(self, match: re.Match[str], notebooks: Iterable[str]) -> str:
        tail = os.sep + match[1].lstrip("/").replace("/", os.sep)
        notebook = next((self._of(path) for path in notebooks if path.endswith(tail)), None)
        return match[0] if notebook is None else "{}:cell {}:{}".format(match[1], *notebook.cell(int(match[2])))

    def _of(self, path: str) -> Notebook | None:
        if not path.endswith(NOTEBOOK):
            return None
        if path not in self._notebooks:
            found = self._overlays.notebook(path)
            self._notebooks[path] = None if isinstance(found, Unreadable) else found
        return self._notebooks[path]

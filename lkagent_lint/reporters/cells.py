"""How places of notebooks are shown: by cell where a format has a word for it, else the file as a whole."""

from __future__ import annotations

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Place, Report
from lkagent_lint.languages import in_cell
from lkagent_lint.text import START_OF_FILE

_BY_FIELD = ("json", "jsonl")
"""They tell a cell in a field of its own."""
_BY_PATH = ("full", "concise", "grouped", "agent")
"""They tell it behind the path: ``agent.ipynb:cell 2:3:5``."""


def shown(report: Report, format: str) -> Report:
    """A report with places that a format can show."""
    if format in _BY_FIELD:
        return report
    by_path = format in _BY_PATH
    return msgspec.structs.replace(
        report, diagnostics=tuple(_shown(each, by_path=by_path) for each in report.diagnostics)
    )


def labelled(place: Place) -> Place:
    """A place whose path names the cell."""
    return Place(in_cell(place.path, place.cell), place.span) if place.cell else place


def _shown(found: Diagnostic, *, by_path: bool) -> Diagnostic:
    def place(each: Place) -> Place:
        if by_path or not each.cell:
            return labelled(each)
        return Place(each.path, START_OF_FILE)

    related = tuple(msgspec.structs.replace(each, place=place(each.place)) for each in found.related)
    return msgspec.structs.replace(found, place=place(found.place), related=related)

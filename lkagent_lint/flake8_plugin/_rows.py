"""What flake8 takes of a finding: where it shows it, and one line of text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lkagent_lint.languages import MODULES

if TYPE_CHECKING:
    from lkagent_lint.diagnostics import Diagnostic, Place, Report

Finding = tuple["Place", "Diagnostic"]
"""A finding, and the place in a Python file where flake8 shows it."""
INTERNAL_ERROR = "LKA000"


def by_file(report: Report) -> dict[str, list[Finding]]:
    """The findings of a report by the file that shows them."""
    files: dict[str, list[Finding]] = {}
    for diagnostic in report.diagnostics:
        place = _shown_at(diagnostic)
        if place is not None:
            files.setdefault(os.path.normcase(place.path), []).append((place, diagnostic))
    return files


def _shown_at(diagnostic: Diagnostic) -> Place | None:
    """Where flake8 can show a finding: its own place, or the first related one that is Python."""
    places = [diagnostic.place, *(related.place for related in diagnostic.related)]
    return next((place for place in places if place.path.endswith(MODULES)), None)


def of(path: str, files: dict[str, list[Finding]]) -> list[Finding]:
    found = files.get(os.path.normcase(path))
    # A checker may know the file by the name behind a symbolic link.
    return files.get(os.path.normcase(os.path.realpath(path)), []) if found is None else found


def row_of(path: str, place: Place, diagnostic: Diagnostic) -> tuple[int, int, str]:
    message = safe(diagnostic.message) or diagnostic.name
    if place != diagnostic.place:
        from lkagent_lint.reporters.paths import relative_path

        elsewhere = diagnostic.place
        shown = safe(relative_path(elsewhere.path, os.getcwd()))
        message = f"{message} ({shown}:{elsewhere.span.line}:{elsewhere.span.column})"
    if diagnostic.code == INTERNAL_ERROR:
        return 1, 0, f"{diagnostic.code} {message}"
    return place.span.line, place.span.column - 1, f"{diagnostic.code} {message}"


def safe(text: str) -> str:
    from lkagent_lint.reporters.escape import Escaper

    return Escaper.from_environment().message(text)

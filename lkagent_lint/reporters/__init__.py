"""Turns a report into text: ``render`` knows the formats, one module each. Nothing here writes anything."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.diagnostics import Report
from lkagent_lint.formats import REPORTS, named
from lkagent_lint.reporters._view import WIDTH, View, source_of
from lkagent_lint.reporters.paths import repository_of, rule_url

__all__ = ["WIDTH", "View", "render", "repository_of", "rule_url", "source_of"]


def render(
    format: str,
    report: Report,
    source: Callable[[str], str | None],
    cwd: str,
    colour: bool,
    *,
    repository: str | None = None,
    width: int = WIDTH,
    terminal: bool = False,
) -> str:
    """The whole output for a report in one of ``formats.REPORTS``, ending with a line end unless it is empty.

    ``source`` gives the decoded text of a file by its absolute path, also of a cell of a notebook
    (``languages.in_cell``), or None where there is none to show.
    ``cwd`` is the absolute directory that paths are shown relative to; formats for code hosts show them relative to
    ``repository`` (absolute, ``cwd`` where none is given). ``colour`` asks for terminal colours; few formats have any.
    ``width`` and ``terminal`` are those of ``View``.
    With ``GITHUB_ACTIONS=true`` in the environment text formats hold nothing that the runner would take for a command.
    Raises ValueError for another format.
    """
    row = named(REPORTS, format)
    directory = repository or cwd if row.audience == "code hosts" else cwd
    if any(each.cell for found in report.diagnostics for each in found.places):
        from lkagent_lint.reporters.cells import shown

        report = shown(report, format)
    return row.renderer(report, View(source, directory, colour, width, terminal))

"""Turns a report into text: ``render`` knows the formats, one module each. Nothing here writes anything."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters._paths import rule_url

__all__ = ["FORMATS", "render", "rule_url"]

FORMATS = ("full", "concise", "json")
"""The names that ``render`` takes, the default first."""


def render(format: str, report: Report, source: Callable[[str], str | None], cwd: str, colour: bool) -> str:
    """The whole output for a report in one of ``FORMATS``, ending with a line end.

    ``source`` gives the decoded text of a file by its absolute path, or None where there is none to show.
    ``cwd`` is the absolute directory that paths are shown relative to. ``colour`` asks for terminal colours
    and has no effect on JSON. With ``GITHUB_ACTIONS=true`` in the environment the text formats hold nothing
    that the runner would take for a command. Raises ValueError for another format.
    """
    if format == "json":
        from lkagent_lint.reporters.json import render_json

        return render_json(report, cwd)
    from lkagent_lint.reporters._escape import Escaper

    escape = Escaper.from_environment()
    if format == "concise":
        from lkagent_lint.reporters.concise import render_concise

        return render_concise(report, cwd, escape, colour)
    if format == "full":
        from lkagent_lint.reporters.full import render_full

        return render_full(report, source, cwd, escape, colour)
    raise ValueError(f"no such format: {format}")

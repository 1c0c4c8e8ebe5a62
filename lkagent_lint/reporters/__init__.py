"""Turns a report into text: ``render`` knows the formats, one module each. Nothing here writes anything."""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters._paths import repository_of, rule_url

__all__ = ["render", "repository_of", "rule_url"]


def render(
    format: str,
    report: Report,
    source: Callable[[str], str | None],
    cwd: str,
    colour: bool,
    *,
    repository: str | None = None,
) -> str:
    """The whole output for a report in one of ``formats.REPORTS``, ending with a line end unless it is empty.

    ``source`` gives the decoded text of a file by its absolute path, or None where there is none to show.
    ``cwd`` is the absolute directory that paths are shown relative to; github, gitlab, azure and sarif, which code
    hosts read, show them relative to ``repository`` (absolute, ``cwd`` where none is given). ``colour`` asks for
    terminal colours and has no effect outside full, concise and grouped. With ``GITHUB_ACTIONS=true`` in the
    environment text formats hold nothing that the runner would take for a command. Raises ValueError for another
    format.
    """
    if format in ("full", "concise", "grouped", "pylint"):
        return _for_people(format, report, source, cwd, colour)
    return _for_programs(format, report, source, cwd, repository or cwd)


def _for_people(format: str, report: Report, source: Callable[[str], str | None], cwd: str, colour: bool) -> str:
    from lkagent_lint.reporters._escape import Escaper

    escape = Escaper.from_environment()
    if format == "concise":
        from lkagent_lint.reporters.concise import render_concise

        return render_concise(report, cwd, escape, colour)
    if format in ("grouped", "pylint"):
        from lkagent_lint.reporters.lines import render_grouped, render_pylint

        return render_pylint(report, cwd, escape) if format == "pylint" else render_grouped(report, cwd, escape, colour)
    from lkagent_lint.reporters.full import render_full

    return render_full(report, source, cwd, escape, colour)


def _for_programs(format: str, report: Report, source: Callable[[str], str | None], cwd: str, repository: str) -> str:
    # Each imports what only it needs.
    if format in ("json", "jsonl"):
        from lkagent_lint.reporters.json import render_json, render_jsonl

        return render_json(report, cwd) if format == "json" else render_jsonl(report, cwd)
    if format == "github":
        from lkagent_lint.reporters.github import render_github

        return render_github(report, repository)
    if format == "gitlab":
        from lkagent_lint.reporters.gitlab import render_gitlab

        return render_gitlab(report, repository)
    if format == "sarif":
        from lkagent_lint.reporters.sarif import render_sarif

        return render_sarif(report, repository)
    if format == "junit":
        from lkagent_lint.reporters.junit import render_junit

        return render_junit(report, cwd)
    if format == "azure":
        from lkagent_lint.reporters.lines import render_azure

        return render_azure(report, repository)
    if format == "rdjson":
        from lkagent_lint.reporters.rdjson import render_rdjson

        return render_rdjson(report, source, cwd)
    raise ValueError(f"no such format: {format}")

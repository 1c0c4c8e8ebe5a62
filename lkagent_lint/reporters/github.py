"""GitHub's workflow commands, which the runner turns into annotations, and the page of a step's summary.

Escaping is that of actions/toolkit, packages/core/src/command.ts: ``%``, CR and LF in messages, ``:`` and ``,`` in
properties too. Other control characters are shown as pictures, so that the log itself stays readable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from lkagent_lint.diagnostics import Diagnostic, Report, Severity
from lkagent_lint.reporters._view import SourceTexts, View
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.mending import as_markdown
from lkagent_lint.reporters.paths import relative_path, relative_uri, rule_url
from lkagent_lint.reporters.style import Style, summary_line

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_SHOWN_PER_KIND = 10
"""Annotations of a kind that GitHub shows for one step."""
_SUMMARY_LIMIT = 900_000
"""Bytes; GitHub refuses a step's summary of more than 1 MiB."""
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~&$@:]")


def render_github(report: Report, view: View) -> str:
    """A command for each finding, the worst first, and what was seen."""
    escape = Escaper(for_runner=True)
    found, texts = _by_severity(report), SourceTexts(view.source)
    lines = [_command(diagnostic, view, texts, escape) for diagnostic in found]
    counts = Counter(_COMMANDS[diagnostic.severity] for diagnostic in found)
    hidden = [f"{count} {kind}s" for kind, count in counts.items() if count > _SHOWN_PER_KIND]
    if hidden:
        lines.append(f"GitHub shows the first {_SHOWN_PER_KIND} annotations of a kind: there are {', '.join(hidden)}")
    return "\n".join([*lines, summary_line(report, escape, Style(False)), ""])


def _by_severity(report: Report) -> list[Diagnostic]:
    """The worst first; findings of one severity keep the report's order."""
    return sorted(report.diagnostics, key=lambda each: -each.severity.rank)


def _command(diagnostic: Diagnostic, view: View, texts: SourceTexts, escape: Escaper) -> str:
    repository = view.directory
    span = diagnostic.place.span
    properties = {
        "title": f"{diagnostic.code} {diagnostic.name}: {diagnostic.title}",
        "file": relative_path(diagnostic.place.path, repository),
        "line": str(span.line),
        "endLine": str(span.end_line),
    }
    if span.line == span.end_line:
        # The API refuses columns of a range over several lines.
        properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
    shown = ",".join(f"{name}={_property(value, escape)}" for name, value in properties.items())
    notes = [
        f"{relative_path(each.place.path, repository)}:{each.place.span.line}: {each.message}"
        for each in diagnostic.related
    ]
    remarks = [f"{name}: {text}" for name, text in diagnostic.remarks]
    if diagnostic.fix is not None:
        remarks.append(as_markdown(diagnostic.fix, texts, view.directory))
    # A command without a message is no annotation.
    message = "\n".join([*(remarks or [diagnostic.title]), *notes])
    return f"::{_COMMANDS[diagnostic.severity]} {shown}::{_data(message, escape)}"


def _data(text: str, escape: Escaper) -> str:
    return escape.message(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str, escape: Escaper) -> str:
    return _data(text, escape).replace(":", "%3A").replace(",", "%2C")


def step_summary(report: Report, repository: str, environ: Mapping[str, str]) -> str:
    """The findings as a Markdown table for the file that ``GITHUB_STEP_SUMMARY`` names.

    Places are links where ``environ`` says which commit of which repository is checked. What would make the page
    longer than GitHub takes is left out, and the page says so.
    """
    escape = Escaper()
    lines = ["### lkagent-lint", "", _escaped(summary_line(report, escape, Style(False)), escape), ""]
    if report.diagnostics:
        lines += ["| severity | where | rule | finding |", "| --- | --- | --- | --- |"]
    size = 0
    found = _by_severity(report)
    for number, diagnostic in enumerate(found):
        row = _row(diagnostic, repository, escape, environ)
        size += len(row.encode("utf-8", "replace")) + 1
        if size > _SUMMARY_LIMIT:
            lines += ["", f"{len(found) - number} further findings are in the log of this step."]
            break
        lines.append(row)
    return "\n".join([*lines, "", ""])


def _row(diagnostic: Diagnostic, repository: str, escape: Escaper, environ: Mapping[str, str]) -> str:
    path = diagnostic.place.path
    line = diagnostic.place.span.line
    where = _escaped(f"{relative_path(path, repository)}:{line}", escape)
    uri = relative_uri(path, repository)
    server, name, commit = (environ.get(f"GITHUB_{each}") for each in ("SERVER_URL", "REPOSITORY", "SHA"))
    if uri is not None and server and name and commit:
        where = f"[{where}]({server}/{name}/blob/{commit}/{uri}#L{line})"
    rule = f"[{diagnostic.code}]({rule_url(diagnostic.code, diagnostic.name)}) {diagnostic.name}"
    remarks = [f"**{name}:** {_escaped(text, escape)}" for name, text in diagnostic.remarks]
    finding = "<br>".join([_escaped(diagnostic.title, escape), *remarks])
    return f"| {diagnostic.severity.value} | {where} | {rule} | {finding} |"


def _escaped(text: str, escape: Escaper) -> str:
    """Text on one line in which Markdown and HTML mean nothing."""
    return _MARKDOWN.sub(r"\\\g<0>", escape.message(text))

"""A line a finding, as other tools write theirs: grouped, in pylint's form, for editors, for Azure's pipelines."""

from __future__ import annotations

from itertools import groupby

from lkagent_lint.diagnostics import Diagnostic, Report, Severity
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.concise import briefly
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.reporters.style import Style, summary_line

_AZURE = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "warning"}
"""Azure's pipelines know no third kind."""


def render_grouped(report: Report, view: View) -> str:
    """The findings of each file below its name, and what was seen."""
    style, escape = Style(view.colour), Escaper.from_environment()
    lines: list[str] = []
    for path, found in groupby(report.diagnostics, key=lambda each: each.place.path):
        lines.append(style.bold(f"{escape.leading(relative_path(path, view.directory))}:"))
        lines += [f"  {each.place.span.line}:{each.place.span.column} {briefly(each, escape, style)}" for each in found]
        lines.append("")
    return "\n".join([*lines, summary_line(report, escape, style), ""])


def render_pylint(report: Report, view: View) -> str:
    """``path:line: [LKA101(connect-before-start), ] message``, which many tools read; nothing else."""
    escape = Escaper.from_environment()
    return "".join(
        f"{escape.leading(relative_path(each.place.path, view.directory))}:{each.place.span.line}: "
        f"[{each.code}({each.name}), ] {escape.message(each.message)}\n"
        for each in report.diagnostics
    )


def render_unix(report: Report, view: View) -> str:
    """``path:line:column: message [Warning/LKA101]``, as ESLint's formatter of that name has it, without its count."""
    escape = Escaper.from_environment()
    return "".join(
        f"{escape.leading(relative_path(each.place.path, view.directory))}:{each.place.span.line}:"
        f"{each.place.span.column}: {escape.message(each.message)} [{each.severity.value.capitalize()}/{each.code}]\n"
        for each in report.diagnostics
    )


def render_vscode(report: Report, view: View) -> str:
    """``path(line,column): warning LKA101: message``, as Microsoft's compilers write it."""
    escape = Escaper.from_environment()
    return "".join(
        f"{escape.leading(relative_path(each.place.path, view.directory))}({each.place.span.line},"
        f"{each.place.span.column}): {each.severity.value} {each.code}: {escape.message(each.message)}\n"
        for each in report.diagnostics
    )


def render_azure(report: Report, view: View) -> str:
    """Logging commands for Azure's pipelines, and what was seen."""
    escape = Escaper(for_runner=True)
    lines = [_azure(each, view.directory, escape) for each in report.diagnostics]
    return "\n".join([*lines, summary_line(report, escape, Style(False)), ""])


def _azure(diagnostic: Diagnostic, repository: str, escape: Escaper) -> str:
    span = diagnostic.place.span
    properties = {
        "type": _AZURE[diagnostic.severity],
        "sourcepath": relative_path(diagnostic.place.path, repository),
        "linenumber": str(span.line),
        "columnnumber": str(span.column),
        "code": diagnostic.code,
    }
    shown = "".join(f"{name}={_property(value, escape)};" for name, value in properties.items())
    return f"##vso[task.logissue {shown}]{_data(diagnostic.message, escape)}"


def _data(text: str, escape: Escaper) -> str:
    """Escaped as azure-pipelines-task-lib, node/taskcommand.ts, does it."""
    return escape.message(text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str, escape: Escaper) -> str:
    return _data(text, escape).replace("]", "%5D").replace(";", "%3B")

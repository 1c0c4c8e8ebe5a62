"""One line a finding, ``path:line:column: warning LKA101 title [help]``, and the summary."""

from __future__ import annotations

from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.reporters.style import Style, summary_line


def render_concise(report: Report, view: View) -> str:
    """The report, a line each finding and a line that says what was seen."""
    style, escape = Style(view.colour), Escaper.from_environment()
    lines: list[str] = []
    for each in report.diagnostics:
        path = style.bold(escape.leading(relative_path(each.place.path, view.directory)))
        lines.append(f"{path}:{each.place.span.line}:{each.place.span.column}: {briefly(each, escape, style)}")
    return "\n".join([*lines, summary_line(report, escape, style), ""])


def briefly(diagnostic: Diagnostic, escape: Escaper, style: Style) -> str:
    """``warning LKA101 title [help]``, on one line."""
    severity = style.severity(diagnostic.severity.value, diagnostic.severity)
    help = f" [{escape.message(diagnostic.help)}]" if diagnostic.help else ""
    return f"{severity} {style.code(diagnostic)} {escape.message(diagnostic.title)}{help}"

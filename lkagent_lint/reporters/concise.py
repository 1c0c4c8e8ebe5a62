"""One line a finding, ``path:line:column: LKA101 message``, and the summary."""

from __future__ import annotations

from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.reporters.style import Style, summary_line


def render_concise(report: Report, view: View) -> str:
    """The report, a line each finding and a line that says what was seen."""
    style, escape = Style(view.colour), Escaper.from_environment()
    lines = [headline(diagnostic, view.directory, escape, style) for diagnostic in report.diagnostics]
    return "\n".join([*lines, summary_line(report, escape, style), ""])


def headline(diagnostic: Diagnostic, cwd: str, escape: Escaper, style: Style) -> str:
    """The line that begins a finding in every text format. Line and column are 1-based, in code points."""
    span = diagnostic.place.span
    path = style.bold(escape.leading(relative_path(diagnostic.place.path, cwd)))
    code = style.code(diagnostic)
    return f"{path}:{span.line}:{span.column}: {code} {escape.message(diagnostic.message)}"

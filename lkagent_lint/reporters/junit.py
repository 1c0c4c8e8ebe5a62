"""JUnit XML: a test suite a file, a failed test case a finding, and one that passed where there are none."""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape as escape_text
from xml.sax.saxutils import quoteattr

from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path, rule_url
from lkagent_lint.reporters.style import Style, summary_line

_MAX_MESSAGE = 500
"""Code points of the attribute; the text below it holds the whole message."""
# XML 1.0 has no way to write these; the other forbidden ones are shown as the text formats show them.
_FORBIDDEN = re.compile("[\ufffe\uffff]")


def render_junit(report: Report, view: View) -> str:
    """The report as one document."""
    cwd = view.directory
    escape = Escaper()
    count = len(report.diagnostics)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="lkagent-lint" tests="{max(count, 1)}" failures="{count}" errors="0">',
    ]
    for path, found in groupby(report.diagnostics, key=lambda each: each.place.path):
        lines += _suite(relative_path(path, cwd), list(found), cwd, escape)
    if not count:
        seen = summary_line(report, escape, Style(False))
        lines += [
            '  <testsuite name="lkagent-lint" tests="1" failures="0" errors="0">',
            '    <testcase name="no findings" classname="lkagent-lint">',
            f"      <system-out>{escape_text(_printable(seen, escape))}</system-out>",
            "    </testcase>",
            "  </testsuite>",
        ]
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(path: str, found: list[Diagnostic], cwd: str, escape: Escaper) -> list[str]:
    name = _attribute(path, escape)
    lines = [f'  <testsuite name={name} tests="{len(found)}" failures="{len(found)}" errors="0">']
    for diagnostic in found:
        span = diagnostic.place.span
        title = _attribute(f"{diagnostic.code} {diagnostic.name} at {span.line}:{span.column}", escape)
        body = [f"{path}:{span.line}:{span.column}: {diagnostic.code} {diagnostic.title}"]
        body += [f"{what}: {text}" for what, text in diagnostic.remarks]
        for each in diagnostic.related:
            place = each.place.span
            body.append(f"{relative_path(each.place.path, cwd)}:{place.line}:{place.column}: {each.message}")
        body.append(rule_url(diagnostic.code, diagnostic.name))
        text = "\n".join(escape_text(_printable(line, escape)) for line in body)
        message = _printable(diagnostic.title[:_MAX_MESSAGE], escape)
        failure = f"type={_attribute(diagnostic.severity.value, escape)} message={quoteattr(message)}"
        lines += [
            f'    <testcase name={title} classname={name} file={name} line="{span.line}">',
            f"      <failure {failure}>{text}</failure>",
            "    </testcase>",
        ]
    return [*lines, "  </testsuite>"]


def _attribute(text: str, escape: Escaper) -> str:
    return quoteattr(_printable(text, escape))


def _printable(text: str, escape: Escaper) -> str:
    return _FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", escape.inline(text))

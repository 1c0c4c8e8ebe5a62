"""reviewdog's diagnostic format, https://github.com/reviewdog/reviewdog/tree/master/proto/rdf, as one JSON object."""

from __future__ import annotations

import json

from lkagent_lint.diagnostics import Diagnostic, Place, Report
from lkagent_lint.reporters._view import SourceTexts, View
from lkagent_lint.reporters.escape import without_surrogates
from lkagent_lint.reporters.markdown import markdown
from lkagent_lint.reporters.mending import as_one
from lkagent_lint.reporters.paths import relative_path, rule_url


def render_rdjson(report: Report, view: View) -> str:
    """The findings of a report. Columns are 1-based and counted in bytes of UTF-8, as the format asks."""
    texts, cwd = SourceTexts(view.source), view.directory
    document = {
        "source": {"name": "lkagent-lint", "url": "https://lkagent-lint.readthedocs.io/"},
        "severity": "WARNING",
        "diagnostics": [
            {
                "message": without_surrogates(markdown(each)),
                "location": _location(each.place, texts, cwd),
                "severity": each.severity.value.upper(),
                "code": {"value": each.code, "url": rule_url(each.code, each.name)},
                "related_locations": [
                    {"message": without_surrogates(other.message), "location": _location(other.place, texts, cwd)}
                    for other in each.related
                ],
                **_suggestions(each, texts, cwd),
            }
            for each in report.diagnostics
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _suggestions(diagnostic: Diagnostic, texts: SourceTexts, cwd: str) -> dict[str, object]:
    """The fix as one piece of text, because each suggestion is taken by itself; those in several files are none."""
    edit = None if diagnostic.fix is None else as_one(diagnostic.fix, texts)
    if edit is None or edit.place.path != diagnostic.place.path:
        return {}
    return {
        "suggestions": [{"range": _location(edit.place, texts, cwd)["range"], "text": without_surrogates(edit.text)}]
    }


def _location(place: Place, texts: SourceTexts, cwd: str) -> dict[str, object]:
    span = place.span
    return {
        "path": without_surrogates(relative_path(place.path, cwd)),
        "range": {
            "start": {"line": span.line, "column": _bytes(place, texts, span.line, span.column)},
            "end": {"line": span.end_line, "column": _bytes(place, texts, span.end_line, span.end_column)},
        },
    }


def _bytes(place: Place, texts: SourceTexts, line: int, column: int) -> int:
    """A column in code points as one in bytes; the same where the text is not to be had."""
    lines = texts.lines(place.path)
    before = "" if lines is None else lines.line(line)[: column - 1]
    return column + len(before.encode("utf-8", "surrogatepass")) - len(before)

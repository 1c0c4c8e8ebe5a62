"""For programs: an object a finding, each on its own line, as one JSON array or as lines of their own."""

from __future__ import annotations

import json

from lkagent_lint.diagnostics import Diagnostic, Place, Report
from lkagent_lint.intents import Fix
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.paths import relative_path, rule_url


def render_json(report: Report, view: View) -> str:
    """The findings of a report; ``[]`` where there are none.

    The text is ASCII, so that it is valid UTF-8 whatever a message holds: a lone surrogate, also one that
    stands for a byte of a path which is not UTF-8, becomes a ``\\udcff`` escape.
    """
    if not report.diagnostics:
        return "[]\n"
    items = (json.dumps(_item(diagnostic, view.directory)) for diagnostic in report.diagnostics)
    return "[\n  " + ",\n  ".join(items) + "\n]\n"


def render_jsonl(report: Report, view: View) -> str:
    """The same objects as JSON lines, without brackets and commas; empty where there are no findings."""
    return "".join(f"{json.dumps(_item(diagnostic, view.directory))}\n" for diagnostic in report.diagnostics)


def _item(diagnostic: Diagnostic, cwd: str) -> dict[str, object]:
    span = diagnostic.place.span
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        **_position(diagnostic.place, cwd),
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": diagnostic.message,
        "url": rule_url(diagnostic.code, diagnostic.name),
        "fingerprint": diagnostic.fingerprint,
        "title": diagnostic.title,
        "note": diagnostic.note,
        "help": diagnostic.help,
        "label": diagnostic.label,
        "related": [{**_position(related.place, cwd), "message": related.message} for related in diagnostic.related],
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix, cwd),
    }


def _fix(fix: Fix, cwd: str) -> dict[str, object]:
    return {
        "applicability": fix.safety.value,
        "message": fix.title,
        "edits": [
            {
                **_position(edit.place, cwd),
                "end_line": edit.place.span.end_line,
                "end_column": edit.place.span.end_column,
                "content": edit.text,
            }
            for edit in fix.edits
        ],
    }


def _position(place: Place, cwd: str) -> dict[str, object]:
    path = relative_path(place.path, cwd)
    return {"path": path, "cell": place.cell or None, "line": place.span.line, "column": place.span.column}

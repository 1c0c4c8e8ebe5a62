"""GitLab's code quality report: one JSON array, as https://docs.gitlab.com/ci/testing/code_quality/ describes it.

GitLab shows neither the rule's code nor more than one place, so the description holds the code, what happened and what
to do. ``content`` is the Markdown that Code Climate's format has for the rest, which other readers of it show.
"""

from __future__ import annotations

import hashlib
import json

from lkagent_lint.diagnostics import Diagnostic, Report, Severity
from lkagent_lint.reporters._view import SourceTexts, View
from lkagent_lint.reporters.escape import without_surrogates
from lkagent_lint.reporters.markdown import markdown
from lkagent_lint.reporters.mending import as_markdown
from lkagent_lint.reporters.paths import relative_path, rule_url

_SEVERITIES = {Severity.INFO: "info", Severity.WARNING: "minor", Severity.ERROR: "major"}


def render_gitlab(report: Report, view: View) -> str:
    """The findings of a report; ``[]`` where there are none.

    Of entries with equal fingerprints GitLab keeps one, so each is made unique; none holds a line number.
    """
    if not report.diagnostics:
        return "[]\n"
    seen: set[str] = set()
    items = (json.dumps(_item(diagnostic, view, seen)) for diagnostic in report.diagnostics)
    return "[\n  " + ",\n  ".join(items) + "\n]\n"


def _item(diagnostic: Diagnostic, view: View, seen: set[str]) -> dict[str, object]:
    path = without_surrogates(relative_path(diagnostic.place.path, view.directory))
    span = diagnostic.place.span
    help = f" [{diagnostic.help}]" if diagnostic.help else ""
    return {
        "description": without_surrogates(f"{diagnostic.code} {diagnostic.title}{help}"),
        "check_name": diagnostic.name,
        "fingerprint": _unique(f"{path}\0{diagnostic.fingerprint}", seen),
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
        "url": rule_url(diagnostic.code, diagnostic.name),
        "content": {"body": without_surrogates(_body(diagnostic, view))},
    }


def _body(diagnostic: Diagnostic, view: View) -> str:
    """What there is to say, and what mends it."""
    said = markdown(diagnostic)
    if diagnostic.fix is None:
        return said
    return f"{said}\n\n{as_markdown(diagnostic.fix, SourceTexts(view.source), view.directory)}"


def _unique(identity: str, seen: set[str]) -> str:
    """A hash of ``identity`` that is not among ``seen``, to which it is added."""
    number = 0
    while True:
        text = f"{identity}\0{number}" if number else identity
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if digest not in seen:
            seen.add(digest)
            return digest
        number += 1

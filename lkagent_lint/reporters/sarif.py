"""SARIF 2.1.0, made for GitHub's code scanning and readable by every other viewer.

What GitHub requires and where it cuts: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files.
``primaryLocationLineHash`` is left to the upload, which computes it from the checkout; our own fingerprint stands
beside it. No path of the machine is in the file: the same sources give the same bytes everywhere.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from lkagent_lint import rulebook
from lkagent_lint._version import __version__
from lkagent_lint.diagnostics import Diagnostic, Place, Report, Severity, Summary
from lkagent_lint.intents import Fix
from lkagent_lint.reporters._view import View
from lkagent_lint.reporters.escape import without_surrogates
from lkagent_lint.reporters.markdown import markdown
from lkagent_lint.reporters.mending import WORDS
from lkagent_lint.reporters.paths import file_uri, relative_uri, rule_url
from lkagent_lint.rulebook import Page
from lkagent_lint.rules import Default
from lkagent_lint.text import Span

_Object = dict[str, object]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
MOST_RESULTS = 5_000
"""Results that GitHub shows of a run."""
MOST_RELATED = 100
"""Places that GitHub keeps of a result; a file with a result of more than 1,000 is refused whole."""
_MAX_TEXT = 1_024
_LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
_PROBLEM = {Severity.INFO: "recommendation", Severity.WARNING: "warning", Severity.ERROR: "error"}
_TAGS = {"0": "linter", "1": "lifecycle", "2": "dispatch", "3": "registration", "4": "callbacks", "5": "versions"}
_NOT_ANALYSED = {
    "LKA000": "internal-error",
    "LKA001": "syntax-error",
    "LKA004": "not-analysed",
    "E902": "not-analysed",
    "E999": "syntax-error",
}
"""Findings, flake8's among them, that say that something was not looked at; they are notifications of the run too."""
_LINK_TEXT = re.compile(r"([\\\[\]])")


class Tool(NamedTuple):
    """The program that checked, as a log names it."""

    name: str
    version: str
    uri: str
    """Where it is described."""


_OURSELVES = Tool("lkagent-lint", __version__, "https://lkagent-lint.readthedocs.io/")


def render_sarif(report: Report, view: View) -> str:
    """The report as a log of one run of this program."""
    return log_of(report, view.directory, _OURSELVES)


def log_of(report: Report, repository: str, tool: Tool) -> str:
    """The report as a log of one run of a tool. Paths are relative to ``repository``, absolute outside of it.

    Of more than 5,000 findings the worst are kept, and a notification says how many are left out. With another tool
    than this one the report may hold codes that are no rules of ours, and its summary counts files only.
    """
    kept = _kept(report)
    pages = rulebook.pages()
    rules = [_rule(page) for page in pages]
    ours = {page.code for page in pages}
    rules += [_foreign_rule(code, tool) for code in sorted({each.code for each in kept} - ours)]
    indexes = {str(rule["id"]): number for number, rule in enumerate(rules)}
    run: _Object = {
        "tool": {"driver": _driver(tool, rules)},
        "automationDetails": {"id": f"{tool.name}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository that was checked."}}},
        "invocations": [
            {
                "executionSuccessful": report.internal_errors == 0,
                "toolExecutionNotifications": _notifications(report, kept, indexes, repository),
            }
        ],
        "results": [_result(diagnostic, indexes, repository) for diagnostic in kept],
        "properties": _properties(report.summary, tool),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _properties(summary: Summary, tool: Tool) -> _Object:
    if tool is not _OURSELVES:
        return {"files": summary.files}
    return {
        "files": summary.files,
        "notAnalysed": summary.not_analysed,
        "workers": summary.workers,
        "jobs": summary.jobs,
        "tooLarge": [without_surrogates(label) for label in summary.too_large],
        "dispatches": summary.dispatches,
        "sdks": [without_surrogates(sdk) for sdk in summary.sdks],
    }


def _kept(report: Report) -> list[Diagnostic]:
    """At most 5,000 findings in report order, the worst of all."""
    found = report.diagnostics
    if len(found) <= MOST_RESULTS:
        return list(found)
    worst = sorted(range(len(found)), key=lambda number: (-found[number].severity.rank, number))[:MOST_RESULTS]
    return [found[number] for number in sorted(worst)]


# The tool


def _driver(tool: Tool, rules: list[_Object]) -> _Object:
    return {
        "name": tool.name,
        "version": tool.version,
        "semanticVersion": tool.version,
        "informationUri": tool.uri,
        "rules": rules,
        "notifications": [
            *(
                {"id": name, "shortDescription": {"text": f"A file: {name}."}}
                for name in dict.fromkeys(_NOT_ANALYSED.values())
            ),
            {"id": "truncated", "shortDescription": {"text": "Findings were left out of this file."}},
        ],
    }


def _rule(page: Page) -> _Object:
    preview = page.default is Default.PREVIEW
    markdown = rulebook.markdown(page)
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.summary[:_MAX_TEXT]},
        "fullDescription": {"text": page.title[:_MAX_TEXT]},
        "help": {"text": rulebook.plain(page), "markdown": markdown},
        "helpUri": rule_url(page.code, page.name),
        "defaultConfiguration": {"enabled": not preview, "level": _LEVELS[page.severity]},
        "properties": {
            "tags": ["livekit", _TAGS.get(page.code[3], "linter")],
            "precision": "medium" if preview else "high",
            "problem.severity": _PROBLEM[page.severity],
        },
    }


def _foreign_rule(code: str, tool: Tool) -> _Object:
    """A rule of which only the code is known."""
    text = {"text": f"{code}, a rule of {tool.name} or of one of its plugins."}
    return {
        "id": code,
        "shortDescription": text,
        "fullDescription": text,
        "help": text,
        "defaultConfiguration": {"level": "warning"},
        "properties": {"problem.severity": "warning"},
    }


def _notifications(report: Report, kept: list[Diagnostic], indexes: dict[str, int], repository: str) -> list[_Object]:
    """What was not analysed, and what was left out."""
    found: list[_Object] = [
        {
            "descriptor": {"id": _NOT_ANALYSED[diagnostic.code]},
            "associatedRule": {"id": diagnostic.code, "index": indexes[diagnostic.code]},
            "level": _LEVELS[diagnostic.severity],
            "message": {"text": without_surrogates(diagnostic.message)},
            "locations": [_location(diagnostic.place, repository)],
        }
        for diagnostic in kept
        if diagnostic.code in _NOT_ANALYSED
    ]
    left_out = len(report.diagnostics) - len(kept)
    if left_out:
        text = f"{left_out} of {len(report.diagnostics)} findings are left out: GitHub shows at most {MOST_RESULTS}."
        found.append({"descriptor": {"id": "truncated"}, "level": "warning", "message": {"text": text}})
    return found


# The results


def _result(diagnostic: Diagnostic, indexes: dict[str, int], repository: str) -> _Object:
    related = [
        {"id": number, **_location(each.place, repository, each.message)}
        for number, each in enumerate(diagnostic.related[:MOST_RELATED], start=1)
    ]
    result: _Object = {
        "ruleId": diagnostic.code,
        "ruleIndex": indexes[diagnostic.code],
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _message(diagnostic), "markdown": without_surrogates(markdown(diagnostic, MOST_RELATED))},
        "locations": [_location(diagnostic.place, repository)],
    }
    if diagnostic.fix is not None:
        result["fixes"] = [_fix(diagnostic.fix, repository)]
    if diagnostic.fingerprint:
        result["partialFingerprints"] = {"lkagentLint/v1": diagnostic.fingerprint}
    if related:
        result["relatedLocations"] = related
        steps = [{"location": _location(place, repository, text)} for place, text in _steps(diagnostic)]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _fix(fix: Fix, repository: str) -> _Object:
    """All of a fix, file by file."""
    changes: list[_Object] = [
        {
            "artifactLocation": _artifact(path, repository),
            "replacements": [
                {
                    "deletedRegion": _region(edit.place.span),
                    "insertedContent": {"text": without_surrogates(edit.text)},
                }
                for edit in fix.edits
                if edit.place.path == path
            ],
        }
        for path in sorted(fix.paths)
    ]
    return {"description": {"text": f"{WORDS[fix.safety]}: {fix.title}"}, "artifactChanges": changes}


def _message(diagnostic: Diagnostic) -> str:
    """The parts in a line each, and a link to each related place, which GitHub follows by its number."""
    parts = [diagnostic.title, *(f"{name}: {text}" for name, text in diagnostic.remarks)]
    # An agent's name may look like a link.
    lines = [each.replace("](", "]\\(") for each in parts]
    for number, each in enumerate(diagnostic.related[:MOST_RELATED], start=1):
        text = _LINK_TEXT.sub(r"\\\1", each.message)
        lines.append(f"[{text}]({number})")
    left_out = len(diagnostic.related) - MOST_RELATED
    if left_out > 0:
        lines.append(f"({left_out} further {'place is' if left_out == 1 else 'places are'} left out)")
    return without_surrogates("\n".join(lines))


def _steps(diagnostic: Diagnostic) -> list[tuple[Place, str]]:
    """The places of a finding in the order to read them: by line in one file, else the finding after the others."""
    shown = diagnostic.related[:MOST_RELATED]
    steps = [*((each.place, each.message) for each in shown), (diagnostic.place, diagnostic.label or diagnostic.title)]
    if all(place.path == diagnostic.place.path for place, _ in steps):
        steps.sort(key=lambda step: step[0])
    return steps


def _location(place: Place, repository: str, message: str | None = None) -> _Object:
    artifact = _artifact(place.path, repository)
    location: _Object = {"physicalLocation": {"artifactLocation": artifact, "region": _region(place.span)}}
    if message is not None:
        location["message"] = {"text": without_surrogates(message)}
    return location


def _region(span: Span) -> _Object:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: str, repository: str) -> _Object:
    uri = relative_uri(path, repository)
    return {"uri": file_uri(path)} if uri is None else {"uri": uri, "uriBaseId": _ROOT}

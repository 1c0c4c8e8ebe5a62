"""How many findings each rule has in how many files, and where the time went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from lkagent_lint.diagnostics import Report, Summary
from lkagent_lint.reporters.escape import Escaper, without_surrogates
from lkagent_lint.reporters.style import Style, summary_line
from lkagent_lint.rules import all_rules


def render_statistics(report: Report, seconds: Mapping[str, float], colour: bool) -> str:
    """A line for each rule with findings, the most first; then where the time went, what met its budget, and what was
    seen.

    ``seconds`` holds the wall time of each phase of the check; those of rules go by their codes.
    """
    style = Style(colour)
    rows = [row for row in _rows(report, seconds) if row["findings"]]
    width = max((len(str(row["findings"])) for row in rows), default=0)
    lines: list[str] = []
    for row in rows:
        files = f"{row['files']} {'file' if row['files'] == 1 else 'files'}"
        code = style.bold(str(row["code"]))
        lines.append(f"{row['findings']:>{width}}  {code} {row['name']} ({files}, {row['seconds']:.3f} s)")
    if lines:
        lines.append("")
    phases = [f"{name} {spent:.3f} s" for name, spent in seconds.items() if name not in all_rules()]
    spent = sum(spent for name, spent in seconds.items() if name in all_rules())
    lines.append(", ".join([*phases, f"rules {spent:.3f} s"]))
    seen = report.summary
    if seen.steps:
        lines.append(_budgets(seen))
    return "\n".join([*lines, summary_line(report, Escaper.from_environment(), style), ""])


def _budgets(seen: Summary) -> str:
    """How much was looked at, and what met its budget."""
    whose = "question of values met its" if seen.unanswered == 1 else "questions of values met their"
    jobs = "job" if len(seen.too_large) == 1 else "jobs"
    return f"{seen.steps} steps, {seen.unanswered} {whose} budget, {len(seen.too_large)} {jobs} too large to follow"


def render_statistics_json(report: Report, seconds: Mapping[str, float]) -> str:
    """One object: ``summary``, ``rules`` (all of them, the most findings first) and ``phases`` with their seconds."""
    seen = report.summary
    document = {
        "summary": {
            "files": seen.files,
            "not_analysed": seen.not_analysed,
            "workers": seen.workers,
            "jobs": seen.jobs,
            "too_large": [without_surrogates(label) for label in seen.too_large],
            "dispatches": seen.dispatches,
            "sdks": [without_surrogates(sdk) for sdk in seen.sdks],
            "findings": len(report.diagnostics),
            "steps": seen.steps,
            "unanswered": seen.unanswered,
        },
        "rules": _rows(report, seconds),
        "phases": [
            {"name": name, "seconds": round(spent, 6)} for name, spent in seconds.items() if name not in all_rules()
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _rows(report: Report, seconds: Mapping[str, float]) -> list[dict[str, object]]:
    findings = Counter(each.code for each in report.diagnostics)
    files = Counter(code for code, _ in {(each.code, each.place.path) for each in report.diagnostics})
    return [
        {
            "code": code,
            "name": rule.META.name,
            "findings": findings[code],
            "files": files[code],
            "seconds": round(seconds.get(code, 0.0), 6),
        }
        for code, rule in sorted(all_rules().items(), key=lambda item: (-findings[item[0]], item[0]))
    ]

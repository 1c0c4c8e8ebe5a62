"""LKA201, the graph and ``why`` say the same of every worker of the fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.graph import build
from lkagent_lint.graph.records import WorkerRecord

RULES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
PROJECTS = sorted(each for family in RULES.glob("LKA2*") for each in (*family.glob("*"), *family.glob("edge/*")))
SPOKEN_OF = {
    "near-name": "LKA203",
    "malformed-dispatch": "LKA209",
    "rule-without-agents": "LKA208",
    "refused-name": "LKA307",
    "starved": "LKA205",
}
"""The rule that says it where LKA201 does not, by the reason that the graph gives."""


def _stands_at(finding: Diagnostic, worker: WorkerRecord) -> bool:
    """The finding speaks of a worker, by its place or as another one of its name."""
    places = (finding.place, *(each.place for each in finding.related))
    return any((each.path, each.span.line) == (worker.at.path, worker.at.line) for each in places)


@pytest.mark.parametrize("project", [each for each in PROJECTS if each.name != "edge"], ids=lambda each: str(each.name))
def test_rule_and_graph_agree(project: Path) -> None:
    request = engine.Request(paths=(str(project),), select=("LKA2", "LKA307"))
    report = engine.check(request)
    told = {each.code for each in report.diagnostics}
    for survey in engine.survey(request):
        graph = build.build(survey.project, wanted=survey.is_inside, show=str)
        for worker in graph.workers:
            if worker.in_tests or worker.name.kind == "unnamed":
                continue
            said = {each.severity for each in report.diagnostics if each.code == "LKA201" and _stands_at(each, worker)}
            others = {SPOKEN_OF[each.kind] for each in worker.because if each.kind in SPOKEN_OF}
            match worker.gets_jobs:
                case "yes":
                    assert not said
                case "unknown":
                    assert said <= {Severity.INFO}
                case "no":
                    assert said == {Severity.WARNING} or (not said and others & told), (worker, told)

"""What met its budget is counted, and said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.project import limits
from lkagent_lint.reporters import render
from lkagent_lint.reporters.statistics import render_statistics, render_statistics_json
from lkagent_lint.typestate import solver
from tests.engine.test_check import EARLY, write

LARGE = EARLY.replace("    await ctx.connect()\n", "".join(f"    if ctx.job.id: await beep({n})\n" for n in range(100)))
CHAIN = EARLY.replace("session = AgentSession()", "session = a0").replace(
    "server = ", "".join(f"a{each} = a{each + 1}\n" for each in range(100)) + "a100 = AgentSession()\nserver = ", 1
)


def _checked(root: Path) -> Report:
    return engine.check(engine.Request(paths=(str(root),), cache=False, jobs=1))


def test_a_job_that_is_too_large_is_named_and_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_py=EARLY, b__large_py=LARGE, c_py=EARLY)
    report = _checked(tmp_path)
    assert (report.summary.jobs, report.summary.too_large) == (3, ())
    monkeypatch.setattr(solver, "MAX_STEPS", 50)
    report = _checked(tmp_path)
    assert (report.summary.jobs, report.summary.too_large) == (2, ("b/large.py:7",))
    assert {Path(each.place.path).name for each in report.diagnostics if each.code == "LKA101"} == {"a.py", "c.py"}
    seen = "3 files, 3 workers, 2 jobs, 0 dispatches, livekit-agents 1.5.3 (pyproject.toml)"
    said = f"{seen}: 2 findings (2 warnings), 2 fail; 2 can be mended by --fix"
    for format in ("full", "concise", "grouped"):
        last = render(format, report, lambda path: None, str(tmp_path), colour=False, width=200).splitlines()[-1]
        assert last == f"{said}; 1 of 3 jobs too large to follow: b/large.py:7"


def test_many_jobs_that_are_too_large_are_named_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, **{f"a{each}_py": LARGE for each in range(5)})
    monkeypatch.setattr(solver, "MAX_STEPS", 50)
    text = render("concise", _checked(tmp_path), lambda path: None, str(tmp_path), colour=False)
    assert text.endswith("; 5 of 5 jobs too large to follow: a0.py:7, a1.py:7, a2.py:7 and 2 more\n")


def test_statistics_count_what_met_its_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_py=CHAIN, large_py=LARGE)
    report = _checked(tmp_path)
    assert report.summary.steps
    said = "steps, 0 questions of values met their budget, 0 jobs too large to follow"
    assert f"\n{report.summary.steps} {said}\n" in render_statistics(report, {}, False)
    monkeypatch.setattr(solver, "MAX_STEPS", 50)
    monkeypatch.setattr(limits, "MAX_STEPS", 60)
    report = _checked(tmp_path)
    assert report.summary.unanswered == 1
    said = "steps, 1 question of values met its budget, 1 job too large to follow"
    assert f"\n{report.summary.steps} {said}\n" in render_statistics(report, {}, False)
    summary = json.loads(render_statistics_json(report, {}))["summary"]
    assert (summary["unanswered"], summary["too_large"]) == (1, ["large.py:7"])
    assert (summary["steps"], summary["jobs"]) == (report.summary.steps, 1)


def test_what_was_counted_is_kept_with_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a_py=EARLY, large_py=LARGE)
    monkeypatch.setattr(solver, "MAX_STEPS", 50)
    request = engine.Request(paths=(str(tmp_path),), cache_dir=str(tmp_path / "cache"), jobs=1)
    made = engine.check(request)
    assert engine.check(request) == made
    assert made.summary.too_large == ("large.py:7",)

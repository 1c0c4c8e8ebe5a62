"""``--statistics``: counts, files and times."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.reporters.statistics import render_statistics, render_statistics_json
from lkagent_lint.rules import all_rules, previews
from tests.cli.standing_in import Recorder, finding, report, run

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"


def test_the_text() -> None:
    found = [finding("a.py"), finding("a.py"), *[finding("b.py")] * 9]
    seconds = {"reading files": 0.5, "LKA101": 0.25, "LKA201": 0.125, "applying comments": 0.0625}
    assert render_statistics(report(*found), seconds, False) == (
        "11  LKA101 connect-before-start (2 files, 0.250 s)\n"
        "\n"
        "reading files 0.500 s, applying comments 0.062 s, rules 0.375 s\n"
        "0 files, 0 workers, 0 jobs, 0 dispatches: 11 findings (11 warnings), none fails\n"
    )


def test_the_object() -> None:
    document = json.loads(render_statistics_json(report(finding()), {"reading files": 0.5, "LKA201": 0.125}))
    assert document["summary"]["findings"] == 1
    assert document["phases"] == [{"name": "reading files", "seconds": 0.5}]
    assert len(document["rules"]) == len(all_rules())
    assert document["rules"][0] == {
        "code": "LKA101",
        "name": "connect-before-start",
        "findings": 1,
        "files": 1,
        "seconds": 0.0,
    }
    assert {rule["code"]: rule["seconds"] for rule in document["rules"]}["LKA201"] == 0.125


def test_every_rule_that_runs_is_timed() -> None:
    watch = engine.Watch()
    engine.check(engine.Request(paths=(str(DEMO),)), watch)
    assert set(all_rules()) & set(watch.seconds) == set(all_rules()) - previews()
    assert [name for name in watch.seconds if name not in all_rules()] == [
        "reading files",
        "following jobs",
        "applying comments",
    ]
    assert all(spent >= 0 for spent in watch.seconds.values())
    assert watch.phase == ""


def test_statistics_take_the_place_of_the_findings(asked: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    asked.answer = report(finding(), failing=1)
    assert run("--statistics") == 1
    assert capfd.readouterr().out.startswith("1  LKA101 connect-before-start (1 file, 0.000 s)\n")
    assert run("--statistics", "--output-format", "json") == 1
    assert json.loads(capfd.readouterr().out)["rules"][0]["findings"] == 1


def test_files_hold_the_findings_all_the_same(asked: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    asked.answer = report(finding(), failing=1)
    assert run("--statistics", "--output", "json=a.json") == 1
    assert capfd.readouterr().out.startswith("1  LKA101 ")
    assert json.loads(Path("a.json").read_text())[0]["code"] == "LKA101"


def test_a_format_without_statistics(asked: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--statistics", "--output-format", "sarif") == 2
    assert capfd.readouterr().err.startswith("error: --statistics have no sarif format, only full, concise, json\n")

"""``flake8 --format=sarif``, under real flake8 and with the real engine, on a copy of the demo project."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest

from lkagent_lint.cli import main
from lkagent_lint.rules import all_rules

REPOSITORY = Path(__file__).resolve().parents[1]
SCHEMA = json.loads((REPOSITORY / "tests/reporters/data/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
# What flake8 needs to find both where this working copy is not installed, or was before it had them.
PLUGINS = {
    "flake8.extension": "extension = LKA = lkagent_lint.flake8_plugin:Plugin\n",
    "flake8.report": "report = sarif = lkagent_lint.flake8_plugin.sarif:Formatter\n",
}
NAMES = {"flake8.extension": "LKA", "flake8.report": "sarif"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo with a file that only other rules have something to say of, as the current directory."""
    project = tmp_path / "demo"
    shutil.copytree(REPOSITORY / "fixtures/demo", project)
    (project / ".git").mkdir()
    (project / "plain.py").write_text("import os\n")
    missing = [
        line
        for group, line in PLUGINS.items()
        if not any(each.name == NAMES[group] for each in importlib.metadata.entry_points(group=group))
    ]
    (project / "tox.ini").write_text("[flake8]\nmax-line-length = 200\n[flake8:local-plugins]\n" + "".join(missing))
    monkeypatch.chdir(project)
    return project


def flake8(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    """Exit code and both outputs of flake8 with the formatter, in the current directory."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--format=sarif", *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def run_in(text: str) -> dict[str, Any]:
    """The one run of a log, checked by the official schema."""
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)  # pyright: ignore[reportUnknownMemberType]
    (run,) = log["runs"]
    return cast("dict[str, Any]", run)


def results(run: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The results by rule, without the number of the rule."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each.pop("ruleIndex")]["id"] == each["ruleId"]
        found.setdefault(each["ruleId"], []).append(each)
    return found


def test_it_says_of_our_findings_what_the_command_says(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = flake8("-j1")
    assert (code, err) == (1, "")
    assert flake8("-j4") == (code, out, err)
    found = results(run_in(out))
    assert found.keys() == {"LKA101", "LKA201", "LKA202", "F401"}
    with pytest.raises(SystemExit):
        main(["--output-format", "sarif"])
    own = results(run_in(capsys.readouterr().out))
    # flake8 mends nothing, so that no fix is planned for it.
    mends = [result.pop("fixes", None) for each in own.values() for result in each]
    assert any(mends)
    assert {code: found[code] for code in own} == own
    assert "codeFlows" in found["LKA202"][0]


def test_other_plugins_results_are_there_with_what_is_known(project: Path) -> None:
    run = run_in(flake8("plain.py")[1])
    (result,) = run["results"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "flake8"
    assert [rule["id"] for rule in driver["rules"]] == [*all_rules(), "F401"]
    assert driver["rules"][-1]["help"] == {"text": "F401, a rule of flake8 or of one of its plugins."}
    assert result == {
        "ruleId": "F401",
        "ruleIndex": len(all_rules()),
        "level": "warning",
        "message": {"text": "'os' imported but unused", "markdown": "**'os' imported but unused**"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "plain.py", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                }
            }
        ],
    }
    assert run["properties"] == {"files": 1}


def test_what_flake8_could_not_read_is_a_notification(project: Path) -> None:
    (project / "plain.py").write_text("x = (\n")
    run = run_in(flake8("plain.py", "gone.py")[1])
    (invocation,) = run["invocations"]
    told = invocation["toolExecutionNotifications"]
    assert [(each["descriptor"]["id"], each["level"]) for each in told] == [
        ("not-analysed", "error"),
        ("syntax-error", "error"),
    ]
    assert invocation["executionSuccessful"]


def test_a_file_is_replaced_and_nothing_else_is_printed(project: Path) -> None:
    for _ in range(2):  # flake8's own formatters add to the file
        assert flake8("--exit-zero", "--output-file", "out/log.sarif") == (0, "", "")
    text = (project / "out/log.sarif").read_text(encoding="utf-8")
    assert text == flake8()[1]
    assert flake8("--tee", "--output-file", "out/log.sarif") == (1, text, "")


def test_no_other_file_is_replaced(project: Path) -> None:
    before = (project / "plain.py").read_bytes()
    for path, reason in (("plain.py", "it is no SARIF log"), ("agents", "it is a directory")):
        code, out, _ = flake8("--output-file", path)
        assert code == 1
        assert out.startswith("There was a critical error during execution of Flake8:\nlkagent-lint: cannot write ")
        assert reason in out
    assert (project / "plain.py").read_bytes() == before


def test_statistics_do_not_break_the_log(project: Path) -> None:
    _, out, err = flake8("--statistics", "--benchmark")
    assert out == flake8()[1]
    assert "LKA202" in err
    assert "seconds elapsed" in err


def test_standard_input(project: Path) -> None:
    text = (project / "agents/front_desk.py").read_text(encoding="utf-8")
    arguments = ("--select=LKA", "--stdin-display-name=agents/front_desk.py", "-")
    named = run_in(flake8(*arguments, text=f"\n{text}")[1])
    found = {code: each["locations"][0]["physicalLocation"] for code, (each,) in results(named).items()}
    assert {code: each["region"]["startLine"] for code, each in found.items()} == {"LKA101": 70, "LKA202": 55}
    nameless = results(run_in(flake8("--select=LKA", "-", text=text)[1]))
    assert nameless.keys() == {"LKA101"}  # whether a dispatch reaches it depends on where it belongs
    assert nameless["LKA101"][0]["relatedLocations"]


def test_a_failure_of_ours_is_told(project: Path) -> None:
    # At the top flake8 would end at once.
    (project / "agents/lkagent-lint.toml").write_text("ignroe = []\n")
    run = run_in(flake8("--select=LKA", ".")[1])
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert {each["ruleId"] for each in run["results"]} == {"LKA000"}
    assert {each["level"] for each in run["results"]} == {"error"}


@pytest.mark.skipif(os.name != "posix", reason="no such names elsewhere")
def test_a_hostile_name(project: Path) -> None:
    (project / 'a "b"\n::error ::%.py').write_text("import os\n")
    uris = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in results(run_in(flake8()[1]))["F401"]
    ]
    assert "a%20%22b%22%0A%3A%3Aerror%20%3A%3A%25.py" in uris

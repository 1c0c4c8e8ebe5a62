"""The demo project: the three findings that the mission names, on every surface, whatever lies around it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.reporters import render
from lkagent_lint.rules import all_rules
from tests.harness import runs
from tests.harness.runs import REPOSITORY, Row

DEMO = REPOSITORY / "fixtures" / "demo"


def row(name: str, code: str, text: str, part: str) -> Row:
    """The place of ``part`` in the one line of a file that holds ``text``."""
    lines = (DEMO / name).read_text(encoding="utf-8").splitlines()
    ((number, line),) = [(number, line) for number, line in enumerate(lines, 1) if text in line]
    return Row(name, number, line.index(part) + 1, code)


EXPECTED = sorted(
    [
        row("agents/front_desk.py", "LKA202", 'agent_name="front-desk"', "server.rtc_session"),
        row("agents/front_desk.py", "LKA101", "ctx.connect()", "ctx.connect()"),
        row("agents/night_line.py", "LKA201", 'agent_name="night-line"', "server.rtc_session"),
    ]
)


def test_the_three_findings_that_must_always_be_there() -> None:
    assert runs.rows(runs.plain(DEMO)) == EXPECTED


def test_the_token_is_named_where_it_stands() -> None:
    (found,) = [each for each in runs.plain(DEMO) if each.code == "LKA202"]
    ((path, span, _),) = found.related
    assert (path, span.line) == ("token_server.py", row("token_server.py", "", "RoomAgentDispatch(", "api").line)
    assert f"token_server.py:{span.line}" in found.message


def test_every_surface_agrees() -> None:
    assert runs.command(DEMO, ".") == (1, EXPECTED)
    assert runs.flake8(DEMO, "-j1", ".") == EXPECTED
    assert runs.flake8(DEMO, "-j8", ".") == EXPECTED


@pytest.mark.parametrize("name", ["agents/front_desk.py", "agents/night_line.py", "token_server.py"])
def test_an_editor_agrees(name: str) -> None:
    text = (DEMO / name).read_bytes()
    own = [each for each in EXPECTED if each.path == name]
    assert runs.flake8(DEMO, f"--stdin-display-name={name}", "-", stdin=text) == own
    code, found = runs.command(DEMO, f"--stdin-filename={name}", "-", stdin=text)
    assert (code, found) == (1 if own else 0, own)


def test_a_hook_that_splits_the_files_agrees() -> None:
    """pre-commit may start flake8 once for each part of a long list of files."""
    found = [row for name in ("agents/front_desk.py", "agents/night_line.py") for row in runs.flake8(DEMO, name)]
    assert found == EXPECTED
    assert runs.flake8(DEMO, "token_server.py", "backend.py") == []


def test_what_lies_around_it_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "tests" / "demo")
    (tmp_path / "connect.py").write_text(
        'from livekit import api\ndispatch = api.CreateAgentDispatchRequest(agent_name="night-line", room="r")\n'
    )
    (tmp_path / "dispatch.sh").write_text("lk dispatch create --agent-name night-line --new-room\n")
    (tmp_path / "pyproject.toml").write_text('[tool.lkagent-lint]\nignore = ["LKA"]\njob-type-model = "server"\n')
    assert runs.plain(tmp_path / "tests" / "demo") == runs.plain(DEMO)
    from_above = engine.check(engine.Request(paths=(str(tmp_path),)))
    assert runs.findings_of(from_above, tmp_path / "tests" / "demo") == runs.plain(DEMO)


def test_the_repository_around_it_changes_nothing() -> None:
    code, found = runs.command(REPOSITORY, "fixtures/demo")
    assert (code, [each._replace(path=each.path.removeprefix("fixtures/demo/")) for each in found]) == (1, EXPECTED)


def test_every_format_renders_it() -> None:
    report = engine.check(engine.Request(paths=(str(DEMO),)))
    for name, code in (("full", "warning[{}] "), ("concise", "warning {} ")):
        text = render(name, report, lambda path: Path(path).read_text(encoding="utf-8"), str(DEMO), False, width=200)
        for each in EXPECTED:
            assert f"{each.path}:{each.line}:{each.column}: {code.format(each.code)}" in text
        assert ": 3 findings (3 warnings), 3 fail" in text.rstrip().splitlines()[-1]


def test_each_finding_is_of_a_rule_with_a_page() -> None:
    for each in EXPECTED:
        assert (all_rules()[each.code].__doc__ or "").count("## ") >= 7

"""``init --agents``: what coding agents read is added, and nothing that is there is lost."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint.adoption import Plan, agents, plan_for
from lkagent_lint.cli import main

CLAUDE: dict[str, Any] = {
    "permissions": {"allow": ["Bash(ls:*)"]},
    "hooks": {"PostToolUse": [{"matcher": "Write", "hooks": [{"type": "command", "command": "ruff ä"}]}], "Stop": []},
}


def planned(project: Path) -> Plan:
    (project / ".git").mkdir(exist_ok=True)
    return plan_for(str(project), agents=True)


def changes(project: Path) -> dict[str, tuple[bytes | None, bytes]]:
    found = {os.path.relpath(each.path, project): (each.before, each.after) for each in planned(project).changes}
    return {path.replace(os.sep, "/"): both for path, both in found.items()}


def test_a_project_without_any_gets_new_files(tmp_path: Path) -> None:
    found = changes(tmp_path)
    assert set(found) == {agents.MANY, agents.SKILL, agents.CLAUDE}
    assert all(before is None for before, _ in found.values())
    said = json.loads(found[agents.CLAUDE][1])
    assert said["hooks"]["Stop"] == [{"hooks": [{"type": "command", "command": "lkagent-lint hook"}]}]
    assert found[agents.SKILL][1].startswith(b"---\nname: lkagent-lint\ndescription: ")


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_bytes(b"# Rules\r\n\r\nBe kind.")
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_text(json.dumps(CLAUDE, indent=4, ensure_ascii=False), "utf-8")
    (tmp_path / ".cursor").mkdir()
    (tmp_path / ".cursor" / "hooks.json").write_text('{"version": 1, "hooks": {"stop": [{"command": "x"}]}}')
    found = changes(tmp_path)
    assert found["AGENTS.md"][1].startswith(b"# Rules\r\n\r\nBe kind.\r\n\r\n## LiveKit agents\r\n")
    after = json.loads(found[agents.CLAUDE][1])
    assert after["permissions"] == CLAUDE["permissions"]
    assert after["hooks"]["PostToolUse"][0] == CLAUDE["hooks"]["PostToolUse"][0]
    assert len(after["hooks"]["PostToolUse"]) == 2
    assert '\n    "permissions"' in found[agents.CLAUDE][1].decode()
    assert json.loads(found[agents.CURSOR][1])["hooks"]["stop"] == [{"command": "x"}, {"command": "lkagent-lint hook"}]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"hooks": []}', '{"hooks": {"Stop": {}}}', '{"a": 1, "a": 2}', "// note\n{}", "\xff"]
)
def test_settings_that_cannot_be_extended_safely_are_left_to_a_person(tmp_path: Path, text: str) -> None:
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "settings.json").write_bytes(text.encode("latin-1"))
    plan = planned(tmp_path)
    assert agents.CLAUDE not in changes(tmp_path)
    assert any(path.endswith("settings.json") and "lkagent-lint hook" in what for path, what in plan.by_hand)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_not_followed(tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    project.mkdir()
    outside.mkdir()
    (outside / "AGENTS.md").write_text("theirs\n")
    os.symlink(outside, project / ".claude")
    os.symlink(outside / "AGENTS.md", project / "AGENTS.md")
    plan = planned(project)
    assert plan.changes == ()
    assert len(plan.by_hand) == 3


def test_the_diff_comes_first_and_a_second_run_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["init", "--agents", *arguments])
        assert ended.value.code == 0
        return capsys.readouterr().out

    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "+++ b/AGENTS.md" in run("--diff")
    assert not Path("AGENTS.md").exists()
    run()
    assert Path(agents.SKILL).read_text().startswith("---\n")
    assert run("--diff") == "nothing to write\n"

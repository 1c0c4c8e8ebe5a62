"""``--add-noqa`` and ``--list-suppressions`` on real findings."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from lkagent_lint.engine import adding
from lkagent_lint.writing import WriteError, rewrite
from tests.cli.test_settings_options import Captured, project, run
from tests.engine.test_check import EARLY
from tests.engine.test_hiding import AGENT, SCRIPT, TOKEN

__all__ = ["project"]
COMMENT = "    # lkagent: ignore[LKA101] from the start\n"


def test_a_comment_is_written_for_every_finding(project: Path, capsys: Captured) -> None:
    (project / "agent.py").write_bytes(b"\xef\xbb\xbf" + EARLY.replace("\n", "\r\n").encode())
    (project / "agent.py").chmod(0o751)
    assert run("--add-noqa= from the start ") == 0
    assert capsys.readouterr().out == "1 finding suppressed in 1 file\n"
    expected = EARLY.replace("    await ctx.connect()", f"{COMMENT}    await ctx.connect()").replace("\n", "\r\n")
    assert (project / "agent.py").read_bytes() == b"\xef\xbb\xbf" + expected.encode()
    assert stat.S_IMODE((project / "agent.py").stat().st_mode) == 0o751
    assert run() == 0
    assert run("--add-noqa", "agent.py") == 0  # a path behind it is no reason
    assert "0 findings suppressed in 0 files" in capsys.readouterr().out


def test_findings_of_every_language_and_end(project: Path, capsys: Captured) -> None:
    for name, text in {"agent.py": AGENT, "mint.py": TOKEN, "web.ts": SCRIPT, "early.py": EARLY}.items():
        (project / name).write_text(text)
    (project / "rule.json").write_text('{"dispatches": [{"agentName": "nobody"}]}\n')
    assert run() == 1
    before = {path: path.read_bytes() for path in project.iterdir() if path.is_file()}
    assert run("--add-noqa=known") == 1
    out = capsys.readouterr().out
    assert "rule.json:1:" in out
    assert out.count("no comment can be written here") == 1
    assert run("--output-format", "concise", "--exit-zero") == 0
    assert [line.split(": ")[1][:12] for line in capsys.readouterr().out.splitlines()[:-1]] == ["error LKA203"]
    for path, data in before.items():
        kept = [line for line in path.read_bytes().splitlines(keepends=True) if b"lkagent:" not in line]
        assert b"".join(kept) == data


@pytest.mark.parametrize("reason", ["a\nb", "\x1b[31m", "a\u202eb"])
def test_a_reason_that_no_comment_can_hold(project: Path, reason: str, capsys: Captured) -> None:
    assert run(f"--add-noqa={reason}") == 2
    assert "one line" in capsys.readouterr().err
    assert (project / "agent.py").read_text() == EARLY


def test_it_asks_for_one_thing_at_a_time(capsys: Captured) -> None:
    assert run("--add-noqa", "--list-suppressions") == 2
    assert run("--add-noqa", "-", "--stdin-filename", "agent.py") == 2
    assert "different things" in capsys.readouterr().err


def test_a_file_that_has_changed_is_not_overwritten(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    real = adding.suppress_all

    def meanwhile(*arguments: object) -> adding.Added:
        added = real(*arguments)  # type: ignore[arg-type]
        (project / "agent.py").write_text("changed = 1\n")
        return added

    monkeypatch.setattr("lkagent_lint.engine.adding.suppress_all", meanwhile)
    assert run("--add-noqa=x") == 2
    assert "it has changed since it was read" in capsys.readouterr().err
    assert (project / "agent.py").read_text() == "changed = 1\n"


def test_a_link_stays_a_link(project: Path) -> None:
    (project / "real.py").write_text("a\n")
    (project / "link.py").symlink_to("real.py")
    rewrite(str(project / "link.py"), b"a\n", b"b\n")
    assert (project / "link.py").is_symlink()
    assert (project / "real.py").read_text() == "b\n"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written_is_left_alone(project: Path) -> None:
    (project / "agent.py").chmod(0o444)
    with pytest.raises(WriteError, match="cannot write"):
        rewrite(str(project / "agent.py"), EARLY.encode(), b"")


def test_a_failure_in_between_leaves_the_old_file_and_nothing_else(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    before = sorted(os.listdir(project))
    with pytest.raises(WriteError, match="No space left"):
        rewrite(str(project / "agent.py"), EARLY.encode(), b"x")
    assert (sorted(os.listdir(project)), (project / "agent.py").read_text()) == (before, EARLY)


def test_suppressions_are_listed(project: Path, capsys: Captured) -> None:
    (project / "agent.py").write_text(
        EARLY.replace("connect()", "connect()  # lkagent: ignore[LKA101, LKA106] \x1b why") + "# lkagent: ignore\n"
    )
    assert run("--list-suppressions") == 0
    assert capsys.readouterr().out.splitlines() == [
        "agent.py:9:26: ignore LKA101, LKA106 (unused): \u241b why",
        "agent.py:11:1: ignore malformed",
        "2 suppressions",
    ]
    assert run("--list-suppressions", "--output-format", "json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "path": "agent.py",
        "cell": None,
        "line": 9,
        "column": 26,
        "form": "ignore",
        "rules": [{"rule": "LKA101", "used": True}, {"rule": "LKA106", "used": False}],
        "reason": "\x1b why",
    }
    assert (second["rules"], second["reason"]) == ([], "")

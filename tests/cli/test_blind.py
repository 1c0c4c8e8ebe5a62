"""A check that saw no code of LiveKit says so on standard error: what it looked at, and what was probably meant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.standing_in import run

AGENT = "from livekit.agents import AgentServer\n\nserver = AgentServer()\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (".git", "src", "agents"):
        (tmp_path / name).mkdir()
    (tmp_path / "src" / "page.py").write_text("print()\n")
    (tmp_path / "src" / "notes.txt").write_text("Nothing.\n")
    (tmp_path / "agents" / "desk.py").write_text(AGENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_a_wrong_folder_is_told_the_right_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("src", "--no-cache") == 0
    assert capfd.readouterr().err.splitlines() == [
        "note: no code of LiveKit in src: looked at 2 files (1 Python, 1 other)",
        "  LiveKit is used in agents/desk.py: did you mean this?",
        "    lkagent-lint agents",
    ]


def test_what_is_left_out_is_told_with_the_reason(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / ".gitignore").write_text("agents/\n")
    assert run("--no-cache") == 0
    err = capfd.readouterr().err
    assert "note: no code of LiveKit in .: looked at 3 files (1 Python, 2 other)\n" in err
    assert "  left out: agents/desk.py, because git ignores agents/\n" in err


def test_a_directory_of_notebooks_says_that_it_holds_notebooks(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (project / "src" / name).write_text('{"cells": []}')
    assert run("src", "--no-cache") == 0
    assert "looked at 4 files (2 notebooks, 1 Python, 1 other)" in capfd.readouterr().err


def test_an_empty_folder_holds_nothing_to_look_at(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "empty").mkdir()
    (project / "agents" / "desk.py").unlink()
    assert run("empty", "--no-cache") == 0
    assert capfd.readouterr().err == "note: no code of LiveKit in empty: there is no file to look at\n"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("arguments", [["agents"], ["."], ["agents", "src"]])
def test_where_there_is_code_of_livekit_nothing_is_said(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    run(*arguments, "--no-cache")
    assert capfd.readouterr().err == ""


def test_installed_packages_are_no_reason(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for directory in ("env/lib/python3.12/site-packages/livekit", "node_modules/livekit"):
        os.makedirs(project / directory)
        (project / directory / "code.py").write_text(AGENT)
    assert run("env", "--no-cache") == 0
    assert "left out" not in capfd.readouterr().err

"""``--since``: the engine and git are real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lkagent_lint.cli._since import changed_since
from tests.cli.standing_in import run

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo in a repository of one commit, as the current directory."""
    shutil.copytree(DEMO, tmp_path / "demo")
    monkeypatch.chdir(tmp_path / "demo")
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=one")
    return tmp_path / "demo"


def touch(name: str) -> None:
    with open(name, "a", encoding="utf-8") as file:
        file.write("\n")


def found(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The codes that the command reports, after the exit code has been compared with them."""
    code = run("--no-cache", "--output-format", "json", *arguments)
    codes = [item["code"] for item in json.loads(capfd.readouterr().out)]
    assert code == (1 if codes else 0)
    return codes


def test_nothing_has_changed(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert found(capfd, "--since", "HEAD") == []
    assert found(capfd) == ["LKA202", "LKA101", "LKA201"]


def test_the_findings_of_a_changed_file(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    touch("agents/night_line.py")
    assert found(capfd, "--since", "HEAD") == ["LKA201"]
    git("commit", "--quiet", "--all", "--message=two")
    assert found(capfd, "--since", "HEAD") == []
    assert found(capfd, "--since", "HEAD~1") == ["LKA201"]
    assert found(capfd, "--since", "HEAD~1", "token_server.py") == []


def test_the_other_end_of_a_finding_counts(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    touch("token_server.py")
    assert found(capfd, "--since", "main") == ["LKA202"]


def test_files_that_git_does_not_know_yet(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copy("agents/night_line.py", "agents/new.py")
    assert "LKA201" in found(capfd, "--since", "HEAD", "agents/new.py")


def test_standard_input_has_changed(
    demo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("agents/night_line.py", "rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        assert found(capfd, "--since", "HEAD", "-", "--stdin-filename", "agents/night_line.py") == ["LKA201"]


def test_what_others_did_meanwhile_is_not_counted(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    git("checkout", "--quiet", "-b", "mine")
    touch("token_server.py")
    git("commit", "--quiet", "--all", "--message=mine")
    git("checkout", "--quiet", "main")
    touch("agents/night_line.py")
    git("commit", "--quiet", "--all", "--message=theirs")
    git("checkout", "--quiet", "mine")
    assert found(capfd, "--since", "main") == ["LKA202"]


def test_names_that_git_would_quote(demo: Path) -> None:
    names = ["new\nline.py", "é日本.py", 'quo"te.py', " space .py"]
    for name in names:
        Path(name).touch()
    assert changed_since("HEAD", (str(demo),)) == {str(demo / name) for name in names}
    git("add", ".")
    assert changed_since("HEAD", (str(demo),)) == {str(demo / name) for name in names}


def test_from_a_directory_below(demo: Path) -> None:
    touch("token_server.py")
    assert changed_since("HEAD", (str(demo / "agents"),)) == {str(demo / "token_server.py")}


def test_a_deleted_file_has_no_findings(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.unlink("agents/night_line.py")
    assert found(capfd, "--since", "HEAD") == []


@pytest.mark.parametrize("revision", ["gone", "-x", "--help", "", "HEAD:token_server.py", "a\x1b[2J\nb", "HEAD~99"])
def test_a_revision_that_does_not_exist(demo: Path, revision: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--since", revision) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "git knows no such revision in" in err
    assert "\x1b" not in err


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert run("--since", "HEAD") == 2
    assert "is in no git repository" in capfd.readouterr().err


def test_no_git(demo: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(demo))
    assert run("--since", "HEAD") == 2
    assert capfd.readouterr().err == "error: --since needs git, and there is none outside of what is checked\n"

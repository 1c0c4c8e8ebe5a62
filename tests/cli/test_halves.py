"""``facts`` and ``link``: together they are ``check``, and what has changed in between is not believed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lkagent_lint.cache import generation
from tools.bench.synthetic import build


def run(project: Path, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "lkagent_lint", *arguments], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout or done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return build(tmp_path / "project", 25)


CHECK = ("--output-format", "json")


def test_the_halves_are_the_whole(project: Path) -> None:
    expected = run(project, "check", "--no-cache", *CHECK, code=1)
    assert "LKA101" in expected
    said = run(project, "facts", "agents", "--output-file", "a.facts")
    assert said.startswith("25 files, ")
    run(project, "facts", "backend", "shared/team_0.py", "shared/team_1.py", "--output-file", "b.facts")
    assert run(project, "link", "a.facts", "b.facts", *CHECK, code=1) == expected
    assert run(project, "link", "b.facts", *CHECK, code=1) == expected  # what is missing is read
    assert not (project / ".lkagent_lint_cache").exists()


def test_facts_of_the_same_files_are_the_same_bytes(project: Path) -> None:
    run(project, "facts", "agents", "--output-file", "a.facts", "--jobs", "1")
    run(project, "facts", *sorted(str(each) for each in (project / "agents").iterdir()), "--output-file", "b.facts")
    assert (project / "a.facts").read_bytes() == (project / "b.facts").read_bytes()


def test_facts_of_a_file_that_has_changed_are_not_used(project: Path) -> None:
    run(project, "facts", ".", "--output-file", "all.facts")
    early = project / "agents" / "desk_7.py"
    early.write_text(early.read_text().replace("await ctx.connect()", "pass"))
    assert run(project, "link", "all.facts", "--path", "agents", *CHECK) == "[]\n"


def test_files_that_hold_no_usable_facts(project: Path) -> None:
    run(project, "facts", "backend", "--output-file", "b.facts")
    path = project / "b.facts"
    data = path.read_bytes()
    assert len(generation.current()) == 32
    for spoilt, words in (
        (b"something else", "was not written by"),
        (b"", "was not written by"),
        (data[:8] + bytes(32) + data[40:], "another version"),
        (data[:-1], "damaged"),
        (data[:-5] + b"xxxxx", "damaged"),
    ):
        path.write_bytes(spoilt)
        assert words in run(project, "link", "b.facts", code=2)


def test_a_file_of_facts_that_cannot_be_read_or_written(project: Path) -> None:
    assert "cannot be read" in run(project, "link", "gone.facts", code=2)
    assert "cannot write" in run(project, "facts", "agents", "--output-file", "gone/x.facts", code=2)
    assert [name for name in os.listdir(project) if "facts" in name] == []

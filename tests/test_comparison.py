"""docs/comparison.md: every command of its tables prints what the row says, and every test exists."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
_CODE = r"`([^`]+)`"


class Row(NamedTuple):
    feature: str
    shown_by: str
    words: str | None


def rows() -> list[Row]:
    """The rows of every table whose last column says what shows them."""
    found: list[Row] = []
    for line in (REPOSITORY / "docs" / "comparison.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| ---", "| feature")):
            cells = line.strip("| ").split(" | ")
            match = re.fullmatch(f"{_CODE}(?: → {_CODE})?", cells[-1])
            assert match is not None, f"the row says not what shows it: {line}"
            assert len(cells) == 4, f"the row has {len(cells)} cells: {line}"
            found.append(Row(cells[0], match[1], match[2]))
    return found


ROWS = rows()
COMMANDS = [row for row in ROWS if not row.shown_by.startswith("tests/")]
TESTS = [row for row in ROWS if row.shown_by.startswith("tests/")]


def test_most_rows_are_shown_by_a_command() -> None:
    assert len(COMMANDS) > 2 * len(TESTS) > 0
    assert all(row.words for row in COMMANDS)
    assert len({row.feature for row in ROWS}) == len(ROWS)


@pytest.mark.skipif(os.name != "posix", reason="the commands are lines of a POSIX shell")
@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("row", COMMANDS, ids=[row.feature for row in COMMANDS])
def test_a_command_shows_what_its_row_says(row: Row, tmp_path: Path) -> None:
    scripts = tmp_path / "bin"
    scripts.mkdir()
    for name, module in (("lkagent-lint", "lkagent_lint"), ("flake8", "flake8")):
        (scripts / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (scripts / name).chmod(0o755)
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "LKAGENT_", "FORCE_"))}
    environ |= {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "200",
    }
    demo = tmp_path / "demo"
    ignored = shutil.ignore_patterns("__pycache__", ".lkagent_lint_cache")
    shutil.copytree(REPOSITORY / "fixtures" / "demo", demo, ignore=ignored)
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "one"]):
        subprocess.run([*git, *arguments], cwd=demo, check=True)
    done = subprocess.run(
        ["sh", "-c", row.shown_by], cwd=demo, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=120
    )
    printed = (done.stdout + done.stderr).decode("utf-8")
    assert row.words is not None
    assert row.words in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("row", TESTS, ids=[row.feature for row in TESTS])
def test_a_test_that_shows_a_row_exists(row: Row) -> None:
    name, _, function = row.shown_by.partition("::")
    tree = ast.parse((REPOSITORY / name).read_bytes())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert function in functions if function else any(each.startswith("test_") for each in functions)

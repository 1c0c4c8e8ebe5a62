"""Patterns of gitignore files say what git says, and why the library that compiles them is not asked itself."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from pathspec import GitIgnoreSpec

from lkagent_lint.sources.ignoring import parse_patterns

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

NAMES = ("a", "b", "build", "x.log")
ATOMS = (*NAMES, "*.log", "*", "**", "?", "[ab]", "a*")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ignored")
    if shutil.which("git") is not None:
        subprocess.run(["git", "init", "-q", root], check=True)
    for path in paths():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    return root


def paths() -> list[str]:
    folders = ["", *(f"{one}/" for one in NAMES[:3]), *(f"{one}/{two}/" for one in NAMES[:3] for two in NAMES[:3])]
    return [f"{folder}{name}" for folder in folders for name in ("x.log", "y.py")]


def written(chosen: random.Random) -> list[str]:
    """Some lines of a gitignore file."""

    def line() -> str:
        parts = "/".join(chosen.choice(ATOMS) for _ in range(chosen.choice((1, 1, 1, 2, 3))))
        return chosen.choice(("", "", "!")) + chosen.choice(("", "", "/")) + parts + chosen.choice(("", "", "/"))

    return [line() for _ in range(chosen.choice((1, 2, 3)))]


def by_git(root: Path, lines: list[str]) -> set[str]:
    (root / ".gitignore").write_text("\n".join(lines) + "\n")
    command = ["git", "-C", str(root), "check-ignore", "--stdin", "-z", "--no-index"]
    done = subprocess.run(command, input="\0".join(paths()), capture_output=True, text=True)
    return set(filter(None, done.stdout.split("\0")))


def on_the_way_down(path: str) -> list[str]:
    """What a walk asks of: each directory, with a slash at its end, and the file."""
    parts = path.split("/")
    return ["/".join(parts[:count]) + "/" * (count < len(parts)) for count in range(1, len(parts) + 1)]


def by_us(root: Path, lines: list[str]) -> set[str]:
    patterns, _ = parse_patterns(str(root), lines)

    def ignored(path: str) -> bool:
        return any(
            patterns is not None and patterns.verdict(os.path.join(root, each.rstrip("/")), each.endswith("/"))
            for each in on_the_way_down(path)
        )

    return {path for path in paths() if ignored(path)}


@needs_git
@pytest.mark.parametrize("seed", range(40))
def test_patterns_say_what_git_says(tree: Path, seed: int) -> None:
    lines = written(random.Random(seed))
    assert by_us(tree, lines) == by_git(tree, lines), lines


@needs_git
@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (["build", "!a*"], "a/build/y.py"),  # what a pattern brings back is brought back with all below it
        (["build/", "!b/"], "b/build/y.py"),
        (["a/**/", "!a/x.log"], "a/x.log"),  # `a/**/` is about what lies in a
    ],
)
def test_the_library_itself_answers_otherwise(tree: Path, lines: list[str], path: str) -> None:
    """Where this fails, a release of pathspec answers as git does, and our own reading of its patterns may go."""
    itself = GitIgnoreSpec.from_lines(lines)
    answer = any(itself.match_file(each) for each in on_the_way_down(path))
    assert answer != (path in by_git(tree, lines))
    assert by_us(tree, lines) == by_git(tree, lines)


def test_the_library_has_no_answer_for_one_file_among_several() -> None:
    """An inner ``!build/`` says nothing of ``build/x.log``, which an outer ``*.log`` ignores; the library says no."""
    assert GitIgnoreSpec.from_lines(["!build/"]).check_file("build/x.log").include is False
    patterns, _ = parse_patterns("/work", ["!build/"])
    assert patterns is not None
    assert patterns.verdict("/work/build", True) is False
    assert patterns.verdict("/work/build/x.log", False) is None

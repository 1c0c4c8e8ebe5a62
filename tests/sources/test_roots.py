"""Which directory is indexed for which path."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.config import ConfigError, SettingsFinder
from lkagent_lint.sources.roots import group_by_root

OURS = "[tool.lkagent-lint]\n"
ROOT = OURS + "root = true\n"


def make(base: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def roots(base: Path, *paths: str) -> dict[str, list[str]]:
    grouped = group_by_root([str(base / path) for path in paths], SettingsFinder())
    return {
        str(Path(root).relative_to(base)): [str(Path(path).relative_to(base)) for path in members]
        for root, members in grouped.items()
    }


def test_the_nearest_git_directory_is_the_root(tmp_path: Path) -> None:
    make(
        tmp_path,
        {"repo/.git/HEAD": "", "repo/sub/.git": "gitdir: ../x", "repo/sub/a/b.py": "", "repo/c.py": ""},
    )
    assert roots(tmp_path, "repo/sub/a/b.py", "repo/c.py") == {
        "repo": ["repo/c.py"],
        "repo/sub": ["repo/sub/a/b.py"],
    }
    assert roots(tmp_path, "repo/sub", "repo/sub/a") == {"repo/sub": ["repo/sub", "repo/sub/a"]}


def test_root_true_is_a_root_below_git(tmp_path: Path) -> None:
    make(tmp_path, {".git/HEAD": "", "f/pyproject.toml": ROOT, "f/a/b.py": "", "f/a/pyproject.toml": OURS})
    assert roots(tmp_path, "f/a/b.py") == {"f": ["f/a/b.py"]}
    assert roots(tmp_path, "f/pyproject.toml") == {"f": ["f/pyproject.toml"]}


def test_without_a_marked_ancestor_the_outermost_settings_are_the_root(tmp_path: Path) -> None:
    make(tmp_path, {"p/pyproject.toml": OURS, "p/q/pyproject.toml": OURS, "p/q/r/a.py": "", "p/s/b.py": ""})
    assert roots(tmp_path, "p/q/r/a.py", "p/s/b.py") == {"p": ["p/q/r/a.py", "p/s/b.py"]}


def test_another_tools_pyproject_is_no_root(tmp_path: Path) -> None:
    make(tmp_path, {"p/pyproject.toml": "[project]\n", "p/q/a.py": ""})
    assert roots(tmp_path, "p/q/a.py") == {"p/q": ["p/q/a.py"]}


def test_the_rest_share_their_common_directory(tmp_path: Path) -> None:
    make(tmp_path, {"x/a.py": "", "x/y/b.py": "", "g/.git/HEAD": "", "g/c.py": ""})
    assert roots(tmp_path, "x/y/b.py", "x/a.py", "g/c.py") == {"g": ["g/c.py"], "x": ["x/a.py", "x/y/b.py"]}
    assert roots(tmp_path, "x/y/b.py") == {"x/y": ["x/y/b.py"]}
    assert roots(tmp_path, "x/y") == {"x/y": ["x/y"]}


def test_a_whole_file_system_is_never_the_root() -> None:
    finder = SettingsFinder(isolated=True)
    assert list(group_by_root(["/no-such-a/x.py", "/no-such-b/y.py"], finder)) == ["/no-such-a", "/no-such-b"]


def test_a_missing_path_belongs_where_it_would_be(tmp_path: Path) -> None:
    make(tmp_path, {".git/HEAD": ""})
    assert roots(tmp_path, "no/such/file.py") == {".": ["no/such/file.py"]}


def test_a_path_given_twice_is_grouped_once_and_order_does_not_matter(tmp_path: Path) -> None:
    make(tmp_path, {".git/HEAD": "", "a.py": "", "b.py": ""})
    assert roots(tmp_path, "b.py", "a.py", "b.py") == {".": ["a.py", "b.py"]}
    assert group_by_root([], SettingsFinder()) == {}


def test_settings_above_the_root_are_not_read(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": OURS + "nonsense = 1\n", "repo/.git/HEAD": "", "repo/a.py": ""})
    assert roots(tmp_path, "repo/a.py") == {"repo": ["repo/a.py"]}
    with pytest.raises(ConfigError, match="nonsense"):
        roots(tmp_path, "b.py")

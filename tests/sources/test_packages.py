"""Packages and test files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.sources.packages import PackageFinder, is_test_file


@pytest.mark.parametrize(
    "marker",
    ["pyproject.toml", "requirements.txt", "requirements-dev.txt", "setup.cfg", "setup.py", "package.json"],
)
def test_the_nearest_marker_makes_the_package(tmp_path: Path, marker: str) -> None:
    (tmp_path / "a/b/c").mkdir(parents=True)
    (tmp_path / "a/b" / marker).touch()
    finder = PackageFinder(str(tmp_path))
    assert finder.package_of(str(tmp_path / "a/b/c/x.py")) == str(tmp_path / "a/b")
    assert finder.package_of(str(tmp_path / "a/b/x.py")) == str(tmp_path / "a/b")
    assert finder.package_of(str(tmp_path / "a/x.py")) == str(tmp_path)


def test_no_marker_above_the_root_counts(tmp_path: Path) -> None:
    (tmp_path / "root/a").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    root = str(tmp_path / "root")
    finder = PackageFinder(root)
    assert finder.package_of(str(tmp_path / "root/a/x.py")) == root
    assert finder.package_of(str(tmp_path / "elsewhere/x.py")) == root
    assert finder.package_of(str(tmp_path / "rooted/x.py")) == root
    assert finder.package_of(str(tmp_path / "root/gone/x.py")) == root


@pytest.mark.parametrize(
    "name",
    [
        "test_a.py",
        "a_test.py",
        "conftest.py",
        "a.test.ts",
        "a.spec.tsx",
        "tests/a.py",
        "a/test/b/c.ts",
        "__tests__/a.js",
    ],
)
def test_tests_are_known_by_name_or_directory(name: str) -> None:
    assert is_test_file(f"/r/{name}", "/r")


@pytest.mark.parametrize(
    "name", ["a.py", "testing.py", "contest.py", "test_a.ts", "latest/a.py", "spec.ts", "tests.py"]
)
def test_other_names_are_no_tests(name: str) -> None:
    assert not is_test_file(f"/r/{name}", "/r")


def test_directories_above_the_root_do_not_count() -> None:
    assert not is_test_file("/work/tests/fixture/a.py", "/work/tests/fixture")
    assert is_test_file("/work/tests/fixture/a.py", "/work")

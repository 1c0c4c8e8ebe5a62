"""What is listed under a root, and what is left out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint.config import ConfigError, SettingsFinder
from lkagent_lint.sources.discovery import Discovery, discover
from lkagent_lint.sources.reading import Overlays, Unreadable

ROOT = "[tool.lkagent-lint]\nroot = true\n"


def make(base: Path, *names: str, **texts: str) -> None:
    for name in names:
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for name, text in texts.items():
        (base / name).write_text(text)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def found(base: Path, overlays: Overlays | None = None) -> Discovery:
    return discover(str(base), SettingsFinder(), overlays)


def names(base: Path, overlays: Overlays | None = None) -> list[str]:
    return [os.path.relpath(entry.path, base) for entry in found(base, overlays).entries]


def test_files_are_listed_by_path_with_their_kind(tmp_path: Path) -> None:
    write(tmp_path / "b/agent.py", "x = 1\n")
    make(tmp_path, "a.ts", "b/agent.pyi", "b/.env", "Dockerfile", "b/a/deploy.sh", "README.md")
    result = found(tmp_path)
    listed = [(os.path.relpath(each.path, tmp_path), each.kind, each.ignored) for each in result.entries]
    assert listed == [
        ("Dockerfile", "text", False),
        ("README.md", "text", False),
        ("a.ts", "javascript", False),
        ("b/.env", "text", False),
        ("b/a/deploy.sh", "text", False),
        ("b/agent.py", "python", False),
        ("b/agent.pyi", "stub", False),
    ]
    assert result.problems == ()


@pytest.mark.parametrize(
    "name",
    [
        "a.png",
        "a.PNG",
        "a.tar.gz",
        "a.pyc",
        "a.min.js",
        "uv.lock",
        "package-lock.json",
        "Pipfile.lock",
        "a.pem",
    ],
)
def test_what_is_certainly_no_authors_text_is_not_listed(tmp_path: Path, name: str) -> None:
    make(tmp_path, name, "a.py")
    assert names(tmp_path) == ["a.py"]


@pytest.mark.parametrize(
    "directory",
    [
        *(
            ".hg",
            "node_modules",
            "__pycache__",
            ".venv",
            "venv",
            ".tox",
            ".nox",
            ".mypy_cache",
            ".ruff_cache",
        ),
        *(".pytest_cache", ".eggs", "x.egg-info", "build", "dist", "site-packages", "__pypackages__"),
        *(".next", ".turbo"),
    ],
)
def test_built_in_directories_are_not_entered_but_files_of_the_name_are_listed(tmp_path: Path, directory: str) -> None:
    make(tmp_path, f"a/{directory}/x.py", f"b/{directory}")
    assert names(tmp_path) == [f"b/{directory}"]


def test_an_environment_of_any_name_is_not_entered(tmp_path: Path) -> None:
    make(tmp_path, "my-env/pyvenv.cfg", "my-env/lib/x.py", "a.py")
    assert names(tmp_path) == ["a.py"]


def test_a_root_that_is_an_environment_itself_is_read(tmp_path: Path) -> None:
    make(tmp_path, "pyvenv.cfg", "a.py", "lib/python3/site-packages/x.py")
    assert names(tmp_path) == ["a.py", "pyvenv.cfg"]


def test_nested_projects_are_left_to_themselves(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "a.py", "clone/.git/HEAD", "clone/b.py", "module/.git", "module/c/d.py")
    write(tmp_path / "fixture/pyproject.toml", ROOT)
    write(tmp_path / "member/pyproject.toml", "[tool.lkagent-lint]\n")
    make(tmp_path, "fixture/sub/e.py", "member/f.py")
    assert names(tmp_path) == ["a.py", "member/f.py", "member/pyproject.toml"]
    assert names(tmp_path / "fixture") == ["pyproject.toml", "sub/e.py"]
    assert names(tmp_path / "clone") == ["b.py"]


def test_ignored_files_are_not_listed_but_env_files_are(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py", ".env", ".env.local", "c/.env", "secret/.env", "c/b.py")
    write(tmp_path / ".gitignore", "# comment\r\nb.py\r\n.env*\r\nsecret/\r\n")
    listed = {os.path.relpath(entry.path, tmp_path): entry.ignored for entry in found(tmp_path).entries}
    assert listed == {".env": True, ".env.local": True, ".gitignore": False, "a.py": False, "c/.env": True}


@pytest.mark.parametrize(
    ("ignore", "nested", "expected"),
    [
        ("*.txt\n!keep.txt\n", "", ["d/keep.txt", "keep.txt"]),
        ("*.txt\n", "!a.txt\n", ["d/a.txt"]),
        ("/a.txt\n", "", ["d/a.txt", "d/keep.txt", "keep.txt"]),
        ("d/\n", "!a.txt\n", ["a.txt", "keep.txt"]),
        ("d/*\n!d/a.txt\n", "", ["a.txt", "d/a.txt", "keep.txt"]),
        ("d/**\n!d/a.txt\n", "", ["a.txt", "d/a.txt", "keep.txt"]),
        ("*\n!*/\n!a.txt\n", "", ["a.txt", "d/a.txt"]),
        ("*.txt\n", "!*/\n", []),
        ("[\n!\n/\n\\\n[#t-a^s]\n[[a--b]\na.txt\n", "", ["d/keep.txt", "keep.txt"]),
        ("", "*\n", ["a.txt", "keep.txt"]),
    ],
)
def test_gitignore_precedence_is_gits(tmp_path: Path, ignore: str, nested: str, expected: list[str]) -> None:
    make(tmp_path, "a.txt", "keep.txt", "d/a.txt", "d/keep.txt")
    write(tmp_path / ".gitignore", ignore)
    write(tmp_path / "d/.gitignore", nested)
    assert [name for name in names(tmp_path) if name.endswith(".txt")] == expected


def test_a_pattern_that_would_backtrack_for_ever_is_skipped(tmp_path: Path) -> None:
    make(tmp_path, "a" * 200, "b.py")
    write(tmp_path / ".gitignore", "*a" * 40 + "b\n" + "**/a/" * 40 + "b\nb.py\n")
    assert names(tmp_path) == [".gitignore", "a" * 200]


def test_the_repositorys_own_rules_reach_a_root_inside_it(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "pkg/sub/a.py", "pkg/sub/b.py", "pkg/sub/c.py", "pkg/sub/d.py")
    write(tmp_path / ".git/info/exclude", "a.py\nb.py\n")
    write(tmp_path / ".gitignore", "!b.py\nc.py\n")
    write(tmp_path / "pkg/.gitignore", "/sub/d.py\n")
    write(tmp_path / "pkg/sub/pyproject.toml", ROOT)
    assert names(tmp_path / "pkg/sub") == ["b.py", "pyproject.toml"]


def test_the_exclude_file_of_a_linked_work_tree_is_the_repositorys(tmp_path: Path) -> None:
    write(tmp_path / "main/.git/info/exclude", "a.py\n")
    write(tmp_path / "main/.git/worktrees/w/commondir", "../..\n")
    write(tmp_path / "w/.git", f"gitdir: {tmp_path}/main/.git/worktrees/w\n")
    make(tmp_path, "w/a.py", "w/b.py")
    assert names(tmp_path / "w") == [".git", "b.py"]


def test_the_setting_excludes_relative_to_its_file(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".git/HEAD",
        "old/a.py",
        "pkg/old/b.py",
        "pkg/c.py",
        "pkg/.env",
        "pkg/deep/old/d.py",
        "build/e.py",
    )
    write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nexclude = ["/old/", "!build/"]\n')
    write(tmp_path / "pkg/pyproject.toml", '[tool.lkagent-lint]\nexclude = ["/old/", ".env"]\n')
    listed = [name for name in names(tmp_path) if name != "pyproject.toml"]
    assert listed == ["build/e.py", "pkg/c.py", "pkg/deep/old/d.py", "pkg/pyproject.toml"]


def test_the_setting_reaches_a_root_below_its_file(tmp_path: Path) -> None:
    make(tmp_path, "repo/.git/HEAD", "repo/old/a.py", "repo/b.py")
    write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nexclude = ["/repo/old/"]\n')
    assert names(tmp_path / "repo") == ["b.py"]


@pytest.mark.parametrize("pattern", ["*a*b*c*d*e*f", "!", "[#t-a^s]"])
def test_a_pattern_that_cannot_be_used_is_a_configuration_error(tmp_path: Path, pattern: str) -> None:
    write(tmp_path / "pyproject.toml", f'[tool.lkagent-lint]\nexclude = ["ok", "{pattern}"]\n')
    with pytest.raises(ConfigError) as caught:
        found(tmp_path)
    assert (caught.value.path, caught.value.line) == (str(tmp_path / "pyproject.toml"), 2)
    assert f'"{pattern}"' in caught.value.message


def test_no_setting_brings_back_installed_packages(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nexclude = ["!node_modules/", "!.git/"]\n')
    make(tmp_path, "node_modules/a.js", ".git/b.py")
    assert names(tmp_path) == ["pyproject.toml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_only_regular_files_are_listed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    (tmp_path / "fifo-link.py").symlink_to("fifo.py")
    (tmp_path / "directory.py").mkdir()
    make(tmp_path, "a.py")
    assert names(tmp_path) == ["a.py"]
    assert found(tmp_path).problems == ()


def test_links_to_directories_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, "d/a.py")
    (tmp_path / "d/up").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to("d")
    assert names(tmp_path) == ["d/a.py"]


def test_a_link_to_a_file_is_listed_only_if_its_target_is_not(tmp_path: Path) -> None:
    make(tmp_path, "root/d/a.py", "root/build/b.py", "outside.py")
    (tmp_path / "root/a-link.py").symlink_to("d/a.py")
    (tmp_path / "root/b-link.py").symlink_to("build/b.py")
    (tmp_path / "root/b-twin.py").symlink_to("build/b.py")
    (tmp_path / "root/outside.py").symlink_to("../outside.py")
    assert names(tmp_path / "root") == ["b-link.py", "d/a.py"]


def test_links_inside_are_known_when_the_root_is_reached_by_a_link(tmp_path: Path) -> None:
    make(tmp_path, "real/a.py")
    (tmp_path / "real/b.py").symlink_to("a.py")
    (tmp_path / "root").symlink_to("real")
    assert names(tmp_path / "root") == ["a.py"]


def test_broken_links_are_problems_once_but_not_an_editors_lock(tmp_path: Path) -> None:
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / ".#open.py").symlink_to("user@host.1234")
    (tmp_path / "notes.txt").symlink_to("nowhere.txt")
    result = found(tmp_path)
    assert result.entries == ()
    assert [os.path.basename(problem.path) for problem in result.problems] == ["dangling.py", "loop.py"]
    assert all(problem.reason.startswith("it cannot be read: ") for problem in result.problems)


def test_a_directory_that_cannot_be_read_is_a_problem_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a.py", "closed/b.py", "open/c.py")
    closed, scandir = str(tmp_path / "closed"), os.scandir

    def refuse(path: str) -> Iterator[os.DirEntry[str]]:
        if path == closed:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert names(tmp_path) == ["a.py", "open/c.py"]
    assert found(tmp_path).problems == (Unreadable(closed, "it cannot be read: Permission denied"),)


def test_a_root_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    result = found(tmp_path / "gone")
    assert result.entries == ()
    assert [problem.path for problem in result.problems] == [str(tmp_path / "gone")]


def test_a_tree_deeper_than_the_stack_is_walked(tmp_path: Path) -> None:
    depth = 1500
    make(tmp_path, "keep.py")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.py", os.O_CREAT, dir_fd=here))
    os.close(here)
    deepest = "d/" * depth
    try:
        assert names(tmp_path) == [deepest + "a.py", "keep.py"]
    finally:  # deeper than what pytest can clean up
        os.unlink(tmp_path / deepest / "a.py")
        os.removedirs(tmp_path / deepest)


def test_names_with_any_bytes_are_listed(tmp_path: Path) -> None:
    odd = [b"a\nb.py", b"a\x1b[31m.py", b"\xff.py", b"-x.py", b"a b'\".py"]
    for name in odd:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb"):
            pass
    assert sorted(os.fsencode(name) for name in names(tmp_path)) == sorted(odd)


def test_unsaved_files_are_listed_where_saved_ones_would_be(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "d/b.py")
    write(tmp_path / ".gitignore", "ignored.py\n")
    unsaved = [
        "a.py",
        "new.py",
        "ignored.py",
        "new/deep/c.py",
        "d/d.py",
        "node_modules/e.py",
        "a.png",
        ".env",
    ]
    overlays = Overlays({str(tmp_path / name): b"text" for name in unsaved} | {"/elsewhere/f.py": b""})
    assert names(tmp_path, overlays) == [".env", ".gitignore", "a.py", "d/b.py", "d/d.py", "new.py", "new/deep/c.py"]
    assert found(tmp_path, overlays).problems == ()


def test_unsaved_files_of_many_projects_are_listed_in_linear_time(tmp_path: Path) -> None:
    roots = [tmp_path / "several" / f"project-{number}" for number in range(600)]
    overlays = Overlays({str(root / "src" / f"{name}.py"): b"" for root in roots for name in "abcde"})
    started = time.process_time()
    assert all(names(root, overlays) == [f"src/{name}.py" for name in "abcde"] for root in roots)
    assert time.process_time() - started < 4


def test_an_unsaved_gitignore_is_the_one_that_counts(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b.py")
    write(tmp_path / ".gitignore", "a.py\n")
    assert names(tmp_path, Overlays({str(tmp_path / ".gitignore"): b"b.py\n"})) == [".gitignore", "a.py"]


def test_nested_projects_are_named_and_environments_are_not(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "clone/.git/HEAD", "clone/deep/.git/HEAD", "env/pyvenv.cfg", "node_modules/x/.git/HEAD")
    write(tmp_path / "a/fixture/pyproject.toml", ROOT)
    assert [os.path.relpath(path, tmp_path).replace(os.sep, "/") for path in found(tmp_path).nested] == [
        "a/fixture",
        "clone",
    ]

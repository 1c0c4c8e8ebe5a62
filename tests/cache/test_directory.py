"""The directory: only what is surely this user's own is written to, and nobody waits for ever."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from lkagent_lint.cache.directory import Directory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners, modes and links of POSIX")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "cache").symlink_to("target")
    assert not Directory(str(tmp_path / "cache")).make()
    assert list((tmp_path / "target").iterdir()) == []


def test_a_link_in_a_files_place_is_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    cache = tmp_path / "cache"
    cache.mkdir()
    for name in ("lock", ".gitignore", "x.facts"):
        (cache / name).symlink_to(precious)
    made = Directory(str(cache))
    assert made.write("x.facts", b"facts")
    assert (cache / "x.facts").read_bytes() == b"facts"
    assert not (cache / "x.facts").is_symlink()
    with made.locked() as waited:
        assert not waited
    assert precious.read_text() == "as it was"


@pytest.mark.parametrize("mode", [0o777, 0o757, 0o775])
def test_what_others_can_write_to_is_not_used(tmp_path: Path, mode: int) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "x.facts").write_bytes(b"")
    cache.chmod(mode)
    assert not Directory(str(cache)).make()
    assert Directory(str(cache)).names() == []
    assert [each.name for each in cache.iterdir()] == ["x.facts"]


def test_what_belongs_to_another_user_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    assert Directory(str(cache)).make()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert not Directory(str(cache)).make()


def test_a_directory_is_made_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert Directory(str(tmp_path / "deep" / "cache")).make()
    finally:
        os.umask(before)
    assert not (tmp_path / "deep" / "cache").stat().st_mode & stat.S_IWOTH


@pytest.mark.parametrize("name", ["cache", "file/cache", "nul\0/cache", "x" * 300])
def test_where_no_directory_can_be_there_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    if name == "cache":
        (tmp_path / name).write_text("a file")
    made = Directory(str(tmp_path / name))
    assert not made.make()
    assert made.names() == []
    assert not made.write("x", b"")
    assert made.read("x") is None
    with made.locked() as waited:
        assert not waited

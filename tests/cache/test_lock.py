"""One builder at a time: by the system's own locks, and by the library where a system has no such ones."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from lkagent_lint.cache import directory
from lkagent_lint.cache.directory import Directory, locked_by_library

HOLDER = """
import sys
from lkagent_lint.cache import directory
if sys.argv[2] == "library":
    directory._locked = lambda _, path: directory.locked_by_library(path)
with directory.Directory(sys.argv[1]).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["system", "library"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    chosen: str = request.param
    if chosen == "library":

        def locked(_: int, path: str) -> AbstractContextManager[bool]:
            return locked_by_library(path)

        monkeypatch.setattr(directory, "_locked", locked)
    return chosen


@pytest.fixture
def hold(way: str, tmp_path: Path) -> Callable[[], subprocess.Popen[bytes]]:
    """Starts a process that holds the lock until its input ends."""

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", HOLDER, str(tmp_path), way]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        return holder

    return start


def test_the_second_builder_waits_for_the_first(hold: Callable[[], subprocess.Popen[bytes]], tmp_path: Path) -> None:
    with hold() as holder:
        assert holder.stdin is not None
        release = threading.Timer(0.3, holder.stdin.close)
        release.start()
        began = time.monotonic()
        with Directory(str(tmp_path)).locked() as waited:
            assert waited
            assert time.monotonic() - began > 0.2
        release.join()
    with Directory(str(tmp_path)).locked() as waited:
        assert not waited


@pytest.mark.usefixtures("way")
def test_a_builder_that_hangs_is_not_waited_for_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_PATIENCE", 0.2)
    with Directory(str(tmp_path)).locked(), Directory(str(tmp_path)).locked() as waited:
        assert waited


def test_the_lock_of_a_builder_that_is_killed_is_free(
    hold: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    with hold() as holder:
        holder.kill()
        holder.wait()
    with Directory(str(tmp_path)).locked() as waited:
        assert not waited


def test_a_system_without_locks_of_its_own_has_the_librarys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("filelock")
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(directory, "_PATIENCE", 0.2)
    with Directory(str(tmp_path)).locked(), Directory(str(tmp_path)).locked() as waited:
        assert waited

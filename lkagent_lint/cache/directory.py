"""The cache's directory: made with care, locked by one builder at a time."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from lkagent_lint import writing

_PATIENCE = 120.0
"""Seconds to wait for another process that makes the same facts; after that they are made here too."""
_PAUSE = 0.02
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_MAX_BYTES = 1_000_000_000
"""A larger file in the directory is none of ours."""
_FILES = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Facts that lkagent-lint keeps between runs. The directory can be deleted at any time.\n",
    ".gitignore": "*\n",
}


class Directory:
    """A directory by its absolute path. It is used only if it is a directory of this user's own that no other can write
    to; a symbolic link is not followed.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def make(self) -> bool:
        """Make the directory if there is none; whether it can be used."""
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with contextlib.suppress(FileExistsError):
                os.mkdir(self._path, 0o755)
        except (OSError, ValueError):
            return False
        if not self.is_ours():
            return False
        names = set(self.names())
        return all(name in names or self.write(name, text.encode()) for name, text in _FILES.items())

    def names(self) -> list[str]:
        """The base names in it, sorted; none where it cannot be used."""
        try:
            return sorted(os.listdir(self._path)) if self.is_ours() else []
        except (OSError, ValueError):
            return []

    def read(self, name: str) -> bytes | None:
        """The bytes of a regular file in it."""
        try:
            descriptor = os.open(os.path.join(self._path, name), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _NO_LINKS)
        except (OSError, ValueError):
            return None
        try:
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                usable = stat.S_ISREG(status.st_mode) and status.st_size <= _MAX_BYTES
                return file.read() if usable else None
        except (OSError, MemoryError):
            return None

    def write(self, name: str, data: bytes) -> bool:
        """Put a file in its place at once and whole; whether that worked. Unfinished ones end with ``.tmp``."""
        try:
            writing.put(os.path.join(self._path, name), data, 0o644)
        except (OSError, ValueError):
            return False
        return True

    def remove(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self._path, name))

    def age(self, name: str) -> float:
        """Seconds since a file was written or last said to be in use; negative where the clock was set back."""
        try:
            return time.time() - os.lstat(os.path.join(self._path, name)).st_mtime
        except OSError:
            return 0.0

    def mark_used(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.utime(os.path.join(self._path, name))

    @contextmanager
    def locked(self, name: str = "lock") -> Generator[bool]:
        """Hold a lock of the directory, if there can be one; yields whether another process held it first."""
        descriptor = self._lock_file(name)
        if descriptor is None:
            yield False
            return
        try:
            with _locked(descriptor, os.path.join(self._path, name)) as waited:
                yield waited
        finally:
            os.close(descriptor)

    def _lock_file(self, name: str) -> int | None:
        if not self.make():
            return None
        try:
            return os.open(os.path.join(self._path, name), os.O_RDWR | os.O_CREAT | _NO_LINKS, 0o644)
        except OSError:
            return None

    def is_ours(self) -> bool:
        """Whether it is a directory, this user's own, that no other can write to."""
        try:
            status = os.lstat(self._path)
        except (OSError, ValueError):
            return False
        if not stat.S_ISDIR(status.st_mode):
            return False
        return os.name == "nt" or (status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


@contextmanager
def _locked(descriptor: int, path: str) -> Generator[bool]:
    """Hold the lock of an open file; where the system has no such locks, that of the file at its path."""
    try:
        import fcntl  # which costs nothing: the library takes longer to import than a small check takes
    except ImportError:
        with locked_by_library(path) as waited:
            yield waited
        return

    def attempt() -> bool | None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system that has no locks
            return None
        return True

    yield _wait_for(attempt)


@contextmanager
def locked_by_library(path: str) -> Generator[bool]:
    """Hold the lock of a file as filelock does it on this system."""
    from filelock import FileLock, Timeout

    lock = FileLock(path)

    def attempt() -> bool | None:
        try:
            lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
        except Timeout:
            return False
        except (OSError, NotImplementedError):
            return None
        return True

    try:
        yield _wait_for(attempt)
    finally:
        lock.release()


def _wait_for(attempt: Callable[[], bool | None]) -> bool:
    """Try to lock until that works, cannot work (None), or patience ends; whether it was another's meanwhile."""
    waited = False
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and attempt() is False:
        waited = True
        time.sleep(_PAUSE)
    return waited

"""Whole reports, a file for each, by what was asked for. Whether one is still right is the engine's to say."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import contextmanager

from lkagent_lint.cache import generation
from lkagent_lint.cache.directory import Directory

_MAGIC = b"lkarprt1"
_SUFFIX = ".report"
_LOCK = ".making"
_DAY = 86_400.0
_MOST = 32
"""Reports in one directory: other requests, and other versions of the linter."""


def report_key(asked: bytes) -> bytes:
    """The key of a report: what was asked, and of which linter. Raises OSError where its sources cannot be read."""
    return hashlib.sha256(generation.whole() + asked).digest()


class KeptReports:
    """Encoded reports in a cache's directory. What cannot be read or written is not kept."""

    def __init__(self, directory: str) -> None:
        self._directory = Directory(directory)

    def get(self, key: bytes) -> bytes | None:
        """What was put last under a key, if it is whole."""
        data = self._directory.read(_name(key)) if self._directory.is_ours() else None
        if data is None:
            return None
        head = _MAGIC + key
        start = len(head) + hashlib.sha256().digest_size
        body = data[start:]
        return body if data[:start] == head + hashlib.sha256(body).digest() else None

    def put(self, key: bytes, data: bytes) -> None:
        """Keep it instead of what was there."""
        if self._directory.make():
            self._directory.write(_name(key), b"".join([_MAGIC, key, hashlib.sha256(data).digest(), data]))
            self._prune()

    @contextmanager
    def alone(self, key: bytes) -> Generator[bool]:
        """Hold a report's lock while it is made, so that others who want the same wait and read.

        Yields whether this process had to wait. Where there is no directory yet, nobody waits.
        """
        if not self._directory.is_ours():
            yield False
            return
        name = f"{key.hex()[:32]}{_LOCK}"
        with self._directory.locked(name) as waited:
            try:
                yield waited
            finally:
                # Whoever waits has opened it. One that comes now makes another and does too much at worst.
                self._directory.remove(name)

    def _prune(self) -> None:
        names = self._directory.names()
        reports = [name for name in names if name.endswith(_SUFFIX)]
        old = sorted(reports, key=self._directory.age)[_MOST:] if len(reports) > _MOST else []
        abandoned = [name for name in names if name.endswith(_LOCK) and self._directory.age(name) > _DAY]
        for name in (*old, *abandoned):
            self._directory.remove(name)


def _name(key: bytes) -> str:
    return f"{key.hex()[:32]}{_SUFFIX}"

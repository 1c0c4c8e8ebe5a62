"""Whole reports, a file for each, by what was asked for. Whether one is still right is the engine's to say."""

from __future__ import annotations

import hashlib

from lkagent_lint.cache import generation
from lkagent_lint.cache.directory import Directory

_MAGIC = b"lkarprt1"
_SUFFIX = ".report"
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

    def _prune(self) -> None:
        names = [name for name in self._directory.names() if name.endswith(_SUFFIX)]
        if len(names) > _MOST:
            for name in sorted(names, key=self._directory.age)[_MOST:]:
                self._directory.remove(name)


def _name(key: bytes) -> str:
    return f"{key.hex()[:32]}{_SUFFIX}"

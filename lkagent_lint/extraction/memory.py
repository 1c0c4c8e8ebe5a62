"""Facts that a process keeps in memory, decoded, while it asks about the same files again and again."""

from __future__ import annotations

import hashlib

from lkagent_lint.extraction.one import SourceFile
from lkagent_lint.facts import FileFacts

_Key = tuple[str, str, bytes]


class FactsInMemory:
    """Facts by what they follow from: the bytes of a file and how they are read. Equal bytes give the same object."""

    def __init__(self) -> None:
        self._known: dict[_Key, FileFacts] = {}
        self._used: dict[_Key, FileFacts] = {}

    def get(self, source: SourceFile) -> FileFacts | None:
        """The facts of a file, if they are known."""
        key = _key_of(source)
        found = self._used.get(key)
        if found is None:
            found = self._known.get(key)
            if found is not None:
                self._used[key] = found
        return found

    def put(self, source: SourceFile, facts: FileFacts) -> None:
        """Keep the facts of a file."""
        self._used[_key_of(source)] = facts

    def forget_unused(self) -> None:
        """Let go of what nobody has asked for since the last time that this was called."""
        self._known = self._used
        self._used = {}


def _key_of(source: SourceFile) -> _Key:
    return source.front_end, source.name, hashlib.sha256(source.data).digest()

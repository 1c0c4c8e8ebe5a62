"""Packs: files of many entries that are written once, read whole, and merged when there are many.

A run over a project asks for nearly every entry, so that one read is cheaper than a query or a file for each
(docs/performance.md has the figures). An entry is checked by its own checksum when it is asked for.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lkagent_lint.cache.directory import Directory

_MAGIC = b"lkapack1"
_COUNT = struct.Struct("<I")
_RECORD = struct.Struct("<32sQII")
"""Key, offset of the entry in the file, its length, its CRC-32."""
_SUFFIX = ".facts"
_MAX_PACKS = 8
_SPARE_BYTES = 16_000_000
"""How much is kept at least of what the last run did not ask for (another branch's files)."""
_DAY = 86_400.0
_FORGOTTEN = 14 * _DAY


class Packs:
    """The packs of one directory. ``generation`` (hexadecimal) tells those that can be used from others'."""

    def __init__(self, directory: Directory, generation: str) -> None:
        self._directory = directory
        self._prefix = f"{generation}-"

    def read(self) -> dict[bytes, memoryview]:
        """Every entry that is whole. The memory of a pack is held as long as one of its entries."""
        found: dict[bytes, memoryview] = {}
        for name in self._own():
            found.update(self._entries(name))
        return found

    def write(self, entries: Mapping[bytes, bytes | memoryview]) -> str | None:
        """Write entries as one pack; its name, None where that did not work."""
        data = pack(entries)
        name = f"{self._prefix}{hashlib.sha256(data).hexdigest()[:16]}{_SUFFIX}"
        return name if self._directory.write(name, data) else None

    def prune(self, used: Iterable[bytes]) -> None:
        """Merge the packs if they are many, and forget what no version has used for two weeks.

        Of what is not in ``used`` as much is kept as of what is, the newest first.
        """
        own = self._own()
        for name in self._directory.names():
            limit = _DAY if name.endswith(".tmp") else _FORGOTTEN
            if name.endswith((".tmp", _SUFFIX)) and name not in own and self._directory.age(name) > limit:
                self._directory.remove(name)
        if len(own) <= _MAX_PACKS:
            return
        by_age = [self._entries(name) for name in sorted(own, key=lambda name: (self._directory.age(name), name))]
        wanted = set(used)
        kept: dict[bytes, memoryview] = {}
        for entries in by_age:
            kept.update((key, facts) for key, facts in entries.items() if key in wanted)
        spare = max(_SPARE_BYTES, sum(map(len, kept.values())))
        for key, facts in ((key, facts) for entries in by_age for key, facts in entries.items()):
            if key not in kept and (spare := spare - len(facts)) >= 0:
                kept[key] = facts
        merged = self.write(kept)
        for name in own if merged is not None else ():
            if name != merged:
                self._directory.remove(name)

    def _own(self) -> list[str]:
        return [name for name in self._directory.names() if name.startswith(self._prefix) and name.endswith(_SUFFIX)]

    def _entries(self, name: str) -> dict[bytes, memoryview]:
        """The whole entries of a pack. One that is damaged anywhere is deleted: it will be made again."""
        data = self._directory.read(name)
        if data is None:  # a merge by another process has taken it away
            return {}
        if self._directory.age(name) > _DAY:
            self._directory.mark_used(name)
        entries = unpack(data)
        if entries is None:
            self._directory.remove(name)
        return entries or {}


def pack(entries: Mapping[bytes, bytes | memoryview]) -> bytes:
    """The bytes of a pack: records of all entries, then the entries."""
    start = len(_MAGIC) + _COUNT.size + _RECORD.size * len(entries)
    records: list[bytes] = []
    for key, facts in entries.items():
        records.append(_RECORD.pack(key, start, len(facts), zlib.crc32(facts)))
        start += len(facts)
    return b"".join([_MAGIC, _COUNT.pack(len(entries)), *records, *entries.values()])


def unpack(data: bytes) -> dict[bytes, memoryview] | None:
    """The entries of a pack's bytes; None if they are not those of a whole pack."""
    head = len(_MAGIC) + _COUNT.size
    if not data.startswith(_MAGIC) or len(data) < head:
        return None
    (count,) = _COUNT.unpack_from(data, len(_MAGIC))
    end = head + count * _RECORD.size
    if end > len(data):
        return None
    view = memoryview(data)
    found: dict[bytes, memoryview] = {}
    for key, start, length, checksum in _RECORD.iter_unpack(view[head:end]):
        facts = view[start : start + length]
        if start < end or len(facts) != length or zlib.crc32(facts) != checksum:
            return None
        found[key] = facts
    return found

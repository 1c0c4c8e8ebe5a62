"""Facts that a build system carries from where they are made to where they are joined: one file, and no directory.

The form of the file may change with every release.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from lkagent_lint.cache.generation import current
from lkagent_lint.cache.packs import pack, unpack

_MAGIC = b"lkfacts1"


class HandedError(Exception):
    """A file of facts that cannot be used; the text says why."""


def to_bytes(facts: Mapping[bytes, bytes]) -> bytes:
    """Encoded facts by key, as the bytes of a file. Equal facts give equal bytes."""
    return _MAGIC + current() + pack(dict(sorted(facts.items())))


def is_handed(beginning: bytes) -> bool:
    """Whether a file that begins so was written by ``lkagent-lint facts``, of whatever version."""
    return beginning.startswith(_MAGIC)


def read(paths: Iterable[str]) -> dict[bytes, memoryview]:
    """The facts of several files. Raises HandedError for a file that holds none that can be used here."""
    found: dict[bytes, memoryview] = {}
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise HandedError(f"{path}: it cannot be read: {error.strerror or error}") from None
        found.update(_from_bytes(os.path.basename(path), data))
    return found


def _from_bytes(name: str, data: bytes) -> dict[bytes, memoryview]:
    head = len(_MAGIC) + len(current())
    if not data.startswith(_MAGIC) or len(data) < head:
        raise HandedError(f"{name}: it was not written by `lkagent-lint facts`")
    if data[len(_MAGIC) : head] != current():
        raise HandedError(f"{name}: it was written with another version of lkagent-lint, of its parsers or of Python")
    entries = unpack(data[head:])
    if entries is None:
        raise HandedError(f"{name}: it is damaged")
    return entries

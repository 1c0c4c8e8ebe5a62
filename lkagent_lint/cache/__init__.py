"""Facts by the content that they follow from, and (``reports``) whole reports: all that is kept between runs.

Whatever happens to the directory, results stay right: what cannot be read is made again, what cannot be written is
not kept, and nothing here raises for the state of a disk.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from lkagent_lint.cache import generation as generations
from lkagent_lint.cache.directory import Directory
from lkagent_lint.cache.packs import Packs
from lkagent_lint.disk import CACHE

__all__ = ["DIRECTORY", "FactsCache", "directory_for", "key_of", "open_cache"]

DIRECTORY = CACHE
"""The name of the directory at a project's root."""


def directory_for(root: str, given: str | None) -> str:
    """Where the facts of a root are kept: at the root, or in a directory of its own below the one ``given``."""
    if given is None:
        return os.path.join(root, DIRECTORY)
    return os.path.join(given, hashlib.sha256(os.fsencode(root)).hexdigest()[:16])


_NONE: Mapping[bytes, memoryview] = {}


def key_of(front_end: str, name: str, data: bytes, generation: bytes | None = None) -> bytes:
    """The key of a file's facts: its bytes, what reads them, and the part of its name that the reader looks at."""
    digest = hashlib.sha256(generations.current() if generation is None else generation)
    digest.update(f"{front_end}\0{name}\0".encode("utf-8", "surrogatepass"))
    digest.update(data)
    return digest.digest()


def open_cache(directory: str | None, given: Mapping[bytes, memoryview] = _NONE) -> FactsCache | None:
    """The cache in a directory (None: it keeps nothing), with the facts that were ``given``.

    None where the linter's own sources cannot be read, so that no key can be made.
    """
    try:
        return FactsCache(directory or "", generations.current(), given)
    except OSError:
        return None


class FactsCache:
    """Encoded facts by key, in one directory, which is made when the first entry is saved."""

    def __init__(self, directory: str, generation: bytes, given: Mapping[bytes, memoryview] = _NONE) -> None:
        self._given = given
        self._directory = Directory(directory)
        self._generation = generation
        self._packs = Packs(self._directory, self._generation.hex()[:16])
        self._found: dict[bytes, memoryview] | None = None
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}

    def key(self, front_end: str, name: str, data: bytes) -> bytes:
        """The key of a file's facts: its bytes, what reads them, and the part of its name that the reader looks at."""
        return key_of(front_end, name, data, self._generation)

    def get(self, key: bytes) -> memoryview | None:
        """The encoded facts of a key, if they are kept and whole."""
        given = self._given.get(key)
        if given is not None:
            return given
        if self._found is None:
            self._found = self._packs.read()
        found = self._found.get(key)
        if found is not None:
            self._used.add(key)
        return found

    def put(self, key: bytes, facts: bytes) -> None:
        """Keep encoded facts; they are written by ``save``."""
        self._new[key] = facts

    @contextmanager
    def building(self) -> Generator[bool]:
        """Hold the directory while facts are made, so that others wait and read instead of making them too.

        Yields whether this process had to wait: what the other has saved is found from here on. Where no lock can be
        had, nobody waits.
        """
        with self._directory.locked() as waited:
            if waited:
                self._found = None
            try:
                yield waited
            finally:
                self.save()

    def release(self) -> None:
        """Let go of the memory of what was read: nothing more will be asked for."""
        self._given = _NONE
        self._found = {}

    def save(self) -> None:
        """Write what is new, and prune what nobody has asked for lately."""
        if self._new and self._directory.make():
            self._packs.write(self._new)
            self._packs.prune(self._used | self._new.keys())
            self._used |= self._new.keys()
            if self._found is not None:
                self._found.update((key, memoryview(facts)) for key, facts in self._new.items())
        self._new = {}

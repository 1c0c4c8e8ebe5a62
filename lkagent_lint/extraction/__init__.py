"""From files to facts: what is kept is read, the rest is made here, in other processes or on a cluster.

One path for all of them: bytes in, encoded facts out, so that no result depends on where they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from lkagent_lint import disk
from lkagent_lint.cache import FactsCache
from lkagent_lint.extraction.one import EncodedFacts, Failed, InProcess, SourceFile, facts_of, source_of
from lkagent_lint.extraction.pool import Pool
from lkagent_lint.facts import FileFacts
from lkagent_lint.facts.file import ProblemKind

if TYPE_CHECKING:
    from lkagent_lint.extraction.memory import FactsInMemory
    from lkagent_lint.facts.sharing import Sharing

__all__ = ["Extracted", "Extractor", "Failed", "InProcess", "Maker", "Pool", "SourceFile", "source_of"]

_MANY_BYTES = 8_000_000
"""Encoded facts from which on parts that are equal are shared. They take seven times as much when decoded, and sharing
as long as decoding or twice that, which few files do not repay.
"""
_PASSING = (ProblemKind.NOT_ANALYSED, ProblemKind.INTERNAL)
"""Problems that another try may not have."""


class Extracted(NamedTuple):
    """One file's facts, and the failure of its front end if there was one."""

    path: str
    facts: FileFacts
    failed: Failed | None = None


class Maker(Protocol):
    """Makes facts somewhere: answers for every source, in any order."""

    def make(self, sources: list[SourceFile]) -> Iterable[tuple[SourceFile, EncodedFacts]]: ...


class Extractor:
    """Facts of the files of one root. Without a cache everything is made, but for what is in ``memory``."""

    def __init__(self, cache: FactsCache | None, maker: Maker, memory: FactsInMemory | None = None) -> None:
        self._cache = cache
        self._maker = maker
        self._memory = memory
        self._bytes = 0
        self._sharing: Sharing | None = None

    def extract(self, sources: list[SourceFile]) -> Iterator[Extracted]:
        """The facts of some files, in any order. A front end that fails costs its file only."""
        if self._memory is None:
            yield from self._extract(sources)
            return
        by_path = {source.path: source for source in sources}
        for source in sources:
            facts = self._memory.get(source)
            if facts is not None:
                del by_path[source.path]
                yield Extracted(source.path, facts)
        for each in self._extract(list(by_path.values())) if by_path else ():
            if not any(problem.kind in _PASSING for problem in each.facts.problems):
                self._memory.put(by_path[each.path], each.facts)
            yield each

    def _extract(self, sources: list[SourceFile]) -> Iterator[Extracted]:
        missing = sources
        if self._cache is not None:
            missing = list[SourceFile]()
            for source, facts in self._kept(self._cache, sources):
                if facts is None:
                    missing.append(source)
                else:
                    yield Extracted(source.path, facts)
        for source, made in self._make(missing):
            if not isinstance(made, bytes):
                disk.spoil()  # another run may have it
            yield Extracted(source.path, self._decoded(made), made if isinstance(made, Failed) else None)

    def release(self) -> None:
        """Let go of the memory that is held for further files."""
        self._sharing = None
        if self._cache is not None:
            self._cache.release()

    def _decoded(self, made: EncodedFacts | memoryview) -> FileFacts:
        """The facts; of a large project with the parts of others' in the places of equal ones."""
        facts = facts_of(made)
        if isinstance(made, (bytes, memoryview)):
            self._bytes += len(made)
            if self._bytes > _MANY_BYTES:
                if self._sharing is None:
                    from lkagent_lint.facts.sharing import Sharing

                    self._sharing = Sharing()
                self._sharing.share(facts)
        return facts

    def _make(self, sources: list[SourceFile]) -> Iterable[tuple[SourceFile, EncodedFacts]]:
        if self._cache is None or not any(source.lasts for source in sources):
            return self._maker.make(sources)
        return self._build(self._cache, sources)

    def _build(self, cache: FactsCache, sources: list[SourceFile]) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        """Make facts and keep them, one process at a time: another may have made them while this one waited."""
        with cache.building() as waited:
            if waited:
                missing: list[SourceFile] = []
                for source in sources:
                    kept = cache.get(_key(cache, source))
                    if kept is None:
                        missing.append(source)
                    else:
                        yield source, bytes(kept)
                sources = missing
            for source, made in self._maker.make(sources):
                if source.lasts and isinstance(made, bytes):
                    cache.put(_key(cache, source), made)
                yield source, made

    def _kept(self, cache: FactsCache, sources: list[SourceFile]) -> Iterator[tuple[SourceFile, FileFacts | None]]:
        for source in sources:
            kept = cache.get(_key(cache, source))
            try:
                yield source, None if kept is None else self._decoded(kept)
            except (msgspec.DecodeError, RecursionError):  # whole, but not what this version wrote
                yield source, None


def _key(cache: FactsCache, source: SourceFile) -> bytes:
    return cache.key(source.front_end, source.name, source.data)

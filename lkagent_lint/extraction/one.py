"""One file's facts, made here and now: what every process, thread and cluster worker runs."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from lkagent_lint.config.settings import Settings
from lkagent_lint.facts import FileFacts, decode, encode
from lkagent_lint.facts.file import Problem, ProblemKind
from lkagent_lint.languages import dialect_of
from lkagent_lint.text import START_OF_FILE

FrontEnd = Literal["python", "javascript", "text"]


class SourceFile(NamedTuple):
    """A file to be turned into facts. They follow from ``front_end``, ``name`` and ``data`` alone."""

    path: str
    front_end: FrontEnd
    name: str
    """What the front end looks at beside the bytes: the dialect of JavaScript, the base name of a text; for Python the
    words of functions that the settings name, with spaces between them.
    """
    data: bytes
    lasts: bool = True
    """False for unsaved text, whose facts are not worth keeping."""


def source_of(
    path: str, kind: str, data: bytes, settings: Settings, *, lasts: bool = True, words: frozenset[str] = frozenset()
) -> SourceFile:
    """A file by the kind that discovery gives it, and the settings that hold for it. Python: nothing is left out that
    holds one of ``words``, or one of the settings' own.
    """
    match kind:
        case "javascript":
            return SourceFile(path, "javascript", os.path.splitext(path)[1], data, lasts)
        case "text":
            return SourceFile(path, "text", os.path.basename(path), data, lasts)
        case "stub":
            # What a class derives from is all that a stub has to say of it, so that no class goes unread.
            return SourceFile(path, "python", " ".join(sorted({"class", *settings.names.words})), data, lasts)
        case _:
            return SourceFile(path, "python", " ".join(sorted({*settings.names.words, *words})), data, lasts)


class Failed(NamedTuple):
    """A front end raised: the linter's own fault."""

    part: str
    error: str
    """The exception's type."""
    text: str
    trace: str = ""
    """The traceback."""


class Lost(NamedTuple):
    """The facts could not be had. ``reason`` completes "…was not analysed: <reason>"."""

    reason: str


_LITTER_BYTES = 1_000_000
"""Of source between two looks of the collector: what lies about until then takes 8 MB."""

EncodedFacts = bytes | Failed | Lost
"""Encoded facts, or what became of them."""

PARTS: dict[FrontEnd, str] = {
    "python": "the Python front end",
    "javascript": "the JavaScript front end",
    "text": "the text front end",
}


def make_facts(front_end: FrontEnd, name: str, data: bytes) -> bytes | Failed:
    """Encoded facts of a file's bytes. Call it with a deep stack (``stack.run_deep``)."""
    try:
        return encode(_extract(front_end, name, data))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the linter's own fault, also a parser's panic: every other file is still checked
        from lkagent_lint.faults import trace_of

        return Failed(PARTS[front_end], type(error).__name__, str(error), trace_of(error))


def facts_of(made: EncodedFacts | memoryview) -> FileFacts:
    """The facts that ``make_facts`` or a cache gave. Raises ``msgspec.DecodeError`` for bytes that are no facts."""
    match made:
        case Failed(error=error):
            return FileFacts(problems=(Problem(ProblemKind.INTERNAL, error, START_OF_FILE),))
        case Lost(reason):
            return FileFacts(problems=(Problem(ProblemKind.NOT_ANALYSED, reason, START_OF_FILE),))
        case _:
            return decode(made)


class Litter:
    """What the front ends leave behind refers to itself, so that only the collector frees it: 60 kB a file.

    The collector is off elsewhere; here it looks at what is young, every now and then.
    """

    def __init__(self) -> None:
        self._bytes = 0

    def after(self, size: int) -> None:
        """A source of so many bytes has been read."""
        self._bytes += size
        if self._bytes > _LITTER_BYTES:
            self._bytes = 0
            gc.collect(0)


class InProcess:
    """Makes facts in this process, one after the other."""

    def make(self, sources: list[SourceFile]) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        litter = Litter()
        for source in sources:
            yield source, make_facts(source.front_end, source.name, source.data)
            litter.after(len(source.data))


def _extract(front_end: FrontEnd, name: str, data: bytes) -> FileFacts:
    match front_end:
        case "python":
            from lkagent_lint.frontends import python

            return python.extract(data, frozenset(name.split()))
        case "javascript":
            from lkagent_lint.frontends import javascript

            dialect = dialect_of(f"x{name}")
            assert dialect is not None, name
            return javascript.extract(data, dialect)
        case "text":
            from lkagent_lint.frontends import deployment, text

            facts = text.extract(data, name)
            return msgspec.structs.replace(facts, processes=deployment.processes(data, name))

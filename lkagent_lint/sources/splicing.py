"""Changes to a part of a file's text, made in its bytes: what is not changed stays, byte for byte.

A line end, an encoding or a byte order mark is nobody's to choose here: what is put in takes those of the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from lkagent_lint.languages import PYTHON
from lkagent_lint.sources.reading import Undecodable, decode_loosely, python_codec
from lkagent_lint.text import Lines, Span


class Splice(NamedTuple):
    """Another text for what stands between two 0-based offsets in code points; nothing between equal ones."""

    start: int
    end: int
    text: str

    def meets(self, other: Splice) -> bool:
        """Whether both are about the same part of a text, or about parts that touch."""
        return self.start <= other.end and other.start <= self.end


class NotTextError(Exception):
    """A file's bytes cannot be changed as text; ``str()`` says why."""


class Original:
    """The bytes of one file (``path`` says its language) as text that can be changed. Raises NotTextError where they
    are none.
    """

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self._mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self._codec = _codec(path, data)
        body = data[len(self._mark) :]
        try:
            self.text = body.decode(self._codec)
        except (UnicodeDecodeError, ValueError):
            raise NotTextError(f"it is not valid {self._codec} text") from None
        if self.text.encode(self._codec, "strict") != body:
            raise NotTextError(f"its {self._codec} text has several spellings")

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    def offset(self, line: int, column: int) -> int:
        """The 0-based offset of a 1-based line and column; the end of the text for what lies beyond."""
        if line > len(self.lines.starts):
            return len(self.text)
        return min(self.lines.starts[line - 1] + column - 1, len(self.text))

    def offsets(self, span: Span) -> tuple[int, int]:
        """Where a span begins and ends."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def line_start(self, offset: int) -> int:
        """Where the line begins that holds an offset."""
        return self.lines.starts[self.lines.position(offset)[0] - 1]

    def line_end(self, offset: int) -> int:
        """Where the text of a line ends that holds an offset, before its line end."""
        number = self.lines.position(offset)[0]
        return self.lines.starts[number - 1] + len(self.lines.line(number))

    def next_line(self, offset: int) -> int:
        """Where the line after the one that holds an offset begins; the end of the text behind the last one."""
        number = self.lines.position(offset)[0]
        return self.lines.starts[number] if number < len(self.lines.starts) else len(self.text)

    def newline(self, offset: int) -> str:
        """The line end of the line that holds an offset; where it has none, that of the first line."""
        own = self.text[self.line_end(offset) : self.next_line(offset)]
        return own or self.text[self.line_end(0) : self.next_line(0)] or "\n"

    def indent(self, offset: int) -> str:
        """The white space with which the line begins that holds an offset, without form feeds."""
        line = self.text[self.line_start(offset) : self.line_end(offset)]
        return line[: len(line) - len(line.lstrip(" \t\f"))].replace("\f", "")

    def spliced(self, changes: Iterable[Splice]) -> bytes | None:
        """The file's bytes with some changes, which must not overlap; None where its encoding has no such text."""
        parts: list[str] = []
        pieces: list[bytes] = [self._mark]
        done = 0
        try:
            for change in sorted(changes):
                kept = self.text[done : change.start]
                parts += [kept, change.text]
                pieces += [kept.encode(self._codec), change.text.encode(self._codec)]
                done = change.end
            parts.append(self.text[done:])
            pieces.append(parts[-1].encode(self._codec))
        except UnicodeEncodeError:
            return None
        after = b"".join(pieces)
        # An encoding with states may say something else in pieces, and a change may touch its cookie.
        try:
            again = Original(self.path, after)
        except NotTextError:
            return None
        return after if again.text == "".join(parts) else None


def overlap(changes: Sequence[Splice]) -> bool:
    """Whether two changes of one text are about the same part of it; equal insertions count as one."""
    ordered = sorted(set(changes))
    return any(
        one.end > other.start or (one.start, one.end) == (other.start, other.end) for one, other in pairwise(ordered)
    )


def _codec(path: str, data: bytes) -> str:
    if path.endswith(PYTHON):
        codec = python_codec(data)
        if isinstance(codec, Undecodable):
            raise NotTextError(codec.reason)
        return codec
    if b"\0" in data:
        raise NotTextError("it is UTF-16, or no text")
    return "utf-8" if decode_loosely(data).encode("utf-8") == data.removeprefix(codecs.BOM_UTF8) else "latin-1"

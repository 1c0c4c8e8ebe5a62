"""Texts as the protocol speaks of them: lines from 0, columns in the units that client and server have agreed on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cached_property

from lsprotocol import types
from pygls.uris import to_fs_path
from pygls.workspace import PositionCodec

from lkagent_lint.languages import MODULES
from lkagent_lint.sources.reading import DEFAULT_LIMIT, Undecodable, Unreadable, decode, decode_loosely, read
from lkagent_lint.sources.unsaved import encoded
from lkagent_lint.text import Lines, Span


class CountedText:
    """One text and how a client counts in it."""

    def __init__(self, text: str, codec: PositionCodec) -> None:
        self.text = text
        self._codec = codec

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def offset(self, position: types.Position) -> int:
        """The 0-based offset in code points; what lies behind the end of a line or of the text is that end."""
        if position.line >= len(self._lines.starts):
            return len(self.text)
        line = self._lines.line(position.line + 1)
        start = self._lines.starts[position.line]
        if line.isascii():
            return start + min(position.character, len(line))
        units = 0
        for number, character in enumerate(line):
            if units >= position.character:
                return start + number
            units += self._codec.client_num_units(character)
        return start + len(line)

    def column(self, position: types.Position) -> tuple[int, int]:
        """A client's position as the linter counts: a 1-based line and a 1-based column in code points."""
        return self._lines.position(self.offset(position))

    def position(self, line: int, column: int) -> types.Position:
        """The position of a 1-based line and column; the end of the text for what lies behind it."""
        last = len(self._lines.starts)
        if line > last:
            line, column = last, sys.maxsize
        before = self._lines.line(line)[: column - 1]
        return types.Position(line - 1, len(before) if before.isascii() else self._codec.client_num_units(before))

    def range(self, span: Span) -> types.Range:
        return types.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def position_at(self, offset: int) -> types.Position:
        """The position of a 0-based offset in code points."""
        return self.position(*self._lines.position(offset))

    def line_at(self, position: types.Position) -> tuple[str, int]:
        """The text of the line that holds a position, and the 0-based column in code points."""
        line, column = self.column(position)
        return self._lines.line(line), column - 1

    def end_of_line(self, line: int) -> types.Position:
        """The end of a 1-based line."""
        return self.position(line, len(self._lines.line(line)) + 1)

    def changed(self, change: types.TextDocumentContentChangeEvent) -> CountedText:
        """The text after one change of a client's."""
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return CountedText(change.text, self._codec)
        start, end = self.offset(change.range.start), self.offset(change.range.end)
        return CountedText(self.text[:start] + change.text + self.text[max(start, end) :], self._codec)


class OpenDocument:
    """A file that an editor holds. ``uri`` is as the client spells it, ``path`` absolute."""

    def __init__(self, item: types.TextDocumentItem, path: str, codec: PositionCodec) -> None:
        self.uri = item.uri
        self.path = path
        self.version = item.version
        self.counted = CountedText(item.text, codec)

    def change(self, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]) -> None:
        for each in changes:
            self.counted = self.counted.changed(each)
        self.version = version

    @property
    def data(self) -> bytes:
        """The bytes of a file that says the same."""
        text = self.counted.text
        return encoded(text) if self.path.endswith(MODULES) else text.encode("utf-8", "surrogatepass")


def path_of(uri: str) -> str | None:
    """The normalised absolute path of a ``file:`` URI; None for any other, which belongs to no project."""
    if not uri.startswith("file:"):
        return None
    path = to_fs_path(uri)
    return os.path.normpath(path) if path and os.path.isabs(path) else None


def text_on_disk(path: str) -> str:
    """What a file says, as the front ends read it; empty where it cannot be read."""
    data = read(path, DEFAULT_LIMIT)
    return "" if isinstance(data, Unreadable) else text_of(path, data)


def text_of(path: str, data: bytes) -> str:
    """The text of a file's bytes."""
    text = decode(data) if path.endswith(MODULES) else decode_loosely(data)
    return decode_loosely(data) if isinstance(text, Undecodable) else text

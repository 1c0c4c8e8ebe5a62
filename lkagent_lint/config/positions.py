"""Where the keys and values of a TOML document stand, for messages: the parser of the standard library does not say.

The text must be TOML that parses; of any other text some places are missing, and nothing is raised.
"""

from __future__ import annotations

import contextlib
import re
from typing import NamedTuple

from lkagent_lint.config.toml import TomlError, parse_toml
from lkagent_lint.text import Lines, Span

KeyPath = tuple[str | int, ...]
"""Keys and 0-based array indices from the top of the document."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2})'
    r"|'''(?:[^']|'(?!''))*'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}\n#]+")


class FoundKey(NamedTuple):
    """A key (the part of a header for a table; the value itself for an array's item) and its value."""

    key: Span
    value: Span


def find(text: str) -> dict[KeyPath, FoundKey]:
    """The places of everything in a document, by path."""
    scan = _Scan(text)
    with contextlib.suppress(_NoToml, RecursionError):
        scan.document()
    return scan.found


class _NoToml(Exception):
    """The text is not what a valid document holds here."""


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, FoundKey] = {}
        self._lines = Lines(text)
        self._tables: dict[KeyPath, int] = {}
        """How often an array of tables was continued."""

    def document(self) -> None:
        prefix: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            prefix = self._header() if self._peek() == "[" else self._assignment(prefix)
            self._skip(_BLANK)

    def _header(self) -> KeyPath:
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        parts: list[str | int] = []
        for name, span in self._dotted():
            parts.append(name)
            self.found.setdefault(tuple(parts), FoundKey(span, span))
            if tuple(parts) in self._tables:
                parts.append(self._tables[tuple(parts)])
        if repeated:
            # The last part is an array of tables: its newest item is meant from here on.
            parts = parts[:-1] if isinstance(parts[-1], int) else parts
            table = tuple(parts)
            self._tables[table] = self._tables.get(table, -1) + 1
            parts.append(self._tables[table])
            self.found.setdefault(tuple(parts), self.found[table])
        while self._peek() == "]":
            self.at += 1
        return tuple(parts)

    def _assignment(self, prefix: KeyPath) -> KeyPath:
        path, span = prefix, None
        for name, span in self._dotted():
            path = (*path, name)
            self.found.setdefault(path, FoundKey(span, span))
        if span is None or self._peek() != "=":
            raise _NoToml
        self.at += 1
        self._skip(_SPACE)
        self.found[path] = FoundKey(span, self._value(path))
        return prefix

    def _dotted(self) -> list[tuple[str, Span]]:
        """A key with dots; stands behind it and the blanks that follow."""
        names: list[tuple[str, Span]] = []
        while True:
            self._skip(_SPACE)
            start = self.at
            raw = self._take(_KEY)
            names.append((_unquoted(raw), self._span(start)))
            self._skip(_SPACE)
            if self._peek() != ".":
                return names
            self.at += 1

    def _value(self, path: KeyPath) -> Span:
        start = self.at
        if self._peek() == "[":
            self._items(path, "]")
        elif self._peek() == "{":
            self._items(path, "}")
        elif self._peek() in "\"'":
            self._take(_STRING)
        else:
            plain = self._take(_PLAIN)
            self.at -= len(plain) - len(plain.rstrip())
        return self._span(start)

    def _items(self, path: KeyPath, end: str) -> None:
        """What an array or an inline table holds."""
        self.at += 1
        number = 0
        self._skip(_BLANK)
        while self._peek() != end:
            if end == "]":
                item: KeyPath = (*path, number)
                span = self._value(item)
                self.found[item] = FoundKey(span, span)
                number += 1
            else:
                self._assignment(path)
            self._skip(_BLANK)
            if self._peek() == ",":
                self.at += 1
                self._skip(_BLANK)
            elif self._peek() != end:
                raise _NoToml
        self.at += 1

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = self.at if match is None else match.end()

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None or match.end() == self.at:
            raise _NoToml
        self.at = match.end()
        return match[0]

    def _span(self, start: int) -> Span:
        return self._lines.span(start, self.at)


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    try:
        return str(parse_toml(f"k = {key}".encode("utf-8", "replace"))["k"])
    except TomlError:
        return key[1:-1]

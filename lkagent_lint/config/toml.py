"""TOML without exceptions of another library: one parse function and one error with a line."""

from __future__ import annotations

import re
import sys
from typing import cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")


class TomlError(Exception):
    """The text is not TOML. ``line`` is 1-based, or None where the parser does not say."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def parse_toml(data: bytes) -> dict[str, object]:
    """The document as plain values; a UTF-8 byte order mark is skipped. Raises TomlError and nothing else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TomlError(f"it is not UTF-8 text (byte offset {error.start})", line) from None
    try:
        return cast("dict[str, object]", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _AT_LINE.search(message)
        if place is None:
            # The only place the parser gives in words is the end of the document.
            raise TomlError(f"invalid TOML: {message}", text.count("\n") + 1) from None
        raise TomlError(f"invalid TOML: {message[: place.start()].strip()}", int(place[1])) from None
    except (RecursionError, ValueError, OverflowError) as error:
        # Deep nesting exhausts the parser's stack; a number of thousands of digits exceeds Python's limit.
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise TomlError(f"invalid TOML: {reason}", None) from None


def table(value: object) -> dict[str, object]:
    """The value if it is a table, an empty one otherwise."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def array(value: object) -> list[object]:
    """The value if it is an array, an empty one otherwise."""
    return cast("list[object]", value) if isinstance(value, list) else []

"""TOML without exceptions of another library: one parse function and one error with a line; and values as TOML."""

from __future__ import annotations

import json
import re
import sys
from typing import cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class TomlError(Exception):
    """The text is not TOML. ``line`` and ``column`` are 1-based, or None where the parser does not say."""

    def __init__(self, message: str, line: int | None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


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
        reason = message[: place.start()].strip()
        raise TomlError(f"invalid TOML: {reason}", int(place[1]), int(place[2])) from None
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


def as_toml(value: object) -> str:
    """A plain value (tables, arrays, strings, booleans, integers) as TOML on one line."""
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        inner = ", ".join(f"{_key(name)} = {as_toml(each)}" for name, each in pairs)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(as_toml, cast("list[object]", value))) + "]"
    if isinstance(value, (bool, int)):
        return str(value).lower()
    # TOML's basic strings escape as JSON's do, but for DEL, which JSON leaves alone.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else as_toml(name)

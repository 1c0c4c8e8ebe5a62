"""Text that an editor holds, as the bytes of a file that says the same."""

from __future__ import annotations

import io
import tokenize
from codecs import BOM_UTF8

from lkagent_lint import disk
from lkagent_lint.sources.reading import read


def encoded(text: str) -> bytes:
    """Text as a file that says the same: in the encoding of its cookie if it has one, else in UTF-8."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return data


def is_saved(path: str, data: bytes) -> bool:
    """Whether text stands in for a file that says the same: then what is known of the file holds for it too.

    A file behind a symbolic link takes part under another name, or not at all. Editors hand over text without its byte
    order mark, and flake8 with one kind of line end, which moves no line and no column.
    """
    saved = read(path)
    if not isinstance(saved, bytes) or disk.realpath(path) != path:
        return False
    return _plain(saved.removeprefix(BOM_UTF8)) == _plain(data)


def _plain(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

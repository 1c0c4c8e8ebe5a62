"""Reading files that may be anything: bytes or a reason, never an exception, never a blocked process."""

from __future__ import annotations

import codecs
import os
import re
import stat
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.files import read_regular
from lkagent_lint.languages import NOTEBOOK

if TYPE_CHECKING:
    from lkagent_lint.sources.notebooks import Notebook

DEFAULT_LIMIT = 2_000_000
"""Bytes. A file an author writes by hand is far below; what is above is generated or data."""

# Non-blocking, so that a FIFO that takes a file's place between stat and open cannot stop the run.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


_PART = 1 << 16
_ANY_SIZE = 1 << 62


class Unreadable(msgspec.Struct, frozen=True, order=True):
    """A path whose content could not be had. ``reason`` completes "…was not analysed: <reason>"."""

    path: str
    reason: str


class Undecodable(msgspec.Struct, frozen=True):
    """Bytes that are not Python source text. ``reason`` completes "…was not analysed: <reason>"."""

    reason: str


def read(path: str, limit: int = DEFAULT_LIMIT) -> bytes | Unreadable:
    """The bytes of a regular file of at most ``limit`` bytes; symbolic links are followed.

    The size is taken from the file system before anything is read, and only regular files are opened.
    """
    data = _opened(path, limit, limit)
    # A file may have grown since its size was taken.
    if isinstance(data, bytes) and len(data) > limit:
        return Unreadable(path, _too_large(len(data), limit))
    return data


def read_beginning(path: str, length: int = DEFAULT_LIMIT) -> bytes | Unreadable:
    """The first ``length`` bytes of a regular file of any size."""
    data = _opened(path, length, _ANY_SIZE)
    return data[:length] if isinstance(data, bytes) else data


@disk.question
def _opened(path: str, wanted: int, limit: int) -> bytes | Unreadable:
    """Up to one byte more than is wanted of a regular file that is no larger than the limit."""
    try:
        refusal = _refusal(os.stat(path), limit)
        if refusal is not None:
            return Unreadable(path, refusal)
        descriptor = os.open(path, _FLAGS)
        try:
            # The path may have become something else since.
            status = os.fstat(descriptor)
            refusal = _refusal(status, limit)
            data = b"" if refusal is not None else _read_beyond(descriptor, wanted, status.st_size)
        finally:
            os.close(descriptor)
    except OSError as error:
        return Unreadable(path, f"it cannot be read: {error.strerror or type(error).__name__}")
    except ValueError:
        return Unreadable(path, "its name is not one that this system can open")
    return data if refusal is None else Unreadable(path, refusal)


def _refusal(status: os.stat_result, limit: int) -> str | None:
    if stat.S_ISDIR(status.st_mode):
        return "it is a directory"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a regular file"
    return _too_large(status.st_size, limit) if status.st_size > limit else None


def _too_large(size: int, limit: int) -> str:
    return f"it is larger than {limit:,} bytes ({size:,})"


def _read_beyond(descriptor: int, limit: int, size: int) -> bytes:
    """Everything up to one byte beyond the limit: a file may have grown since its size was taken."""
    chunks: list[bytes] = []
    wanted = limit + 1
    part = size + 1  # a buffer of a megabyte for each file costs more than the reading
    while wanted > 0 and (chunk := os.read(descriptor, min(wanted, part))):
        chunks.append(chunk)
        wanted -= len(chunk)
        part = _PART
    return b"".join(chunks)


class Overlays:
    """Unsaved text that stands in for files: absolute normalised path to bytes.

    A path that does not exist on disk is a file all the same.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._files = dict(files or {})
        self._names: dict[str, list[str]] = {}
        for path in self._files:
            self._names.setdefault(os.path.dirname(path), []).append(os.path.basename(path))

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def lasts(self, path: str) -> bool:
        """Whether what is read of a path is what lies on disk: unsaved text is soon another one."""
        data = self._files.get(path)
        return data is None or read(path) == data

    def read(self, path: str, limit: int = DEFAULT_LIMIT) -> bytes | Unreadable:
        """As the function ``read``, with the unsaved text where there is one."""
        data = self.raw(path, limit)
        if not path.endswith(NOTEBOOK) or isinstance(data, Unreadable):
            return data
        made = self.notebook(path, data)
        return made if isinstance(made, Unreadable) else made.text.encode("utf-8", "surrogatepass")

    def raw(self, path: str, limit: int = DEFAULT_LIMIT) -> bytes | Unreadable:
        """The bytes as they are, which ``read`` gives of everything but notebooks."""
        data = self._files.get(path)
        if data is None:
            return read(path, limit)
        return data if len(data) <= limit else Unreadable(path, _too_large(len(data), limit))

    def notebook(self, path: str, data: bytes | None = None) -> Notebook | Unreadable:
        """The code of a notebook, cell by cell; ``data`` are its bytes where they are at hand."""
        from lkagent_lint.sources.notebooks import read_notebook

        read_bytes = self.raw(path) if data is None else data
        if isinstance(read_bytes, Unreadable):
            return read_bytes
        made = read_notebook(read_bytes)
        return Unreadable(path, made) if isinstance(made, str) else made

    def read_settings(self, path: str) -> bytes | None:
        """As SettingsFinder reads a settings file, with the unsaved text where there is one."""
        data = self._files.get(path)
        return read_regular(path) if data is None else data

    def names_in(self, directory: str) -> list[str]:
        """The base names of the overlays that lie directly in a directory."""
        return self._names.get(directory, [])

    @cached_property
    def tree(self) -> dict[str, dict[str, bool]]:
        """The overlays as a tree: directory to names, and whether each is a file."""
        tree: dict[str, dict[str, bool]] = {}
        for path in self._files:
            is_file = True
            while (parent := os.path.dirname(path)) != path:
                is_known = parent in tree
                tree.setdefault(parent, {})[os.path.basename(path)] = is_file
                if is_known:
                    break
                path, is_file = parent, False
        return tree


# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
)
_FIRST_TWO_LINES = re.compile(rb"([^\r\n]*)(?:\r\n?|\n)?([^\r\n]*)")
_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"[ \t\f]*(?:#|$)")
# Codecs that are text to Python but turn plain ASCII letters into other text, so that columns, and what a
# reviewer sees, would no longer be what stands in the file.
_REFUSED_CODECS = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


def decode(data: bytes) -> str | Undecodable:
    """Python source as text, by PEP 263: byte order mark, else a cookie in the first two lines, else UTF-8.

    Line ends are kept as they are and a UTF-8 byte order mark is dropped, so offsets count from after it.
    """
    codec = python_codec(data)
    if isinstance(codec, Undecodable):
        return codec
    body = data.removeprefix(codecs.BOM_UTF8)
    return _decoded(body, codec, len(data) - len(body))


def python_codec(data: bytes) -> str | Undecodable:
    """The encoding of Python source without its byte order mark, as ``decode`` finds it."""
    for mark, name, _ in _WIDE_MARKS:
        if data.startswith(mark):
            return Undecodable(f"it is {name}, not UTF-8 text")
    has_mark = data.startswith(codecs.BOM_UTF8)
    body = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in body:
        return Undecodable(f"it holds a null byte (byte offset {data.index(0)})")
    cookie = _cookie(body)
    if cookie is None:
        return "utf-8"
    codec = _source_codec(cookie)
    if not isinstance(codec, Undecodable) and has_mark and codec not in ("utf-8", "utf-8-sig"):
        return Undecodable(f'its encoding cookie "{cookie}" contradicts its UTF-8 byte order mark')
    return codec


def decode_loosely(data: bytes) -> str:
    """Any other text file: by its byte order mark, else UTF-8, else Latin-1. Never fails."""
    for mark, _, codec in _WIDE_MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def in_utf8(data: bytes) -> bytes:
    """A text in UTF-8 where a byte order mark says that it is UTF-16 or UTF-32, else the bytes as they are.

    Places stay what they are, as they count code points from behind the mark.
    """
    if any(data.startswith(mark) for mark, _, _ in _WIDE_MARKS):
        return decode_loosely(data).encode("utf-8", "replace")
    return data


def is_binary(data: bytes) -> bool:
    """Whether bytes are no text, or one in an encoding that is not known."""
    return b"\0" in data[:4096]


def without_nulls(data: bytes) -> bytes:
    """Bytes that can be searched for ASCII words, also where they are a wide text without a mark."""
    return data.replace(b"\0", b"") if is_binary(data) else data


def _cookie(body: bytes) -> str | None:
    """The encoding that a comment in line 1 names, or in line 2 below a comment or a blank line."""
    lines = _FIRST_TWO_LINES.match(body)
    if lines is None:
        return None
    found = _COOKIE.match(lines[1])
    if found is None and _BLANK_OR_COMMENT.match(lines[1]):
        found = _COOKIE.match(lines[2])
    return None if found is None else found[1].decode("ascii")


def _source_codec(cookie: str) -> str | Undecodable:
    shown = cookie if len(cookie) <= 40 else f"{cookie[:40]}…"
    try:
        codec = codecs.lookup(cookie).name
        # bytes.decode refuses codecs that do not make text; EBCDIC and UTF-16 cannot have written the cookie.
        plain = codec not in _REFUSED_CODECS and b"coding".decode(codec) == "coding"
    except (LookupError, UnicodeError):
        plain, codec = False, ""
    return codec if plain else Undecodable(f'its encoding cookie names "{shown}", which is no text encoding')


def _decoded(body: bytes, codec: str, skipped: int) -> str | Undecodable:
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        return Undecodable(f"it is not valid {codec} text (byte offset {error.start + skipped})")
    except ValueError as error:
        return Undecodable(f"it is not valid {codec} text ({error})")

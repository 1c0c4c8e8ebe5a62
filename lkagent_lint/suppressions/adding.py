"""Writes suppression comments into a file's bytes. Nothing but the comments changes, and nothing that the file says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lkagent_lint.languages import JSON_WITH_COMMENTS, NOTEBOOK, SCRIPTS
from lkagent_lint.sources.reading import Undecodable, python_codec
from lkagent_lint.suppressions import comments_of, meaning_of

_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n)?")
_INDENT = re.compile(rb"[ \t\f]*")
_MARK = b"\xef\xbb\xbf"
_SLASHES = (*SCRIPTS, *JSON_WITH_COMMENTS)


def with_suppressions(
    path: str, data: bytes, wanted: Mapping[int, Sequence[str]], reason: str
) -> tuple[bytes, frozenset[int]]:
    """The bytes with a comment for each 1-based line of ``wanted`` that ignores its codes; and the lines that have one.

    A comment stands on a line of its own above, above other comments there too, or behind the line where that is not
    possible. A line where neither is, as within a string or in JSON, has none.
    """
    codec = _codec(path, data)
    if codec is None or path.endswith((".json", NOTEBOOK)):
        return data, frozenset()
    written: set[int] = set()
    for line in sorted(wanted, reverse=True):  # from the end, so that lines above keep their numbers
        text = f"lkagent: ignore[{', '.join(wanted[line])}]{reason and f' {reason}'}"
        try:
            comment = text.encode(codec)
        except UnicodeEncodeError:
            continue
        for candidate, at in _candidates(path, data, line, comment):
            if _is_right(path, data, candidate, at, text):
                data = candidate
                written.add(line)
                break
    return data, frozenset(written)


def _candidates(path: str, data: bytes, line: int, comment: bytes) -> Iterator[tuple[bytes, int]]:
    """The bytes with the comment in place, most wanted first, each with the line that the comment is on."""
    mark = _MARK if data.startswith(_MARK) else b""
    lines: list[bytes] = _LINE.findall(data[len(mark) :])
    if not 1 <= line <= len(lines) or not lines[line - 1]:
        return
    own = lines[line - 1]
    body = own.rstrip(b"\r\n")
    end = own[len(body) :] or _usual_end(lines)
    indent = _INDENT.match(body)
    before = b"" if indent is None else indent[0].replace(b"\f", b"")
    slashes = path.endswith(_SLASHES)
    plain = b"// " + comment if slashes else b"# " + comment

    def joined(at: int, inserted: bytes) -> bytes:
        return mark + b"".join([*lines[: at - 1], inserted, *lines[at - 1 :]])

    above = _above_comments(path, data, line)
    yield joined(above, before + plain + end), above
    behind = body + b"  " + plain + own[len(body) :]
    yield mark + b"".join([*lines[: line - 1], behind, *lines[line:]]), line
    if slashes:
        yield joined(line, before + b"{/* " + comment + b" */}" + end), line


def _above_comments(path: str, data: bytes, line: int) -> int:
    """Where the run of comments begins that ends right above a line: some of them speak for the line below only."""
    alone = {
        each
        for comment in comments_of(path, data)
        if comment.alone
        for each in range(comment.span.line, comment.span.end_line + 1)
    }
    first = line
    while first - 1 in alone:
        first -= 1
    # At the top of a file stand what the system and Python read: #! and the encoding.
    return line if first == 1 else first


def _usual_end(lines: list[bytes]) -> bytes:
    first = lines[0]
    return first[len(first.rstrip(b"\r\n")) :] or b"\n"


def _is_right(path: str, before: bytes, after: bytes, at: int, text: str) -> bool:
    """Whether the comment is read as one where it was put, and everything else as it was."""
    old, new = comments_of(path, before), comments_of(path, after)
    added = [each for each in new if each.span.line == at and text in each.text]
    grown = len(new) - len(old)
    return bool(added) and grown in (0, 1) and meaning_of(path, before) == meaning_of(path, after)


def _codec(path: str, data: bytes) -> str | None:
    """The encoding of a file, None where it has none that a comment can be written in."""
    if path.endswith(".py"):
        codec = python_codec(data)
        return None if isinstance(codec, Undecodable) else codec
    if b"\0" in data:  # UTF-16, or no text
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "ascii"
    return "utf-8"

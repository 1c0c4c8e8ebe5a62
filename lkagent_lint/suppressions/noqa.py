"""Which findings the ``# noqa`` comments of a Python file hide, exactly as flake8 7.5 understands them.

The same comment must mean the same to the command and under flake8, odd spellings included, so the two
patterns below are flake8's own: a comment that flake8 reads as hiding everything hides everything here.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

_INLINE = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,\s]")
_LINE_END = re.compile(r"\r\n?")
_CHEAP_TEST = "noqa"

_Codes = tuple[str, ...]
# Every code starts with the empty prefix: a comment without codes needs no case of its own.
_ALL: _Codes = ("",)
_NONE: _Codes = ()


class NoqaMap:
    """The ``# noqa`` comments of one text of Python.

    ``text`` is the decoded file with or without its byte order mark and with line ends of any kind. Nothing
    is raised for any text: where it cannot be tokenised each line stands for itself, as under flake8.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._silent = _CHEAP_TEST not in text.lower()
        self._codes_by_line: dict[int, _Codes] | None = None

    def hides(self, code: str, line: int) -> bool:
        """Whether a comment hides a finding of ``code`` (``LKA101``) on a 1-based ``line``.

        A comment speaks for every line of a multi-line string or a backslash continuation that it stands
        behind, and ``# flake8: noqa`` on a line of its own for the whole file. Lines that do not exist hide
        nothing else.
        """
        if self._silent:
            return False
        if self._codes_by_line is None:
            self._codes_by_line = _read(self._text)
        # Key 0 holds what is hidden on every line.
        return code.startswith(self._codes_by_line.get(0) or self._codes_by_line.get(line, _NONE))


def _read(text: str) -> dict[int, _Codes]:
    """The code prefixes that are hidden, by 1-based line; 0 stands for all lines."""
    lines = io.StringIO(_LINE_END.sub("\n", text.removeprefix("\ufeff"))).readlines()
    if any(_WHOLE_FILE.match(line) for line in lines):
        return {0: _ALL}
    if not any(_INLINE.search(line) for line in lines):
        return {}
    found = {number: _codes(line) for number, line in enumerate(lines, 1)}
    for first, last in _joined_lines(lines):
        codes = _codes("".join(lines[first - 1 : last]))
        found.update(dict.fromkeys(range(first, last + 1), codes))
    return found


def _codes(line: str) -> _Codes:
    """What the first ``# noqa`` of a line hides: code prefixes, case as written."""
    match = _INLINE.search(line)
    if match is None:
        return _NONE
    if match["codes"] is None:
        return _ALL
    return tuple({code for code in _SEPARATOR.split(match["codes"]) if code})


def _joined_lines(lines: list[str]) -> list[tuple[int, int]]:
    """The runs of 1-based lines that flake8 reads as one; none at all where tokenising fails."""
    try:
        return list(_line_runs(lines))
    except (tokenize.TokenError, SyntaxError, ValueError):
        # ValueError: lone surrogates cannot be encoded for the tokeniser of Python 3.12 and later.
        return []


def _line_runs(lines: list[str]) -> Iterator[tuple[int, int]]:
    first, last = len(lines) + 2, -1
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
            continue
        first, last = min(first, token.start[0]), max(last, token.end[0])
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            yield first, last
            first, last = len(lines) + 2, -1

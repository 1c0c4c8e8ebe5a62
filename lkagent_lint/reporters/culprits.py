"""What of a finding's place is meant: the word, the string or the argument that its rule names, in the source.

Facts know where calls, definitions and names of the SDK stand, and not where each argument does. So a rule says what is
meant as it may be written, and here it is looked for outside of comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lkagent_lint.diagnostics import numbered_argument
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.text import Lines, Place, Span

_MOST = 20_000
"""Code points in which is looked."""
_QUOTED = r"'''(?:\\.|.)*?'''|\"\"\"(?:\\.|.)*?\"\"\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
_HASHES = re.compile(rf"\#[^\n]*|(?P<string>{_QUOTED})", re.DOTALL)
_SLASHES = re.compile(rf"//[^\n]*|/\*.*?\*/|(?P<string>{_QUOTED}|`(?:\\.|[^`\\])*`)", re.DOTALL)
_CALLEE = re.compile(r"(?:(?:await|new)\s+)*[\w.$?!@#]+\s*")
_LAST_NAME = re.compile(r"[\w$#]+\s*\Z")

_Range = tuple[int, int]
"""Offsets in a text, the second one behind."""


def culprit_span(place: Place, lines: Lines, wanted: Sequence[str]) -> Span:
    """The first of the ``wanted`` that the source at the place holds as a word or as a string, which is meant with its
    quotes; ``numbered_argument`` is one of the call that stands there. Where none is there: of a call what is called,
    else the whole.
    """
    span = place.span
    if not 1 <= span.line <= span.end_line <= len(lines.starts):
        return span
    start = lines.starts[span.line - 1] + span.column - 1
    end = lines.starts[span.end_line - 1] + span.end_column - 1
    code = _Code.of(place.path, lines.text, start, min(end, start + _MOST))
    found = code.first(wanted)
    if found is None and wanted and lines.text.startswith("(", end):  # the place is only what is called
        found = _Code.of(place.path, lines.text, start, start + _MOST).call_at(end - start).first(wanted)
    found = found or code.callee()
    return span if found is None else lines.span(start + found[0], start + found[1])


class _Code(NamedTuple):
    """A piece of source. Offsets count from its beginning."""

    text: str
    bare: str
    """As long, with blanks for comments and strings."""
    strings: list[_Range]

    @classmethod
    def of(cls, path: str, text: str, start: int, end: int) -> _Code:
        piece, bare, strings = text[start:end], list[str](), list[_Range]()
        done = 0
        for match in (_SLASHES if path.endswith(SCRIPTS) else _HASHES).finditer(piece):
            bare += [piece[done : match.start()], " " * len(match[0])]
            done = match.end()
            if match.lastgroup:
                strings.append(match.span())
        return cls(piece, "".join([*bare, piece[done:]]), strings)

    def call_at(self, opening: int) -> _Code:
        """The same up to the end of the call whose bracket opens there; nothing where it does not end."""
        end = next((end for begin, end in _brackets(self.bare) if begin == opening), 0)
        return _Code(self.text[:end], self.bare[:end], [each for each in self.strings if each[1] <= end])

    def first(self, wanted: Sequence[str]) -> _Range | None:
        """Where the first of the wanted stands that is there."""
        whole = (self._argument(each) or self._whole(each) for each in wanted if each)
        parts = (self._within(each) for each in wanted if each)
        return next((each for found in (whole, parts) for each in found if each is not None), None)

    def _whole(self, wanted: str) -> _Range | None:
        inner = wanted.strip("\"'`")
        for begin, end in self.strings:
            if self.text[begin:end].strip("\"'`") == inner:
                return begin, end
        found = _as_word(wanted).search(self.bare)
        return found and found.span()

    def _within(self, wanted: str) -> _Range | None:
        """Where it stands in a string."""
        found = (_as_word(wanted).search(self.text, *each) for each in self.strings)
        return next((each.span() for each in found if each is not None), None)

    def _argument(self, wanted: str) -> _Range | None:
        opening = self._opening()
        if opening is None or not wanted.startswith("("):
            return None
        ends = [*_commas(self.bare, opening), len(self.bare.rstrip()) - 1]
        for number, (begin, end) in enumerate(zip([opening, *ends], ends, strict=False)):
            if wanted == numbered_argument(number):
                return self._without_blanks(begin + 1, end)
        return None

    def _without_blanks(self, begin: int, end: int) -> _Range | None:
        """The same range without space and comments at its edges."""
        strings = [each for each in self.strings if begin <= each[0] < end]
        code = [begin + match.start() for match in re.finditer(r"\S", self.bare[begin:end])]
        edges = [*code, *(each[0] for each in strings)], [*(each + 1 for each in code), *(each[1] for each in strings)]
        return (min(edges[0]), max(edges[1])) if edges[0] else None

    def _opening(self) -> int | None:
        """Where the bracket opens that ends the piece, if that is a call."""
        end = len(self.bare.rstrip())
        found = (begin for begin, behind in _brackets(self.bare) if behind == end and self.bare[begin] == "(")
        return next(found, None)

    def callee(self) -> _Range | None:
        """Of a call what is called: names with dots as they stand, of all else the last name."""
        opening = self._opening()
        if not opening:
            return None
        whole = _CALLEE.fullmatch(self.bare, 0, opening)
        found = whole or _LAST_NAME.search(self.bare, 0, opening)
        return found and (found.start(), found.start() + len(found[0].rstrip()))


def _as_word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def _brackets(bare: str) -> Iterator[_Range]:
    """Each pair of brackets, the inner ones first: where it opens, and behind where it closes."""
    opened: list[int] = []
    for match in re.finditer(r"[()\[\]{}]", bare):
        if match[0] in "([{":
            opened.append(match.start())
        elif opened:
            yield opened.pop(), match.end()


def _commas(bare: str, opening: int) -> Iterator[int]:
    """The commas right below a bracket."""
    depth = 0
    for match in re.finditer(r"[()\[\]{},]", bare[opening:]):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth == 1 and match[0] == ",":
            yield opening + match.start()

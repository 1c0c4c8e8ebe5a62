"""Text in lines of a width: words of several colours, and what follows below them indented."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from lkagent_lint.reporters.escape import Escaper, width_of

Paint = Callable[[str], str]
_LEAST = 20
"""Columns that a text gets, however far it is indented or narrow the terminal is."""


class Piece(NamedTuple):
    """Text without control characters, and what colours it."""

    text: str
    paint: Paint = str


def flowed(
    pieces: Iterable[Piece], width: int, indent: int, escape: Escaper, *, first: int = 0, keeps_first: bool = False
) -> list[str]:
    """The words of ``pieces`` in lines of ``width`` columns. The first line begins after ``first`` columns that are
    taken, and the others, which are given whole, after ``indent`` spaces. A word that is wider than a line is broken,
    but the first one where ``keeps_first`` says that it is a place, which programs read.
    """
    room = max(width - indent, _LEAST)
    lines: list[list[Piece]] = [[]]
    left = max(width - first, _LEAST)
    for number, word in enumerate(_words(pieces)):
        for part in [word] if keeps_first and not number else _broken(word, room):
            gap = 1 if lines[-1] else 0
            wide = sum(width_of(each.text) for each in part)
            if lines[-1] and gap + wide > left:
                lines.append([])
                left, gap = room, 0
            begins = " " if lines[-1] else ""
            text = begins + part[0].text if begins else escape.begins(part[0].text)
            lines[-1] += [Piece(text, part[0].paint), *part[1:]]
            left -= gap + wide
    return [" " * indent * bool(number) + "".join(_painted(line)) for number, line in enumerate(lines)]


def _words(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """What stands between spaces, each in pieces of one colour."""
    word: list[Piece] = []
    for text, paint in pieces:
        for number, part in enumerate(text.split(" ")):
            if number and word:
                yield word
                word = []
            if part:
                word.append(Piece(part, paint))
    if word:
        yield word


def _broken(word: list[Piece], room: int) -> Iterator[list[Piece]]:
    """A word in parts of ``room`` columns."""
    if sum(width_of(each.text) for each in word) <= room:
        yield word
        return
    for text, paint in word:
        start = taken = 0
        for number, character in enumerate(text):
            wide = width_of(character)
            if taken + wide > room:
                yield [Piece(text[start:number], paint)]
                start, taken = number, 0
            taken += wide
        yield [Piece(text[start:], paint)]


def _painted(line: list[Piece]) -> Iterator[str]:
    """Neighbours of one colour are coloured as one."""
    start = 0
    for number in range(1, len(line) + 1):
        if number == len(line) or line[number].paint is not line[start].paint:
            text = "".join(each.text for each in line[start:number])
            bare = text.lstrip(" ")
            yield text[: len(text) - len(bare)] + line[start].paint(bare)
            start = number

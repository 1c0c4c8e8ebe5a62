"""What a fix does to the files, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.intents import Edit, Fix, Safety
from lkagent_lint.reporters._view import SourceTexts
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.frame import excerpt
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.text import Lines, Place, Span

WORDS = {
    Safety.SAFE: "fix",
    Safety.UNSAFE: "unsafe fix",
    Safety.SUGGESTION: "suggestion",
}


class Hunk(NamedTuple):
    """Whole lines of a file, and what takes their place. Lines have no ends here."""

    path: str
    first: int
    """The 1-based number of the first line."""
    old: tuple[str, ...]
    new: tuple[str, ...]


def hunks(fix: Fix, texts: SourceTexts) -> Iterator[Hunk]:
    """The lines that a fix changes; none of a file whose text is not to be had."""
    for path in sorted(fix.paths):
        lines = texts.lines(path)
        if lines is not None:
            yield from _hunks_of(path, [each for each in fix.edits if each.place.path == path], lines)


def _hunks_of(path: str, edits: list[Edit], lines: Lines) -> Iterator[Hunk]:
    groups: list[list[Edit]] = []
    for edit in edits:
        if groups and edit.place.span.line <= groups[-1][-1].place.span.last_line + 1:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    for group in groups:
        first = group[0].place.span.line
        last = max(each.place.span.last_line for each in group)
        end = _start(lines, last + 1)
        text = "".join(_written(group, lines, _start(lines, first), end))
        yield _narrowed(Hunk(path, first, tuple(map(lines.line, range(first, last + 1))), tuple(_lines(text))))


def _lines(text: str) -> list[str]:
    whole = Lines(text)
    found = [whole.line(number) for number in range(1, len(whole.starts) + 1)]
    return found if found[-1] else found[:-1]


def _narrowed(hunk: Hunk) -> Hunk:
    """Without the lines at its edges that stay."""
    path, first, old, new = hunk
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    while old and new and old[0] == new[0]:
        first, old, new = first + 1, old[1:], new[1:]
    return Hunk(path, first, old, new)


def fitting(hunk: Hunk, room: int, escape: Escaper) -> tuple[list[str], list[str]]:
    """The lines of a diff, those that are wider than the room cut to where they begin to differ."""
    is_paired = len(hunk.old) == len(hunk.new)

    def shown(lines: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
        pairs = zip(lines, others if is_paired else lines, strict=True)
        return [excerpt(line, _change(line, other, room // 2), escape, room) for line, other in pairs]

    return shown(hunk.old, hunk.new), shown(hunk.new, hunk.old)


def _change(line: str, other: str, most: int) -> tuple[int, int]:
    """Where two versions of a line differ, as code points of both: up to behind the last of the one that holds more.

    Lines that are equal differ at their beginning.
    """
    if line == other:
        return 0, 0
    shorter = min(len(line), len(other))
    same = next((number for number in range(shorter) if line[number] != other[number]), shorter)
    left = shorter - same
    rest = next((number for number in range(left) if line[-1 - number] != other[-1 - number]), left)
    return same, same + min(max(len(line), len(other)) - rest - same, most)


def _written(edits: list[Edit], lines: Lines, done: int, end: int) -> Iterator[str]:
    """The text from one offset to another with some edits."""
    for each in edits:
        span = each.place.span
        yield lines.text[done : _start(lines, span.line) + span.column - 1]
        yield each.text
        done = _start(lines, span.end_line) + span.end_column - 1
    yield lines.text[done:end]


def _start(lines: Lines, number: int) -> int:
    return lines.starts[number - 1] if number <= len(lines.starts) else len(lines.text)


def as_one(fix: Fix, texts: SourceTexts) -> Edit | None:
    """A fix in one file as one edit; None for one in several, or where the text is not to be had."""
    path, *others = sorted(fix.paths)
    lines = texts.lines(path)
    if others or lines is None:
        return None
    first, last = fix.edits[0].place.span, fix.edits[-1].place.span
    span = Span(first.line, first.column, last.end_line, last.end_column)
    end = _start(lines, span.end_line) + span.end_column - 1
    start = _start(lines, span.line) + span.column - 1
    return Edit(Place(path, span), "".join(_written(list(fix.edits), lines, start, end)))


def as_markdown(fix: Fix, texts: SourceTexts, directory: str) -> str:
    """What a fix does, and its lines as a diff."""
    rows: list[str] = []
    for hunk in hunks(fix, texts):
        rows.append(f"@@ {relative_path(hunk.path, directory)}:{hunk.first} @@")
        rows += [*(f"-{line}" for line in hunk.old), *(f"+{line}" for line in hunk.new)]
    fence = "`" * (3 + max((row.count("`") for row in rows), default=0))
    return "\n".join([f"{WORDS[fix.safety]}: {fix.title}", "", f"{fence}diff", *rows, fence])

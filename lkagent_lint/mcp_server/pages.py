"""Answers that are no larger than a budget of tokens, with a cursor where there is more.

A cursor is a position and a digest of the whole answer, so that one of another answer is told and nothing is skipped.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

BUDGET = 2_000
LEAST, MOST = 100, 50_000
"""Tokens of an answer: what is assumed, and what may be asked for."""


class CursorError(Exception):
    """A cursor that belongs to no answer, or to another one."""


def tokens_of(text: str) -> int:
    """About how many tokens a text has, never far too few: one for three bytes. (docs/coding-agents.md says how that
    compares with a tokenizer.)
    """
    return (len(text.encode("utf-8", "replace")) + 2) // 3


def paged(count: int, piece: Callable[[int], str], whole: str, budget: int, cursor: str | None) -> tuple[range, str]:
    """Which of some pieces make the next answer, and the cursor for the one after it; empty where nothing is left.

    ``whole`` is what tells one answer from another. At least one piece is taken. Raises CursorError.
    """
    stamp = f"{zlib.crc32(whole.encode('utf-8', 'replace')):08x}"
    start = _start(cursor, stamp, count)
    spent, end = 0, start
    while end < count:
        spent += tokens_of(piece(end))
        if spent > budget and end > start:
            break
        end += 1
    return range(start, end), f"{end}-{stamp}" if end < count else ""


def paged_text(text: str, budget: int, cursor: str | None) -> str:
    """The next lines of a text. Raises CursorError."""
    lines = text.splitlines()
    taken, following = paged(len(lines), lambda index: f"{lines[index]}\n", text, budget, cursor)
    shown = "".join(f"{clipped(lines[index], budget)}\n" for index in taken)
    return with_cursor(shown, following)


def clipped(text: str, budget: int) -> str:
    """A piece that by itself is larger than the budget, cut."""
    return text if tokens_of(text) <= budget else f"{text[: budget * 3]} […]"


def with_cursor(text: str, following: str) -> str:
    """A page, with what to ask for the next one."""
    return f'{text}more: ask the same again with cursor="{following}"\n' if following else text


def _start(cursor: str | None, stamp: str, count: int) -> int:
    if cursor is None or not cursor:
        return 0
    position, _, digest = cursor.partition("-")
    if not position.isascii() or not position.isdigit() or len(position) > 9 or not digest:
        raise CursorError(f"no cursor: {cursor[:40]}")
    if digest != stamp or int(position) > count:
        raise CursorError("the answer is another one by now: ask again without a cursor")
    return int(position)

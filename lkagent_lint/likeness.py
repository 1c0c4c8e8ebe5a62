"""Which of the names that there are was meant by one that there is not: in code, in settings, in comments, in commands.

The library that compares them is imported when there is one to compare.
"""

from __future__ import annotations

from collections.abc import Collection

_MAX_DISTANCE = 2
TYPED = 0.6
"""What a person typed for us may be further from what was meant than what a program says to an SDK."""


def misspelled(name: str, others: Collection[str]) -> str | None:
    """The name that was probably meant: at most two edits away, or equal but for case and separators."""
    folded = _fold(name)
    for other in sorted(others):
        if _fold(other) == folded:
            return other
    from difflib import get_close_matches

    close = [other for other in get_close_matches(name, sorted(others), n=5, cutoff=0.6) if _near(name, other)]
    return close[0] if close else None


def most_alike(wanted: str, known: Collection[str], cutoff: float = 0.75) -> str:
    """The most similar of the known names, in whatever spelling; empty if none is similar."""
    from difflib import get_close_matches

    by_shape = {_fold(each): each for each in sorted(known, reverse=True)}
    found = get_close_matches(_fold(wanted), by_shape, n=1, cutoff=cutoff)
    return by_shape[found[0]] if found else ""


def strange_letters(name: str, meant: str) -> str:
    """Which letters of a name are not those of the name that was meant, although they may look it; empty if all are
    plain. To be put behind a sentence that names both."""
    strange = [each for each in dict.fromkeys(name) if not each.isascii() and each not in meant]
    if not strange:
        return ""
    import unicodedata

    told = (f"U+{ord(each):04X}, {unicodedata.name(each, 'without a name').lower()}" for each in strange[:3])
    return f" (what is written holds {'; '.join(told)})"


def _fold(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())


def _near(left: str, right: str) -> bool:
    """Whether the edit distance is at most two (a banded table: linear in the length)."""
    if abs(len(left) - len(right)) > _MAX_DISTANCE:
        return False
    row = list(range(len(right) + 1))
    for index, character in enumerate(left, 1):
        previous, row[0] = row[0], index
        low, high = max(1, index - _MAX_DISTANCE), min(len(right), index + _MAX_DISTANCE)
        for column in range(1, len(right) + 1):
            if not low <= column <= high:
                previous, row[column] = row[column], _MAX_DISTANCE + 1
                continue
            cost = previous + (character != right[column - 1])
            previous, row[column] = row[column], min(cost, row[column] + 1, row[column - 1] + 1)
    return row[-1] <= _MAX_DISTANCE

"""What rules were called before. This is the only place that knows: everything else asks here."""

from __future__ import annotations

from typing import NamedTuple


class Former(NamedTuple):
    """A name, with the code that it belonged to, that no rule has any more."""

    code: str
    name: str
    now: str | None
    """The code of the rule that it means today: the same code for a rule with a new name, another for one that became
    part of another rule; None for a rule that is gone."""


FORMER: tuple[Former, ...] = ()
"""A line stays for one major version after the one in which the rule got its new name, and a code is never used again.
A rule that is renamed twice has two lines, each with what it is called today."""


def formers() -> tuple[Former, ...]:
    """Every former name."""
    return FORMER


def former(word: str) -> Former | None:
    """What a name or a code meant, if it is one that no rule has any more."""
    return next((each for each in FORMER if word == each.name or (word == each.code != each.now)), None)


def former_words() -> dict[str, str]:
    """The names and codes that no rule has any more, each with the code of the rule that it means today."""
    found: dict[str, str] = {}
    for each in FORMER:
        if each.now is not None:
            found |= dict.fromkeys((each.code, each.name) if each.code != each.now else (each.name,), each.now)
    return found

"""What a report is shown with, beside what it holds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

from lkagent_lint.text import Lines

WIDTH = 80
"""Columns, where nobody knows how many there are."""
_TEXTS_KEPT = 16
"""Findings come sorted by path, so a few texts serve all of a report of any size."""


class SourceTexts:
    """The texts that findings stand in, each read once.

    ``source`` gives the decoded text of a file by its absolute path, or None where there is none to show.
    """

    def __init__(self, source: Callable[[str], str | None]) -> None:
        @functools.lru_cache(maxsize=_TEXTS_KEPT)
        def lines(path: str) -> Lines | None:
            text = source(path)
            return None if text is None else Lines(text)

        self.lines = lines


class View(NamedTuple):
    """Taken by every format's ``render_<name>(report, view)``, which looks at what it needs."""

    source: Callable[[str], str | None]
    """The decoded text of a file by its absolute path, or None where there is none to show."""
    directory: str
    """The absolute directory that paths are shown relative to."""
    colour: bool = False
    """Whether terminal colours are wanted."""
    width: int = WIDTH
    """How many columns there are for text that is laid out."""
    terminal: bool = False
    """Whether a person reads it on a terminal; else a finding's first line begins with its place, for programs."""

"""What a report is shown with, beside what it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

WIDTH = 80
"""Columns, where nobody knows how many there are."""


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

"""What a report is shown with, beside what it holds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
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


def source_of(overlays: Mapping[str, bytes]) -> Callable[[str], str | None]:
    """Reads the text of a file (absolute path) for a code frame, unsaved text first; None if it has none."""
    from lkagent_lint.languages import PYTHON, cell_in
    from lkagent_lint.sources.reading import Overlays, Undecodable, Unreadable, decode, decode_loosely

    files = Overlays(overlays)

    def source(path: str) -> str | None:
        path, cell = cell_in(path)
        if cell is not None:
            notebook = files.notebook(path)
            return None if isinstance(notebook, Unreadable) else notebook.code(cell)
        data = files.read(path)
        if isinstance(data, Unreadable):
            return None
        text = decode(data) if path.endswith(PYTHON) else decode_loosely(data)
        return decode_loosely(data) if isinstance(text, Undecodable) else text

    return source

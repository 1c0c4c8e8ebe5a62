"""The texts that findings stand in, each read once."""

from __future__ import annotations

import functools
from collections.abc import Callable

from lkagent_lint.text import Lines

# Findings come sorted by path, so a few texts serve all of a report of any size.
_TEXTS_KEPT = 16


class SourceTexts:
    """``source`` gives the decoded text of a file by its absolute path, or None where there is none to show."""

    def __init__(self, source: Callable[[str], str | None]) -> None:
        @functools.lru_cache(maxsize=_TEXTS_KEPT)
        def lines(path: str) -> Lines | None:
            text = source(path)
            return None if text is None else Lines(text)

        self.lines = lines

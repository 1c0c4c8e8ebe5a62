"""The texts that findings stand in, each read once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

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

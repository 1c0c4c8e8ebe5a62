"""What is to be written, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff

from lkagent_lint import writing
from lkagent_lint.languages import PYTHON
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.sources.reading import decode, decode_loosely


def diff_of(rewrites: Sequence[writing.Rewrite], cwd: str) -> Iterator[str]:
    """A unified diff of what is to be written, as ``patch`` and ``git apply`` read it."""
    escape = Escaper.from_environment()
    for each in rewrites:
        path = escape.inline(relative_path(each.path, cwd))
        old, new = (_lines(each.path, data) for data in (each.before, each.after))
        for line in unified_diff(old, new, path, path):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(path: str, data: bytes) -> list[str]:
    text = decode(data) if path.endswith(PYTHON) else decode_loosely(data)
    shown = text if isinstance(text, str) else decode_loosely(data)
    return [f"{line}\n" for line in shown.split("\n")[:-1]] + [line for line in shown.split("\n")[-1:] if line]

"""Makes text from a checked project safe to print: it cannot move the cursor, hide or command a CI runner."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping

# Unprintable characters and those that reorder or hide others. Unassigned ones are left alone: which they
# are depends on the Python version, and the output must not.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_RUNNER_COMMAND = re.compile(r"#(?=#(?:\[|vso\[))", re.IGNORECASE)
_TAB_WIDTH = 4
_MAX_MESSAGE = 2_000


class Escaper:
    """Shows text without its control characters.

    ``for_runner`` also breaks up what GitHub's and Azure's runners would execute (``::`` at the start of a
    line, ``##[`` and ``##vso[`` anywhere) with a backslash. A zero-width character would not do: the
    runners compare by culture and ignore those.
    """

    def __init__(self, for_runner: bool = False) -> None:
        self.for_runner = for_runner

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Escaper:
        """The escaper for GitHub's or Azure's runner, which set these; from ``os.environ`` where none is given."""
        environ = os.environ if environ is None else environ
        return cls(any(environ.get(name, "").lower() == "true" for name in ("GITHUB_ACTIONS", "TF_BUILD")))

    def cells(self, text: str) -> list[str]:
        """What each code point of ``text`` is shown as; the list is as long as the text."""
        cells = list(text) if _is_plain(text) else [_shown(character) for character in text]
        if self.for_runner and "##" in text:
            for match in _RUNNER_COMMAND.finditer(text):
                cells[match.start()] = "#\\"
        return cells

    def inline(self, text: str) -> str:
        """``text`` as it may stand within a line."""
        if _is_plain(text) and not self.for_runner:
            return text
        return "".join(self.cells(text))

    def leading(self, text: str) -> str:
        """``text`` as it may begin a line."""
        return self.begins(self.inline(text))

    def begins(self, shown: str) -> str:
        """What is safe within a line, as it may begin one."""
        if self.for_runner and shown.lstrip().startswith("::"):
            return shown.replace("::", ":\\:", 1)
        return shown

    def message(self, text: str) -> str:
        """A message on one line, cut where it would fill the screen."""
        if len(text) > _MAX_MESSAGE:
            text = text[:_MAX_MESSAGE] + "..."
        return self.inline(text)


def without_surrogates(text: str) -> str:
    """The text with lone surrogates as ``\\udcff``: many readers of JSON refuse them, also escaped ones."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code < 0x7F or unicodedata.category(character) not in _UNSAFE_CATEGORIES:
        return character
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def laid_out(text: str, cells: list[str]) -> tuple[str, list[int]]:
    """A line of source as shown, tabs expanded, and the display column (0-based) where each character begins.

    ``cells`` are those of ``text``. The columns hold one more entry than the text has code points: the end.
    """
    shown: list[str] = []
    columns = [0]
    column = 0
    for character, cell in zip(text, cells, strict=True):
        if character == "\t":
            cell = " " * (_TAB_WIDTH - column % _TAB_WIDTH)
        column += width_of(cell)
        shown.append(cell)
        columns.append(column)
    return "".join(shown), columns


def width_of(text: str) -> int:
    """How many terminal columns a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    """Characters can be wide or combining."""
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1

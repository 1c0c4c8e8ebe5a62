"""Notebooks of Jupyter as modules of Python: the code of their cells, one after the other.

A line of the module is a line of a cell, so that places can be told by cell and line. What IPython makes of its own
syntax, magics and shell commands, is a call of ``get_ipython()``, of which nothing is known.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import NamedTuple, cast

import msgspec

HEADER = "# %% a notebook\n"
"""The first line of such a module. What is read of it knows by it that its top level may await."""

_KEPT_CELLS = re.compile(r"%%(?:capture|debug|prun|time|timeit)\b")
"""Magics whose cell is run as code of this module."""
_TIMED = re.compile(r"(?P<indent>[ \t]*)(?P<magic>%time(?:it)?[ \t]+)(?P<code>[^-\n][^\n]*)")
_MAGIC = re.compile(r"(?P<indent>[ \t]*)(?P<sign>[%!?,;/])[^\n]*")
_ASSIGNED = re.compile(r"(?P<target>[ \t]*[\w., \t\[\]'\"]+=[ \t]*)[%!](?!=)[^\n]*")
_HELP = re.compile(r"(?P<indent>[ \t]*)[\w.%]+\?{1,2}[ \t]*")
_CALL = "get_ipython()"


class Notebook(NamedTuple):
    """A notebook's code."""

    text: str
    """The module, with ``\\n`` at the end of every line."""
    starts: tuple[tuple[int, int], ...]
    """Of each cell of code the line of the module on which it begins, and its number; both 1-based. Cells of other
    kinds are counted too, as the reader of a notebook counts them."""
    sources: tuple[str, ...] = ()
    """What stands in these cells, magics and all."""

    def cell(self, line: int) -> tuple[int, int]:
        """The number of the cell that a line of the module (1-based) is in, and the line in it."""
        at = bisect_right(self.starts, (line, 1 << 30)) - 1
        if at < 0:
            return (self.starts[0][1] if self.starts else 1), 1
        start, number = self.starts[at]
        return number, line - start + 1

    def code(self, number: int) -> str:
        """The code of the cell of a number; nothing where there is none."""
        numbers = [found for _, found in self.starts]
        return self.sources[numbers.index(number)] if number in numbers else ""


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _Cells(msgspec.Struct):
    cells: list[_Cell]
    metadata: dict[str, object] = {}


def read_notebook(data: bytes) -> Notebook | str:
    """The code of a notebook's bytes, or half a sentence that says why it cannot be read.

    One of another language than Python holds no code.
    """
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Cells)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        return f"it is no notebook of version 4: {error}"
    cells = found.cells if _is_python(found.metadata) else []
    parts, starts, sources, line = [HEADER], list[tuple[int, int]](), list[str](), 2
    for number, cell in enumerate(cells, 1):
        if cell.cell_type != "code":
            continue
        sources.append("".join(cell.source))
        text = _as_python(sources[-1])
        starts.append((line, number))
        parts.append(text)
        line += text.count("\n")
    return Notebook("".join(parts), tuple(starts), tuple(sources))


def _is_python(metadata: dict[str, object]) -> bool:
    told = [_table(metadata.get("kernelspec")).get("language"), _table(metadata.get("language_info")).get("name")]
    return all(str(each).lower() in ("python", "ipython") for each in told if each is not None)


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _as_python(source: str) -> str:
    """The code of a cell, as many lines as it has, each with an end."""
    lines = re.split(r"\r\n?|\n", source)
    if lines[-1] == "" and len(lines) > 1:
        lines.pop()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
        if _KEPT_CELLS.match(first) is None:
            return "\n" * len(lines)
        lines[next(number for number, line in enumerate(lines) if line.strip())] = ""
    if any(_may_be_magic(line) for line in lines) and not _parses("\n".join(lines)):
        lines = _without_magics(lines)
    return "".join(f"{line}\n" for line in lines)


def _may_be_magic(line: str) -> bool:
    return _MAGIC.fullmatch(line) is not None or _ASSIGNED.fullmatch(line) is not None or line.rstrip().endswith("?")


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _without_magics(lines: list[str]) -> list[str]:
    """A command goes on where its line ends with a backslash."""
    made: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on:
            made.append("")
        else:
            made.append(_plain(line))
        goes_on = line.endswith("\\") and (goes_on or made[-1] != line)
    return made


def _plain(line: str) -> str:
    """A line that Python reads, its code where it was: ``%time await f()`` becomes ``pass ;await f()``."""
    timed = _TIMED.fullmatch(line)
    if timed is not None:
        room = len(timed["magic"])
        return f"{timed['indent']}{'pass':{room - 1}};{timed['code']}"
    for pattern in (_MAGIC, _HELP):
        found = pattern.fullmatch(line)
        if found is not None:
            return f"{found['indent']}{_CALL}"
    assigned = _ASSIGNED.fullmatch(line)
    return line if assigned is None else f"{assigned['target']}{_CALL}"

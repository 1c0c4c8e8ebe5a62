"""What ``why`` does: the place from its argument, one call of the engine, an explanation."""

from __future__ import annotations

import functools
import os
import re

import click

from lkagent_lint import engine
from lkagent_lint.cli._check import request_for
from lkagent_lint.cli._output import write_output
from lkagent_lint.cli._rule import named
from lkagent_lint.languages import cell_in
from lkagent_lint.reporters import source_of
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.paths import relative_path
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.stack import run_deep
from lkagent_lint.text import Lines
from lkagent_lint.why import explain, render

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d{1,9})(?::\d{1,9})?:?")


def _line_of_module(path: str, cell: int, line: int) -> int:
    """The line of a notebook's module that a line of a cell is, which is how all lines of it are told here."""
    notebook = Overlays().notebook(path)
    starts = {} if isinstance(notebook, Unreadable) else {number: start for start, number in notebook.starts}
    if cell not in starts:
        raise click.UsageError(f"{os.path.basename(path)} has no cell {cell} of code")
    return starts[cell] + line - 1


def show(
    place: str,
    word: str | None,
    output_format: str,
    *,
    isolated: bool,
    cache: bool,
    cache_dir: str | None,
    manifests: tuple[str, ...] = (),
) -> int:
    """Print what there is to say of ``FILE:LINE`` and perhaps of one rule.

    Raises click's UsageError for a place or a rule that does not exist, and ConfigError as the engine does.
    """
    code = None if word is None else named(word).META.code
    match = _PLACE.fullmatch(place)
    if match is None:
        raise click.UsageError(f'"{place}" is no place: write FILE:LINE, as in agent.py:12')
    name, cell = cell_in(match["path"])
    path, line = os.path.abspath(name), int(match["line"])
    if os.path.isdir(path):
        raise click.UsageError(f"{name} is a directory: name a file and a line of it")
    if cell is not None:
        line = _line_of_module(path, cell, line)
    request = request_for((name,), None, {"isolated": isolated}, cache=cache, cache_dir=cache_dir, manifests=manifests)
    source = source_of({})
    lines = Lines(source(path) or "").starts
    if not 1 <= line <= len(lines):
        count = f"{len(lines)} line{'s' if len(lines) > 1 else ''}"
        raise click.UsageError(f"{name} has no line {line}: it has {count}")
    inspection = engine.inspect(request, code)
    relative = functools.partial(relative_path, cwd=os.getcwd())

    def text(each: str) -> str:
        return source(each) or ""

    found = run_deep(lambda: explain(inspection, path, line, show=relative, text=text))
    write_output(render(output_format, found, Escaper.from_environment().leading))
    return 0

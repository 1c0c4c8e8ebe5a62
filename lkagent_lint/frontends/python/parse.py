"""From bytes to a libcst module, or to the reason why not. Never raises for bad input."""

from __future__ import annotations

import ast
import warnings
from typing import NamedTuple

import libcst as cst

from lkagent_lint.facts.file import Problem, ProblemKind
from lkagent_lint.frontends.python.slices import blank_inert
from lkagent_lint.sources.reading import Undecodable, decode
from lkagent_lint.text import START_OF_FILE, Span

MAX_NESTING = 200
"""CPython's own limit for brackets (3.10 to 3.15); far beyond it libcst's native parser overflows the stack."""

_TOO_DEEP = "it is nested too deeply to be analysed"


class Parsed(NamedTuple):
    module: cst.Module
    inert: tuple[str, ...]


def parse(data: bytes) -> Parsed | Problem:
    """Parse one file's bytes; definitions that cannot matter are left out and named."""
    text = decode(data)
    if isinstance(text, Undecodable):
        return Problem(ProblemKind.NOT_ANALYSED, text.reason, START_OF_FILE)
    tree = _host_tree(text)
    if isinstance(tree, Problem):
        return tree
    if tree is None and _nesting(text) > MAX_NESTING:
        return Problem(ProblemKind.NOT_ANALYSED, _TOO_DEEP, START_OF_FILE)
    source, inert = (text, ()) if tree is None else blank_inert(text, tree)
    try:
        return Parsed(cst.parse_module(source), inert)
    except cst.ParserSyntaxError as error:
        line, column = error.raw_line, error.raw_column + 1
        return Problem(ProblemKind.SYNTAX, error.message, Span(line, column, line, column))
    except RecursionError:
        return Problem(ProblemKind.NOT_ANALYSED, _TOO_DEEP, START_OF_FILE)


def _host_tree(text: str) -> ast.Module | Problem | None:
    """The host Python's tree; None where the host refuses text that a newer Python may accept."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError:
        return None
    except ValueError as error:  # a null byte, which decode refuses before, and whatever a later Python adds
        return Problem(ProblemKind.NOT_ANALYSED, str(error), START_OF_FILE)
    except (RecursionError, MemoryError):
        return Problem(ProblemKind.NOT_ANALYSED, _TOO_DEEP, START_OF_FILE)


def _nesting(text: str) -> int:
    """The deepest bracket nesting, counted without regard to strings: an upper bound."""
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth = max(0, depth - 1)
    return deepest

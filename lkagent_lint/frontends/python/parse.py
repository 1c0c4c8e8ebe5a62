"""From bytes to a libcst module, or to the reason why not. Never raises for bad input."""

from __future__ import annotations

import ast
import warnings
from typing import NamedTuple

import libcst as cst

from lkagent_lint.facts.file import Problem, ProblemKind
from lkagent_lint.frontends.python.depth import is_deeper
from lkagent_lint.frontends.python.slices import blank_inert
from lkagent_lint.frontends.python.unchecked import parse_module
from lkagent_lint.sources.reading import Undecodable, decode
from lkagent_lint.text import START_OF_FILE, Lines, Span

MAX_NESTING = 200
"""CPython's own limit for brackets (3.10 to 3.15); far beyond it libcst's native parser overflows the stack."""
MAX_DEPTH = 1_500
"""Depth of the syntax tree. libcst's time grows with the square of a chain's length (2.3 s for 2,900 additions)."""

TOO_DEEP = Problem(ProblemKind.NOT_ANALYSED, "it is nested too deeply", START_OF_FILE)


class Parsed(NamedTuple):
    module: cst.Module
    """Without the definitions that cannot matter."""
    inert: tuple[str, ...]
    lines: Lines
    """Of the whole file."""
    host: ast.Module | None
    """The whole file as the host Python reads it; None where only libcst can."""
    gone: frozenset[int]
    """The ``id`` of every statement of ``host`` that ``module`` lacks."""
    spaced: bool
    """What ``module`` holds stands where it stands in the file."""


def parse(data: bytes, words: frozenset[str] = frozenset(), *, spaced: bool = False) -> Parsed | Problem:
    """Parse one file's bytes; definitions that cannot matter, and hold none of ``words``, are left out and named.

    ``spaced``: what is parsed stands where it stands in the file.
    """
    text = decode(data)
    if isinstance(text, Undecodable):
        return Problem(ProblemKind.NOT_ANALYSED, text.reason, START_OF_FILE)
    host = _host_tree(text)
    if isinstance(host, Problem):
        return host
    if isinstance(host, SyntaxError):
        return TOO_DEEP if _nesting(text) > MAX_NESTING else _by_libcst_alone(text, host)
    lines = Lines(text)
    if is_deeper(host, lines, MAX_DEPTH):
        return TOO_DEEP
    part = blank_inert(text, host, words, spaced=spaced)
    try:
        return Parsed(parse_module(part.text), part.inert, lines, host, part.gone, spaced)
    except cst.ParserSyntaxError as error:
        if not spaced:
            return parse(data, words, spaced=True)
        # a gap of libcst's grammar, not a fault of the file
        return Problem(ProblemKind.NOT_ANALYSED, f"libcst cannot parse it ({error.message})", START_OF_FILE)
    except RecursionError:
        return TOO_DEEP


def _by_libcst_alone(text: str, error: SyntaxError) -> Parsed | Problem:
    """A file that the host Python refuses: libcst may know newer syntax."""
    try:
        return Parsed(parse_module(text), (), Lines(text), None, frozenset(), spaced=True)
    except cst.ParserSyntaxError:
        line, column = error.lineno or 1, error.offset or 1
        return Problem(ProblemKind.SYNTAX, error.msg, Span(line, column, line, column))
    except RecursionError:
        return TOO_DEEP


def _host_tree(text: str) -> ast.Module | Problem | SyntaxError:
    """The host Python's tree, or its error: libcst may know newer syntax than the host."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return TOO_DEEP if "too many nested parentheses" in str(error) else error
    except ValueError as error:  # whatever decode lets through and this Python refuses
        return Problem(ProblemKind.NOT_ANALYSED, str(error), START_OF_FILE)
    except (RecursionError, MemoryError):
        return TOO_DEEP


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

"""From bytes to a module of libcst's nodes, or to the reason why not. Never raises for bad input."""

from __future__ import annotations

import ast
import sys
import unicodedata
import warnings
from typing import NamedTuple

import libcst as cst

from lkagent_lint.facts.file import Problem, ProblemKind
from lkagent_lint.frontends.python.blocking import BY_THEIR_NAMES, Reaches, reaches
from lkagent_lint.frontends.python.chains import is_too_long
from lkagent_lint.frontends.python.depth import MAX_DEPTH, is_deeper
from lkagent_lint.frontends.python.host import HostSpans, children, descendants
from lkagent_lint.frontends.python.inert import find_inert
from lkagent_lint.frontends.python.nodes import MadeTree, nodes_of
from lkagent_lint.frontends.python.words import AGENT_TASKS
from lkagent_lint.sources.notebooks import HEADER
from lkagent_lint.sources.reading import Undecodable, decode
from lkagent_lint.text import START_OF_FILE, Lines, Span

MAX_NESTING = 200
"""CPython's own limit for brackets (3.10 to 3.15); far beyond it libcst's native parser overflows the stack."""

_TAKEN_LATER = (
    "future feature",
    *(("asynchronous comprehension",) if sys.version_info < (3, 11) else ()),
)
"""What compilers refuse that later ones take: a feature that they do not know yet, and, before 3.11, an asynchronous
comprehension within another one.
"""

_LEAVING = (ast.Return, ast.Break, ast.Continue)
_MOST_COPIES = 1_000
"""Copies of one ``finally`` body that a compiler may be asked to make."""
TOO_DEEP = Problem(ProblemKind.NOT_ANALYSED, "it is nested too deeply", START_OF_FILE)


class Parsed(NamedTuple):
    module: cst.Module
    """Without the definitions that cannot matter."""
    lines: Lines
    """Of the whole file."""
    host: Host | None
    """Where the module is made from; None where only libcst can read the file."""
    reached: Reaches
    """The names through which it reaches calls that block."""
    unusual: tuple[tuple[cst.Name, str], ...] = ()
    """Names that libcst read and that are spelled otherwise than Python compares them, with their spelling."""


class Host(NamedTuple):
    """The whole file as the host Python reads it, and what was made of it."""

    tree: ast.Module
    spans: HostSpans
    made: MadeTree
    inert: tuple[str, ...]
    """The definitions that were left out."""


def parse(data: bytes, words: frozenset[str] = frozenset()) -> Parsed | Problem:
    """Parse one file's bytes; definitions that cannot matter, and hold none of ``words``, are left out and named."""
    with warnings.catch_warnings():  # what the host Python warns of while it reads the text
        warnings.simplefilter("ignore")
        return _parsed(data, words)


def _parsed(data: bytes, words: frozenset[str]) -> Parsed | Problem:
    text = decode(data)
    if isinstance(text, Undecodable):
        return Problem(ProblemKind.NOT_ANALYSED, text.reason, START_OF_FILE)
    tree = _host_tree(text)
    if isinstance(tree, Problem):
        return tree
    if isinstance(tree, SyntaxError):
        return TOO_DEEP if _nesting(text) > MAX_NESTING or is_too_long(text) else by_libcst(text, tree)
    lines = Lines(text)
    if is_deeper(tree, lines, MAX_DEPTH):
        return TOO_DEEP
    refused = _refused(tree, lines)
    if refused is not None:
        return refused
    reached = reaches(text, tree)
    inert = find_inert(text, tree, words.union(AGENT_TASKS.findall(text)), reached)
    spans = HostSpans(lines)
    try:
        made = nodes_of(tree, spans, inert.statements)
    except RecursionError:
        return TOO_DEEP
    return Parsed(made.module, lines, Host(tree, spans, made, inert.names), reached)


def by_libcst(text: str, error: SyntaxError) -> Parsed | Problem:
    """A file that the host Python refuses: libcst may know newer syntax."""
    try:
        module = cst.parse_module(text)
        return Parsed(module, Lines(text), None, BY_THEIR_NAMES, () if text.isascii() else _normalised(module))
    except (cst.ParserSyntaxError, cst.CSTValidationError):
        line, column = error.lineno or 1, error.offset or 1
        return Problem(ProblemKind.SYNTAX, error.msg, Span(line, column, line, column))
    except RecursionError:
        return TOO_DEEP


def _normalised(module: cst.Module) -> tuple[tuple[cst.Name, str], ...]:
    """Give a module's names their normal form (NFKC), as Python does; those that had another one, with what it was."""
    found: list[tuple[cst.Name, str]] = []
    stack: list[cst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        stack += node.children
        if isinstance(node, cst.Name) and (normal := unicodedata.normalize("NFKC", node.value)) != node.value:
            found.append((node, node.value))
            spell(node, normal)
    return tuple(found)


def spell(node: cst.Name, name: str) -> None:
    """Write a name in another way, in place: what else is known of the node is known by its identity."""
    object.__setattr__(node, "value", name)


def _host_tree(text: str) -> ast.Module | Problem | SyntaxError:
    """The host Python's tree, or its error: libcst may know newer syntax than the host."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        return TOO_DEEP if "too many nested parentheses" in str(error) else error
    except ValueError as error:  # whatever decode lets through and this Python refuses
        return Problem(ProblemKind.NOT_ANALYSED, str(error), START_OF_FILE)
    except (RecursionError, MemoryError):
        return TOO_DEEP


def _refused(tree: ast.Module, lines: Lines) -> Problem | None:
    """What the host Python's compiler refuses in a file that its parser takes: names and keywords out of their place.

    What a newer Python takes is no problem, whoever refuses it. A compiler copies ``finally`` bodies, so that one whose
    copies would multiply is not asked.
    """
    if lines.text.count("finally") > 1 and _copies(tree) > _MOST_COPIES:
        return None
    try:
        awaits = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if lines.text.startswith(HEADER) else 0
        compile(tree, "<file>", "exec", awaits, dont_inherit=True)
    except SyntaxError as error:
        if any(words in error.msg for words in _TAKEN_LATER):
            return None
        line = error.lineno or 1
        before = lines.line(line).encode("utf-8", "surrogatepass")[: max(0, (error.offset or 1) - 1)]
        column = len(before.decode("utf-8", "ignore")) + 1
        return Problem(ProblemKind.SYNTAX, error.msg, Span(line, column, line, column))
    except (ValueError, RecursionError, MemoryError, OverflowError, SystemError):
        return None  # what a compiler cannot do is no fault of the file
    return None


def _copies(tree: ast.Module) -> int:
    """How often a compiler copies the ``finally`` body that it copies most: once for each way out of its ``try``, and
    each time that it copies a body around it.
    """
    most = 1
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        node, copies = stack.pop()
        if copies > _MOST_COPIES:
            return copies
        final: list[ast.stmt] = getattr(node, "finalbody", [])
        inner = copies
        if final:
            tried = [each for each in children(node) if each not in final]
            ways = [each for part in tried for each in descendants(part) if isinstance(each, _LEAVING)]
            inner = copies * (2 + len(ways))
            most = max(most, inner)
        stack += [(each, inner if each in final else copies) for each in children(node)]
    return most


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

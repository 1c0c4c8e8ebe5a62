"""Which top-level statements can matter; the others are blanked out before libcst parses the file.

``ast`` parses ten times faster than libcst and finds the statements' lines. A function or class matters if it holds
a word of the lifecycle or of a dispatch, or passes on a parameter (or ``self``) that could be the job's context.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lkagent_lint.frontends.python.words import MATTERS, QUIET_METHODS

_PLAIN_TYPES = frozenset({"str", "int", "float", "bool", "bytes"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def blank_inert(text: str, tree: ast.Module) -> tuple[str, tuple[str, ...]]:
    """The text with inert definitions blanked out, line numbers kept, and the names of those definitions."""
    lines = text.splitlines(keepends=True) if "\f" not in text and _plain_line_ends(text) else None
    if lines is None:
        return text, ()
    inert: list[str] = []
    for statement in tree.body:
        if isinstance(statement, _DEFINITIONS):
            first = min([statement.lineno, *(each.lineno for each in statement.decorator_list)]) - 1
            last = statement.end_lineno or statement.lineno
            if not MATTERS.search("".join(lines[first:last])) and not _passes_on(statement):
                inert.append(statement.name)
                lines[first:last] = ["\n"] * (last - first)
    return ("".join(lines) if inert else text), tuple(inert)


def _plain_line_ends(text: str) -> bool:
    """``str.splitlines`` and CPython agree on the lines of this text."""
    return not any(separator in text for separator in ("\v", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"))


def _passes_on(definition: ast.stmt) -> bool:
    parameters = set(_parameters(definition))
    if not parameters:
        return False
    for node in ast.walk(definition):
        if isinstance(node, ast.Call):
            if _word(node.func) in QUIET_METHODS:
                continue
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(_rooted(value, parameters) for value in values) or _rooted(node.func, parameters):
                return True
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in parameters:
            return True
    return False


def _parameters(definition: ast.stmt) -> Iterator[str]:
    """Every parameter in the definition that is not annotated as a plain value."""
    for node in ast.walk(definition):
        if isinstance(node, ast.arg) and not (
            isinstance(node.annotation, ast.Name) and node.annotation.id in _PLAIN_TYPES
        ):
            yield node.arg


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _rooted(node: ast.expr, parameters: set[str]) -> bool:
    while isinstance(node, (ast.Attribute, ast.Starred, ast.Subscript)):
        node = node.value
    return isinstance(node, ast.Name) and node.id in parameters

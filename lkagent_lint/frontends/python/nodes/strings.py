"""Formatted strings that hold no more than names: half of all, and libcst takes longest for what is in strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import libcst as cst

from lkagent_lint.frontends.python.words import ROOM_READS

_OPENING = re.compile(r"(?:[fF][rR]?|[rR][fF])(\"{3}|'{3}|\"|')")
_ODD = re.compile(r"[\\\r]|\{\{|\}\}|=\s*[}!:]")
"""What the host's tree does not say as it is written: escapes, line ends, braces, ``{name=}``."""


def holds_names_alone(host: ast.JoinedStr, text: str) -> bool:
    """Whether a string, written as ``text``, is one literal with names and attributes in it, so that nobody asks where
    they stand, and says all that is written there.
    """
    opening = _OPENING.match(text)
    if opening is None or _ODD.search(text) is not None:
        return False
    quotes = opening[1]
    if not text.endswith(quotes) or quotes[0] in text[opening.end() : -len(quotes)]:  # several strings in a row
        return False
    return all(_is_text(each) or _is_named(each) for each in host.values)


def named(host: ast.JoinedStr, text: str, make: Callable[[ast.expr], Any]) -> cst.FormattedString:
    """The node of a string that holds names alone; ``make`` makes those of expressions."""
    opening = _OPENING.match(text)
    assert opening is not None
    quotes: Any = opening[1]
    return cst.FormattedString([_part(each, make) for each in host.values], start=opening[0], end=quotes)


def _part(host: Any, make: Callable[[ast.expr], Any]) -> cst.BaseFormattedStringContent:
    if isinstance(host, ast.Constant):
        return cst.FormattedStringText(str(host.value))
    conversion = None if host.conversion < 0 else chr(host.conversion)
    style = None if host.format_spec is None else [_part(each, make) for each in host.format_spec.values]
    return cst.FormattedStringExpression(make(host.value), conversion, style)


def _is_text(host: ast.expr) -> bool:
    return isinstance(host, ast.Constant) and isinstance(host.value, str)


def _is_named(host: ast.expr) -> bool:
    """A place that holds a name, or attributes of one whose reading is no step."""
    if not isinstance(host, ast.FormattedValue):
        return False
    value, style = host.value, host.format_spec
    while isinstance(value, ast.Attribute) and value.attr not in ROOM_READS:
        value = value.value
    return isinstance(value, ast.Name) and (not isinstance(style, ast.JoinedStr) or all(map(_is_text, style.values)))

"""Formatted strings whose places the host knows: nearly all, and libcst takes longest for what is in strings."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import libcst as cst

from lkagent_lint.frontends.python.host import HostSpans, descendants
from lkagent_lint.frontends.python.nodes import quick

_ODD = re.compile(r"[\\\r]|\{\{|\}\}|=\s*[}!:]")
"""What the host's tree does not say as it is written: escapes, line ends, braces, ``{name=}``."""
_OPENED = re.compile(r"\{[\s(]*\Z")
_CLOSED = re.compile(r"[\s)]*[}!:]")


def is_known(host: ast.JoinedStr, text: str, spans: HostSpans) -> bool:
    """Whether the host's tree says all that is written in a string, which is ``text``, and where it stands.

    Names stand where nobody asks. Of anything else Python before 3.12 does not always know the place (3.10 takes the
    first of two that are alike), so that it is looked at.
    """
    if _ODD.search(text) is not None:
        return False
    places = [each for each in host.values if not _is_text(each)]
    return all(map(_is_named, places)) or _stand_there(places, host, text, spans)


def _stand_there(places: list[ast.expr], host: ast.expr, text: str, spans: HostSpans) -> bool:
    """Whether everything in a string stands where the host says, one behind the other."""
    first, end = spans.offset(host.lineno, host.col_offset), 0
    for each in places:
        if not isinstance(each, ast.FormattedValue) or not _is_plain(each):
            return False
        before, value = end, each.value
        if not host.lineno <= value.lineno <= (value.end_lineno or 0) <= (host.end_lineno or 0):
            return False
        start = spans.offset(value.lineno, value.col_offset) - first
        end = spans.offset(value.end_lineno or 0, value.end_col_offset or 0) - first
        if not before < start < end or not _OPENED.search(text, before, start) or not _CLOSED.match(text, end):
            return False
    return True


def _is_plain(place: ast.FormattedValue) -> bool:
    """A place without strings that hold places themselves."""
    style = place.format_spec
    if style is not None and not (isinstance(style, ast.JoinedStr) and all(map(_is_text, style.values))):
        return False
    return not any(isinstance(each, ast.JoinedStr) for each in descendants(place.value))


def known(host: ast.JoinedStr, make: Callable[[ast.expr], Any]) -> cst.FormattedString:
    """The node of a string that is known, however many literals it is made of; ``make`` makes those of expressions."""
    return quick.FormattedString([_part(each, make) for each in host.values])


def _part(host: Any, make: Callable[[ast.expr], Any]) -> cst.BaseFormattedStringContent:
    if isinstance(host, ast.Constant):
        return quick.FormattedStringText(str(host.value))
    conversion = None if host.conversion < 0 else chr(host.conversion)
    style = None if host.format_spec is None else [_part(each, make) for each in host.format_spec.values]
    return quick.FormattedStringExpression(make(host.value), conversion, style)


def _is_text(host: ast.expr) -> bool:
    return isinstance(host, ast.Constant) and isinstance(host.value, str)


def _is_named(host: ast.expr) -> bool:
    """A place that holds a name."""
    if not isinstance(host, ast.FormattedValue):
        return False
    value, style = host.value, host.format_spec
    return isinstance(value, ast.Name) and (not isinstance(style, ast.JoinedStr) or all(map(_is_text, style.values)))

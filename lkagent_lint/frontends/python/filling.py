"""Texts with places that are filled in, as what they are made of: ``"…{}…".format(x)``, ``"…%s…" % x``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Formatter

from lkagent_lint.facts.following import made_of
from lkagent_lint.facts.values import Expr, Items, Mapping, Text

_LONGEST = 1_000
"""A longer text is no name and no command, and what it is made of is not asked for."""
_PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?(?P<kind>[sd%])|%")
_COMMAND = re.compile(r"--\w")


def by_format(text: str, args: Sequence[Expr], keywords: Sequence[tuple[str, Expr]]) -> list[Expr] | None:
    """The parts of a text that ``format`` fills; None where they cannot be told."""
    if len(text) > _LONGEST:
        return None
    given, parts, automatic = dict(keywords), list[Expr](), 0
    try:
        pieces = list(Formatter().parse(text))
    except ValueError:
        return None
    for literal, field, spec, conversion in pieces:
        if literal:
            parts.append(Text(literal))
        if field is None:
            continue
        if not field:
            field, automatic = str(automatic), automatic + 1
        value = given.get(field) if not field.isdecimal() else args[int(field)] if int(field) < len(args) else None
        if value is None:
            return None
        parts.append(made_of(value) if spec or conversion else value)
    return parts


def by_percent(text: str, given: Expr) -> list[Expr] | None:
    """The parts of a text that ``%`` fills; None where they cannot be told."""
    if len(text) > _LONGEST:
        return None
    values = list(given.items) if isinstance(given, Items) else [given]
    named = dict(given.entries) if isinstance(given, Mapping) else {}
    parts, end = list[Expr](), 0
    for match in _PERCENT.finditer(text):
        if match["kind"] is None:
            return None
        parts.append(Text(text[end : match.start()]))
        end = match.end()
        if match["kind"] == "%":
            parts.append(Text("%"))
        elif match["key"]:
            if match["key"] not in named:
                return None
            parts.append(named[match["key"]])
        elif not values:
            return None
        else:
            parts.append(values.pop(0))
    parts.append(Text(text[end:]))
    return [each for each in parts if each != Text("")]


def words_of(command: Expr) -> tuple[Expr, ...]:
    """The words of a command that is written as one text; none where it is no command, or has quotes."""
    if not isinstance(command, Text) or not _COMMAND.search(command.value) or set(command.value) & set("\"'\\"):
        return ()
    return tuple(map(Text, command.value.split()))

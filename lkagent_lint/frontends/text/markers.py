"""Dispatches in languages that are not parsed, found by their words: they silence, and are never spoken of.

Every mention of an agent's name or of a dispatch counts: where its value is not written out beside it, it is a dispatch
of a name that is not known.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from lkagent_lint.facts.file import DispatchFact, DispatchKind
from lkagent_lint.facts.values import OPAQUE, Expr, Text
from lkagent_lint.text import Lines

_MENTION = re.compile(
    r"(?P<name>\bset_?agent_?name\s{0,3}\(\s{0,3}|\bagent_?name\b['\"`]{0,2}\s{0,3}(?:=>|:=|[:=(])\s{0,3}|\bwithAgent\s{0,3}\(\s{0,3})"
    r"(?P<value>\"[^\"\n]{0,200}\"|'[^'\n]{0,200}')?"
    r"|(?P<config>room_?preset)"
    r"|(?P<call>create_?dispatch\s{0,3}\()",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w.:/@ -]+")
_REACH = 200
"""Code points between a call and the name among its arguments."""


def dispatches(text: str, lines: Lines) -> Iterator[DispatchFact]:
    """The dispatches that a text mentions."""
    named: list[int] = []
    unknown: list[re.Match[str]] = []
    calls: list[re.Match[str]] = []
    for match in _MENTION.finditer(text):
        value = (match["value"] or "")[1:-1]
        if match["name"] and _PLAIN.fullmatch(value):
            named.append(match.start())
            yield _fact(Text(value), match, lines)
        elif match["call"]:
            calls.append(match)
        else:
            unknown.append(match)
    unknown += [call for call in calls if not _names_follow(call.end(), named)]
    if unknown:  # one of unknown name says all that several would say
        yield _fact(OPAQUE, unknown[0], lines)


def _names_follow(offset: int, named: list[int]) -> bool:
    """A name stands among the call's arguments."""
    index = bisect_left(named, offset)
    return index < len(named) and named[index] - offset <= _REACH


def _fact(name: Expr, match: re.Match[str], lines: Lines) -> DispatchFact:
    span = lines.span(match.start(), match.end())
    return DispatchFact(kind=DispatchKind.REQUEST, span=span, name=name, presence=True)

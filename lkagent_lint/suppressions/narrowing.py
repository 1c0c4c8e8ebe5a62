"""What to take out of a comment so that it names a rule no more: the name, or the directive where it has no other.

What else stands in the comment stays: other directives, the comments of other tools, codes of theirs in a ``noqa``.
"""

from __future__ import annotations

from collections.abc import Mapping

from lkagent_lint.suppressions.grammar import NOQA, NOQA_FORM, Directive
from lkagent_lint.text import Span

_MOST = 50
"""Names in a list that somebody has written."""
_BETWEEN = ", \t"


def cuts(directive: Directive, spans: Mapping[str, Span]) -> dict[str, Span]:
    """By name what to take out; ``spans`` are those of the names. Nothing for a comment of several lines."""
    span = directive.comment.span
    if span.line != span.end_line or not 0 < len(directive.names) <= _MOST:
        return {}
    opening, closing = _list(directive)
    found: dict[str, Span] = {}
    for name in directive.names:
        start, end = _cut(directive, opening, closing, spans[name].column - span.column, len(name))
        found[name] = Span(span.line, span.column + start, span.line, span.column + end)
    return found


def _cut(directive: Directive, opening: int, closing: int, start: int, length: int) -> tuple[int, int]:
    before, behind = directive.comment.text[opening:start], directive.comment.text[start + length : closing]
    if behind.strip(_BETWEEN):
        return start, closing - len(behind.lstrip(_BETWEEN))
    if before.strip(_BETWEEN):
        return opening + len(before.rstrip(_BETWEEN)), closing
    return directive.start, directive.end


def _list(directive: Directive) -> tuple[int, int]:
    """Where the list of names begins and ends in the comment."""
    text = directive.comment.text
    if directive.verb != NOQA:
        opening = text.index("[", directive.start) + 1
        return opening, text.index("]", opening)
    match = NOQA_FORM.search(text)
    assert match is not None
    start = match.start("codes")
    return start, start + len(match["codes"].rstrip(_BETWEEN))

"""The comments of a Python text."""

from __future__ import annotations

import contextlib
import io
import re
import tokenize
from collections.abc import Iterator

from lkagent_lint.facts.comments import Comment
from lkagent_lint.text import Span

_LINE_END = re.compile(r"\r\n?")


def comments(text: str) -> list[Comment]:
    """Every comment, in order; of a text that cannot be tokenised those before the place where that shows."""
    found: list[Comment] = []
    # ValueError: lone surrogates cannot be encoded for the tokeniser of Python 3.12 and later.
    with contextlib.suppress(tokenize.TokenError, SyntaxError, ValueError):
        found.extend(_comments(_LINE_END.sub("\n", text)))
    return found


def _comments(text: str) -> Iterator[Comment]:
    first = 1
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            span = Span(line, column + 1, line, column + 1 + len(token.string))
            yield Comment(token.string, span, not token.line[:column].strip(), first)
        elif token.type in (tokenize.NL, tokenize.NEWLINE):
            first = token.end[0] + (token.end[1] > 0)


def meaning(text: str) -> object:
    """What a text says beside its comments, to be compared with another's; equal to nothing where it is not Python."""
    try:
        return [
            (token.type, "" if token.type == tokenize.NEWLINE else token.string)
            for token in tokenize.generate_tokens(io.StringIO(_LINE_END.sub("\n", text)).readline)
            if token.type not in (tokenize.COMMENT, tokenize.NL)
        ]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return object()

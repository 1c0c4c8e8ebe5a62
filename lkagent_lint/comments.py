"""The suppression comments that concern this linter: which exist, what they cover, and what is wrong with them.

Judged are ``# noqa`` comments that name an LKA code, and comments that begin with ``lkagent:``. What a ``noqa`` hides
is decided by ``suppress.NoqaMap``, as flake8 decides it; an ``lkagent:`` comment hides what it names and never more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.text import Span

_NOQA = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_NEARLY_NOQA = re.compile(r"#\s*noqa\b", re.IGNORECASE)
_OUR_CODE = re.compile(r"\bLKA[0-9]*\b", re.IGNORECASE)
_OURS = re.compile(r"#\s*lkagent:\s*(?P<rest>.*)$")
_IGNORE = re.compile(r"ignore\[(?P<names>[^\[\]]*)\](?:\s|$)")
_SEPARATOR = re.compile(r"[,\s]+")


class Suppression(NamedTuple):
    """One comment. ``names`` are codes, prefixes or names as written; ``lines`` are the 1-based lines it covers."""

    span: Span
    ours: bool
    """``lkagent: ignore[…]``, not ``noqa``."""
    names: tuple[str, ...]
    lines: range
    problem: str = ""
    """Why it does not mean what it seems to mean; empty if it does."""


def read_suppressions(text: str) -> list[Suppression]:
    """The suppression comments of a Python text that this linter judges; none where it cannot be tokenised."""
    if not _may_suppress(text.lower()):
        return []
    import io
    import tokenize

    found: list[Suppression] = []
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.removeprefix("\ufeff")).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return []
    first = 1
    for token in tokens:
        if token.type == tokenize.COMMENT:
            line, column = token.start
            span = Span(line, column + 1, line, column + 1 + len(token.string))
            alone = not token.line[:column].strip()
            found.extend(_read(token.string, span, range(first, line + 1), alone))
        elif token.type in (tokenize.NL, tokenize.NEWLINE):
            first = token.end[0] + (token.end[1] > 0)
    return found


def _may_suppress(text: str) -> bool:
    """Whether a text in lower case can hold a comment that is judged here: most hold none, and tokenising is slow."""
    return "lkagent:" in text or ("noqa" in text and "lka" in text)


def _read(comment: str, span: Span, lines: range, alone: bool) -> Iterator[Suppression]:
    ours = _OURS.match(comment)
    if ours is not None:
        yield _read_ours(ours["rest"], span, alone)
    elif _NEARLY_NOQA.search(comment) and _OUR_CODE.search(comment):
        yield _read_noqa(comment, span, lines)


def _read_ours(rest: str, span: Span, alone: bool) -> Suppression:
    """A comment on a line of its own speaks for the next line, any other for its own."""
    lines = range(span.line + 1, span.line + 2) if alone else range(span.line, span.line + 1)
    match = _IGNORE.match(rest)
    names = tuple(name.strip() for name in match["names"].split(",")) if match is not None else ()
    if match is None or not all(names):
        problem = "it is not of the form `lkagent: ignore[LKA101] reason`, so it hides nothing"
        return Suppression(span, True, (), lines, problem)
    return Suppression(span, True, names, lines)


def _read_noqa(comment: str, span: Span, lines: range) -> Suppression:
    """``lines``: the multi-line string or continuation that the comment stands behind, as flake8 counts it."""
    match = _NOQA.search(comment)
    if match is None:
        problem = "flake8 reads no `noqa` in it, so it hides nothing: write `# noqa: LKA101`"
        return Suppression(span, False, (), lines, problem)
    if match["codes"] is None:
        problem = "flake8 reads it as a bare `# noqa`, which hides everything on the line: write `# noqa: LKA101`"
        return Suppression(span, False, (), lines, problem)
    codes = tuple(code for code in _SEPARATOR.split(match["codes"]) if _OUR_CODE.fullmatch(code))
    small = [code for code in codes if not code.startswith("LKA")]
    if small:
        problem = f"codes are compared with their case, so {small[0]} hides nothing: write {small[0].upper()}"
        return Suppression(span, False, tuple(code for code in codes if code not in small), lines, problem)
    return Suppression(span, False, codes, lines)

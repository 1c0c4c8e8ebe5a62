"""What a text would cost libcst's own parser, found by a look at its tokens: it recurses with every link of a chain,
and its time grows with the square of a chain's length.
"""

from __future__ import annotations

import re

from lkagent_lint.frontends.python.depth import MAX_DEPTH

_MOST_WORK = 4_000_000
"""The squares of all long chains together; so many take some ten seconds."""
_SHORT = 64
"""Tokens of a chain that cost next to nothing."""
# Strings end with the text or the line where nothing closes them, so that no place is looked at twice.
_TOKEN = re.compile(
    r"(?P<comment>\#[^\r\n]*)"
    r"|(?P<prefix>[A-Za-z]{0,2})(?P<string>\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\")?|'''(?:[^'\\]|\\.|'(?!''))*(?:''')?"
    r"|\"(?:[^\"\\\r\n]|\\.)*\"?|'(?:[^'\\\r\n]|\\.)*'?)"
    r"|(?P<joined>\\\r?\n)"
    r"|(?P<end>[\r\n]+)(?P<indent>[ \t\f]*)"
    r"|(?P<word>\w+)"
    r"|(?P<mark>[^\s\w])",
    re.DOTALL,
)
_LINKS = re.compile(r"\w+|[^\s\w]")


def is_too_long(text: str) -> bool:
    """Whether a chain of operators, calls, branches or strings is longer than is read, or all of them together."""
    return _Chains().are_too_long(text)


class _Chains:
    def __init__(self) -> None:
        self._frames = [0]
        """The tokens of the chain so far: of the statement, and within each bracket that is open."""
        self._depth = 0
        self._work = 0
        self._branches: dict[str, int] = {}
        """How many ``elif`` an ``if`` has so far, by its indentation."""
        self._starts: str | None = ""
        """The indentation, before a statement's first word."""

    def are_too_long(self, text: str) -> bool:
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "comment" or kind == "joined":
                continue
            if kind == "indent":
                self._end_line(match["indent"])
                continue
            if kind == "word" and self._branch(match["word"]):
                return True
            self._starts = None
            self._take(match, kind)
            if self._depth > MAX_DEPTH or self._work > _MOST_WORK:
                return True
        self._close_chain()
        return self._work > _MOST_WORK

    def _end_line(self, indent: str) -> None:
        if len(self._frames) == 1:
            self._close_chain()
            self._starts = indent

    def _branch(self, word: str) -> bool:
        """Whether a statement's first word makes an ``if`` too long."""
        if self._starts is None or word not in ("if", "elif"):
            return False
        self._branches[self._starts] = self._branches.get(self._starts, 0) + 1 if word == "elif" else 0
        return self._branches[self._starts] > MAX_DEPTH

    def _take(self, match: re.Match[str], kind: str | None) -> None:
        mark = match["mark"]
        if kind == "mark" and mark in "([{":
            self._add(1)
            self._frames.append(0)
        elif kind == "mark" and mark in ")]}" and len(self._frames) > 1:
            self._close_chain()
            self._frames.pop()
        elif kind == "mark" and mark in ",;":
            self._close_chain()
        elif kind == "string" and set(match["prefix"].lower()) & {"f", "t"}:
            self._add(1 + len(_LINKS.findall(match["string"])) if "{" in match["string"] else 1)
        else:
            self._add(1)

    def _add(self, links: int) -> None:
        self._frames[-1] += links
        self._depth += links

    def _close_chain(self) -> None:
        links, self._frames[-1] = self._frames[-1], 0
        self._depth -= links
        if links > _SHORT:
            self._work += links * links

"""Suppression comments: which exist in a file, what they cover, and what is wrong with them.

Judged are ``# noqa`` comments that name an LKA code, comments for other linters that name one, and comments that begin
with ``lkagent:``. What a ``noqa`` hides is decided by ``noqa.NoqaMap``, as flake8 decides it; an ``lkagent:`` comment
hides what it names and never more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from lkagent_lint.facts.comments import Comment
from lkagent_lint.frontends.text import is_script
from lkagent_lint.languages import JSON, PYTHON, UNIT, YAML, dialect_of
from lkagent_lint.sources.reading import Undecodable, decode, decode_loosely
from lkagent_lint.suppressions.grammar import directives
from lkagent_lint.suppressions.scopes import Suppression, scoped

__all__ = ["Suppression", "comments_of", "meaning_of", "read_suppressions"]

_NAMED = re.compile(rb"noqa[ \t]*:?[ \t]*[a-z]+-[a-z]")
"""A ``noqa`` behind which the name of a rule may stand."""
_FOREIGN = re.compile(rb"noqa|eslint-disable|nosemgrep|(?:type|ruff)[ \t]*:[ \t]*ignore|pylint[ \t]*:[ \t]*disable")
"""What may say to another linter that a finding is to be hidden."""
_LINE_END = re.compile(rb"\r\n?|\n")
_OURS = re.compile(rb"[#/*][ \t]*lkagent")
"""Where one of our own comments begins, in any language."""


def read_suppressions(path: str, data: bytes, codes: Mapping[str, str]) -> list[Suppression]:
    """The suppression comments of a file that this linter judges, in order; none where none can be read.

    ``path`` says the language by its name; ``codes`` gives a rule's code by its code or name.
    """
    if not may_suppress(data):
        return []
    comments = comments_of(path, data)
    found = [
        directive for comment in comments for directive in directives(comment, codes, is_python=path.endswith(PYTHON))
    ]
    return scoped(found, comments, codes, _blank_lines(data))


def may_suppress(data: bytes) -> bool:
    """Whether a file can hold a comment that is judged here: most hold none, and tokenising is slow."""
    small = data.lower()
    ours = b"lkagent" in small and _OURS.search(small) is not None
    if ours or (b"lka" in small and _FOREIGN.search(small) is not None):
        return True
    return b"noqa" in small and _NAMED.search(small) is not None


def _blank_lines(data: bytes) -> frozenset[int]:
    """The 1-based lines that hold nothing, and the one that comes after the last."""
    lines = _LINE_END.split(data.removeprefix(b"\xef\xbb\xbf"))
    return frozenset(number for number, line in enumerate([*lines, b""], 1) if not line.strip())


def comments_of(path: str, data: bytes) -> list[Comment]:
    """The comments of a file, in order; none for a language whose comments are not known."""
    name = os.path.basename(path)
    if name.endswith(PYTHON):
        from lkagent_lint.frontends.python import comments as python

        text = decode(data)
        return [] if isinstance(text, Undecodable) else python.comments(text)
    dialect = dialect_of(name)
    if dialect is not None:
        from lkagent_lint.frontends.javascript import comments as javascript

        return list(javascript.comments(decode_loosely(data), dialect))
    if name.endswith((*JSON, *YAML, UNIT)) or is_script(name):
        from lkagent_lint.frontends.text import comments as others

        return list(others.comments(decode_loosely(data), name))
    return []


def meaning_of(path: str, data: bytes) -> object:
    """What a file says beside its comments, to be compared with what it says after a change of these.

    Equal to nothing, itself included, where that is not known.
    """
    name = os.path.basename(path)
    if name.endswith(PYTHON):
        from lkagent_lint.frontends.python import comments as python

        text = decode(data)
        return object() if isinstance(text, Undecodable) else python.meaning(text)
    dialect = dialect_of(name)
    if dialect is not None:
        from lkagent_lint.frontends.javascript import comments as javascript

        return javascript.meaning(decode_loosely(data), dialect)
    if name.endswith((*JSON, *YAML, UNIT)) or is_script(name):
        from lkagent_lint.frontends.text import comments as others

        return others.meaning(decode_loosely(data), name)
    return object()

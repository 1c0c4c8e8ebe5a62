"""What one comment says: its directives, as written, with what is wrong with each.

No pattern here backtracks over more than it has just read: comments are the project's, and may be built to hurt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lkagent_lint.facts.comments import Comment
from lkagent_lint.likeness import TYPED, most_alike

IGNORE, FILE, DISABLE, ENABLE, NOQA = "ignore", "file-ignore", "disable", "enable", "noqa"
VERBS = (IGNORE, FILE, DISABLE, ENABLE)

_MARK = re.compile(r"(?<!\S)(?:#+|//+|/\*+)[ \t]*(?P<word>lkagent(?:[-_]lint)?)(?P<colon>[ \t]*:)?", re.IGNORECASE)
_SHAPE = re.compile(r"[ \t]*(?P<verb>[A-Za-z_-]+)\[(?P<names>[^\[\]\n]*)\](?P<reason>[^\n]*)")
_WORD = re.compile(r"[ \t]*(?P<verb>[A-Za-z_-]+)(?P<bracket>[ \t]*[\[(])?")
_FORM = "it is not of the form `lkagent: ignore[LKA101] reason`, so it hides nothing"

NOQA_FORM = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
_NEARLY_NOQA = re.compile(r"#\s*noqa\b", re.IGNORECASE)
_NAMED = re.compile(r"#\s*noqa\s*:?\s*(?P<name>[a-z]+(?:-[a-z0-9]+)+)", re.IGNORECASE)
"""A ``noqa`` with the name of a rule, which flake8 does not read."""
_FILE_NOQA = re.compile(r"#\s*flake8\s*[:=]\s*noqa", re.IGNORECASE)
_WHOLE_FILE = re.compile(r"# flake8[:=]\s*noqa", re.IGNORECASE)
"""How flake8 reads it, whatever follows."""
_FOREIGN = re.compile(
    r"\b(?:(?P<file>ruff\s*:\s*noqa|pylint\s*:\s*disable(?=[^\w-]))|ruff\s*:\s*ignore|pylint\s*:\s*disable-next|"
    r"type\s*:\s*ignore|eslint-disable(?:-next-line|-line)?|nosemgrep|noqa)\b(?P<rest>[^\n]*)"
)
_CODE = re.compile(r"\bLKA[0-9]{3}\b")
_OUR_CODE = re.compile(r"\bLKA[0-9]*\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,\s]+")
_OTHER_COMMENT = re.compile(r"\s(?=#+[ \t]?[A-Za-z])")
"""What stands before a comment within a comment; ``#12`` is none."""


class Directive(NamedTuple):
    """One directive of a comment. ``names`` are codes, prefixes (of a ``noqa``) or names as written."""

    comment: Comment
    verb: str
    """One of ``VERBS``, or ``noqa``."""
    names: tuple[str, ...]
    reason: str = ""
    problem: str = ""
    """Why it does not mean what it seems to mean; empty if it does. Then it may still name rules that are hidden."""
    start: int = 0
    """Where it begins in the comment."""
    end: int = 0
    """Where it ends there, before what another tool reads."""


def directives(comment: Comment, codes: Mapping[str, str], *, is_python: bool) -> Iterator[Directive]:
    """The directives of a comment that this linter judges. ``codes`` gives a rule's code by its code or name."""
    marks = list(_MARK.finditer(comment.text))
    ends = [*(mark.start() for mark in marks[1:]), len(comment.text)]
    for mark, end in zip(marks, ends, strict=False):
        found = _directive(comment, mark, comment.text[mark.end() : end])
        if found is not None:
            yield found._replace(start=mark.start(), end=_end(comment.text, mark.end(), end))
    if not marks:
        yield from _for_others(comment, is_python=is_python)
    if is_python and _NEARLY_NOQA.search(comment.text):
        code, named = _OUR_CODE.search(comment.text), _NAMED.search(comment.text)
        meant = "" if named is None else codes.get(named["name"].lower(), "")
        if code is not None and not meant:
            meant = code[0].upper()
        if meant:
            yield _noqa(comment, meant)


def _end(text: str, start: int, end: int) -> int:
    """Where a directive ends that may go up to ``end``."""
    other = _OTHER_COMMENT.search(text, start, end)
    return end if other is None else other.end()


def _directive(comment: Comment, mark: re.Match[str], rest: str) -> Directive | None:
    shape = _SHAPE.match(rest)
    word = _WORD.match(rest)
    verb = (word["verb"] if word else "").lower().replace("_", "-")
    if mark["colon"] is None:
        # Without its colon it is prose, unless it goes on as a directive does.
        if word is None or verb not in VERBS or not word["bracket"] or not rest[:1].isspace():
            return None
        return Directive(comment, verb, (), problem="the colon is missing, so it hides nothing: write `lkagent: …`")
    if mark["word"].lower() != "lkagent":
        problem = f"{mark['word']} is the linter and no comment of it, so it hides nothing: write `lkagent: …`"
        return Directive(comment, verb, (), problem=problem)
    if mark["word"] != "lkagent":
        return Directive(comment, verb, (), problem="`lkagent:` is written in small letters, so it hides nothing")
    if shape is None or shape["verb"] not in VERBS:
        near = most_alike(verb, VERBS, TYPED) if word and (verb not in VERBS or verb != word["verb"]) else ""
        if near:
            return Directive(comment, near, (), problem=f"{_FORM}; did you mean `{near}[…]`?")
        return Directive(comment, verb, (), problem=_FORM)
    names = tuple(name.strip() for name in shape["names"].split(","))
    reason = shape["reason"].removesuffix("*/")
    if not all(names) or (reason and not reason[0].isspace()):
        return Directive(comment, shape["verb"], (), problem=_FORM)
    problem = ""
    if shape["verb"] != IGNORE and not comment.alone:
        problem = f"`{shape['verb']}` stands behind code, so it hides nothing: give it a line of its own"
        names = ()
    return Directive(comment, shape["verb"], names, reason.strip(), problem)


def _for_others(comment: Comment, *, is_python: bool) -> Iterator[Directive]:
    """Comments that name our codes to somebody who knows none of them, or who hears something else."""
    if is_python and _NEARLY_NOQA.search(comment.text):
        return  # what flake8 makes of that is another question
    code = _CODE.search(comment.text)
    if code is None:
        return
    if is_python and _FILE_NOQA.search(comment.text):
        wide = comment.alone and _WHOLE_FILE.match(comment.text) is not None
        heard = "hides everything in the file, whatever follows" if wide else "is none for flake8, so it hides nothing"
        problem = f"`# flake8: noqa` {heard}: write `# lkagent: {FILE}[{code[0]}]`"
        yield Directive(comment, NOQA, (), problem=problem)
        return
    foreign = _FOREIGN.search(comment.text)
    if foreign is None or code[0] not in foreign["rest"].partition(" -- ")[0]:
        return
    verb = FILE if foreign["file"] and comment.alone else IGNORE
    said = foreign[0][: len(foreign[0]) - len(foreign["rest"])]
    problem = f"`{said}` speaks to another linter, so it hides nothing here: write `lkagent: {verb}[{code[0]}]`"
    yield Directive(comment, verb, (), problem=problem)


def _noqa(comment: Comment, meant: str) -> Directive:
    match = NOQA_FORM.search(comment.text)
    if match is None:
        problem = f"flake8 reads no `noqa` in it, so it hides nothing: write `# noqa: {meant}`"
        return Directive(comment, NOQA, (), problem=problem)
    if match["codes"] is None:
        problem = f"flake8 reads it as a bare `# noqa`, which hides everything on the line: write `# noqa: {meant}`"
        return Directive(comment, NOQA, (), problem=problem)
    reason = comment.text[match.end() :].strip()
    codes = tuple(code for code in _SEPARATOR.split(match["codes"]) if _OUR_CODE.fullmatch(code))
    small = [code for code in codes if not code.startswith("LKA")]
    problem = ""
    if small:
        problem = f"codes are compared with their case, so {small[0]} hides nothing: write {small[0].upper()}"
    names = tuple(code for code in codes if code not in small)
    return Directive(
        comment,
        NOQA,
        names,
        reason,
        problem,
        match.start(),
        _end(comment.text, len(comment.text[: match.end()].rstrip()), len(comment.text)),
    )

"""The marks that a fixture's lines carry: what must be reported there, and what must not.

A mark stands in a comment at the end of a line; several are separated by ``;``::

    await ctx.connect()  # expect LKA101 "runs before session.start()"
    await ctx.connect()  # expect LKA106 error "never awaited"; ok LKA101 it has options

    expect CODE [SEVERITY] "WORDS"               a finding of CODE whose message holds WORDS
    ok CODE REASON                               no finding of CODE; the reason names the trap
    todo-expect CODE [SEVERITY] "WORDS" REASON   should be reported and is not yet
    todo-ok CODE REASON                          is reported and should not be

SEVERITY is ``error``, ``warning`` or ``info``. WORDS hold no double quote, and a REASON no semicolon. The two
``todo`` marks stand for known gaps; they fail when the gap is closed, so that they are turned into the others.

A file whose format has no comments, or that is no text, has its marks in a file beside it, ``<name>.marks``:
lines ``12: expect …``, and comments.

A comment that looks like a mark but is none is an error and never passed over: one that begins with one of the
four verbs, or with any other lower-case word before a code (``# expects LKA101``). Text is not tokenised, so this
holds in strings as well.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lkagent_lint.diagnostics import Severity


class Verb(enum.Enum):
    EXPECT = "expect"
    OK = "ok"
    TODO_EXPECT = "todo-expect"
    TODO_OK = "todo-ok"


@dataclass(frozen=True)
class Mark:
    """One mark; ``path`` is relative to the project and ``line`` 1-based, both of the line that it judges."""

    path: str
    line: int
    verb: Verb
    code: str
    severity: Severity | None = None
    words: str = ""
    reason: str = ""
    in_comment: bool = True
    """False for one from a ``.marks`` file."""

    def fits(self, code: str, severity: Severity, message: str) -> bool:
        """Whether a finding with these values on the mark's line is the one that it speaks of."""
        return self.code == code and self.severity in (None, severity) and self.words in message


class MarkError(Exception):
    """A mark that cannot be read; the text begins with ``path:line:``."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


MARKS_SUFFIX = ".marks"
LINE_END = re.compile(r"\r\n?|\n")

_LEADERS = {
    "#": "py toml yaml yml sh bash env cfg ini txt rb",
    "//": "js mjs cjs jsx ts mts cts tsx go java kt swift",
    "<!--": "md html",
}
_HASH_NAMES = ("Dockerfile", ".env", "Procfile", "Makefile")
_EXEMPT = frozenset({"noqa"})
_WORD = re.compile(r"[ \t]*(?P<word>[A-Za-z][A-Za-z-]*)(?P<rest>.*)", re.DOTALL)
_BEFORE_CODE = re.compile(r"\s+LKA\d")
_CODE = re.compile(r"LKA\d{3}(?=\s|$)")
_SEVERITY = re.compile(f"(?:{'|'.join(each.value for each in Severity)})" + r"(?=\s|$)")
_QUOTED = re.compile(r'"([^"]*)"')
_SIDECAR_LINE = re.compile(r"(\d+):\s*(.*)")
_PIECE = re.compile(r'(?:"[^"]*"|[^";]|")*')
_VERBS = {verb.value: verb for verb in Verb}


def read_marks(path: str, text: str) -> list[Mark]:
    """The marks in a file's text, in order; none for a format that has no comments. Raises MarkError."""
    leader = _leader(path)
    if leader is None:
        return []
    return [
        mark
        for number, line in enumerate(LINE_END.split(text), 1)
        for mark in _checked(list(_marks_of_line(path, number, line, leader)))
    ]


def read_sidecar(path: str, text: str) -> list[Mark]:
    """The marks that ``<path>.marks`` gives a file. Raises MarkError."""
    found: list[Mark] = []
    for number, line in enumerate(LINE_END.split(text), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _SIDECAR_LINE.fullmatch(line.rstrip())
        if match is None:
            raise MarkError(path + MARKS_SUFFIX, number, 'write "LINE: MARK", a comment with #, or nothing')
        for piece in _pieces(match[2]):
            parsed = _Reader(path + MARKS_SUFFIX, number, piece).mark()
            found.append(Mark(path, int(match[1]), *parsed, in_comment=False))
    for line in {mark.line for mark in found}:
        _checked([mark for mark in found if mark.line == line])
    return found


def without_marks(path: str, text: str) -> str:
    """A file's text as a page shows it: what is reported on a line is named by its code, other marks are gone."""
    leader = _leader(path)
    if leader is None:
        return text
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        marks = _marks_text(line, leader)
        if marks is not None:
            found = list(_marks_of_line(path, number, line, leader))
            line = line[: line.rindex(leader, 0, line.index(marks))].rstrip()
            codes = sorted({mark.code for mark in found if mark.verb is Verb.EXPECT})
            line += f"  {leader} {', '.join(codes)}{' -->' if leader == '<!--' else ''}" if codes else ""
        lines.append(line)
    return "\n".join(lines) + "\n"


def _leader(path: str) -> str | None:
    name = path.rpartition("/")[2]
    if name.startswith(_HASH_NAMES):
        return "#"
    extension = name.rpartition(".")[2].lower()
    return next((leader for leader, known in _LEADERS.items() if extension in known.split()), None)


def _marks_of_line(path: str, number: int, line: str, leader: str) -> Iterator[Mark]:
    text = _marks_text(line, leader)
    if text is not None:
        for piece in _pieces(text):
            yield Mark(path, number, *_Reader(path, number, piece).mark())


def _marks_text(line: str, leader: str) -> str | None:
    """From the first thing in a comment that is a mark, or looks like one, to the end of the line."""
    for comment in re.finditer(re.escape(leader), line):
        match = _WORD.match(line, comment.end())
        if match is not None and _looks_like_a_mark(match["word"], match["rest"]):
            text = line[match.start("word") :].rstrip()
            return text.removesuffix("-->").rstrip() if leader == "<!--" else text
    return None


def _looks_like_a_mark(word: str, rest: str) -> bool:
    if word.lower() in _VERBS:
        return True
    return word.islower() and word not in _EXEMPT and _BEFORE_CODE.match(rest) is not None


def _pieces(text: str) -> list[str]:
    """The text split at semicolons that stand outside quotes."""
    pieces: list[str] = []
    start = 0
    while True:
        match = _PIECE.match(text, start)
        assert match is not None  # it matches the empty text
        pieces.append(match[0].strip())
        if match.end() == len(text):
            return pieces
        start = match.end() + 1


_Parsed = tuple[Verb, str, "Severity | None", str, str]


class _Reader:
    """Reads one mark from left to right."""

    def __init__(self, path: str, line: int, text: str) -> None:
        self._path = path
        self._line = line
        self._whole = text
        self._rest = text

    def mark(self) -> _Parsed:
        verb = self._verb()
        code = self._take(_CODE)
        if code is None:
            raise self._error(f'"{verb.value}" needs a code such as LKA101 after it')
        severity: Severity | None = None
        words = ""
        if verb in (Verb.EXPECT, Verb.TODO_EXPECT):
            named = self._take(_SEVERITY)
            severity = None if named is None else Severity(named)
            quoted = self._take(_QUOTED)
            if quoted is None or not quoted[1:-1].strip():
                raise self._error("the code, and the severity if one is given, must be followed by words in quotes")
            words = quoted[1:-1]
        reason = self._rest
        if verb is Verb.EXPECT and reason:
            raise self._error(f"nothing may follow the words: {reason}")
        if verb is not Verb.EXPECT and not reason:
            raise self._error(f'"{verb.value}" needs a reason')
        return verb, code, severity, words, reason

    def _verb(self) -> Verb:
        word, *rest = self._whole.split(None, 1) or [""]
        self._rest = "".join(rest)
        if word not in _VERBS:
            raise self._error(f'unknown mark "{word}"; the marks are {", ".join(_VERBS)}')
        return _VERBS[word]

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._rest)
        if match is None:
            return None
        self._rest = self._rest[match.end() :].strip()
        return match[0]

    def _error(self, message: str) -> MarkError:
        return MarkError(self._path, self._line, f"{message} (in: {self._whole})")


def _checked(marks: list[Mark]) -> list[Mark]:
    """The marks of one line, unless they contradict each other."""
    denied = {mark.code for mark in marks if mark.verb is Verb.OK}
    for mark in marks:
        if mark.verb is not Verb.OK and mark.code in denied:
            raise MarkError(mark.path, mark.line, f'"ok {mark.code}" contradicts "{mark.verb.value} {mark.code}"')
    return marks

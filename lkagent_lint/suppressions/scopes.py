"""Which lines each directive of a file covers.

- ``ignore`` covers the lines of its comment; on a line of its own also the next line that is no comment. Where that
  one is blank it covers nothing, which is a problem.
- ``file-ignore`` covers the file.
- ``disable`` covers from its line to the ``enable`` of the same rule, else to the end of the file, which is a problem.
  A second ``disable`` of a rule that is off already changes nothing and is a problem, and so is an ``enable`` of a rule
  that is not off: blocks do not nest. An ``enable`` that is malformed, or names no rule, ends every block, so that
  none grows by it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from lkagent_lint.facts.comments import Comment
from lkagent_lint.suppressions import grammar
from lkagent_lint.suppressions.grammar import Directive
from lkagent_lint.text import Span

_END = 1 << 62
_MOST = 50
"""Names in a list that somebody has written."""
_BETWEEN = ", \t"


class Suppression(NamedTuple):
    """One directive with what it covers."""

    span: Span
    """Of its comment."""
    verb: str
    names: tuple[str, ...]
    """As written: codes and names; of a ``noqa`` codes and prefixes."""
    reason: str
    covers: Mapping[str, range]
    """1-based lines by name. A ``noqa`` covers what flake8 reads as one line with it."""
    problems: tuple[tuple[str, str], ...]
    """Why it does not mean what it seems to mean: the name that is at fault, empty for the whole, and a clause."""
    spans: Mapping[str, Span]
    """Where the names stand; the comment's own span for one that has several lines."""
    cuts: Mapping[str, Span]
    """By name what to take out of the comment so that it names that no more; nothing where that is not known."""

    @property
    def ours(self) -> bool:
        """``lkagent: …``, not ``noqa``."""
        return self.verb != grammar.NOQA

    @property
    def hides(self) -> bool:
        """Whether it is there to hide anything: an ``enable`` is not."""
        return self.verb != grammar.ENABLE


def scoped(
    directives: list[Directive], comments: Iterable[Comment], codes: Mapping[str, str], blank: Container[int]
) -> list[Suppression]:
    """The suppressions of a file's directives, in order; ``codes`` gives a rule's code by its code or name, ``blank``
    are the 1-based lines that hold nothing."""
    return _Scopes(comments, codes, blank).read(directives)


class _Scopes:
    def __init__(self, comments: Iterable[Comment], codes: Mapping[str, str], blank: Container[int]) -> None:
        self._blank = blank
        alone = (comment.span for comment in comments if comment.alone)
        commented = {line for span in alone for line in range(span.line, span.end_line + 1)}
        self._code_after: dict[int, int] = {}
        """By a line of comments alone: the next line that is none."""
        for line in sorted(commented, reverse=True):
            self._code_after[line] = self._code_after.get(line + 1, line + 1)
        self._codes = codes
        self._open: dict[str, tuple[int, str, int]] = {}
        """What is disabled, by code: the number of the directive, the name that it uses, and its line."""
        self._covers: list[dict[str, range]] = []
        self._problems: list[list[tuple[str, str]]] = []

    def read(self, directives: list[Directive]) -> list[Suppression]:
        for number, directive in enumerate(directives):
            self._covers.append({})
            self._problems.append([("", directive.problem)] if directive.problem else [])
            self._take(number, directive)
        for code, (number, name, line) in self._open.items():
            self._covers[number][name] = range(line, _END)
            problem = (
                f"nothing enables {code} again, so it is off to the end of the file: write `enable[{name}]` where "
            )
            self._problems[number].append((name, f"{problem}it should end, or `file-ignore[{name}]`"))
        return [
            _suppression(each, covers, problems)
            for each, covers, problems in zip(directives, self._covers, self._problems, strict=True)
        ]

    def _take(self, number: int, directive: Directive) -> None:
        span = directive.comment.span
        match directive.verb:
            case grammar.NOQA:
                self._cover(number, directive.names, range(directive.comment.first, span.line + 1))
            case grammar.DISABLE:
                self._disable(number, directive.names, span.line)
            case grammar.ENABLE:
                known = not directive.problem and all(name in self._codes for name in directive.names)
                self._enable(number, directive.names if known else tuple(self._open), span.line)
            case grammar.FILE:
                self._cover(number, directive.names, range(1, _END))
            case _:
                self._ignore(number, directive, span)

    def _ignore(self, number: int, directive: Directive, span: Span) -> None:
        after = span.end_line + 1
        if directive.comment.alone and not directive.problem:
            after = self._code_after.get(after, after)
            if after in self._blank:
                write = f"`{grammar.FILE}[{', '.join(directive.names)}]`"
                problem = (
                    f"nothing stands right below it, so it hides nothing: take the blank line away, or write {write}"
                )
                self._problems[number].append(("", problem))
                return
            after += 1
        self._cover(number, directive.names, range(span.line, after))

    def _cover(self, number: int, names: tuple[str, ...], lines: range) -> None:
        self._covers[number].update(dict.fromkeys(names, lines))

    def _disable(self, number: int, names: tuple[str, ...], line: int) -> None:
        for name in names:
            code = self._codes.get(name)
            if code in self._open:
                self._problems[number].append((name, f"{code} is off already, so this changes nothing: take it away"))
            elif code is not None:
                self._open[code] = number, name, line

    def _enable(self, number: int, names: tuple[str, ...], line: int) -> None:
        for name in names:
            code = self._codes.get(name)
            if code in self._open:
                opened, as_written, start = self._open.pop(code)
                self._covers[opened][as_written] = range(start, line + 1)
            else:
                problem = f"no `disable` above has turned {code or name} off, so this changes nothing"
                self._problems[number].append((name, problem))


def _suppression(each: Directive, covers: Mapping[str, range], problems: list[tuple[str, str]]) -> Suppression:
    spans = dict(_spans(each))
    return Suppression(
        each.comment.span, each.verb, each.names, each.reason, covers, tuple(problems), spans, _cuts(each, spans)
    )


def _spans(directive: Directive) -> Iterator[tuple[str, Span]]:
    text, span = directive.comment.text, directive.comment.span
    at = text.find("[", directive.start) if directive.verb != grammar.NOQA else 0
    for name in directive.names:
        found = text.find(name, at)
        if found < 0 or span.line != span.end_line:
            yield name, span
        else:
            yield name, Span(span.line, span.column + found, span.line, span.column + found + len(name))
            at = found + len(name)


# What else stands in a comment stays: other directives, the comments of other tools, codes of theirs in a ``noqa``.


def _cuts(directive: Directive, spans: Mapping[str, Span]) -> dict[str, Span]:
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
    if directive.verb != grammar.NOQA:
        opening = text.index("[", directive.start) + 1
        return opening, text.index("]", opening)
    match = grammar.NOQA_FORM.search(text)
    assert match is not None
    start = match.start("codes")
    return start, start + len(match["codes"].rstrip(_BETWEEN))

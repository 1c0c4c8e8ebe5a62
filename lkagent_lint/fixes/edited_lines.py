"""Statements as lines: what is taken away, put in and moved of them."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import ImpossibleError, ParsedCode, Statement, Stretch
from lkagent_lint.sources.splicing import Splice
from lkagent_lint.text import Place


class LineEditor:
    """Makes the changes that are about whole statements."""

    def __init__(self, code: ParsedCode) -> None:
        self._code = code
        self._original = code.original
        self._text = code.original.text

    def _part(self, place: Place) -> Stretch:
        return Stretch(*self._original.offsets(place.span))

    def _plain(self, place: Place) -> Statement:
        statement = self._code.statement(self._part(place))
        if not statement.is_plain:
            raise ImpossibleError("it is a part of a larger statement")
        return statement

    def _without(self, statement: Statement) -> Splice:
        if len(statement.block) == 1 and self._code.is_python:
            return Splice(*statement.part, "pass")
        if statement.stands_alone:
            return Splice(*self._lines(statement.part), "")
        before, after = statement.position - 1, statement.position + 1
        line = self._original.lines.position(statement.part.start)[0]
        if after < len(statement.block) and self._line(statement.block[after].start) == line:
            return Splice(statement.part.start, statement.block[after].start, "")
        if before >= 0 and self._line(statement.block[before].start) == line:
            return Splice(statement.block[before].end, statement.part.end, "")
        raise ImpossibleError("something else stands on its line")

    def _line(self, offset: int) -> int:
        return self._original.lines.position(offset)[0]

    def _lines(self, part: Stretch) -> Stretch:
        """The whole lines of a part, with the line end."""
        return Stretch(self._original.line_start(part.start), self._original.next_line(part.end))

    def _inserted(self, intent: i.Insert) -> Iterator[Splice]:
        statement = self._code.statement(self._part(intent.place))
        if not statement.stands_alone:
            raise ImpossibleError("something else stands on its line")
        is_ended = not self._code.is_python and self._text[: statement.part.end].endswith(";")
        yield self._new_line(statement.part, f"{intent.code};" if is_ended else intent.code, behind=intent.behind)

    def _new_line(self, part: Stretch, code: str, *, behind: bool) -> Splice:
        end = self._original.newline(part.start)
        indent = self._original.indent(part.start)
        lines = end.join(f"{indent}{line}" for line in code.split("\n"))
        if not behind:
            at = self._original.line_start(part.start)
            return Splice(at, at, f"{lines}{end}")
        at = self._original.next_line(part.end)
        is_last = at == self._original.line_end(part.end)  # no line end behind it
        return Splice(at, at, f"{end}{lines}" if is_last else f"{lines}{end}")

    def _moved(self, intent: i.Move) -> Iterator[Splice]:
        own, to = (self._code.statement(self._part(each)) for each in (intent.place, intent.to))
        if own.block != to.block or own.position == to.position:
            raise ImpossibleError("they do not stand in one block")
        if not (own.stands_alone and to.stands_alone):
            raise ImpossibleError("something else stands on one of the lines")
        self._check_names(own, to)
        lines = self._with_comments(own.part)
        moved, start = self._text[slice(*lines)], lines.start
        end = self._original.newline(start - 1 if start else 0)
        at_end = not moved.endswith(("\n", "\r"))  # the last line of the file: the one above becomes that
        moved = moved + end if at_end else moved
        blank = self._blank_above(start)
        if moved.count(end) > 1 and blank and not intent.behind:  # a definition keeps the space around it
            moved, start = moved + self._text[blank:start], blank
        elif blank and lines.end == len(self._text):  # no blank lines are left at the end of the file
            start = blank
        target = self._lines(to.part)
        at = target.end if intent.behind else self._with_comments(to.part).start
        if at == self._original.line_end(to.part.end):  # the last line, without a line end
            moved = end + moved.removesuffix(end)
        yield Splice(start - len(end) if at_end else start, lines.end, "")
        yield Splice(at, at, moved)

    def _check_names(self, own: Statement, to: Statement) -> None:
        """A statement that is moved must find what it uses, and be there for those that it passes."""
        first, last = sorted((own.position, to.position))
        moved = self._code.names(own.part)
        for position in range(first, last + 1):
            if position != own.position:
                passed = self._code.names(own.block[position])
                is_later = own.position < position
                waiting = passed.used | passed.later if is_later else passed.used
                needed = moved.used if is_later else moved.used | moved.later
                if needed & passed.bound or moved.bound & (waiting | passed.bound):
                    raise ImpossibleError("what lies in between needs it there, or it needs that")

    def _blank_above(self, offset: int) -> int:
        """Where the blank lines begin right above a line; 0 where there are none."""
        first = offset
        while first and not self._text[(above := self._original.line_start(first - 1)) : first].strip():
            first = above
        return first if first != offset else 0

    def _guarded(self, intent: i.Guard) -> Iterator[Splice]:
        statement = self._code.statement(self._part(intent.place))
        text = self._text[slice(*statement.part)]
        if not statement.stands_alone or not self._code.is_python or '"""' in text or "'''" in text:
            raise ImpossibleError("its lines cannot be indented")
        at, end = self._original.line_start(statement.part.start), self._original.newline(statement.part.start)
        indent = self._original.indent(statement.part.start)
        yield Splice(at, at, f"{indent}if {intent.condition}:{end}{self._code.indentation}")
        while (at := self._original.next_line(at)) < statement.part.end:
            yield Splice(at, at, self._code.indentation)

    def _with_comments(self, part: Stretch) -> Stretch:
        """The lines of a statement, and those of the comments right above, which speak of it."""
        start, end = self._lines(part)
        mark = "#" if self._code.is_python else "//"
        while start > 0:
            above = self._original.line_start(start - 1)
            if not self._text[above:start].lstrip(" \t").startswith(mark):
                break
            start = above
        return Stretch(start, end)

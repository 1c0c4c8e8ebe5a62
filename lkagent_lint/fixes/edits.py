"""Intents as changes of one file's text. Whatever does not fit what stands there raises ``ImpossibleError``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import CallCode, GivenCode, ImpossibleError, ParsedCode, Statement, Stretch
from lkagent_lint.sources.splicing import Original, Splice
from lkagent_lint.text import Place

_WORD = r"(?<![\w$]){}(?![\w$])"


class Editor:
    """Makes the changes that intents ask for in one file."""

    def __init__(self, code: ParsedCode) -> None:
        self._code = code
        self._original = code.original
        self._text = code.original.text

    def changes(self, intent: i.Intent) -> Iterator[Splice]:
        """What an intent changes; nothing for one that only requires something."""
        match intent:
            case i.PutAwait():
                yield from self._await(self._part(intent.place))
            case i.DropAwait():
                yield from self._drop_await(self._part(intent.place))
            case i.RemoveStatement():
                yield self._without(self._plain(intent.place))
            case i.Replace():
                yield self._replaced(intent)
            case i.ReplaceText():
                yield self._text_replaced(intent)
            case i.Rename():
                yield renamed(self._original, intent)
            case i.ReplaceWord():
                yield self._word_replaced(intent)
            case i.Insert():
                yield from self._inserted(intent)
            case i.Move():
                yield from self._moved(intent)
            case i.Guard():
                yield from self._guarded(intent)
            case i.MakeAsync():
                start, is_async = self._code.function(self._part(intent.place))
                if is_async:
                    raise ImpossibleError("it is a coroutine function")
                yield Splice(start, start, "async ")
            case i.AddImport():
                yield from self._imported(intent.module, intent.name)
            case i.RenameImported():
                for part, text in self._code.uses(self._part(intent.place), intent.before, intent.after):
                    yield Splice(*part, text)
            case i.Reimport():
                part = self._part(intent.place)
                for cut, text in self._code.moved_import(part, intent.name, intent.module):
                    yield Splice(*cut, text)
            case i.Follows():
                first, then = (self._code.statement(self._part(each)) for each in (intent.place, intent.then))
                if first.block != then.block or first.position >= then.position:
                    raise ImpossibleError("the one does not follow the other in one block")
            case i.Ends():
                if not self._code.is_last(self._part(intent.place), intent.decorator):
                    raise ImpossibleError("something comes after it, or the function is another one")
            case i.RemoveText() | i.Requires():
                pass
            case _:
                yield from self._of_call(intent)

    def _of_call(self, intent: i.CallIntent) -> Iterator[Splice]:
        call = self._code.call(self._part(intent.place))
        match intent:
            case i.AddArgument():
                yield self._with_argument(call, intent.name, intent.code)
            case i.RemoveArgument():
                yield self._without_argument(call, _named(call, intent.name))
            case i.RenameArgument():
                argument = _named(call, intent.before)
                if argument.key is None:
                    yield Splice(*argument.part, f"{intent.after}: {intent.before}")
                else:
                    yield Splice(*argument.key, intent.after)
            case i.ReplaceArgument():
                yield Splice(*_named(call, intent.name).value, intent.code)
            case i.NameArgument():
                if len(call.arguments) != 1 or call.arguments[0].name or not self._code.is_python:
                    raise ImpossibleError("it is not given one argument by position")
                yield Splice(call.arguments[0].part.start, call.arguments[0].part.start, f"{intent.name}=")
            case i.MoveArgument():
                argument = _named(call, intent.name)
                code = self._text[slice(*argument.value)]
                yield self._without_argument(call, argument)
                yield self._with_argument(self._code.call(self._part(intent.to)), intent.name, code)
            case i.InThread():
                yield from self._in_thread(call)
            case i.CallInstead():
                yield Splice(*call.callee, intent.code)
                if intent.awaited and self._code.awaited(call.part) is None:
                    yield from self._await(call.part)
            case i.Uncall():
                given = (*call.positional, *(each.value for each in call.arguments if not each.name))
                if not given:
                    raise ImpossibleError("it is given nothing")
                inner = self._code.call(given[0])
                if self._text[slice(*inner.inside)].strip():
                    raise ImpossibleError("what is called there is given something")
                yield Splice(inner.callee.end, inner.part.end, "")
            case i.InTask():
                yield from self._in_task(call)
            case i.RenameCallee():
                start, end = call.callee
                if not re.search(_WORD.format(re.escape(intent.before)) + r"\Z", self._text[start:end]):
                    raise ImpossibleError("another name stands there")
                yield Splice(end - len(intent.before), end, intent.after)
            case i.ReturnInstead():
                statement = self._plain(intent.place)
                yield Splice(statement.part.start, call.callee.end, f"return {intent.code}")

    def _in_task(self, call: CallCode) -> Iterator[Splice]:
        given = [each for each in call.arguments if not each.name]
        if not self._code.is_python or len(given) != len(call.arguments):
            raise ImpossibleError("it is not registered so")
        yield from self._imported("asyncio", "")
        decorated = self._code.decorated(call.part)
        if decorated is None:
            if len(given) != 2 or not re.fullmatch(r"[\w.]+", self._text[slice(*given[1].value)]):
                raise ImpossibleError("the listener has no name")
            yield Splice(*given[1].value, _started(self._text[slice(*given[1].value)]))
            return
        line, function, name = decorated
        if len(given) != 1:
            raise ImpossibleError("it is not registered so")
        yield Splice(*self._lines(line), "")
        registered = f"{self._text[slice(*call.callee)]}({self._text[slice(*given[0].value)]}, {_started(name)})"
        behind = self._new_line(function, registered, behind=True)
        yield behind._replace(text=self._original.newline(function.start) + behind.text)

    def follows(self, intent: i.Requires) -> bool:
        """Whether the one statement follows the other, with nothing but white space and comments between."""
        try:
            first, then = (self._code.statement(self._part(each)) for each in (intent.place, intent.then))
        except ImpossibleError:
            return False
        return first.block == then.block and then.position == first.position + 1

    def _part(self, place: Place) -> Stretch:
        return Stretch(*self._original.offsets(place.span))

    # Awaits

    def _await(self, part: Stretch) -> Iterator[Splice]:
        if self._code.awaited(part) is not None:
            raise ImpossibleError("it is awaited")
        if not self._code.can_wait(part):
            raise ImpossibleError("no await may stand there")
        if self._code.is_read_of(part):
            yield Splice(part.start, part.start, "(await ")
            yield Splice(part.end, part.end, ")")
        else:
            yield Splice(part.start, part.start, "await ")

    def _drop_await(self, part: Stretch) -> Iterator[Splice]:
        whole = self._code.awaited(part)
        if whole is None:
            raise ImpossibleError("it is not awaited")
        yield Splice(whole.start, part.start, "")

    def _in_thread(self, call: CallCode) -> Iterator[Splice]:
        """``f(a)`` becomes ``await asyncio.to_thread(f, a)``."""
        if not self._code.is_python:
            raise ImpossibleError("there are no such threads")
        yield from self._imported("asyncio", "")
        waits = list(self._await(call.part))
        opening = Stretch(call.callee.end, call.inside.start)
        rest = self._text[slice(*call.inside)]
        between = "" if not rest.strip() else "," if rest[:1] in "\r\n" else ", "
        start = waits[0]
        yield Splice(start.start, start.end, f"{start.text}asyncio.to_thread(")
        yield Splice(*opening, between)
        yield from waits[1:]

    # Statements

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
        lines = self._with_comments(own.part)
        moved, start = self._text[slice(*lines)], lines.start
        end = self._original.newline(start - 1 if start else 0)
        at_end = not moved.endswith(("\n", "\r"))  # the last line of the file: the one above becomes that
        moved = moved + end if at_end else moved
        blank = self._blank_above(start)
        if moved.count(end) > 1 and blank and not intent.behind:  # a definition keeps the space around it
            moved, start = moved + self._text[blank:start], blank
        target = self._lines(to.part)
        at = target.end if intent.behind else self._with_comments(to.part).start
        if at == self._original.line_end(to.part.end):  # the last line, without a line end
            moved = end + moved.removesuffix(end)
        yield Splice(start - len(end) if at_end else start, lines.end, "")
        yield Splice(at, at, moved)

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

    # Expressions and literals

    def _replaced(self, intent: i.Replace) -> Splice:
        part = self._part(intent.place)
        if not self._code.is_expression(part):
            raise ImpossibleError("no expression stands there")
        return Splice(*part, intent.code)

    def _text_replaced(self, intent: i.ReplaceText) -> Splice:
        inside, said = self._code.text_in(self._part(intent.place))
        if said != intent.before:
            raise ImpossibleError("another text stands there")
        if not intent.after.isprintable() or set(intent.after) & set("\"'`\\"):
            raise ImpossibleError("the text would need to be escaped")
        return Splice(*inside, intent.after)

    def _word_replaced(self, intent: i.ReplaceWord) -> Splice:
        start, end = self._part(intent.place)
        found = list(re.finditer(rf"(?<!\w)(['\"]){re.escape(intent.text)}\1", self._text[start:end]))
        if len(found) != 1:
            raise ImpossibleError("the text does not stand there once")
        return Splice(start + found[0].start(), start + found[0].end(), intent.code)

    # Calls

    def _with_argument(self, call: CallCode, name: str, code: str) -> Splice:
        mark = "=" if self._code.is_python else ": "
        given = f"{name}{mark}{code}"
        if any(each.name == name for each in call.arguments):
            raise ImpossibleError(f"{name} is given")
        if not self._code.is_python and not call.has_object:
            before = ", " if call.positional else ""
            at = call.positional[-1].end if call.positional else call.inside.start
            return Splice(at, at, f"{before}{{ {given} }}")
        if not call.arguments:
            if self._text[slice(*call.inside)].strip():
                raise ImpossibleError("its brackets hold something else")
            return Splice(*call.inside, given if self._code.is_python else f" {given} ")
        last = call.arguments[-1].part
        text = self._text
        own_line = not text[self._original.line_start(last.start) : last.start].strip()
        between = self._original.newline(last.start) + self._original.indent(last.start) if own_line else " "
        return Splice(last.end, last.end, f",{between}{given}")

    def _without_argument(self, call: CallCode, argument: GivenCode) -> Splice:
        whole = self._own_lines(argument.part)
        if whole is not None:
            return Splice(*whole, "")
        index = call.arguments.index(argument)
        if index + 1 < len(call.arguments):
            return Splice(argument.part.start, call.arguments[index + 1].part.start, "")
        if index > 0:
            return Splice(call.arguments[index - 1].part.end, argument.part.end, "")
        rest = self._text[argument.part.end : call.inside.end]
        if rest.strip() not in ("", ",") or self._text[call.inside.start : argument.part.start].strip():
            raise ImpossibleError("its brackets hold something else")
        return Splice(*call.inside, "")

    def _own_lines(self, part: Stretch) -> Stretch | None:
        """The whole lines of an argument, where nothing else stands on them but its comma and a comment."""
        before = self._text[self._original.line_start(part.start) : part.start]
        after = self._text[part.end : self._original.line_end(part.end)].strip()
        mark = "#" if self._code.is_python else "//"
        rest = after.removeprefix(",").strip()
        if before.strip() or not after.startswith(",") or (rest and not rest.startswith(mark)):
            return None
        return self._lines(part)

    # Imports

    def _imported(self, module: str, name: str) -> Iterator[Splice]:
        wanted = name or module
        for each in self._code.bound():
            if each.name == wanted:
                if (each.module, each.of) == (module, name):
                    return
                raise ImpossibleError(f"{wanted} means something else in this file")
        if re.search(rf"^[ \t]*{re.escape(wanted)}[ \t]*(?::[^=\n]+)?=[^=]", self._text, re.MULTILINE):
            raise ImpossibleError(f"{wanted} may mean something else in this file")
        at, code = self._code.importing(module, name)
        yield Splice(at, at, code)


def _started(name: str) -> str:
    return f"lambda *args: asyncio.create_task({name}(*args))"


def _named(call: CallCode, name: str) -> GivenCode:
    found = [each for each in call.arguments if each.name == name]
    if len(found) != 1:
        raise ImpossibleError(f"{name} is not given once")
    return found[0]


def renamed(original: Original, intent: i.Rename) -> Splice:
    """A name in a part of a text that holds it once, as a word."""
    start, end = original.offsets(intent.place.span)
    found = list(re.finditer(_WORD.format(re.escape(intent.before)), original.text[start:end]))
    if len(found) != 1:
        raise ImpossibleError(f"{intent.before} does not stand there once")
    return Splice(start + found[0].start(), start + found[0].end(), intent.after)


def text_removed(original: Original, intent: i.RemoveText) -> Splice:
    """A part of a comment; the line with it, or the space before it, where nothing else is left there."""
    start, end = original.offsets(intent.place.span)
    line_start, line_end = original.line_start(start), original.line_end(end)
    before, after = original.text[line_start:start], original.text[end:line_end]
    if not after.strip():
        if not before.strip():
            return Splice(line_start, original.next_line(end), "")
        return Splice(line_start + len(before.rstrip()), line_end, "")
    return Splice(start, end + len(after) - len(after.lstrip(" \t")) if before.strip() else end, "")

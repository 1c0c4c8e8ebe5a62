"""Calls: what they are given, what they call, and whether they are awaited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import CallCode, GivenCode, ImpossibleError, Statement, Stretch
from lkagent_lint.fixes.edited_lines import LineEditor
from lkagent_lint.fixes.plain_text import word
from lkagent_lint.sources.splicing import Splice


class CallEditor(LineEditor):
    """Makes the changes that are about one call."""

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
            case i.NameArguments():
                yield from self._named_arguments(call, intent.names)
            case i.MoveArgument():
                argument = _named(call, intent.name)
                code = self._text[slice(*argument.value)]
                yield self._without_argument(call, argument)
                yield self._with_argument(self._code.call(self._part(intent.to)), intent.name, code)
            case i.SurroundArgument():
                yield from self._surrounded(call, intent)
            case i.PutInto():
                yield Splice(call.inside.start, call.inside.start, f"{intent.code}(")
                yield Splice(call.inside.end, call.inside.end, ")")
            case _:
                yield from self._of_callee(intent, call)

    def _of_callee(self, intent: i.CallIntent, call: CallCode) -> Iterator[Splice]:
        """What changes more of a call than its arguments."""
        match intent:
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
                if not re.search(word(intent.before) + r"\Z", self._text[start:end]):
                    raise ImpossibleError("another name stands there")
                yield Splice(end - len(intent.before), end, intent.after)
            case i.ReturnInstead():
                statement = self._plain(intent.place)
                yield Splice(statement.part.start, call.callee.end, f"return {intent.code}")
            case i.AwaitGiven():
                yield from self._await_given(self._plain(intent.place).part, call)
            case i.ChangeCopy():
                yield from self._copy_changed(self._plain(intent.place), call, intent)
            case _:
                raise ImpossibleError("nobody knows how")

    def _named_arguments(self, call: CallCode, names: tuple[str, ...]) -> Iterator[Splice]:
        given = [each for each in call.arguments if not each.name]
        taken = any(each.spreads or each.name in names for each in call.arguments)
        if len(given) != len(names) or not self._code.is_python or taken:
            raise ImpossibleError("it is not given so many arguments by position")
        for each, name in zip(given, names, strict=True):
            yield Splice(each.part.start, each.part.start, f"{name}=")

    def _surrounded(self, call: CallCode, intent: i.SurroundArgument) -> Iterator[Splice]:
        if intent.name:
            argument = _named(call, intent.name)
            if argument.key is None:  # { metadata }
                text = self._text[slice(*argument.value)]
                yield Splice(*argument.part, f"{text}: {intent.before}{text}{intent.behind}")
                return
            value = argument.value
        else:
            given = (*call.positional, *(each.value for each in call.arguments if not each.name and not each.spreads))
            if not given:
                raise ImpossibleError("it is given nothing by position")
            value = given[0]
        yield Splice(value.start, value.start, intent.before)
        yield Splice(value.end, value.end, intent.behind)

    def _await_given(self, statement: Stretch, call: CallCode) -> Iterator[Splice]:
        given = (*call.positional, *(each.value for each in call.arguments if not each.name))
        if len(given) != 1 or len(call.arguments) > 1 or not self._code.can_wait(call.part):
            raise ImpossibleError("it cannot be waited for there")
        yield Splice(statement.start, given[0].start, "await ")
        yield Splice(given[0].end, call.part.end, "")

    def _copy_changed(self, statement: Statement, call: CallCode, intent: i.ChangeCopy) -> Iterator[Splice]:
        """``a.chat_ctx.add_message(…)`` becomes a copy, its change, and ``await a.update_chat_ctx(…)``."""
        callee, attribute = self._text[slice(*call.callee)], intent.attribute
        found = re.fullmatch(rf"(?P<owner>[\w.]+)\.{attribute}(?P<change>(?:\.\w+)+)", callee)
        name = next((each for each in (attribute, f"changed_{attribute}") if self._is_free(each)), None)
        is_one = self._code.is_python or self._text.count(f".{attribute}.") == 1
        if found is None or name is None or not is_one or not statement.stands_alone:
            raise ImpossibleError("there is no room for a copy")
        if not self._code.can_wait(call.part):
            raise ImpossibleError("no await may stand there")
        owner, end = found["owner"], ";" if self._text[: statement.part.end].endswith(";") else ""
        declares = "" if self._code.is_python else "const "
        copied = f"{declares}{name} = {owner}.{attribute}.copy(){end}"
        yield self._new_line(statement.part, copied, behind=False)
        yield Splice(*call.callee, f"{name}{found['change']}")
        yield self._new_line(statement.part, f"await {owner}.{intent.setter}({name}){end}", behind=True)

    def _is_free(self, name: str) -> bool:
        """Nothing in the file has this name; attributes and keywords may."""
        keyword = "=(?!=)" if self._code.is_python else ":"
        return re.search(rf"(?<![\w.$]){name}(?![\w$]|{keyword})", self._text) is None

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

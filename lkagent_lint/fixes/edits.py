"""Intents as changes of one file's text. Whatever does not fit what stands there raises ``ImpossibleError``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint import intents as i
from lkagent_lint.fixes.code import ImpossibleError
from lkagent_lint.fixes.edited_calls import CallEditor
from lkagent_lint.fixes.plain_text import renamed
from lkagent_lint.sources.splicing import Splice
from lkagent_lint.text import Place


class Editor(CallEditor):
    """Makes the changes that intents ask for in one file."""

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
                yield self._renamed(intent)
            case i.ReplaceWord():
                yield self._word_replaced(intent)
            case i.Insert():
                yield from self._inserted(intent)
            case i.Move():
                yield from self._moved(intent)
            case i.Surround():
                start, end = self._code.valued(self._part(intent.place))
                yield Splice(start, start, intent.before)
                yield Splice(end, end, intent.behind)
            case i.CallReturned():
                for part in self._code.returned(self._part(intent.place), intent.name):
                    yield Splice(part.end, part.end, "()")
            case i.Guard():
                yield from self._guarded(intent)
            case i.MakeAsync():
                start, is_async = self._code.function(self._part(intent.place))
                if is_async:
                    raise ImpossibleError("it is a coroutine function")
                yield Splice(start, start, "async ")
            case i.AddImport():
                yield from self._imported(intent.module, intent.name)
            case i.ImportFirst():
                at, text = self._code.importing_first(intent.module)
                yield Splice(at, at, text)
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
            case i.RemoveText() | i.FollowWord() | i.Begin() | i.Requires():
                pass
            case _:
                yield from self._of_call(intent)

    def follows(self, intent: i.Requires) -> bool:
        """Whether the one statement follows the other, with nothing but white space and comments between."""
        try:
            first, then = (self._code.statement(self._part(each)) for each in (intent.place, intent.then))
        except ImpossibleError:
            return False
        return first.block == then.block and then.position == first.position + 1

    def _renamed(self, intent: i.Rename) -> Splice:
        try:
            return renamed(self._original, intent)
        except ImpossibleError:  # the place may be what is called, and the name an argument
            whole = self._original.lines.span(*self._code.called(self._part(intent.place)))
            return renamed(self._original, i.Rename(Place(intent.place.path, whole), intent.before, intent.after))

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

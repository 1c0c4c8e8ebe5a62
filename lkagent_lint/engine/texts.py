"""What the files of a root say that no front end reads: looked for only when a finding depends on it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.values import Text
from lkagent_lint.frontends import text as text_frontend
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.records import Texts
from lkagent_lint.sources.reading import is_binary

_MOST_MENTIONS = 20
_FEW = 30
"""Names that are searched for one by one: sooner done than to list every word of every file."""
_MOST_SEARCHED = 2_000_000_000
"""Bytes that are searched for names that are not one word. Beyond, what is looked for may stand anywhere."""

_ROOMS = re.compile(rb"\b(?:AccessToken|[cC]reateRoom|create_room)\b")
_WORD = re.compile(rb"[\w-]+")


class TextFiles:
    """The texts and the code of one root (absolute paths), with the facts of what was read.

    ``read`` gives a file's bytes, or None; ``names_agent`` tells whether one holds the variable that names an agent.
    """

    def __init__(
        self,
        texts: list[str],
        code: list[str],
        facts: Mapping[str, FileFacts],
        read: Callable[[str], bytes | None],
        names_agent: Callable[[str], bool],
    ) -> None:
        self._texts = texts
        self._code = code
        self._facts = facts
        self._read = read
        self._names_agent = names_agent
        self._rooms: bool | None = None
        self._variable: bool | None = None
        self._places: dict[str, _Places] = {}
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._known: dict[str, frozenset[str] | None] = {}

    def view(self) -> Texts:
        """What questions about the project may ask."""
        return Texts(
            self.mentions, self.makes_rooms, self.configures, self.names_from_environment, self.unread_code_names
        )

    def makes_rooms(self) -> bool:
        if self._rooms is None:
            scanned = (path for path in self._texts if text_frontend.is_scanned(os.path.basename(path)))
            self._rooms = any(_ROOMS.search(data) for _, data in self._contents(scanned))
        return self._rooms

    def mentions(self, name: str) -> tuple[str, ...]:
        return self._stand_in("anywhere", lambda: [*self._texts, *self._code], name, _MOST_MENTIONS)

    def configures(self, name: str) -> bool:
        return bool(self._stand_in("configurations", self._configurations, name, 1))

    def unread_code_names(self, name: str) -> bool:
        return bool(self._stand_in("unread code", self._unread_code, name, 1))

    def names_from_environment(self) -> bool:
        if self._variable is None:
            self._variable = any(map(self._names_agent, dict.fromkeys((*self._facts, *self._texts, *self._code))))
        return self._variable

    def _configurations(self) -> list[str]:
        return [path for path in self._texts if text_frontend.configures(os.path.basename(path))]

    def _unread_code(self) -> list[str]:
        return [path for path in self._code if path.endswith(PYTHON) and path not in self._facts]

    def _stand_in(self, where: str, paths: Callable[[], list[str]], name: str, most: int) -> tuple[str, ...]:
        """The first of some files that hold the name as a word of its own. ``where`` says which files these are."""
        if (where, name) not in self._found:
            if where not in self._places:
                self._places[where] = _Places(paths(), self._contents)
            found = self._places[where].of(name, lambda path: self._accounts_for(path, name))
            self._found[where, name] = tuple(path for path, _ in zip(found, range(most), strict=False))
        return self._found[where, name]

    def _contents(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """These files with their bytes. Binary files are passed over."""
        for path in paths:
            data = self._read(path)
            if data is not None and not is_binary(data):
                yield path, data

    def _accounts_for(self, path: str, name: str) -> bool:
        """The name stands in a file because the file asks for that agent, or registers one: facts say so already."""
        facts = self._facts.get(path)
        if facts is None:
            return False
        if path not in self._known:
            asked = frozenset(each.name.value for each in facts.dispatches if isinstance(each.name, Text))
            self._known[path] = None if facts.workers else asked
        known = self._known[path]
        return known is None or name in known


class _Places:
    """Some files, and which of them hold a name as a word of its own."""

    def __init__(
        self, paths: Collection[str], contents: Callable[[Iterable[str]], Iterator[tuple[str, bytes]]]
    ) -> None:
        self._paths = paths
        self._contents = contents
        self._asked = 0
        self._words: dict[bytes, list[str]] | None = None
        self._left = _MOST_SEARCHED

    def of(self, name: str, passes: Callable[[str], bool]) -> Iterator[str]:
        """The files that hold it, in their order, without those that are passed over."""
        self._asked += 1
        spelled = name.encode("utf-8", "replace")
        paths = self._paths if self._asked <= _FEW else self._rarest(_WORD.findall(spelled))
        wanted = [path for path in paths if not passes(path)]
        if self._left < 0 or (self._asked > _FEW and _WORD.fullmatch(spelled)):
            yield from wanted
            return
        word = re.compile(rb"(?<![\w-])" + re.escape(spelled) + rb"(?![\w-])")
        for path, data in self._contents(wanted):
            self._left -= len(data) if self._asked > _FEW else 0
            if word.search(data):
                yield path

    def _rarest(self, words: list[bytes]) -> Collection[str]:
        """The files that hold that one of some words that the fewest hold; all where there is no word."""
        if self._words is None:
            self._words = {}
            for path, data in self._contents(self._paths):
                for word in set(_WORD.findall(data)):
                    self._words.setdefault(word, []).append(path)
        return min((self._words.get(word, []) for word in words), key=len, default=self._paths)

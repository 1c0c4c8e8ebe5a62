"""Which functions call what, by the word as it is written: whoever looks for a call need not walk all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import last_name


def word_of(call: Call) -> str:
    """The last name of what is called, as it is written; empty where it has none."""
    return last_name(call.target)


class CallWords:
    """The functions of a project by the words of their calls."""

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self._flows = [(path, flow) for path, facts in files.items() for flow in facts.flows.values()]
        self._numbers: dict[str, list[int]] = {}
        self._calls: dict[tuple[str, str], dict[str, list[int]]] = {}
        for number, (path, flow) in enumerate(self._flows):
            calls: dict[str, list[int]] = {}
            for index, call in enumerate(flow.calls):
                calls.setdefault(last_name(call.target), []).append(index)
            self._calls[path, flow.name] = calls
            for word in calls:
                self._numbers.setdefault(word, []).append(number)

    def __contains__(self, word: str) -> bool:
        """Whether some function calls something by this word."""
        return word in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def calls(self, path: str, flow: Flow, words: Collection[str]) -> list[int]:
        """The numbers of a function's calls by these words, in their order."""
        known = self._calls[path, flow.name]
        return sorted(number for word in known.keys() & words for number in known[word])

    def callers(self, words: Iterable[str]) -> list[tuple[str, Flow]]:
        """The functions that call something by one of these words, with their files, in the order of the project."""
        numbers = {number for word in words for number in self._numbers.get(word, ())}
        return [self._flows[number] for number in sorted(numbers)]

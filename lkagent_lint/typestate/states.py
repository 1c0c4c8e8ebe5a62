"""A set of states that does not grow with what only messages tell."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.text import START_OF_FILE
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Event, State

_SOMEWHERE = Place("", START_OF_FILE)
_SOMETHING = Event(Kind.ROOM_USE, _SOMEWHERE)


class States:
    """States in the order in which they come, of which those that differ only in where the first await since joining
    stands, the first use of the room, or what lasted, are one: the one with the first places. The states of a long
    function with awaits on many branches grow with its square otherwise.
    """

    def __init__(self) -> None:
        self._found: dict[State, State] = {}

    def __iter__(self) -> Iterator[State]:
        return iter(self._found.values())

    def add(self, state: State) -> bool:
        """Whether the state tells more than those that are here; it is then one of them."""
        awaited, used, lasted = state.awaited, state.used, state.lasted
        if awaited is None and used is None and lasted is None:
            if state in self._found:
                return False
            self._found[state] = state
            return True
        key = replace(state, awaited=awaited and _SOMEWHERE, used=used and _SOMETHING, lasted=lasted and _SOMEWHERE)
        known = self._found.get(key)
        if known is not None:
            if known.awaited is not None and awaited is not None:
                awaited = min(known.awaited, awaited)
            if known.used is not None and used is not None:
                used = min(known.used, used, key=lambda each: each.place)
            if known.lasted is not None and lasted is not None:
                lasted = min(known.lasted, lasted)
            if (awaited, used, lasted) == (known.awaited, known.used, known.lasted):
                return False
        self._found[key] = replace(state, awaited=awaited, used=used, lasted=lasted)
        return True

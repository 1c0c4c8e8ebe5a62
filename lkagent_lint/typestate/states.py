"""A set of states that does not grow with what only messages tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.text import START_OF_FILE
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Event, Origin, Site, State

MAX_ALIKE = 32
"""States that differ in places alone (of what joined the room, of what was waited for), of which a set holds the first
ones: each place of a function that may have come first is a state of everything behind it.
"""

_SOMEWHERE = Place("", START_OF_FILE)
_SOMETHING = Event(Kind.ROOM_USE, _SOMEWHERE)


class States:
    """States in the order in which they come, of which those that differ only in where the first await since joining
    stands, the first use of the room, or what lasted, are one: the one with the first places. The states of a long
    function with awaits on many branches grow with its square otherwise.
    """

    def __init__(self) -> None:
        self._found: dict[State, State] = {}
        self._alike: Counter[State] = Counter()
        """How many there are of each kind; counted only where there are many."""
        self.is_cut = False
        """More states came than those that are here, which differ from some of them in places alone."""

    def __iter__(self) -> Iterator[State]:
        return iter(self._found.values())

    def add(self, state: State) -> bool:
        """Whether the state tells more than those that are here; it is then one of them."""
        awaited, used, lasted = state.awaited, state.used, state.lasted
        if awaited is None and used is None and lasted is None:
            return state not in self._found and self._take(state, state)
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
        return self._take(key, state)

    def _take(self, key: State, state: State) -> bool:
        if len(self._found) >= MAX_ALIKE:
            if not self._alike:
                self._alike.update(map(_without_places, self._found))
            kind = _without_places(key)
            if self._alike[kind] >= MAX_ALIKE:
                self.is_cut = True
                return False
            self._alike[kind] += 1
        self._found[key] = state
        return True


def _without_places(state: State) -> State:
    return replace(
        state,
        origin=_anywhere(state.origin),
        waited_for=_anywhere(state.waited_for),
        dialled=_anywhere(state.dialled),
        endless=_anywhere(state.endless),
        awaited=state.awaited and _SOMEWHERE,
        used=state.used and _SOMETHING,
        lasted=state.lasted and _SOMEWHERE,
    )


def _anywhere(origin: Origin | None) -> Origin | None:
    return origin and Origin(origin.event._replace(place=_SOMEWHERE), Site(_SOMEWHERE, ""))

"""A set of states that does not grow with what only messages tell."""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Place
from lkagent_lint.text import START_OF_FILE
from lkagent_lint.typestate.lifecycle import State

_SOMEWHERE = Place("", START_OF_FILE)


class States:
    """States, of which those that differ only in where the first await since joining stands are one: the one with the
    first place. The states of a long function with awaits on many branches grow with its square otherwise.
    """

    def __init__(self) -> None:
        self._found: dict[State, State] = {}

    def __iter__(self) -> Iterator[State]:
        return iter(self._found.values())

    def add(self, state: State) -> bool:
        """Whether the state tells more than those that are here; it is then one of them."""
        key = state if state.awaited is None else state._replace(awaited=_SOMEWHERE)
        known = self._found.get(key)
        if known is not None and (state.awaited is None or known.awaited is None or known.awaited <= state.awaited):
            return False
        self._found[key] = state
        return True

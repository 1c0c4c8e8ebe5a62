"""How a flow can end, and the call that leads into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.project.things import Activation
from lkagent_lint.typestate.in_place import Chain
from lkagent_lint.typestate.lifecycle import Site, State
from lkagent_lint.typestate.states import States


class Outcome(NamedTuple):
    """How a flow can end from one entry state: states, each once, in the order in which they were found."""

    exits: tuple[State, ...]
    raises: tuple[State, ...]

    def is_same(self, other: Outcome) -> bool:
        """Whether it can end in the same states, in whatever order they were found."""
        return set(self.exits) == set(other.exits) and set(self.raises) == set(other.raises)


NOWHERE = Outcome((), ())


def ends(state: State) -> Outcome:
    """It ends in this state and raises nothing."""
    return Outcome((state,), ())


def beside(outcome: Outcome) -> Outcome:
    """The same, reached beside the job's own course."""
    exits, raises = (tuple(replace(each, beside=True) for each in states) for states in outcome)
    return Outcome(exits, raises)


Effect = Callable[[State], Outcome]
"""What a call does to a state. It is found out once for a call in an activation, however often the call is reached."""


def nothing(state: State) -> Outcome:
    """The effect of what changes no state."""
    return ends(state)


class Endings:
    """Outcomes that are joined, whatever the hashes of their states are."""

    def __init__(self) -> None:
        self._exits = States()
        self._raises = States()

    def add(self, outcome: Outcome) -> None:
        for each in outcome.exits:
            self._exits.add(each)
        for each in outcome.raises:
            self._raises.add(each)

    def outcome(self) -> Outcome:
        return Outcome(tuple(self._exits), tuple(self._raises))


class CallSite(NamedTuple):
    """One call in an activation."""

    number: int
    """In ``flow.calls``."""
    call: Call
    activation: Activation
    flow: Flow
    place: Place
    chain: Chain | None = None
    """How it is waited for in its place, where it is not awaited itself."""

    @property
    def site(self) -> Site:
        return Site(self.place, self.flow.name)

    @property
    def is_awaited(self) -> bool:
        """``await call()``, or as good as that."""
        return self.call.use is Use.AWAITED or self.chain is not None

    @property
    def is_awaited_to_the_end(self) -> bool:
        """It is, and nothing limits the wait."""
        return self.is_awaited and not (self.chain is not None and self.chain.is_limited)

"""How a flow can end, and the call that leads into it."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.project.things import Activation
from lkagent_lint.typestate.in_place import Chain
from lkagent_lint.typestate.lifecycle import Site, State


class Outcome(NamedTuple):
    """How a flow can end from one entry state."""

    exits: frozenset[State]
    raises: frozenset[State]


NOWHERE = Outcome(frozenset(), frozenset())


def ends(state: State) -> Outcome:
    """It ends in this state and raises nothing."""
    return Outcome(frozenset({state}), frozenset())


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

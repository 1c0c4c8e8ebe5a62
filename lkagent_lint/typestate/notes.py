"""What one solver has seen of its job: what was reached, what was entered, and where knowledge ended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.flows import Flow
from lkagent_lint.project.things import Activation
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.typestate.lifecycle import Event, Site, State, after, lost, perhaps_joined, shared
from lkagent_lint.typestate.states import States


class Notes:
    def __init__(self, sdk: SdkVersion) -> None:
        self.sdk = sdk
        self.entered: dict[Activation, None] = {}
        """Every activation that the job runs."""
        self.ended: dict[tuple[Place, str], None] = {}
        """Where knowledge of the job's state ended, and why: half a sentence for people (``why``)."""
        self.shared: dict[tuple[Place, str], None] = {}
        """Where somebody who is not followed was given what joining takes, and who: as for people, too."""
        self.is_muted = False
        """What happens is not reached: it is only tried where it leads."""
        self.is_cut = False
        """Some states were left out that differ from others in places alone."""
        self.deeds = 0
        """How often something happened that may change a job otherwise than by a wait or a loss, or is not known."""
        self._reached: dict[tuple[Event, Site], States] = {}

    def reached(self) -> Iterator[tuple[Event, Site, State]]:
        """Every event with every state in which it can be reached, in no order."""
        return ((event, site, state) for (event, site), states in self._reached.items() for state in states)

    def happen(self, event: Event, state: State, flow: Flow) -> State:
        """The state behind an event, with a note of it."""
        self.deeds += 1
        site = Site(event.place, flow.name)
        if not self.is_muted:
            self._reached.setdefault((event, site), States()).add(state)
        return after(state, event, site, self.sdk)

    def lose(self, state: State, place: Place, why: str) -> State:
        """The state behind something that is not followed, with a note of it."""
        if not self.is_muted and lost(state) != state:
            self.ended[place, why] = None
        return lost(state)

    def hand_room(self, state: State, place: Place, why: str, *, started: bool) -> State:
        """The state behind something that is not followed and was given the room, with a note of it."""
        self.deeds += 1
        behind = perhaps_joined(state, started=started)
        if not self.is_muted:
            self.shared[place, why] = None
            if behind.room is not state.room:
                self.ended[place, why] = None
        return behind

    def share(self, state: State, place: Place, why: str) -> State:
        """The state behind something that is not followed and may join later, with a note of it."""
        if not self.is_muted:
            self.shared[place, why] = None
        return shared(state)

    @contextmanager
    def muted(self) -> Generator[None]:
        """Within the block nothing is noted of what happens."""
        outside, self.is_muted = self.is_muted, True
        try:
            yield
        finally:
            self.is_muted = outside

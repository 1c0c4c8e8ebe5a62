"""What a check is at, for those who wait for it, and how long it was at what."""

from __future__ import annotations

import time


class Watch:
    """One thread notes what it does; another may read ``phase`` meanwhile."""

    def __init__(self) -> None:
        self.phase = ""
        """A few words, or the code of the rule that runs; empty before and after."""
        self.seconds: dict[str, float] = {}
        """Wall time by phase, in the order in which they began. What several rules share is counted for the first."""
        self._since = 0.0

    def at(self, phase: str) -> None:
        """The phase before has ended and this one begins; an empty one begins nothing."""
        now = time.perf_counter()
        if self.phase:
            self.seconds[self.phase] = self.seconds.get(self.phase, 0.0) + now - self._since
        self.phase = phase
        self._since = now

"""What entering an activation in a state leads to, found once: recursion is iterated until nothing new is found.

What a recursive function leads to leans on what it leads to itself. Such functions are run again, from the first of
them that was entered, for as long as one of them leads to more than was assumed of it, and with it those that lean on
it; all else is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from msgspec.structs import replace

from lkagent_lint.project.things import Activation
from lkagent_lint.typestate.lifecycle import State
from lkagent_lint.typestate.notes import Notes
from lkagent_lint.typestate.outcomes import NOWHERE, Outcome, beside
from lkagent_lint.typestate.quiet import Quiet

MAX_RECURSION = 4
"""A function that calls itself with ever new arguments is followed this deep: after that its arguments are unknown."""
MAX_STATES = 60_000
"""Functions of one job, each with a state that it is entered in, beyond which the job is unknown: silence, no hang.
The largest real jobs seen take 31,000 and 4,600 (``solver.MAX_STEPS``).
"""

_Key = tuple[Activation, State]


class Overflow(Exception):
    """The job has too many states to follow."""


class _Entered:
    """One activation that is being run from one state."""

    __slots__ = ("index", "is_leaned_on", "low")

    def __init__(self, index: int) -> None:
        self.index = index
        self.low = index
        """The first of those that are running on which its outcome leans."""
        self.is_leaned_on = False


class _Transfer:
    """An outcome. ``low`` is the first of those still running that it leans on, None for one that is final."""

    __slots__ = ("is_noted", "low", "outcome")

    def __init__(self, outcome: Outcome, low: int | None, is_noted: bool) -> None:
        self.outcome = outcome
        self.low = low
        self.is_noted = is_noted
        """What happens in it has been noted."""


class Transfers:
    """Those of one job. ``run`` runs an activation from a state, ``usual`` gives one whose arguments are unknown."""

    def __init__(
        self, notes: Notes, run: Callable[[Activation, State], Outcome], usual: Callable[[Activation], Activation]
    ) -> None:
        self._notes = notes
        self._run = run
        self._usual = usual
        self._quiet = Quiet()
        self._kept: dict[_Key, _Transfer] = {}
        self._leaning: list[_Key] = []
        """Those of the kept that are not final, in the order in which they were found."""
        self._running: dict[_Key, _Entered] = {}
        self._stack: list[_Entered] = []
        self._assumed: dict[_Key, Outcome] = {}
        self._surprises = 0
        """How often one led to more than had been assumed."""
        self._nested: Counter[tuple[str, str]] = Counter()

    def release(self) -> None:
        """Let go of who runs: nothing more will be asked."""
        del self._run, self._usual

    def outcome(self, activation: Activation, start: State) -> Outcome:
        """How an activation can end that is entered in a state."""
        if self._nested[activation.path, activation.name] >= MAX_RECURSION:
            activation = self._usual(activation)
        if start.beside and self._notes.is_muted:  # only what is noted tells whether it is reached beside the job
            return beside(self._found(activation, replace(start, beside=False)))
        return self._found(activation, start)

    def _found(self, activation: Activation, start: State) -> Outcome:
        quiet = self._quiet.outcome(activation, start, self._notes.is_muted)
        if quiet is not None:
            return quiet
        key = activation, start
        kept = self._kept.get(key)
        if kept is not None and (kept.is_noted or self._notes.is_muted):
            self._lean(kept.low)
            return kept.outcome
        running = self._running.get(key)
        if running is not None:
            running.is_leaned_on = True
            self._lean(running.low)
            return self._assumed.get(key, NOWHERE)
        if len(self._kept) > MAX_STATES:
            raise Overflow
        return self._entered(key)

    def _lean(self, low: int | None) -> None:
        """What is running now leans on this one of those that run."""
        self._notes.deeds += 1
        if low is not None and self._stack:
            self._stack[-1].low = min(self._stack[-1].low, low)

    def _entered(self, key: _Key) -> Outcome:
        activation = key[0]
        self._notes.entered[activation] = None
        entered = self._running[key] = _Entered(len(self._stack))
        self._stack.append(entered)
        self._nested[activation.path, activation.name] += 1
        try:
            outcome = self._settled(key, entered)
        finally:
            self._nested[activation.path, activation.name] -= 1
            self._stack.pop()
            del self._running[key]
        low = entered.low if entered.low < entered.index else None
        self._kept[key] = _Transfer(outcome, low, not self._notes.is_muted)
        if low is not None:
            self._leaning.append(key)
            self._lean(low)
        return outcome

    def _settled(self, key: _Key, entered: _Entered) -> Outcome:
        """Run one until those that lean on it lead to nothing new, unless it leans on another that is running."""
        activation, start = key
        first, before = len(self._leaning), self._surprises
        while True:
            surprises, deeds = self._surprises, self._notes.deeds
            outcome = self._run(activation, start)
            if self._notes.deeds == deeds:
                self._quiet.learn(activation, start, self._notes.is_muted, outcome)
            if entered.is_leaned_on and not outcome.is_same(self._assumed.get(key, NOWHERE)):
                self._assumed[key] = outcome
                self._surprises += 1
            if entered.low < entered.index:
                self._lower(first, entered.low)
                return outcome
            if self._surprises == surprises:
                self._lower(first, None)
                del self._leaning[first:]
                self._surprises = before  # those that led to more have been run again
                return outcome
            for each in self._leaning[first:]:
                self._kept.pop(each, None)
            del self._leaning[first:]

    def _lower(self, first: int, low: int | None) -> None:
        """What leans on one that is done leans on what that one leans on, or on nothing."""
        for each in self._leaning[first:]:
            kept = self._kept.get(each)
            if kept is not None and kept.low is not None:
                kept.low = None if low is None else min(kept.low, low)

"""How long a function waits: the waits whose length is written out, added up along its longest path, and requests
that have no limit of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import ENTRY_BLOCK, Call, Do, Flow, Use
from lkagent_lint.facts.following import argument, last_name, made_from, number_of
from lkagent_lint.facts.loops import rounds_of
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.node_sdk import BUILTINS
from lkagent_lint.project.things import Activation, Closure, Foreign, Library, Thing, in_order
from lkagent_lint.sources.patience import CLIENTS, patience
from lkagent_lint.typestate.concurrency import PROMISE

_DEPTH = 6
"""Functions that call functions are followed so far."""
_FOR_GOOD = {"asyncio.sleep": (0, "delay"), "time.sleep": (0, "secs"), "asyncio.wait": (None, "timeout")}
_AT_MOST = {"asyncio.wait_for": (1, "timeout")}
"""What gives up by raising: what follows on the path did not wait so long."""
_BOUNDS = frozenset(
    {
        *("asyncio.timeout", "asyncio.timeout_at", "async_timeout.timeout", "async_timeout.timeout_at"),
        *("anyio.fail_after", "anyio.move_on_after"),
    }
)
"""Within these, waits end earlier than they say."""
_BOUNDING = frozenset(name.rpartition(".")[2] for name in _BOUNDS)
_FUNCTIONS = 60
"""So many helpers of one function are looked at."""


class Wait(NamedTuple):
    """One wait whose length is written out."""

    place: Place
    call: str
    """What waits: ``asyncio.sleep``, ``Promise``."""
    seconds: float
    times: float
    """How often it is run."""
    through: Place | None
    """Where the function that was asked for calls the one that waits; None where it waits itself."""

    @property
    def is_limit(self) -> bool:
        """It may end before."""
        return self.call in _AT_MOST

    @property
    def total(self) -> float:
        return self.seconds * self.times


class OpenRequest(NamedTuple):
    """One request that has no limit of its own."""

    place: Place
    call: str
    seconds: float
    """When the client gives up by itself; infinite where it never does."""
    through: Place | None
    """As of a wait."""


class Path(NamedTuple):
    """The waits of one path, in order."""

    waits: tuple[Wait, ...] = ()

    @property
    def seconds(self) -> float:
        return sum(each.total for each in self.waits)


class Waiting:
    """Answers for one evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._known: dict[Activation, Path] = {}

    def every(self, activation: Activation) -> Iterator[Wait]:
        """Every wait of a function and of the helpers that it awaits, on whatever path."""
        for here, through in self._running(activation):
            for call in here.flow.calls:
                yield from (each._replace(through=through) for each in self._own(call, here))

    def requests(self, activation: Activation) -> Iterator[OpenRequest]:
        """Every request of a function and its helpers that has no limit of its own."""
        for here, through in self._running(activation):
            for call in here.flow.calls:
                for thing in here.targets(call) if call.span is not None else ():
                    known = patience(thing.name) if isinstance(thing, (Library, Foreign)) else None
                    if known is not None and not _is_limited(call, here):
                        yield OpenRequest(here.place(call.span), *known, through)

    def longest(self, activation: Activation, until: Collection[int] = ()) -> Path:
        """The path through a function on which it waits longest; helpers that it awaits are part of it.

        Exceptions lead nowhere, and loops run once unless they say themselves how often. What comes behind one of the
        calls that it is followed ``until`` does not count.
        """
        if until:
            return _Walk(self._steps(activation, _DEPTH), activation, until).longest()
        return self._longest(activation, _DEPTH)

    def _longest(self, activation: Activation, depth: int) -> Path:
        if activation not in self._known:
            self._known[activation] = Path()  # a function that waits for itself is not followed
            if depth:
                self._known[activation] = _Walk(self._steps(activation, depth), activation, ()).longest()
        return self._known[activation]

    def _running(self, activation: Activation) -> list[tuple[Activation, Place | None]]:
        """A function and the helpers that it awaits, each with the first step that leads to it; none of them twice."""
        found: list[tuple[Activation, Place | None]] = [(activation, None)]
        seen = {(activation.path, activation.name)}
        for here, through in found:
            if self._bounded(here):
                continue
            for call in here.flow.calls:
                for inside in self._helpers(call, here):
                    if (inside.path, inside.name) not in seen and len(seen) < _FUNCTIONS:
                        seen.add((inside.path, inside.name))
                        found.append((inside, through or here.place(call.span)))
        return [each for each in found if not self._bounded(each[0])]

    def _bounded(self, activation: Activation) -> bool:
        """Some of its waits may end earlier than they say."""
        calls = (call for call in activation.flow.calls if word_of(call) in _BOUNDING)
        return any(_bounds(each) for call in calls for each in activation.targets(call))

    def _steps(self, activation: Activation, depth: int) -> dict[int, tuple[Wait, ...]]:
        """The waits of each call."""
        if self._bounded(activation):
            return {}
        found: dict[int, tuple[Wait, ...]] = {}
        for number, call in enumerate(activation.flow.calls):
            waits = tuple(self._own(call, activation)) or tuple(self._in_helper(call, activation, depth))
            if waits:
                found[number] = waits
        return found

    def _own(self, call: Call, activation: Activation) -> Iterator[Wait]:
        facts, flow = activation.facts, activation.flow
        for thing in activation.targets(call) if call.span is not None else ():
            if not isinstance(thing, Library):
                continue
            seconds: float | None = None
            known = _FOR_GOOD.get(thing.name) or _AT_MOST.get(thing.name)
            if known is not None and (call.use is Use.AWAITED or thing.name == "time.sleep"):
                seconds = number_of(argument(call, *known), facts, flow)
            elif thing.name == PROMISE and call.use is Use.AWAITED:
                seconds = self._timer(call, activation)
            if seconds is not None and seconds > 0:
                yield Wait(activation.place(call.span), thing.name.removeprefix(BUILTINS), seconds, 1, None)

    def _in_helper(self, call: Call, activation: Activation, depth: int) -> Iterator[Wait]:
        for inside in self._helpers(call, activation):
            for each in self._longest(inside, depth - 1).waits:
                yield each._replace(through=activation.place(call.span))

    def _helpers(self, call: Call, activation: Activation) -> Iterator[Activation]:
        """The one function of the project that a call runs here and now."""
        things = in_order(activation.targets(call)) if call.span is not None else []
        for run in self._evaluator.running.of(things[0], call, activation) if len(things) == 1 else ():
            flow = run.inside.flow
            if (
                run.activation is run.inside
                and not flow.is_generator
                and (call.use is Use.AWAITED or not flow.is_async)
            ):
                yield run.inside

    def _timer(self, call: Call, activation: Activation) -> float | None:
        """The seconds of ``new Promise((resolve) => setTimeout(resolve, 90_000))``."""
        for thing in activation.value(call.args[0]) if call.args else ():
            if isinstance(thing, Closure):
                facts = self._evaluator.files[thing.path]
                flow = facts.flows[thing.flow]
                resolve = flow.parameters[0].name if flow.parameters else ""
                for each in flow.calls:
                    if word_of(each) == "setTimeout" and each.args[:1] == (v.Name(resolve),) and len(each.args) > 1:
                        milliseconds = number_of(each.args[1], facts, flow)
                        return None if milliseconds is None else milliseconds / 1000
        return None


def _bounds(thing: Thing) -> bool:
    return isinstance(thing, (Library, Foreign)) and thing.name in _BOUNDS


def _is_limited(call: Call, activation: Activation) -> bool:
    """A request may have a limit: it is given one, or its client is, or may be, or somebody else sends it."""
    if _gives_limit(call) or (call.use is Use.KEPT and not _is_entered(call, activation.flow)):
        return True
    if not isinstance(call.target, v.Attribute) or last_name(call.target.base) in ("requests", "aiohttp", "request"):
        return False
    made = [
        home.calls[part.call]
        for home, part in made_from(call.target.base, activation.flow, activation.facts)
        if isinstance(part, v.Result) and last_name(home.calls[part.call].target) in CLIENTS
    ]
    return not made or any(map(_gives_limit, made))


def _gives_limit(call: Call) -> bool:
    options = [key for each in call.args if isinstance(each, v.Mapping) for key, _ in each.entries]
    given = {*(name for name, _ in call.keywords), *options}
    return bool(given & {"timeout", "signal", "**", ""}) or any(
        not isinstance(each, (v.Mapping, v.Text, v.Join)) for each in call.args[1:]
    )


def _is_entered(call: Call, flow: Flow) -> bool:
    """``async with client.post(…)`` sends it as well."""
    results = {v.Result(number) for number, each in enumerate(flow.calls) if each is call}
    return any(
        last_name(each.target) == "__aenter__" and each.target.base in results
        for each in flow.calls
        if isinstance(each.target, v.Attribute)
    )


class _Walk:
    """The longest way through one flow, whose steps back into loops are left out."""

    def __init__(self, waits: dict[int, tuple[Wait, ...]], activation: Activation, until: Collection[int]) -> None:
        self._waits = waits
        self._until = until
        self._activation = activation
        self._flow: Flow = activation.flow
        self._best: dict[int, Path] = {}

    def longest(self) -> Path:
        """From the beginning to wherever it leads."""
        if not self._waits or not self._flow.blocks:
            return Path()
        for block in reversed(self._order):
            later = [self._best[each] for each in self._flow.blocks[block].next if each in self._best]
            onward = max(later, key=lambda path: path.seconds, default=Path())
            self._best[block] = self._through(block, onward)
        return self._best[ENTRY_BLOCK]

    def _through(self, block: int, onward: Path) -> Path:
        """The longest path from a block on: what gives up by raising ends it, so it counts alone or last."""
        times = self._times.get(block, 1.0)
        steps = self._flow.blocks[block].steps
        path = onward
        for number in reversed([step.call for step in steps if isinstance(step, Do)]):
            path = Path() if number in self._until else path
            for wait in reversed(self._waits.get(number, ())):
                if not wait.is_limit:
                    path = Path((wait._replace(times=wait.times * times), *path.waits))
                elif wait.seconds > path.seconds:
                    path = Path((wait,))
        return path

    @cached_property
    def _order(self) -> list[int]:
        """The blocks from the beginning on, each before those that it leads to, but for steps back."""
        found: list[int] = []
        state: dict[int, bool] = {ENTRY_BLOCK: False}
        stack = [(ENTRY_BLOCK, iter(self._flow.blocks[ENTRY_BLOCK].next))]
        while stack:
            block, following = stack[-1]
            after = next(following, None)
            if after is None:
                found.append(block)
                stack.pop()
            elif after not in state:
                state[after] = False
                stack.append((after, iter(self._flow.blocks[after].next)))
        return found[::-1]

    @cached_property
    def _times(self) -> dict[int, float]:
        """How often the blocks of counted loops run."""
        found: dict[int, float] = {}
        for loop in self._flow.counted:
            times = number_of(loop.times, self._activation.facts, self._flow)
            for block in rounds_of(self._flow, loop.head) if times is not None and times >= 1 else ():
                found[block] = found.get(block, 1.0) * (times or 1)
        return found

"""Building a flow's blocks and edges while its statements are walked in order.

An exception edge (``raises``) leaves a block from before any of its steps and from its end: a call that was not
recorded may raise there too. ``finally`` bodies are built once for each way of leaving them, so that no path enters
by one way and leaves by another.
"""

from __future__ import annotations

from collections.abc import Callable

from lkagent_lint.facts.flows import ENTRY_BLOCK, EXIT_BLOCK, RAISE_BLOCK

MAX_FINALLY_DEPTH = 4
"""Copies of nested ``finally`` bodies multiply; a function that nests deeper is not followed."""
MAX_FINALLY_COPIES = 100
"""How often ``finally`` bodies are built within one that is built; a function that needs more is not followed."""


class BlockDraft:
    __slots__ = ("following", "raises", "steps")

    def __init__(self, raises: int) -> None:
        self.steps: list[object] = []
        self.following: list[int] = []
        self.raises = raises


class _Finally:
    """An enclosing ``finally``: how to build its body, and the copies made so far by where they lead."""

    def __init__(self, build: Callable[[], object], raises: int) -> None:
        self.build = build
        self.raises = raises
        self.copies: dict[int, int] = {}


class _Loop:
    """What ``continue`` and ``break`` lead to; a switch has no way of its own to go on."""

    def __init__(self, again: int | None, after: int) -> None:
        self.again = again
        self.after = after
        self.is_left = False
        """A ``break``, ``return`` or ``raise`` in it leaves it."""


class Graph:
    """The graph under construction; ``here`` is the open block, None where control cannot arrive."""

    def __init__(self) -> None:
        self.blocks = [BlockDraft(RAISE_BLOCK), BlockDraft(RAISE_BLOCK), BlockDraft(RAISE_BLOCK)]
        self.here: int | None = ENTRY_BLOCK
        self.tangled = False
        """The blocks are not to be used: the function nests ``finally`` deeper than is followed."""
        self._depth = 0
        """How many ``finally`` bodies are being built within each other."""
        self._copies = 0
        self._raises = RAISE_BLOCK
        self._frames: list[_Finally | _Loop] = []

    def step(self, step: object) -> None:
        if self.here is not None:
            self.blocks[self.here].steps.append(step)

    def block(self) -> int:
        """A new block, not yet joined to anything, whose exceptions lead where they lead here."""
        self.blocks.append(BlockDraft(self._raises))
        return len(self.blocks) - 1

    def goto(self, target: int) -> None:
        """Join the open block to a target, and close it."""
        if self.here is not None and target not in (following := self.blocks[self.here].following):
            following.append(target)
        self.here = None

    def fork(self) -> int:
        """Split here: open a new block behind the current one, and return the block to fork from again."""
        start = self.block()
        self.goto(start)
        self.here = start
        return start

    def branch(self, start: int) -> None:
        """Open another way out of ``start``."""
        self.here = start
        way = self.block()
        self.goto(way)
        self.here = way

    def leave(self) -> None:
        """``return``."""
        self._leaves_loops(0)
        self._unwind(len(self._frames), None, EXIT_BLOCK)

    def throw(self) -> None:
        """``raise``: the end of an open block leads to its exception edge anyway."""
        self._leaves_loops(0)
        self.here = None

    def jump(self, *, again: bool) -> None:
        """``continue`` (again) or ``break``."""
        for index in range(len(self._frames) - 1, -1, -1):
            frame = self._frames[index]
            if isinstance(frame, _Loop) and not (again and frame.again is None):
                target = frame.again if again and frame.again is not None else frame.after
                self._leaves_loops(index + 1 if again else index)
                self._unwind(len(self._frames), index, target)
                return
        self.here = None

    def loop(self, head: int, after: int, body: Callable[[], object]) -> bool:
        """Build a loop's body, whose end leads to ``head``. Whether a statement of the body leaves the loop."""
        loop = _Loop(head, after)
        self._frames.append(loop)
        body()
        self._frames.pop()
        self.goto(head)
        return loop.is_left

    def choose(self, after: int, body: Callable[[], object]) -> None:
        """Build the cases of a switch: ``break`` leads behind it."""
        self._frames.append(_Loop(None, after))
        body()
        self._frames.pop()

    def attempt(
        self,
        body: Callable[[], object],
        handlers: list[Callable[[], object]],
        *,
        catches_all: bool,
        otherwise: Callable[[], object] | None = None,
        final: Callable[[], object] | None = None,
    ) -> None:
        """Build ``try``: body, handlers, else and finally."""
        outer_raises = self._raises
        after = self.block()
        if final is not None and sum(isinstance(each, _Finally) for each in self._frames) >= MAX_FINALLY_DEPTH:
            self.tangled = True
        if self.tangled:  # what is built from here on is walked for its definitions only
            for part in (body, *handlers, otherwise, final):
                if part is not None:
                    part()
            return
        if final is not None:
            frame = _Finally(final, outer_raises)
            self._raises = self._finally_copy(frame, len(self._frames), outer_raises)
            self._frames.append(frame)
        unhandled = self._raises
        if handlers:
            self._raises = self.block()
            self.blocks[self._raises].raises = unhandled
        dispatch = self._raises
        self.fork()
        body()
        self._raises = unhandled
        if otherwise is not None:
            self.fork_if_open()
            otherwise()
        ends = [self.here]
        for handler in handlers:
            self.branch(dispatch)
            handler()
            ends.append(self.here)
        if handlers and not catches_all:
            self.blocks[dispatch].following.append(unhandled)
        if final is not None:
            self._frames.pop()
        self._raises = outer_raises
        join = self.block() if final is not None else after
        for end in ends:
            self.here = end
            self.goto(join)
        if final is not None:
            self.here = join
            self._build(final)
            self.goto(after)
        self.here = after

    def _leaves_loops(self, outermost: int) -> None:
        """What is built now leaves every loop from this frame on."""
        for frame in self._frames[outermost:]:
            if isinstance(frame, _Loop):
                frame.is_left = True

    def fork_if_open(self) -> None:
        if self.here is not None:
            self.fork()

    def _finally_copy(self, frame: _Finally, depth: int, target: int) -> int:
        """The copy of a ``finally`` body that leads on to ``target``; built on first use."""
        if self.tangled:
            return target
        if target in frame.copies:
            return frame.copies[target]
        saved = self.here, self._raises, self._frames
        self._raises, self._frames = frame.raises, self._frames[:depth]
        start = frame.copies[target] = self.block()
        self.here = start
        self._build(frame.build)
        self.goto(target)
        self.here, self._raises, self._frames = saved
        return start

    def _build(self, body: Callable[[], object]) -> None:
        """Build a ``finally`` body once more."""
        if self._depth == 0:
            self._copies = 0
        self._copies += 1
        if self._depth >= MAX_FINALLY_DEPTH or self._copies > MAX_FINALLY_COPIES:
            self.tangled = True
        self._depth += 1
        body()
        self._depth -= 1

    def _unwind(self, depth: int, stop: int | None, target: int) -> None:
        """Lead the open block to ``target`` through every ``finally`` above frame ``stop``, innermost first."""
        if self.here is None:
            return
        floor = -1 if stop is None else stop
        way = target
        for index in range(floor + 1, depth):
            frame = self._frames[index]
            if isinstance(frame, _Finally):
                way = self._finally_copy(frame, index, way)
        self.goto(way)

"""One project while its files are edited: when it is checked, whose result still counts, who waits for it.

Everything here runs in the event loop's thread; the engine runs in one other thread, check after check. An edit makes
the running check stale: it is given up at its next phase, and what it finds is dropped.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor as Threads
from itertools import count
from typing import NamedTuple, Protocol, TypeVar

from lsprotocol import types

from lkagent_lint.config import ConfigError
from lkagent_lint.faults import trace_of
from lkagent_lint.server.findings import ShownFinding
from lkagent_lint.server.standing import Checked, InterruptedCheck, InterruptibleWatch, StandingProject
from lkagent_lint.stack import run_deep

_Result = TypeVar("_Result")
_numbers = count(1)
"""Of what was shown, in this process: no two results that differ have one name."""


_IDLE = 1.0
"""Seconds without an edit after which there is time for what nobody waits for."""
_MOST_KEPT = 8
NOTHING = "nothing"
"""The name of the result of a file of which nothing is shown."""


class DeskClosedError(Exception):
    """The project has another desk now, or none: who waited for this one asks again."""


class Unsaved(NamedTuple):
    """What editors hold of a project at one moment."""

    texts: Mapping[str, bytes]
    versions: Mapping[str, int]
    show: Callable[[Checked | ConfigError], dict[str, list[ShownFinding]]]
    """Turns what is found into what a client is told, by path, with the texts of this moment."""


class DeskOutcome(NamedTuple):
    """What is known of a project since some edit."""

    clock: int
    checked: Checked | None
    """None where the settings cannot be used, or the check failed."""
    shown: Mapping[str, list[ShownFinding]]
    """By path."""
    versions: Mapping[str, int]
    """Of the open documents that were checked, by path."""
    error: str = ""
    """Why there is no more, for the user."""
    trace: str = ""

    def items(self, path: str) -> list[types.Diagnostic]:
        return [each.item for each in self.shown.get(path, ())]


class DeskHost(Protocol):
    """Who keeps the documents, and is told of outcomes."""

    @property
    def debounce(self) -> float: ...

    def unsaved(self, root: str) -> Unsaved: ...

    def told(self, desk: Desk, before: DeskOutcome | None) -> None: ...


class Desk:
    """One root."""

    def __init__(self, root: str, standing: StandingProject, threads: Threads, host: DeskHost) -> None:
        self.root = root
        self.asked: frozenset[str] = frozenset()
        """The paths whose findings are shown."""
        self.outcome: DeskOutcome | None = None
        self._standing = standing
        self._threads = threads
        self._host = host
        self._clock = 0
        self._ids: dict[str, tuple[str, list[types.Diagnostic]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._watch: InterruptibleWatch | None = None
        self._changed: set[str] = set()
        self._is_closed = False
        self._kept = 0
        """How many projects of older checks may be in memory."""
        self._waiting: list[tuple[int, asyncio.Future[DeskOutcome]]] = []
        self.edited: set[str] = set()
        """The documents that were edited since the last outcome."""

    # When it is checked

    def touch(self, paths: Iterable[str] = (), *, at_once: bool = False) -> None:
        """Something of the project is another than it was: these files on disk, or a document, or what is asked."""
        self._clock += 1
        self._changed.update(paths)
        if self._watch is not None:
            self._watch.stop()
        if self._timer is not None:
            self._timer.cancel()
        delay = 0 if at_once else self._host.debounce
        self._timer = asyncio.get_running_loop().call_later(delay, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._running is None:
            self._running = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._timer is None and (self.outcome is None or self.outcome.clock != self._clock):
                outcome = await self._once()
                if self._is_closed:
                    return
                if outcome is not None and outcome.clock == self._clock:
                    self._settle(outcome)
        finally:
            self._running = None

    async def _once(self) -> DeskOutcome | None:
        """The outcome of one check; None where it was given up."""
        clock, asked = self._clock, self.asked
        changed, self._changed = self._changed, set()
        unsaved = self._host.unsaved(self.root)
        watch = self._watch = InterruptibleWatch()

        def check() -> DeskOutcome | None:
            self._standing.overlays(unsaved.texts)
            self._standing.changed(changed)
            try:
                found = self._standing.check(asked, watch)
            except InterruptedCheck:
                return None
            except ConfigError as error:
                return DeskOutcome(clock, None, unsaved.show(error), unsaved.versions, str(error))
            trace = "\n".join(found.traces)
            return DeskOutcome(clock, found, unsaved.show(found), unsaved.versions, "", trace)

        try:
            return await self._in_thread(check)
        except Exception as error:
            # What was known is shown on: the next edit may lead past the fault.
            before: Mapping[str, list[ShownFinding]] = {} if self.outcome is None else self.outcome.shown
            text = f"the check failed: {type(error).__name__}: {error}"
            return DeskOutcome(clock, None, before, unsaved.versions, text, trace_of(error))
        finally:
            self._watch = None

    def _settle(self, outcome: DeskOutcome) -> None:
        before, self.outcome = self.outcome, outcome
        number = next(_numbers)
        for path in {*self._ids, *outcome.shown}:
            items = outcome.items(path)
            known = self._ids.get(path)
            if known is None or known[1] != items:
                self._ids[path] = (str(number), items)
        waiting, self._waiting = self._waiting, []
        for clock, future in waiting:
            if future.done():
                continue
            if clock <= outcome.clock:
                future.set_result(outcome)
            else:
                self._waiting.append((clock, future))
        self._host.told(self, before)
        self.edited.clear()
        self._kept += 1
        delay = 0.0 if self._kept >= _MOST_KEPT else _IDLE
        asyncio.get_running_loop().call_later(delay, self._let_go, outcome.clock)

    def _let_go(self, clock: int) -> None:
        """What older checks made goes, in a moment of rest: a project is full of cycles."""
        if self._is_closed or not self._kept or (clock != self._clock and self._kept < _MOST_KEPT):
            return
        self._kept = 0
        self._threads.submit(gc.collect)

    @property
    def is_checking(self) -> bool:
        return self._running is not None

    # Who asks

    async def current(self) -> DeskOutcome:
        """What is known of the project as it is at this moment. Raises ``DeskClosedError``."""
        if self.outcome is not None and self.outcome.clock == self._clock:
            return self.outcome
        future: asyncio.Future[DeskOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._clock, future))
        return await future

    def result_id(self, path: str) -> str:
        """Changes with what is shown of a file."""
        return self._ids[path][0] if path in self._ids else NOTHING

    @property
    def named_paths(self) -> tuple[str, ...]:
        """The files of which anything is, or was, shown."""
        return tuple(sorted(self._ids))

    async def ask(self, question: Callable[[Checked], _Result]) -> _Result | None:
        """Ask the project in the engine's thread; None where there is none to ask."""
        checked = (await self.current()).checked
        if checked is None:
            return None
        return await self._in_thread(lambda: run_deep(lambda: question(checked)))

    async def do(self, task: Callable[[StandingProject], _Result]) -> _Result:
        """Do something with the project as it is now, in the engine's thread."""
        await self.current()
        texts = self._host.unsaved(self.root).texts

        def work() -> _Result:
            self._standing.overlays(texts)
            return task(self._standing)

        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Nobody waits any longer, and nothing more is told."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.stop()
        for _, future in self._waiting:
            if not future.done():
                future.set_exception(DeskClosedError())
        self._waiting.clear()

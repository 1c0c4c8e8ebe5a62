"""Running deep recursion safely: parsers and walks recurse with the nesting of the source they read."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar

STACK_BYTES = 256 * 1024 * 1024
"""Virtual memory of the thread; pages that are not used cost nothing. 190 nested brackets overflow 1 MB in libcst."""
RECURSION_LIMIT = 60_000
_SMALLER = (64 * 1024 * 1024, 16 * 1024 * 1024)
"""Stacks that are tried where there is no memory for the deep one (``ulimit -v``)."""
_USUAL = 1_000
"""The recursion limit of Python, for the stack that a process begins with."""

_Result = TypeVar("_Result")


class _Limit:
    """The recursion limit of the process while functions run deep: the first raises it, and the last restores it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._before = 0
        self.is_shallow = False
        """Whether a function has run with less than the deep stack, because no thread could have one."""

    def start(self, call: Callable[[], None]) -> threading.Thread | None:
        """Start a thread with a stack as deep as there is memory for, which may recurse until ``end`` is called; None
        where no thread can be started at all.
        """
        with self._lock:
            before = sys.getrecursionlimit()
            started = _started(call)
            size = 0 if started is None else started[1]
            self.is_shallow = self.is_shallow or size < STACK_BYTES
            if not self._running:
                self._before = before
            self._running += 1
            limit = max(_USUAL, RECURSION_LIMIT * size // STACK_BYTES)
            sys.setrecursionlimit(max(before, limit))
            return None if started is None else started[0]

    def end(self) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                sys.setrecursionlimit(self._before)


def _started(call: Callable[[], None]) -> tuple[threading.Thread, int] | None:
    """A thread that runs and the size of its stack, which is set for this one alone."""
    for size in (STACK_BYTES, *_SMALLER):
        thread = threading.Thread(target=call, name="lkagent-lint", daemon=True)
        before = threading.stack_size(size)
        try:
            thread.start()
            return thread, size
        except (RuntimeError, MemoryError):
            continue
        finally:
            threading.stack_size(before)
    return None


_limit = _Limit()


def is_shallow() -> bool:
    """Whether something ran with less than a deep stack: then files that are nested deeply are given up sooner."""
    return _limit.is_shallow


def run_deep(function: Callable[[], _Result]) -> _Result:
    """Call a function in a thread with a deep stack, and return or raise what it does.

    The recursion limit is raised while any such function runs and restored after the last: hosts such as flake8 go on
    in this process.
    """
    outcome: list[_Result] = []
    errors: list[BaseException] = []
    ready = threading.Event()
    context = copy_context()  # what is set for the caller holds in the thread too

    def call() -> None:
        ready.wait()
        try:
            outcome.append(context.run(function))
        except BaseException as error:
            errors.append(error)

    try:
        thread = _limit.start(call)
        ready.set()
        if thread is None:
            call()
        else:
            thread.join()
    finally:
        _limit.end()
    if errors and isinstance(errors[0], SystemExit):
        # No signal arrives in that thread: it is a library that gives up, and the host goes on.
        raise RuntimeError(f"a library ended with code {errors[0].code}") from errors[0]
    if errors:
        raise errors[0]
    return outcome[0]

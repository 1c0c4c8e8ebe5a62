"""Running deep recursion safely: parsers and walks recurse with the nesting of the source they read."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

STACK_BYTES = 256 * 1024 * 1024
"""Virtual memory of the thread; pages that are not used cost nothing. 190 nested brackets overflow 1 MB in libcst."""
RECURSION_LIMIT = 60_000

_Result = TypeVar("_Result")


class _Limit:
    """The recursion limit of the process while functions run deep: the first raises it, and the last restores it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._before = 0

    def start(self, thread: threading.Thread) -> None:
        """Start a thread with a deep stack, which may recurse until ``end`` is called."""
        with self._lock:
            if not self._running:
                self._before = sys.getrecursionlimit()
                sys.setrecursionlimit(max(self._before, RECURSION_LIMIT))
            self._running += 1
            size = threading.stack_size(STACK_BYTES)
            try:
                thread.start()
            finally:
                threading.stack_size(size)

    def end(self) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                sys.setrecursionlimit(self._before)


_limit = _Limit()


def run_deep(function: Callable[[], _Result]) -> _Result:
    """Call a function in a thread with a deep stack, and return or raise what it does.

    The recursion limit is raised while any such function runs and restored after the last: hosts such as flake8 go on
    in this process.
    """
    outcome: list[_Result] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=call, name="lkagent-lint", daemon=True)
    try:
        _limit.start(thread)
        thread.join()
    finally:
        _limit.end()
    if errors:
        raise errors[0]
    return outcome[0]

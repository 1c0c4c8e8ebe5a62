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


def run_deep(function: Callable[[], _Result]) -> _Result:
    """Call a function in a thread with a deep stack, and return or raise what it does.

    The recursion limit is raised while it runs and restored after: hosts such as flake8 go on in this process.
    """
    outcome: list[_Result] = []
    errors: list[BaseException] = []

    def call() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(STACK_BYTES)
    try:
        thread = threading.Thread(target=call, name="lkagent-lint", daemon=True)
        sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return outcome[0]

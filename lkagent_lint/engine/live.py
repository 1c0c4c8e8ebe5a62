"""A check that goes on: the same request, answered again and again while its files change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lkagent_lint.engine.request import Request
from lkagent_lint.engine.watch import Watch
from lkagent_lint.stack import run_deep

if TYPE_CHECKING:
    from lkagent_lint.diagnostics import Report
    from lkagent_lint.engine.inspection import Inspection
    from lkagent_lint.extraction.memory import FactsInMemory

_Result = TypeVar("_Result")


class LiveCheck:
    """Keeps what follows from files that stay as they are, and gives the report that ``check`` would give.

    ``request`` names the paths and the settings. Its unsaved text is where ``overlay`` begins. One thread at a time
    checks; others wait. ``overlay`` and ``changed`` may be called while one does and count from the next check on.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._overlays = dict(request.overlays)
        self._memory: FactsInMemory | None = None
        self._noting = Lock()
        self._checking = Lock()

    def overlay(self, path: str, text: bytes | None) -> None:
        """What an editor holds of a file (absolute path) stands in for it; None: what lies on disk counts again."""
        with self._noting:
            if text is None:
                self._overlays.pop(path, None)
            else:
                self._overlays[path] = text

    def changed(self, paths: Iterable[str] | None = None) -> None:
        """These files (absolute paths) have been written, made or deleted, or those below these directories. None where
        that is not known: then any may have been.
        """

    def check(self, watch: Watch | None = None) -> Report:
        """The report as everything is now. Raises ``ConfigError`` as ``check`` does; the next call may succeed."""
        from lkagent_lint.engine.checking import checked

        return self._made(lambda request, memory: checked(request, watch or Watch(), memory))

    def inspect(self, watch: Watch | None = None) -> Inspection:
        """What ``engine.inspect`` gives of a request whose paths are all of one project: ``check`` reports what it has
        ``shown``. Who asks the project more does so in one thread, on a deep stack.
        """
        from lkagent_lint.engine.checking import inspected

        return self._made(lambda request, memory: inspected(request, None, watch or Watch(), memory))

    def _made(self, make: Callable[[Request, FactsInMemory], _Result]) -> _Result:
        with self._checking:
            with self._noting:
                request = msgspec.structs.replace(self._request, overlays=dict(self._overlays))
            return run_deep(lambda: self._kept(request, make))

    def _kept(self, request: Request, make: Callable[[Request, FactsInMemory], _Result]) -> _Result:
        from lkagent_lint.extraction.memory import FactsInMemory

        if self._memory is None:
            self._memory = FactsInMemory()
        made = make(request, self._memory)
        self._memory.forget_unused()
        return made

"""A check that goes on: the same request, answered again and again while its files change."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from lkagent_lint.engine.request import Request
from lkagent_lint.engine.watch import Watch
from lkagent_lint.stack import run_deep

if TYPE_CHECKING:
    from lkagent_lint.diagnostics import Report
    from lkagent_lint.extraction.memory import FactsInMemory


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
        with self._checking:
            with self._noting:
                request = msgspec.structs.replace(self._request, overlays=dict(self._overlays))
            return run_deep(lambda: self._checked(request, watch or Watch()))

    def _checked(self, request: Request, watch: Watch) -> Report:
        from lkagent_lint.engine.checking import checked
        from lkagent_lint.extraction.memory import FactsInMemory

        if self._memory is None:
            self._memory = FactsInMemory()
        report = checked(request, watch, self._memory)
        self._memory.forget_unused()
        return report

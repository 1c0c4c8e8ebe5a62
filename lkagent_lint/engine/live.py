"""A check that goes on: the same request, answered again and again while its files change."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

import msgspec

from lkagent_lint.engine.request import Request
from lkagent_lint.engine.watch import Watch
from lkagent_lint.stack import run_deep

if TYPE_CHECKING:
    from lkagent_lint.config.loader import SettingsFinder
    from lkagent_lint.diagnostics import Report
    from lkagent_lint.engine.inspection import Inspection
    from lkagent_lint.engine.surveys import Survey
    from lkagent_lint.extraction.memory import FactsInMemory
    from lkagent_lint.sources.reading import Overlays


class Memory:
    """What is known from one check to the next."""

    def __init__(self) -> None:
        from lkagent_lint.extraction.memory import FactsInMemory

        self.facts: FactsInMemory = FactsInMemory()
        self.read: ReadRoots | None = None


class ReadRoots:
    """What a check has read: the settings, and every root with its files."""

    def __init__(self, finder: SettingsFinder, surveys: tuple[Survey, ...]) -> None:
        self.finder = finder
        self.surveys = surveys

    def again(self, paths: Iterable[str], overlays: Overlays, memory: Memory) -> bool:
        """Read these files again. False where that may change more than what they say themselves: then everything is
        to be read anew.
        """
        from lkagent_lint.extraction import Extractor, InProcess

        extractor = Extractor(None, InProcess(), memory.facts)
        for each in self.surveys:
            each.index.overlays = overlays
            each.unlink()
        for path in sorted(paths):
            homes = [each.index for each in self.surveys if path in each.index.facts]
            if len(homes) != 1 or not homes[0].read_again(path, overlays, extractor):
                return False
        return True


_COLLECTED_AFTER = 40
"""Checks after which what earlier ones have left is freed: that takes as long as two or three of them."""
_Result = TypeVar("_Result")
_Make = Callable[[Request, Memory, "set[str] | None"], _Result]


class LiveCheck:
    """Keeps what follows from files that stay as they are, and gives the report that ``check`` would give.

    ``request`` names the paths and the settings. Its unsaved text is where ``overlay`` begins. One thread at a time
    checks; others wait. ``overlay`` and ``changed`` may be called while one does and count from the next check on.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._overlays = dict(request.overlays)
        self._memory: Memory | None = None
        self._made_since = 0
        self._edited: set[str] | None = None
        """The files that may have changed since the last check; None where any may have."""
        self._noting = Lock()
        self._checking = Lock()

    def overlay(self, path: str, text: bytes | None) -> None:
        """What an editor holds of a file (absolute path) stands in for it; None: what lies on disk counts again."""
        with self._noting:
            if text is None:
                self._overlays.pop(path, None)
            else:
                self._overlays[path] = text
            if self._edited is not None:
                self._edited.add(path)

    def changed(self, paths: Iterable[str] | None = None) -> None:
        """These files (absolute paths) have been written, made or deleted, or those below these directories. None where
        that is not known: then any may have been. What nobody tells is not seen.
        """
        with self._noting:
            if paths is None:
                self._edited = None
            elif self._edited is not None:
                self._edited.update(paths)

    def check(self, watch: Watch | None = None) -> Report:
        """The report as everything is now. Raises ``ConfigError`` as ``check`` does; the next call may succeed."""
        from lkagent_lint.engine.checking import checked

        return self._made(lambda request, memory, edited: checked(request, watch or Watch(), memory, edited))

    def inspect(self, watch: Watch | None = None) -> Inspection:
        """What ``engine.inspect`` gives of a request whose paths are all of one project: ``check`` reports what it has
        ``shown``. Who asks the project more does so in one thread, on a deep stack.
        """
        from lkagent_lint.engine.checking import inspected

        return self._made(lambda request, memory, edited: inspected(request, None, watch or Watch(), memory, edited))

    def _made(self, make: _Make[_Result]) -> _Result:
        with self._checking:
            with self._noting:
                request = msgspec.structs.replace(self._request, overlays=dict(self._overlays))
                edited, self._edited = self._edited, set()
            try:
                return run_deep(lambda: self._kept(request, edited, make))
            except BaseException:
                with self._noting:
                    self._edited = None
                raise

    def _kept(self, request: Request, edited: set[str] | None, make: _Make[_Result]) -> _Result:
        if self._memory is None:
            self._memory = Memory()
        made = make(request, self._memory, edited)
        self._made_since += 1
        if self._made_since >= _COLLECTED_AFTER:
            # An evaluator refers to itself, and what a check makes counts as old at once.
            self._made_since = 0
            gc.collect()
        return made

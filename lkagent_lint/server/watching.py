"""Who tells the server of files that change on disk: the client, or the server itself."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection

from lsprotocol import types

from lkagent_lint.sources.watched import matters

GLOB = "**/*"


def registration() -> types.RegistrationParams:
    """Asks the client to tell of every file: which of them matters, ``matters`` knows."""
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(GLOB)])
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    return types.RegistrationParams([types.Registration("lkagent-lint.files", method, options)])


class OwnWatch:
    """Watches directories where the client does not. Needs watchfiles; without it nobody watches."""

    def __init__(self, told: Callable[[Collection[str]], None]) -> None:
        self._told = told
        self._task: asyncio.Task[None] | None = None
        self._stop: asyncio.Event | None = None
        self._roots: frozenset[str] = frozenset()

    def watch(self, roots: Collection[str]) -> None:
        """Watch exactly these directories from now on."""
        wanted = frozenset(each for each in roots if os.path.isdir(each))
        if wanted != self._roots:
            self.close()
            self._roots = wanted
            if wanted:
                self._stop = asyncio.Event()
                self._task = asyncio.get_running_loop().create_task(self._run(wanted, self._stop))

    async def _run(self, roots: Collection[str], stop: asyncio.Event) -> None:
        try:
            from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]
        except ImportError:
            return

        def wanted(_: object, path: str) -> bool:
            return any(matters(path, root) for root in roots)

        async for changes in awatch(*roots, stop_event=stop, watch_filter=wanted):
            self._told({path for _, path in changes})

    def close(self) -> None:
        if self._stop is not None:
            self._stop.set()
        self._stop = self._task = None
        self._roots = frozenset()

"""Says what a long run is at: on standard error, on a terminal only, and not before a second has passed."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from types import TracebackType
from typing import TextIO

from lkagent_lint.engine import Watch

_DELAY = 1.0
_PERIOD = 0.2
_CLEAR = "\r\x1b[K"


class Progress:
    """A line that is rewritten while the block runs and gone when it ends. Shows nothing on anything else."""

    def __init__(self, watch: Watch, stream: TextIO | None = None) -> None:
        self._watch = watch
        # The type says that there is one; it may have been closed before the interpreter started.
        self._stream: TextIO | None = sys.stderr if stream is None else stream
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lkagent-lint progress", daemon=True)

    def __enter__(self) -> None:
        if self._is_terminal():
            with contextlib.suppress(RuntimeError):  # no more threads
                self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _is_terminal(self) -> bool:
        try:
            return self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb"
        except ValueError:
            return False

    def _run(self) -> None:
        began = time.monotonic()
        shown = False
        pause = _DELAY
        while not self._ended.wait(pause):
            shown = self._write(f"{_CLEAR}lkagent-lint: {self._watch.phase}, {time.monotonic() - began:.0f} s")
            pause = _PERIOD
        if shown:
            self._write(_CLEAR)

    def _write(self, text: str) -> bool:
        with contextlib.suppress(OSError, ValueError):
            assert self._stream is not None
            self._stream.write(text)
            self._stream.flush()
            return True
        return False

"""Makes facts in several processes. A worker that dies costs at most one file, and never the run.

Workers are fresh interpreters rather than forks: that works with threads, on every system, and in flake8's own
processes, which may not have children of ``multiprocessing``. They are started only for work that is worth it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, cast

import msgspec

import lkagent_lint
from lkagent_lint.extraction.frames import READY, read_frame, write_frame
from lkagent_lint.extraction.one import EncodedFacts, Failed, InProcess, Lost, SourceFile
from lkagent_lint.importing import without_current_directory

if TYPE_CHECKING:
    import subprocess

ENOUGH_BYTES = 300_000
"""Less source than this is read sooner here than it takes workers to start (docs/performance.md)."""
_IN_FLIGHT = 2
"""Files that a worker has at once, so that it never waits for the next."""
_SECONDS = 60.0
_SECONDS_PER_BYTE = 1 / 10_000
"""How long one file may take; a worker that takes longer hangs. The slowest known input needs a tenth of it."""
_DIED = Lost("the process that read it ended or hung, twice")
_BOOT = "import sys; sys.path += sys.argv[1:]; from lkagent_lint.extraction.worker import main; main()"


def cores() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """Makes facts in up to ``jobs`` processes; as many as there are cores if None. One job works in this process."""

    def __init__(self, jobs: int | None = None) -> None:
        self._jobs = cores() if jobs is None else jobs
        self._workers: list[_Worker] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()

    def make(self, sources: list[SourceFile]) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        """Answers for every source, in the order in which they are done."""
        if self._jobs > 1 and len(sources) > 1 and self._is_worth_it(sources):
            # The largest first, so that none is left alone at the end.
            todo = _Todo(sorted(sources, key=lambda source: -len(source.data)))
            yield from self._shared(todo, len(sources))
            sources = list(todo.rest())  # what no worker took, because none could be started
        yield from InProcess().make(sources)

    def _is_worth_it(self, sources: list[SourceFile]) -> bool:
        return bool(self._workers) or sum(len(source.data) for source in sources) >= ENOUGH_BYTES

    def _shared(self, todo: _Todo, count: int) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        while len(self._workers) < min(self._jobs, count):
            self._workers.append(_Worker())
        done: SimpleQueue[tuple[SourceFile, EncodedFacts] | None] = SimpleQueue()
        running = 0
        for worker in self._workers:
            try:
                Thread(target=worker.work, args=(todo, done), name="lkagent-lint worker", daemon=True).start()
            except (RuntimeError, MemoryError):  # no more threads, or no memory for them
                break
            running += 1
        while running:
            try:
                answer = done.get(timeout=1.0)
            except Empty:
                for worker in self._workers:
                    worker.kill_if_hung()
                continue
            if answer is None:
                running -= 1
            else:
                yield answer


class _Todo:
    """Sources that wait for a worker."""

    def __init__(self, sources: list[SourceFile]) -> None:
        self._sources = deque(sources)
        self._lock = Lock()

    def take(self) -> SourceFile | None:
        with self._lock:
            return self._sources.popleft() if self._sources else None

    def give_back(self, sources: list[SourceFile]) -> None:
        with self._lock:
            self._sources.extendleft(reversed(sources))

    def rest(self) -> Iterator[SourceFile]:
        while (source := self.take()) is not None:
            yield source


class _Worker:
    """One worker process, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline: float | None = None
        self._closed = False

    def work(self, todo: _Todo, done: SimpleQueue[tuple[SourceFile, EncodedFacts] | None]) -> None:
        """Take sources until there are none; None says that this worker is through."""
        try:
            while self._is_alive() and (source := todo.take()) is not None:
                sent, died = self._series(source, todo, done)
                if died and sent:
                    todo.give_back(sent[1:])
                    done.put((sent[0], self._alone(sent[0])))
        finally:
            done.put(None)

    def _series(
        self, first: SourceFile, todo: _Todo, done: SimpleQueue[tuple[SourceFile, EncodedFacts] | None]
    ) -> tuple[list[SourceFile], bool]:
        """Keep the process busy; what it had when it died, and whether it did."""
        sent: deque[SourceFile] = deque()
        following: SourceFile | None = first
        while True:
            while following is not None:
                sent.append(following)
                if not self._send(following):
                    return list(sent), True
                following = todo.take() if len(sent) < _IN_FLIGHT else None
            if not sent:
                return [], False
            reply = self._reply(sent[0])
            if reply is None:
                return list(sent), True
            done.put((sent.popleft(), reply))
            following = todo.take()

    def _alone(self, source: SourceFile) -> EncodedFacts:
        """The second and last try of what a process died of, or of what it happened to have."""
        if self._is_alive() and self._send(source):
            reply = self._reply(source)
            if reply is not None:
                return reply
        return _DIED

    def _is_alive(self) -> bool:
        """Whether there is a process, after starting one if there was none."""
        if self._process is None and not self._closed:
            self._process = _started()
        if self._closed:
            self.stop()
        return self._process is not None

    def _send(self, source: SourceFile) -> bool:
        process = self._process
        if process is None:  # closed in the meantime
            return False
        try:
            write_frame(cast(BinaryIO, process.stdin), _encode((source.front_end, source.name, source.data)))
        except (OSError, ValueError):  # ValueError: the pipe was closed in the meantime
            self.stop()
            return False
        return True

    def _reply(self, source: SourceFile) -> EncodedFacts | None:
        process = self._process
        if process is None:  # closed in the meantime
            return None
        self._deadline = time.monotonic() + _SECONDS + len(source.data) * _SECONDS_PER_BYTE
        frame = read_frame(cast(BinaryIO, process.stdout))
        self._deadline = None
        if frame is None:
            self.stop()
            return None
        facts, failed = _REPLIES.decode(frame)
        return facts if failed is None else failed

    def kill_if_hung(self) -> None:
        process, deadline = self._process, self._deadline
        if process is not None and deadline is not None and time.monotonic() > deadline:
            process.kill()

    def close(self) -> None:
        """End the process for good, also if a thread still works with it."""
        self._closed = True
        self.stop()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        import subprocess

        if self._deadline is not None:  # another thread waits for its answer, which nobody wants any more
            process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_encode = msgspec.msgpack.Encoder().encode
_REPLIES = msgspec.msgpack.Decoder(tuple[bytes, Failed | None])


def _started() -> subprocess.Popen[bytes] | None:
    """A worker that is ready; None where no process can be started.

    It runs in isolated mode: neither the environment nor the current directory, which may be the analysed project,
    decides what it imports. Python's own modules come first there, then this package, then what this process imports
    from.
    """
    import subprocess

    package = os.path.dirname(os.path.dirname(os.path.abspath(lkagent_lint.__file__)))
    paths = [package, *without_current_directory(sys.path)]
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BOOT, *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, ValueError):
        return None
    if read_frame(cast(BinaryIO, process.stdout)) == READY:
        return process
    process.kill()
    process.communicate()
    return None

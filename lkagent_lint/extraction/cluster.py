"""Makes facts on a ``dask.distributed`` cluster: bytes out, encoded facts in. For audits of many repositories.

The cluster's workers need the same version of the linter and of Python, which is asked of them first, and none of the
files.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

from lkagent_lint.cache.generation import current as own_generation
from lkagent_lint.extraction.one import EncodedFacts, FrontEnd, Lost, SourceFile, make_facts
from lkagent_lint.extraction.pool import Pool
from lkagent_lint.stack import run_deep

_CHUNK_BYTES = 200_000
"""Sources that go out together: enough for one message to be worth sending."""
_PATIENCE = 30.0
"""Seconds to wait where there is no worker: one that was lost may be on its way back."""
LOST = Lost("the cluster's workers that read it died")

_Task = tuple[FrontEnd, str, bytes]


class ClusterError(Exception):
    """A cluster that cannot be used; the text says why."""


class Cluster:
    """Makes facts on the workers of a scheduler, by its address (``tcp://host:8786``).

    Raises ClusterError where it cannot be reached, has no worker, or has one of another version.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise ClusterError("--scheduler needs dask: pip install 'lkagent-lint[dask]'") from None
        self._distributed: Any = distributed
        try:
            self._client: Any = self._distributed.Client(address, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers at {address}: {error}") from None
        self._compare_versions()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def make(self, sources: list[SourceFile]) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        """Answers for every source. The scheduler gives what a lost worker had to another one; a file on which
        several of them are lost is given up. What a cluster without workers leaves is made on this machine.
        """
        done: SimpleQueue[Any] = SimpleQueue()
        pending = self._submitted(list(_chunks(sources)), done)
        suspects: list[SourceFile] = []
        left: list[SourceFile] = []
        while pending and not left and (future := self._next(done)) is not None:
            chunk = pending.pop(future)
            if future.status == "error" and len(chunk) == 1:
                suspects += chunk
            elif future.status == "error":  # one of them did it
                pending.update(self._submitted([[source] for source in chunk], done))
            else:
                made = self._result(future)
                if made is None:
                    left = chunk
                else:
                    yield from zip(chunk, made, strict=True)
        left += [source for chunk in pending.values() for source in chunk]
        self._client.cancel(list(pending))
        yield from self._one_by_one(suspects)
        with Pool() as pool:
            yield from pool.make(left)

    def _one_by_one(self, suspects: list[SourceFile]) -> Iterator[tuple[SourceFile, EncodedFacts]]:
        """Answers for files whose workers were lost, with nothing else at work: the scheduler blames the loss of a
        worker on everything that waited for it, so that another file may have done it. Once no worker is left, nobody
        is asked any more.
        """
        has_workers = True
        for source in suspects:
            made: list[EncodedFacts] | None = None
            if has_workers:
                done: SimpleQueue[Any] = SimpleQueue()
                submitted = self._submitted([[source]], done)
                future = self._next(done)
                has_workers = future is not None
                made = self._result(future) if future is not None and future.status != "error" else None
                self._client.cancel(list(submitted))
            yield source, LOST if made is None else made[0]

    def _submitted(self, chunks: list[list[SourceFile]], done: SimpleQueue[Any]) -> dict[Any, list[SourceFile]]:
        futures: dict[Any, list[SourceFile]] = {}
        for chunk in chunks:
            tasks = [(source.front_end, source.name, source.data) for source in chunk]
            future = self._client.submit(make_many, tasks, pure=False)
            futures[future] = chunk
            future.add_done_callback(done.put)
        return futures

    def _next(self, done: SimpleQueue[Any]) -> Any:
        """The next future that has ended; None if the cluster has had no worker for a while."""
        end: float | None = None
        while True:
            try:
                return done.get(timeout=1.0)
            except Empty:
                now = time.monotonic()
                end = None if self._client.scheduler_info()["workers"] else end or now + _PATIENCE
                if end is not None and now >= end:
                    return None

    def _result(self, future: Any) -> list[EncodedFacts] | None:
        """What a worker answered; None if that has been lost with the worker, and nobody makes it again."""
        try:
            found: list[EncodedFacts] = future.result(timeout=_PATIENCE)
        except Exception:  # a time-out, a cancelled task, a scheduler that has gone
            return None
        return found

    def _compare_versions(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise ClusterError("the cluster has no workers") from None
        try:
            found: dict[str, bytes] = self._client.run(_generation)
        except Exception as error:
            raise ClusterError(f"the cluster's workers cannot run lkagent-lint: {error}") from None
        others = sorted(worker for worker, digest in found.items() if digest != own_generation())
        if others:
            raise ClusterError(
                f"{others[0]} has another version of lkagent-lint, of its parsers or of Python: its facts may differ"
            )


def _generation() -> bytes:
    """What a worker of the cluster answers when it is asked for its version."""
    return own_generation()


def make_many(tasks: list[_Task]) -> list[EncodedFacts]:
    """What runs on a worker of the cluster."""
    return run_deep(lambda: [make_facts(*task) for task in tasks])


def _chunks(sources: list[SourceFile]) -> Iterator[list[SourceFile]]:
    chunk: list[SourceFile] = []
    size = 0
    for source in sources:
        chunk.append(source)
        size += len(source.data)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk

"""Facts made on a real local cluster of two worker processes: the same report, also when a worker is lost."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint import engine
from lkagent_lint.config.errors import ConfigError
from lkagent_lint.extraction import Pool, SourceFile, cluster
from lkagent_lint.extraction.cluster import Cluster
from tools.bench.synthetic import build

distributed = pytest.importorskip("distributed", reason="dask is not installed (pip install 'lkagent-lint[dask]')")
dask = pytest.importorskip("dask", reason="dask is not installed")
pytestmark = pytest.mark.filterwarnings("default")  # what dask does on its way down is not ours


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
        ) as started:
            yield started


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test waits for ever, whatever has become of the cluster."""

    def expired(number: int, frame: object) -> None:
        raise TimeoutError("the test takes too long")

    monkeypatch.setattr(cluster, "_PATIENCE", 15.0)
    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(90)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def sources(count: int = 30) -> list[SourceFile]:
    text = b"from livekit.agents import AgentSession\nasync def entry_%d(ctx):\n    await ctx.connect()\n"
    return [SourceFile(f"/{number}.py", "python", "", text % number) for number in range(count)]


def test_the_report_is_the_same_to_the_byte(local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CHUNK_BYTES", 10_000)
    project = build(tmp_path / "project", 30)
    (project / "broken.py").write_text("import livekit(")
    here = engine.check(engine.Request(paths=(str(project),), jobs=1))
    there = engine.check(engine.Request(paths=(str(project),), scheduler=local.scheduler_address))
    assert there == here
    assert {each.code for each in here.diagnostics} >= {"LKA001", "LKA101"}


def test_work_is_shared_out(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CHUNK_BYTES", 1)
    with Cluster(local.scheduler_address) as workers, Pool(1) as here:
        assert dict(workers.make(sources())) == dict(here.make(sources()))
        with distributed.Client(local.scheduler_address, set_as_default=False) as client:
            pids = client.run(os.getpid)
    assert len(set(pids.values())) == 2
    assert os.getpid() not in pids.values()


def test_workers_of_another_version_are_refused(local: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "project", 2)

    def other() -> bytes:
        return b"other"

    monkeypatch.setattr(cluster, "own_generation", other)
    with pytest.raises(ConfigError, match="another version"):
        engine.check(engine.Request(paths=(str(tmp_path / "project"),), scheduler=local.scheduler_address))


def test_a_lost_worker_is_survived(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CHUNK_BYTES", 1)
    with (
        distributed.Client(local.scheduler_address, set_as_default=False) as client,
        Cluster(local.scheduler_address) as workers,
        Pool(1) as here,
    ):
        victim = min(client.run(os.getpid).values())
        found = dict[SourceFile, object]()
        for source, made in workers.make(sources(60)):
            found[source] = made
            if len(found) == 3:
                os.kill(victim, signal.SIGKILL)
        assert found == dict(here.make(sources(60)))


def test_a_file_that_kills_every_worker_is_given_up(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "make_many", deadly)
    given = [SourceFile("/deadly.py", "python", "", b"deadly"), *sources(3)]
    with Cluster(local.scheduler_address) as workers, Pool(1) as here:
        found = dict(workers.make(given))
        # Where its workers did not come back in time, the cluster's file is read by the front end itself.
        assert found.pop(given[0]) in (cluster.LOST, *dict(here.make(given[:1])).values())
        assert found == dict(here.make(sources(3)))


def test_a_file_is_not_given_up_for_what_another_did(
    local: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A scheduler blames the loss of a worker on everything that waited for it; here it blames one file, once."""
    monkeypatch.setattr(cluster, "make_many", partial(blamed, tmp_path / "blamed"))
    monkeypatch.setattr(cluster, "_CHUNK_BYTES", 1)
    with Cluster(local.scheduler_address) as workers, Pool(1) as here:
        assert dict(workers.make(sources(3))) == dict(here.make(sources(3)))
    assert (tmp_path / "blamed").exists()


def test_what_a_cluster_without_workers_leaves_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE", 2.0)
    with (
        distributed.LocalCluster(n_workers=1, processes=True, dashboard_address=":0", host="127.0.0.1") as small,
        Cluster(small.scheduler_address) as workers,
        Pool(1) as here,
    ):
        small.scale(0)
        assert dict(workers.make(sources(3))) == dict(here.make(sources(3)))


make_many = cluster.make_many


def deadly(tasks: Any) -> Any:
    if any(data == b"deadly" for _, _, data in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return make_many(tasks)


def blamed(seen: Path, tasks: Any) -> Any:
    if any(b"entry_0" in data for _, _, data in tasks) and not seen.exists():
        seen.touch()
        raise RuntimeError
    return make_many(tasks)


def test_a_scheduler_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    build(tmp_path / "project", 2)
    with dask.config.set({"distributed.comm.timeouts.connect": "300ms"}):  # noqa: SIM117
        with pytest.raises(ConfigError, match=r"^--scheduler: no scheduler answers at tcp://127\.0\.0\.1:9"):
            engine.check(engine.Request(paths=(str(tmp_path / "project"),), scheduler="tcp://127.0.0.1:9"))

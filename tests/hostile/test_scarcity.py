"""Little memory and no threads: the run goes on in what there is, says so, and finds the same."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.extraction import pool
from lkagent_lint.extraction.one import SourceFile
from tools.hostile.inputs import AGENT

_REFUSED = "can't start new thread"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    (tmp_path / "agent.py").write_text(AGENT)
    (tmp_path / "deep.py").write_text("from livekit.agents import JobContext\nx = " + "not " * 1_000 + "y\n")
    monkeypatch.setattr("lkagent_lint.stack._limit.is_shallow", False)
    return tmp_path


def found(project: Path) -> tuple[list[str], list[str]]:
    report = engine.check(engine.Request(paths=(str(project),), jobs=1))
    return [each.code for each in report.diagnostics if each.place.path.endswith("agent.py")], [
        each.where for each in report.notes
    ]


def test_enough_is_no_note(project: Path) -> None:
    assert found(project) == (["LKA106"], [])


@pytest.mark.parametrize("most", [20_000_000, 0], ids=["a small stack", "no thread"])
def test_a_stack_that_cannot_be_deep(most: int, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def scarce(thread: threading.Thread) -> None:
        size = threading.stack_size()
        if size > most or not most:
            raise RuntimeError(_REFUSED)
        start(thread)

    before = threading.stack_size(), sys.getrecursionlimit()
    monkeypatch.setattr(threading.Thread, "start", scarce)
    assert found(project) == (["LKA106"], ["memory"])
    assert (threading.stack_size(), sys.getrecursionlimit()) == before


def test_workers_without_threads_leave_the_work_to_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(_REFUSED)

    sources = [SourceFile(f"{number}.py", "python", "", b"import livekit.agents\n") for number in range(3)]
    monkeypatch.setattr(pool, "ENOUGH_BYTES", 0)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pool.Pool(2) as workers:
        made = dict(workers.make(sources))
    assert set(made) == set(sources)
    assert all(isinstance(each, bytes) for each in made.values())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit of addresses is not kept")
def test_a_process_with_few_addresses(project: Path) -> None:
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000)); "
        "from lkagent_lint.cli import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(project), "--no-cache", "--jobs", "1", "--output-format", "concise"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    assert "agent.py:6:5: error LKA106" in done.stdout
    assert "memory: there is not enough" in done.stderr

"""Facts from several processes: the same as from one, whatever becomes of a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.extraction import Failed, Pool, SourceFile, pool
from lkagent_lint.extraction.one import EncodedFacts, InProcess, Lost
from tests.signals import heed_interrupts
from tools.bench.synthetic import build

AGENT = b"from livekit.agents import AgentSession\nasync def entry_%d(ctx):\n    await ctx.connect()\n"


def sources(count: int = 12) -> list[SourceFile]:
    found = [SourceFile(f"/{number}.py", "python", "", AGENT % number + b"# %d\n" % number) for number in range(count)]
    return [
        *found,
        SourceFile("/x.ts", "javascript", ".ts", b"export const a = 1;"),
        SourceFile("/x.json", "text", "x.json", b'{"agentName": "desk"}'),
        SourceFile("/broken.py", "python", "", b"import livekit(\n"),
    ]


def made(jobs: int, given: list[SourceFile]) -> dict[str, EncodedFacts]:
    with Pool(jobs) as workers:
        return {source.path: facts for source, facts in workers.make(given)}


@pytest.fixture(autouse=True)
def always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "ENOUGH_BYTES", 0)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every worker process that is started."""
    found: list[subprocess.Popen[bytes]] = []
    start = pool._started  # pyright: ignore[reportPrivateUsage]

    def noted() -> subprocess.Popen[bytes] | None:
        process = start()
        if process is not None:
            found.append(process)
        return process

    monkeypatch.setattr(pool, "_started", noted)
    return found


def test_facts_do_not_depend_on_the_number_of_processes(started: list[subprocess.Popen[bytes]]) -> None:
    given = sources()
    alone = made(1, given)
    assert started == []
    assert len(alone) == len(given)
    assert made(2, given) == made(5, list(reversed(given))) == alone
    assert len(started) == 7
    assert all(process.poll() is not None for process in started)


def test_little_work_is_done_here(monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]) -> None:
    monkeypatch.setattr(pool, "ENOUGH_BYTES", 1_000_000)
    assert len(made(8, sources())) == 15
    monkeypatch.setattr(pool, "ENOUGH_BYTES", 0)
    assert len(made(8, sources()[:1])) == 1
    assert started == []


def test_where_no_process_can_be_started_everything_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = made(1, sources())
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert made(4, sources()) == expected
    monkeypatch.setattr(sys, "executable", "/bin/true")  # one that starts, and is no Python
    assert made(4, sources()) == expected


# Workers that die. The patched boot line runs in the worker and in no other process.


def dying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str) -> None:
    """Let workers run a line before each file; it knows ``data`` and a ``scratch`` directory."""
    boot = f"""
import os, pathlib, signal, sys, time
sys.path[:] = sys.argv[1:]
from lkagent_lint.extraction import worker
make = worker.make_facts
scratch = pathlib.Path({str(tmp_path)!r})
def make_facts(front_end, name, data):
    {what}
    return make(front_end, name, data)
worker.make_facts = make_facts
worker.main()
"""
    monkeypatch.setattr(pool, "_BOOT", boot)


def test_a_file_that_kills_its_worker_twice_is_lost_and_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    dying(monkeypatch, tmp_path, "if b'# 7' in data: os.kill(os.getpid(), signal.SIGKILL)")
    expected = made(1, sources())
    found = made(2, sources())
    assert isinstance(found.pop("/7.py"), Lost)
    expected.pop("/7.py")
    assert found == expected
    assert len(started) <= 4


def test_a_worker_that_dies_once_costs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    once = "if b'# 7' in data and not (scratch / 'x').exists(): (scratch / 'x').touch(); os._exit(3)"
    dying(monkeypatch, tmp_path, once)
    assert made(2, sources()) == made(1, sources())
    assert (tmp_path / "x").exists()


def test_a_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pool, "_SECONDS", 3.0)
    dying(monkeypatch, tmp_path, "if b'# 7' in data: time.sleep(600)")
    found = made(2, sources())
    assert isinstance(found["/7.py"], Lost)
    assert sum(isinstance(each, Lost) for each in found.values()) == 1


def test_workers_that_all_die_end_the_run_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dying(monkeypatch, tmp_path, "os._exit(3)")
    found = made(2, sources(3))
    assert len(found) == 6
    assert all(isinstance(each, Lost) for each in found.values())


def test_a_failing_front_end_fails_alike_in_every_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from lkagent_lint.frontends import python

    def broken(data: bytes, words: frozenset[str]) -> None:
        raise LookupError("no such thing")

    dying(monkeypatch, tmp_path, "from lkagent_lint.frontends import python; python.extract = lambda *_: {}[0]")
    there = made(2, sources())["/3.py"]
    assert isinstance(there, Failed)
    assert there[:3] == ("the Python front end", "KeyError", "0")
    assert there.trace.startswith("Traceback (most recent call last):\n")
    assert there.trace.endswith("\nKeyError: 0")
    monkeypatch.setattr(python, "extract", broken)
    here = made(1, sources())["/3.py"]
    assert isinstance(here, Failed)
    assert here[:3] == ("the Python front end", "LookupError", "no such thing")
    assert here.trace.endswith("\nLookupError: no such thing")


def test_what_a_worker_prints_does_not_stand_among_the_replies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dying(monkeypatch, tmp_path, "print('hello', flush=True); os.write(1, b'garbage')")
    assert made(2, sources()) == made(1, sources())


def test_a_worker_imports_nothing_from_the_analysed_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("libcst", "msgspec", "asyncio", "queue", "lkagent_lint", "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert made(2, sources()) == made(1, sources())
    assert not (tmp_path / "imported").exists()


def test_an_abandoned_run_leaves_no_worker(started: list[subprocess.Popen[bytes]]) -> None:
    with Pool(2) as workers:
        next(iter(workers.make(sources(40))))
    assert len(started) == 2
    assert all(process.wait(10) is not None for process in started)


# Whole checks


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("synthetic") / "project", 12)


def test_a_lost_file_is_a_note_in_the_report(monkeypatch: pytest.MonkeyPatch, project: Path, tmp_path: Path) -> None:
    dying(monkeypatch, tmp_path, "if b'desk-3' in data and b'rtc_session' in data: os.abort()")
    report = engine.check(engine.Request(paths=(str(project),), jobs=2))
    (lost,) = [each for each in report.diagnostics if each.code == "LKA004"]
    assert Path(lost.place.path).name == "desk_3.py"
    assert "ended or hung, twice" in lost.message
    assert "LKA101" in {each.code for each in report.diagnostics}


def outputs(project: Path, cache: Path) -> Iterator[tuple[str, bytes]]:
    """The report's bytes in every way of running."""

    def run(*options: str, seed: str = "0") -> bytes:
        command = [sys.executable, "-m", "lkagent_lint", "check", "--output-format", "json", *options]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LKAGENT_LINT_CACHE_DIR": str(cache)}
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True)
        assert done.returncode == 1, done.stderr
        return done.stdout

    files = sorted(str(path.relative_to(project)) for path in project.rglob("*.*"))
    for jobs, seed in (("1", "1"), ("1", "2"), ("2", "1"), ("8", "2")):
        yield f"jobs {jobs}, seed {seed}", run("--no-cache", "--jobs", jobs, seed=seed)
    yield "cold", run("--jobs", "2")
    yield "warm", run("--jobs", "2", seed="3")
    yield "warm alone", run("--jobs", "1", seed="4")
    yield "file by file", run("--no-cache", "--jobs", "2", *files)
    yield "in reverse", run("--no-cache", "--jobs", "2", *reversed(files))


def test_the_report_is_the_same_to_the_byte(tmp_path: Path) -> None:
    project = build(tmp_path / "project", 110)
    (project / "web").mkdir()
    (project / "web" / "token.ts").write_text(
        "import { RoomAgentDispatch } from 'livekit-server-sdk';\n"
        "const x = new RoomAgentDispatch({ agentName: 'gone' });\n"
    )
    (project / "ops.sh").write_text("lk dispatch create --room x --agent-name desk-missing\n")
    found = dict(outputs(project, tmp_path / "cache"))
    first = found["jobs 1, seed 1"]
    assert first.count(b"LKA101") == 2
    assert b"token.ts" in first
    assert [how for how, output in found.items() if output != first] == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_an_interrupt_leaves_no_worker(tmp_path: Path) -> None:
    project = build(tmp_path / "project", 400)
    command = [sys.executable, "-m", "lkagent_lint", "check", "--no-cache", "--jobs", "2"]
    with subprocess.Popen(
        command,
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    ) as process:
        deadline = time.monotonic() + 60
        while len(children := _children(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(children) == 2
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    _wait_until(lambda: not any(_is_running(pid) for pid in children))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_run_that_is_killed_leaves_no_worker(tmp_path: Path) -> None:
    project = build(tmp_path / "project", 400)
    command = [sys.executable, "-m", "lkagent_lint", "check", "--no-cache", "--jobs", "2"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while len(children := _children(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.kill()
    _wait_until(lambda: not any(_is_running(pid) for pid in children))


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            if task.name != str(pid)
            for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_reports_are_compared_for_good_reason(project: Path) -> None:
    """The tests above would notice another report: this one has findings, and they are not all alike."""
    report: Report = engine.check(engine.Request(paths=(str(project),)))
    assert report.diagnostics
    assert len({facts for _, facts in InProcess().make(sources())}) > 10

"""What goes wrong while the command runs, each as often as is asked; every trial yields what did not hold."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.faults.scene import LIMIT, Scene, children, gone, told
from tools.hostile.inputs import AGENT, ODD_AGENT

SETTINGS = (
    (),
    ("--select", "LKA1"),
    ("--ignore", "LKA106"),
    ("--preview",),
    ("--isolated",),
    ("--jobs", "1"),
    ("--jobs", "2"),
    ("--select", "LKA2", "--exit-zero"),
)
"""Requests that differ in what they find, or in how."""


def signals(scene: Scene, count: int, choose: random.Random) -> Iterator[str]:
    """SIGINT and SIGTERM at random times, from the first millisecond on, with a cache and a report in a file."""
    for number in range(count):
        sent = (signal.SIGINT, signal.SIGTERM)[number % 2]
        if number % 3 == 0:
            scene.forget()
        after = choose.uniform(0, scene.seconds * 1.1) if number % 5 else choose.uniform(0, 0.05)
        with scene.start("--jobs", "2", "--output", f"sarif={scene.written / 'report.sarif'}") as process:
            time.sleep(after)
            process.send_signal(sent)
            _, err = process.communicate(timeout=LIMIT)
        where = f"{sent.name} after {after:.3f} s"
        if process.returncode not in (128 + sent, -sent, scene.whole[0]):
            yield f"{where}: it ended with {process.returncode}"
        yield from (f"{where}: {each}" for each in (*told(err), *scene.leftovers()))
        if not gone(process.pid):
            yield f"{where}: a worker is left"
        if number % 20 == 19 and scene.run() != scene.whole:
            yield f"{where}: a run afterwards says something else"


def kills(scene: Scene, count: int, choose: random.Random) -> Iterator[str]:
    """kill -9 of a worker at a random time: the report is the same. Of the command itself: no worker is left."""
    for number in range(count):
        with scene.start("--no-cache", "--jobs", "2") as process:
            deadline = time.monotonic() + LIMIT
            while not (workers := children(process.pid)) and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(choose.uniform(0, scene.seconds / 2))
            itself = number % 4 == 3
            for each in [process.pid] if itself else workers[:1]:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            out, err = process.communicate(timeout=LIMIT)
        if itself:
            if not gone(process.pid):
                yield "killed: a worker is left"
        elif (process.returncode, out) != scene.whole:
            yield f"a worker was killed: {process.returncode}, {len(out)} bytes instead of {len(scene.whole[1])}"
        yield from told(err)


def runs_at_once(scene: Scene, rounds: int, choose: random.Random) -> Iterator[str]:
    """Runs with different settings on one cache, some of which is there already; one of them is killed."""
    alone = {each: scene.run("--no-cache", *each) for each in SETTINGS}
    for number in range(rounds):
        if number % 2 == 0:
            scene.forget()
        running = {each: scene.start(*each) for each in SETTINGS}
        with scene.start("--jobs", "2") as victim:
            time.sleep(choose.uniform(0, scene.seconds * 2))
            victim.kill()
            victim.communicate()
        for each, process in running.items():
            with process:
                out, err = process.communicate(timeout=LIMIT)
            if (process.returncode, out) != alone[each]:
                yield f"{' '.join(each) or 'no settings'}: {process.returncode}, another report than alone"
            yield from told(err)


def changes(scene: Scene, count: int, choose: random.Random) -> Iterator[str]:
    """Files that are written, cut and taken away while they are read. The report of a still project is right again."""
    names = sorted(scene.project.glob("agent_*.py"))
    texts = {path: path.read_bytes() for path in names}
    stop = threading.Event()

    def disturb() -> None:
        while not stop.is_set():
            path = choose.choice(names)
            match choose.randrange(3):
                case 0:
                    path.write_bytes(choose.choice((AGENT, ODD_AGENT, "", "def f(:\n")).encode())
                case 1:
                    path.unlink(missing_ok=True)
                case _:
                    path.write_bytes(texts[path])
            time.sleep(0.001)

    thread = threading.Thread(target=disturb, daemon=True)
    thread.start()
    try:
        for _ in range(count):
            with scene.start() as process:
                _, err = process.communicate(timeout=LIMIT)
            if process.returncode not in (0, 1):
                yield f"it ended with {process.returncode}"
            yield from told(err)
    finally:
        stop.set()
        thread.join()
        for path, text in texts.items():
            path.write_bytes(text)
    if scene.run() != scene.whole:
        yield "afterwards it says something else"


@contextmanager
def _small_disk(directory: Path, options: str) -> Generator[Path | None]:
    """A file system of its own; None where none may be mounted."""
    place = directory / "disk"
    place.mkdir(exist_ok=True)
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True)
    if mount.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _no_more() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def disks(scene: Scene, count: int, _choose: random.Random) -> Iterator[str]:
    """A full disk, and one that is read-only, below the cache and below the report."""
    for _ in range(count):
        with _small_disk(scene.directory, "size=16k") as small:
            limit = _no_more if small is None else None
            place = small or scene.written
            yield from _on_full_disk(scene, place, limit is not None)
        with _small_disk(scene.directory, "size=1m") as small:
            if small is None:
                continue
            subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
            if scene.run("--cache-dir", str(small)) != scene.whole:
                yield "a cache that is read-only: another report"


def _on_full_disk(scene: Scene, place: Path, limited: bool) -> Iterator[str]:
    limit = _no_more if limited else None
    with scene.start("--cache-dir", str(place / "cache"), limit=limit) as process:
        out, err = process.communicate(timeout=LIMIT)
    if (process.returncode, out) != scene.whole:
        yield f"a cache on a full disk: {process.returncode}, another report"
    yield from told(err)
    report = place / "report.json"
    with scene.start("--no-cache", "--output", f"json={report}", limit=limit) as process:
        _, err = process.communicate(timeout=LIMIT)
    if process.returncode != 2 or err.count(b"\n") != 1:
        yield f"a report on a full disk: {process.returncode}, {err!r}"
    if report.exists():
        yield "a report on a full disk: half of it is there"


def same_bytes(scene: Scene, count: int, choose: random.Random) -> Iterator[str]:
    """The same bytes for any number of jobs, order of paths, seed of hashes, locale and directory."""
    copy = scene.directory / "elsewhere" / "below"
    shutil.copytree(scene.project, copy, dirs_exist_ok=True)
    names = sorted(path.name for path in scene.project.glob("agent_*.py"))
    for number in range(count):
        choose.shuffle(names)
        arguments = ("--jobs", str(1 + number % 3), *(() if number % 2 else ["--no-cache"]), *names)
        environ = {"PYTHONHASHSEED": str(number), "LC_ALL": ("C", "C.UTF-8", "")[number % 3], "TZ": "Asia/Tokyo"}
        cwd = copy if number % 2 else scene.project
        with scene.start(*arguments, cwd=cwd, environ=environ) as process:
            found = process.communicate(timeout=LIMIT)[0]
        if found != scene.whole[1]:
            yield f"{arguments[:3]} {environ}: {len(found)} bytes instead of {len(scene.whole[1])}"


TRIALS = {
    "signals": (signals, 300),
    "kills": (kills, 60),
    "runs at once": (runs_at_once, 10),
    "runs over files that change": (changes, 30),
    "disks": (disks, 2),
    "same bytes": (same_bytes, 24),
}
"""Each kind with how often it is tried."""

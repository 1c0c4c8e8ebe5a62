"""A project in a directory of its own, runs of the real command over it, and what must hold after each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tools.hostile.inputs import AGENT, ODD_AGENT, PROJECT

REPOSITORY = str(Path(__file__).resolve().parents[2])
_PADDING = f"# workers are started where there is much text {'x' * 35_000}\n"
LIMIT = 600
"""Seconds after which a run hangs."""


class Scene:
    """One project, its cache and the report that a run without any fault gives of it."""

    def __init__(self, directory: Path, files: int) -> None:
        self.directory = directory
        self.project = directory / "project"
        self.cache = directory / "cache"
        self.written = directory / "written"
        self.written.mkdir(parents=True)
        self.project.mkdir()
        (self.project / "pyproject.toml").write_text(PROJECT)
        for number in range(files):
            text = (AGENT if number % 2 else ODD_AGENT) + f"NUMBER = {number}\n" + _PADDING
            (self.project / f"agent_{number}.py").write_text(text)
        began = time.monotonic()
        self.whole = self.run("--no-cache")
        self.seconds = time.monotonic() - began
        """How long a whole run takes here and now."""

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lkagent_lint", "check", "--output-format", "json", *arguments]

    def start(
        self,
        *arguments: str,
        cwd: Path | None = None,
        limit: Callable[[], None] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        """A run in a session of its own, so that what it leaves behind can be found."""

        def prepare() -> None:
            # A job in a shell's background ignores interrupts, and what it starts would do so too.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            if limit is not None:
                limit()

        return subprocess.Popen(
            self.command(*arguments),
            cwd=cwd or self.project,
            env={**os.environ, "PYTHONPATH": REPOSITORY, "LKAGENT_LINT_CACHE_DIR": str(self.cache), **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=prepare,
        )

    def run(self, *arguments: str) -> tuple[int, bytes]:
        """A whole run: its exit code and report."""
        with self.start(*arguments) as process:
            out, _ = process.communicate(timeout=LIMIT)
            return process.returncode, out

    def leftovers(self) -> Iterator[str]:
        """What a run that has ended must not leave: unfinished files, and reports that are not whole."""
        for path in (path for place in (self.cache, self.written, self.project) for path in sorted(place.rglob("*"))):
            if path.name.endswith(".tmp"):
                yield f"an unfinished file is left: {path.relative_to(self.directory)}"
        for path in self.written.iterdir():
            try:
                json.loads(path.read_bytes())
            except ValueError:
                yield f"half a report is left: {path.name}"
            path.unlink()

    def forget(self) -> None:
        """Take the cache away."""
        subprocess.run(["rm", "-rf", str(self.cache)], check=True)


def told(err: bytes) -> Iterator[str]:
    """What nobody may ever read on standard error. An interrupt of Python itself, before it has come to the command, is
    told by Python, with no file of ours in it; what an editable installation calls its finder is no such file.
    """
    of_python = err.rstrip().endswith(b"KeyboardInterrupt") and b"/lkagent_lint/" not in err
    if (b"Traceback" in err and not of_python) or b"internal error" in err:
        yield f"a traceback: {err[-300:].decode('utf-8', 'replace')}"


def children(pid: int) -> list[int]:
    """The processes that one has started and that run."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(each) for each in (task / "children").read_text().split()]
    except OSError:
        pass
    return found


def session(leader: int) -> list[int]:
    """The processes of a session that run."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, _, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            except (OSError, ValueError):
                continue
            if of == str(leader) and state != "Z":
                found.append(int(entry.name))
    return found


def gone(leader: int, seconds: float = 20) -> bool:
    """Whether nothing of a session runs any more, at the latest then."""
    deadline = time.monotonic() + seconds
    while session(leader):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True

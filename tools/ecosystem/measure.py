"""One run of the command over one repository, and what it took. Nothing of a repository is run or imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

_REPOSITORY = str(Path(__file__).resolve().parents[2])


class Run(NamedTuple):
    """What one run found and took."""

    findings: tuple[str, ...]
    """``agents/desk.py:12:5 LKA101``, sorted."""
    crash: str
    """Why there is no report, or what of it is an internal error; empty where all is well."""
    seconds: float
    """Of a processor."""
    megabytes: float


def checked(repository: Path, seconds: float) -> Run:
    """Check a repository in one process, which is ended where it takes far more than its seconds."""
    command = [sys.executable, "-m", "lkagent_lint", "check", "--jobs", "1", "--no-cache", "--output-format", "json"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            command,
            cwd=repository,
            env={**os.environ, "PYTHONPATH": _REPOSITORY},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        # Many processes share a processor, so that the clock on the wall tells little.
        watch = threading.Timer(10 * seconds + 30, process.kill)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, said = out.read(), err.read().decode("utf-8", "replace")
    findings, crash = _read(process.returncode, text, said)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Run(findings, crash, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def _read(code: int, text: bytes, said: str) -> tuple[tuple[str, ...], str]:
    if code == -signal.SIGKILL:
        return (), "it did not come to an end"
    if code not in (0, 1) or "Traceback" in said:
        return (), f"it ended with {code}: {said.strip()[-200:]}"
    items = json.loads(text)
    findings = sorted(f"{each['path']}:{each['line']}:{each['column']} {each['code']}" for each in items)
    internal = next((each["message"] for each in items if each["code"] == "LKA000"), "")
    return tuple(findings), internal[:200]


def commit_of(repository: Path) -> str:
    """The commit that is checked out; empty where there is none."""
    # Its own configuration is not believed: only the name of a commit is asked for.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "rev-parse", "HEAD"]
    if not (repository / ".git").exists():
        return ""
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""

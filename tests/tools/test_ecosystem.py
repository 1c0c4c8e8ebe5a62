"""The command over pinned repositories notices what changes, crashes, and takes too much."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.ecosystem.__main__ import Accepted, Budget, read, write, wrong
from tools.ecosystem.measure import Run, checked
from tools.hostile.inputs import AGENT, PROJECT

_ENOUGH = Budget(60, 900)
_RUN = Run(("a.py:6:5 LKA106", "b.py:1:1 LKA201"), "", 2.0, 80.0)


def test_what_changes_is_said() -> None:
    accepted = Accepted("1", ("a.py:6:5 LKA106", "c.py:1:1 LKA101"))
    assert list(wrong(_RUN, "1", accepted, _ENOUGH)) == ["came: b.py:1:1 LKA201", "went: c.py:1:1 LKA101"]
    assert list(wrong(_RUN, "1", Accepted("1", _RUN.findings), _ENOUGH)) == []
    assert list(wrong(_RUN, "2", Accepted("1", _RUN.findings), _ENOUGH)) == ["another commit: 2 instead of 1"]
    assert list(wrong(_RUN, "1", None, _ENOUGH)) == ["not accepted yet: 2 findings"]


def test_what_takes_too_much_fails() -> None:
    accepted = Accepted("1", _RUN.findings)
    assert list(wrong(_RUN, "1", accepted, Budget(1, 50))) == [
        "time: 2.0 s, 1 are allowed",
        "memory: 80 MB, 50 are allowed",
    ]
    assert list(wrong(_RUN._replace(crash="it ended with 2"), "1", accepted, _ENOUGH)) == ["crash: it ended with 2"]


def test_a_snapshot_is_read_back(tmp_path: Path) -> None:
    snapshot = {"one": Accepted("1", _RUN.findings), "none": Accepted("", ())}
    write(tmp_path / "s.json", snapshot)
    assert read(tmp_path / "s.json") == snapshot
    assert read(tmp_path / "missing.json") == {}


@pytest.mark.skipif(sys.platform == "win32", reason="what a process took is asked of POSIX")
def test_a_repository(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "agent.py").write_text(AGENT)
    run = checked(tmp_path, 60)
    assert (run.findings, run.crash) == (("agent.py:6:5 LKA106",), "")
    assert run.seconds > 0
    assert run.megabytes > 10


@pytest.mark.skipif(sys.platform == "win32", reason="what a process took is asked of POSIX")
@pytest.mark.parametrize("program", ["print(1); raise SystemExit(2)", "import os; os.abort()"])
def test_a_crash_is_noticed(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen

    def crashing(command: list[str], **given: object) -> object:
        return real([sys.executable, "-c", program], **given)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", crashing)
    assert checked(tmp_path, 60).crash.startswith("it ended with")

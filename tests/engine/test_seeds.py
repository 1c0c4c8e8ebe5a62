"""A report is the same to the byte, whatever the hashes of strings are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.bench.growth import modules

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = REPOSITORY / "fixtures" / "rules"
PROJECTS = [
    REPOSITORY / "fixtures" / "demo",
    RULES / "LKA101-connect-before-start",
    RULES / "LKA114-never-joins-room",
    RULES / "LKA201-agent-never-dispatched",
]


def _reported(seed: int, *projects: Path) -> bytes:
    command = [sys.executable, "-m", "lkagent_lint", "check", "--no-cache", "--preview", "--jobs", "1"]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command += ["--output-format", "json", *map(str, projects)]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True).stdout


def test_reports_do_not_depend_on_hashes(tmp_path: Path) -> None:
    projects = [*PROJECTS, modules(tmp_path / "python", 12, "python"), modules(tmp_path / "node", 12, "typescript")]
    first = _reported(0, *projects)
    assert first.count(b'"code"') > 5
    assert [_reported(seed, *projects) == first for seed in (1, 2)] == [True, True]

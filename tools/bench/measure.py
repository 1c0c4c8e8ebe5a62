"""Running whole processes, and what they cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MEGABYTE = 1 << 20


@dataclass
class Run:
    """A command that is measured, in a tree. ``prepare`` runs before each time and is not counted."""

    name: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    stdin: Path | None = None
    prepare: Callable[[], object] = lambda: None
    most: int = 99
    """How often it runs at most: slow tools are measured less often."""


@dataclass
class Cost:
    """What the runs of one command cost: seconds of wall clock, seconds of CPU (children included), bytes."""

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    peak: list[int] = field(default_factory=list[int])
    code: int = 0

    @property
    def median_wall(self) -> float:
        return statistics.median(self.wall)

    @property
    def median_cpu(self) -> float:
        return statistics.median(self.cpu)

    @property
    def median_peak(self) -> float:
        return statistics.median(self.peak) / MEGABYTE


def measure(runs: Sequence[Run], times: int, say: Callable[[str], object]) -> dict[str, Cost]:
    """The costs of some commands by name. They take turns, so that a disturbance does not hit one of them alone."""
    costs = {run.name: Cost() for run in runs}
    for turn in range(times):
        for run in runs:
            if turn < run.most:
                say(f"{run.cwd.name}: {run.name} ({turn + 1})")
                run.prepare()
                _once(run, costs[run.name])
    return costs


def _once(run: Run, cost: Cost) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    stdin = subprocess.DEVNULL if run.stdin is None else os.open(run.stdin, os.O_RDONLY)
    began = time.perf_counter()
    process = subprocess.Popen(
        list(run.command),
        cwd=run.cwd,
        env={**environment, **run.env},
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    cost.wall.append(time.perf_counter() - began)
    process.returncode = cost.code = os.waitstatus_to_exitcode(status)
    cost.cpu.append(usage.ru_utime + usage.ru_stime)
    cost.peak.append(usage.ru_maxrss * 1024)
    if run.stdin is not None:
        os.close(stdin)

"""Runs the command, and other linters, over the inputs of the rows: who comes to an end, whole, without a traceback."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

from tools.hostile.inputs import Input, write

_REPOSITORY = str(Path(__file__).resolve().parents[2])
OURS = "lkagent-lint"
BESIDE = "import os\nimport time\n\n\nasync def wait(x):\n    time.sleep(1)\n    return x == None\n"
"""A file beside the input in which each of the others finds something."""
_SECONDS, _MEGABYTES, _WALL = 20, 3_000, 240
"""Of a processor, of addresses, and on the wall, where many processes share the machine."""
OUR_SECONDS, OUR_MEGABYTES = 10, 500


class Tool(NamedTuple):
    """A linter: its command in an environment, and what it says of ``beside.py`` (of ``agent.py``, for ours)."""

    name: str
    command: tuple[str, ...]
    finds: str
    takes_files: bool = False


def ours() -> Tool:
    command = (sys.executable, "-m", "lkagent_lint", "check", "--no-cache", "--jobs", "1", "--output-format", "concise")
    return Tool(OURS, command, "agent.py:6:5: error LKA106")


def peers(scratch: Path) -> list[Tool]:
    """The others, in the environments that ``tools.bench.peers`` makes."""
    plain, asynchronous = scratch / "plain" / "bin", scratch / "async" / "bin"
    return [
        Tool("ruff", (f"{plain}/ruff", "check", "--no-cache", "--isolated", "--output-format=concise"), "beside.py:1"),
        Tool("flake8", (f"{plain}/flake8", "--isolated", "--jobs", "1", "."), "beside.py:1:1: F401"),
        Tool("flake8-async", (f"{asynchronous}/flake8-async", "--enable", "ASYNC"), "beside.py:6", takes_files=True),
        Tool("Fixit", (f"{plain}/fixit", "lint", "."), "beside.py@7"),
        Tool(
            "pylint",
            (f"{plain}/pylint", "--disable", "all", "--enable", "W0611", "--recursive", "y", "."),
            "beside.py:1",
        ),
    ]


class Outcome(NamedTuple):
    """What became of one run."""

    fault: str
    """``abort``, ``no end``, ``traceback``, ``others lost``; empty where nothing is wrong."""
    seconds: float
    megabytes: float


def tried(tool: Tool, given: Input) -> Outcome:
    """Run a tool over an input, in a directory of its own."""
    with TemporaryDirectory() as name, TemporaryFile() as out:
        folder = Path(name)
        write(folder, given)
        (folder / "beside.py").write_text(BESIDE)
        # One of them takes no directories.
        named = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py")) if tool.takes_files else []
        process = subprocess.Popen(
            [*tool.command, *(f"./{each}" for each in named)],
            cwd=folder,
            env=_environment(tool),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_bounded,
            start_new_session=True,
        )
        watch = threading.Timer(_WALL, lambda: os.killpg(process.pid, signal.SIGKILL))
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode("utf-8", "replace")
    fault = _fault(process.returncode, said, tool.finds)
    return Outcome(fault, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _environment(tool: Tool) -> dict[str, str]:
    """Others run without this repository in their path: flake8 would take its plugin."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**environ, "PYTHONPATH": _REPOSITORY} if tool.name == OURS else environ


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES * 1_000_000, _MEGABYTES * 1_000_000))


def _fault(code: int, said: str, finds: str) -> str:
    if -code in (signal.SIGKILL, signal.SIGXCPU):
        return "no end"
    if code < 0:
        return "abort"
    if "Traceback (most recent call last)" in said:
        return "traceback"
    return "" if finds in said else "others lost"


def chosen(given: Sequence[Input], most: int) -> list[Input]:
    """Of each row the first inputs that Python's linters can be given, so that six tools can be run over them."""
    found: list[Input] = []
    taken: dict[int, int] = {}
    for each in given:
        limit = 3 * most if each.row == 22 else most
        if taken.get(each.row, 0) < limit and not each.newer and any(name.endswith(".py") for name in each.files()):
            taken[each.row] = taken.get(each.row, 0) + 1
            found.append(each)
    return found


def counted(outcomes: Mapping[tuple[int, str], Sequence[str]]) -> dict[str, dict[str, dict[str, int]]]:
    """By row and tool: how many inputs were tried, and how often which fault was seen."""
    rows: dict[str, dict[str, dict[str, int]]] = {}
    for (row, tool), faults in sorted(outcomes.items()):
        counts = {"tried": len(faults)}
        for fault in sorted({each for each in faults if each}):
            counts[fault] = sum(each == fault for each in faults)
        rows.setdefault(str(row), {})[tool] = counts
    return rows

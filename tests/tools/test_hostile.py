"""What the command over hostile inputs says of a linter, and what is joined into the page."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tools.hostile.page import gathered
from tools.hostile.rows import inputs
from tools.hostile.trying import Tool, chosen, counted, tried

INPUTS = inputs()


@pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")
@pytest.mark.parametrize(
    ("program", "fault"),
    [
        ("print('beside.py:1')", ""),
        ("raise SystemExit(1)", "others lost"),
        ("print('beside.py:1'); 1 / 0", "traceback"),
        ("import os; print('beside.py:1', flush=True); os.abort()", "abort"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "no end"),
    ],
)
def test_what_becomes_of_a_run(program: str, fault: str) -> None:
    assert tried(Tool("x", (sys.executable, "-c", program), "beside.py:1"), INPUTS[0]).fault == fault


def test_others_are_given_what_they_can_read() -> None:
    found = chosen(INPUTS, 1)
    assert {each.row for each in found} >= {1, 7, 21, 44}
    assert not any(each.newer for each in found)
    assert sum(each.row == 22 for each in found) == 3
    assert sum(each.row == 21 for each in found) == 1


def test_what_runs_have_written_is_joined(tmp_path: Path) -> None:
    told = [
        {"on": "here", "rows": counted({(1, "ruff"): ["", "abort", "abort"]})},
        {"rows": {"1": {"flake8": {"tried": 1}}}, "fuzz": {"seed": 1, "cases": {"bytes": 5}, "failed": 1}},
        {"fuzz": {"seed": 2, "cases": {"bytes": 7}, "failed": 0}, "faults": {"kills": {"tried": 3, "failed": 0}}},
    ]
    files = [tmp_path / f"{number}.json" for number in range(len(told))]
    for file, each in zip(files, told, strict=True):
        file.write_text(json.dumps(each))
    assert gathered(files) == {
        "on": "here",
        "rows": {"1": {"ruff": {"tried": 3, "abort": 2}, "flake8": {"tried": 1}}},
        "fuzz": {"cases": {"bytes": 12}, "failed": 1, "seeds": [1, 2]},
        "faults": {"kills": {"tried": 3, "failed": 0}},
    }

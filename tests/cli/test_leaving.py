"""How the installed script ends its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo"
SCRIPT = "from lkagent_lint.__main__ import run; run()"


def run(code: str, *arguments: str, target: str = str(DEMO)) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, target, "--no-cache", "--output-format", "concise", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("arguments", [(), ("--exit-zero",), ("--select", "LKA999")])
def test_the_script_says_what_the_module_says(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "lkagent_lint", str(DEMO), "--no-cache", "--output-format", "concise", *arguments]
    expected = subprocess.run(command, capture_output=True, text=True, timeout=120)
    done = run(SCRIPT, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_what_was_registered_for_the_end_is_run() -> None:
    done = run(f"import atexit; atexit.register(print, 'registered'); {SCRIPT}")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "registered"


def test_nothing_else_is_taken_apart() -> None:
    done = run(f"class Kept:\n    def __del__(self): print('taken apart')\nkept = Kept()\n{SCRIPT}")
    assert done.returncode == 1
    assert "taken apart" not in done.stdout


def test_a_thread_that_still_runs_is_waited_for() -> None:
    late = "threading.Thread(target=lambda: (threading.main_thread().join(), print('waited for'))).start()"
    done = run(f"import threading; {late}; {SCRIPT}")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "waited for"


def test_a_crash_of_the_way_in_is_not_hidden() -> None:
    broken = "def broken(): raise SystemExit('no number')"
    done = run(f"import lkagent_lint.cli\n{broken}\nlkagent_lint.cli.main = broken\n{SCRIPT}")
    assert done.returncode == 1
    assert "no number" in done.stderr


def test_an_interrupt_of_the_way_in_ends_quietly() -> None:
    """It comes while the command is still being imported."""
    program = (
        "import sys\nclass Interrupts:\n    def find_spec(self, name, *others):\n"
        "        if name == 'lkagent_lint.cli':\n            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupts())\nfrom lkagent_lint.__main__ import run\nrun()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")

"""The tools that are measured beside this one, each in an environment of its own, and their versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENTS = {
    "plain": ["ruff", "flake8", "fixit", "pylint"],
    "async": ["flake8-async"],
    "plugin": [str(REPOSITORY)],
}
"""flake8 loads every plugin that is installed beside it, so that each needs its own."""


def make(scratch: Path) -> None:
    """Make the environments that are missing below a directory. This needs the network, for pip."""
    for name, wanted in ENVIRONMENTS.items():
        directory = scratch / name
        if not directory.exists():
            subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
            subprocess.run([*_pip(directory), "install", "-q", *wanted], check=True)
    # What is measured is the working copy, also where the environment is an earlier one.
    again = ["install", "-q", "--no-deps", "--force-reinstall", str(REPOSITORY)]
    subprocess.run([*_pip(scratch / "plugin"), *again], check=True)


def versions(scratch: Path) -> list[str]:
    """``ruff 0.17.5`` for every tool."""
    found: list[str] = []
    for name, wanted in {**ENVIRONMENTS, "plugin": ["lkagent-lint", "libcst", "msgspec"]}.items():
        shown = subprocess.run(
            [*_pip(scratch / name), "list", "--format=freeze"], capture_output=True, text=True, check=True
        )
        listed = dict(line.split("==", 1) for line in shown.stdout.splitlines() if "==" in line)
        found += [f"{each} {listed[each]}" for each in wanted if each in listed]
    return found


def _pip(directory: Path) -> list[str]:
    return [str(directory / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]

"""Claims about livekit-agents as tests: a small script each, run without network in an interpreter that has the SDK.

``LKAGENT_LINT_SDK_PYTHON`` names that interpreter; without it the interpreter of the tests is asked. Where neither can
import livekit-agents, every claim is skipped and says so. ``LKAGENT_LINT_NODE_MODULES`` does the same for Node, and
names a ``node_modules`` directory.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
from packaging.version import Version

from lkagent_lint.rules import all_rules
from tests.sdk.scripts import STAGE, Forks, start

VARIABLE = "LKAGENT_LINT_SDK_PYTHON"
NODE_VARIABLE = "LKAGENT_LINT_NODE_MODULES"
FLOOR = Version("1.3.1")
"""The scripts use ``AgentServer``, which older releases do not have."""
TIMEOUT = 150.0
"""Seconds for one script; the import of the SDK alone takes two, and a worker of Node starts in ten."""

_SHOWN = 3_000

Test = TypeVar("Test", bound=Callable[..., None])


class Claim(NamedTuple):
    """What a rule's page or message says of the SDK, and the test that sees it."""

    code: str
    quote: str
    test: str


CLAIMS: list[Claim] = []
"""Every claim of the test modules imported so far."""


class Sdk(NamedTuple):
    """Where livekit-agents, or @livekit/agents, can be imported."""

    home: str
    """The Python interpreter, or the ``node_modules`` directory."""
    version: Version
    is_node: bool = False
    forks: Forks | None = None
    """Where scripts need not import livekit-agents anew."""

    @property
    def session(self) -> str:
        """What the class of sessions calls itself in errors."""
        return "LiveSession" if self.version >= Version("2.0.0b1") else "AgentSession"

    def run(self, script: str, *, timeout: float = TIMEOUT) -> Output:
        """What a script prints on both streams. ``stage`` can be imported in it (``./stage.mjs`` in Node); it lies in a
        file of its own (``agent.py``, ``agent.mjs``), so that processes can be started from it. A script that does not
        end in time is a failure.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "agent.mjs" if self.is_node else "agent.py")
            file.write_text(textwrap.dedent(script), encoding="utf-8")
            environment = clean_environment(folder)
            if self.is_node:
                shutil.copy(STAGE / "stage.mjs", folder)
                Path(folder, "node_modules").symlink_to(self.home)
            try:
                if self.forks:
                    said = self.forks.run(str(file), folder, environment, timeout)
                else:
                    command = ["node", file.name] if self.is_node else [self.home, "-u", str(file)]
                    said = start(command, folder, environment, timeout)
            except subprocess.TimeoutExpired as expired:
                shown = (expired.stdout or b"").decode(errors="replace")
                pytest.fail(f"the script did not end within {timeout:g} s; it said:\n{shown}")
        return Output(said.decode(errors="replace"))


class Output(NamedTuple):
    """What a script printed."""

    text: str

    def says(self, *words: str) -> None:
        """These words occur, in this order."""
        at = 0
        for each in words:
            found = self.text.find(each, at)
            assert found >= 0, f"{each!r} is missing behind character {at} of:\n{self._shown}"
            at = found + len(each)

    def never_says(self, *words: str) -> None:
        """None of these words occurs."""
        for each in words:
            assert each not in self.text, f"{each!r} occurs in:\n{self._shown}"

    @property
    def _shown(self) -> str:
        """What a failure shows: a server that tries again and again prints a great deal."""
        return self.text if len(self.text) <= 2 * _SHOWN else f"{self.text[:_SHOWN]}\n...\n{self.text[-_SHOWN:]}"


def claim(code: str, quote: str, *, since: str = "", before: str = "", node: bool = False) -> Callable[[Test], Test]:
    """Marks a test of what the page or the messages of the rule ``code`` say: ``quote`` stands in that rule's module,
    whatever its line breaks. ``since`` and ``before`` are the releases of livekit-agents (``node``: @livekit/agents) in
    which it holds.
    """

    def mark(test: Test) -> Test:
        CLAIMS.append(Claim(code, quote, test.__name__))
        marked: Test = pytest.mark.sdk(since=since, before=before, node=node)(test)
        return marked

    return mark


def stands_in_rule(said: Claim) -> bool:
    """The rule's module holds the quote."""
    module = inspect.getfile(all_rules()[said.code].check)
    return _flat(said.quote) in _flat(Path(module).read_text(encoding="utf-8"))


def _flat(text: str) -> str:
    """A text without what divides it into lines, in prose or in a string literal."""
    return re.sub(r"[\s\"'\\`]+", " ", re.sub(r"[\"']\s*\n\s*f?[\"']", "", text)).strip()


def clean_environment(folder: str) -> dict[str, str]:
    """The environment of a script whose home is that folder: nothing in it is a setting of the SDK, or of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIVEKIT_", "PYTHON", "LK_"))}
    return {
        **kept,
        "HOME": folder,
        "PYTHONPATH": str(STAGE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LIVEKIT_URL": "ws://localhost:1",
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "a-secret-that-is-long-enough-for-a-signature",
    }


@cache
def find_sdk(*, node: bool) -> Sdk | str:
    """Where an SDK can be imported, or why it cannot."""
    return _find_node() if node else _find_python()


def _find_python() -> Sdk | str:
    python = os.environ.get(VARIABLE) or sys.executable
    script = "from livekit.agents import __version__; print(__version__)"
    try:
        ran = subprocess.run(
            [python, "-c", script],
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            env=clean_environment(""),
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"{python} cannot be run: {problem}"
    if ran.returncode:
        return f"{python} cannot import livekit.agents; {VARIABLE} names an interpreter that can"
    return Sdk(python, Version(ran.stdout.split()[-1]))


def _find_node() -> Sdk | str:
    modules = os.environ.get(NODE_VARIABLE, "")
    if not modules:
        return f"{NODE_VARIABLE} names no node_modules directory that holds @livekit/agents"
    try:
        described = Path(modules, "@livekit", "agents", "package.json").read_text(encoding="utf-8")
    except OSError as problem:
        return f"{NODE_VARIABLE}: {problem}"
    if shutil.which("node") is None:
        return "node is not installed"
    return Sdk(os.path.abspath(modules), Version(json.loads(described)["version"]), is_node=True)

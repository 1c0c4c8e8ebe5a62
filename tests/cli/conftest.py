"""The project that tests of the command run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from tests.cli.standing_in import Recorder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Recorder:
    """A project with one file as the current directory, and the stand-in for the engine."""
    (tmp_path / "agent.py").write_text("await ctx.connect()\n")
    monkeypatch.chdir(tmp_path)
    for name in (
        "GITHUB_ACTIONS",
        "TF_BUILD",
        "FORCE_COLOR",
        "CLICOLOR_FORCE",
        "NO_COLOR",
        "GITHUB_STEP_SUMMARY",
        "LKAGENT_LINT_TRACEBACK",
        "LKAGENT_LINT_CACHE_DIR",
    ):
        monkeypatch.delenv(name, raising=False)
    recorder = Recorder()
    monkeypatch.setattr(engine, "check", recorder)
    return recorder

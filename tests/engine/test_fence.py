"""Nothing is looked at outside of the directories that a surface was given, whatever leads there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from lkagent_lint import disk, engine
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Report
from tests.cli.test_hook import EARLY

BACKEND = 'from livekit import api\n\nREQUEST = api.CreateAgentDispatchRequest(agent_name="desc", room="r")\n'


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    """A project within a repository, from which settings, a link and a dispatch lead out."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.lkagent-lint]\nignore = ["LKA101"]\n')
    (tmp_path / "backend.py").write_text(BACKEND)
    inside = tmp_path / "agents"
    inside.mkdir()
    (inside / "agent.py").write_text(EARLY)
    return inside


def checked(inside: Path, *, cache: bool = False) -> Report:
    with disk.fenced([str(inside)]):
        return engine.check(engine.Request(paths=(str(inside),), cache=cache))


def test_what_lies_above_has_no_say(inside: Path) -> None:
    assert [each.code for each in checked(inside).diagnostics] == ["LKA101"]
    assert checked(inside).summary.files == 1
    assert engine.check(engine.Request(paths=(str(inside),))).diagnostics == ()


def test_a_kept_report_of_the_whole_is_no_answer(inside: Path) -> None:
    request = engine.Request(paths=(str(inside),), cache=True)
    assert engine.check(request).diagnostics == ()
    assert [each.code for each in checked(inside, cache=True).diagnostics] == ["LKA101"]
    assert [each.code for each in checked(inside, cache=True).diagnostics] == ["LKA101"]
    assert engine.check(request).diagnostics == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_leads_nowhere(inside: Path) -> None:
    os.symlink(inside.parent / "backend.py", inside / "linked.py")
    (inside / "lkagent-lint.toml").write_text("")
    assert checked(inside).summary.dispatches == 0
    with disk.fenced([str(inside)]):
        assert not disk.exists(str(inside / "linked.py"))
        assert not disk.isdir(str(inside / ".."))
        assert disk.isdir(str(inside / ".." / "agents"))


def test_settings_that_lead_out_are_refused(inside: Path) -> None:
    (inside / "lkagent-lint.toml").write_text('extend = "../pyproject.toml"\n')
    with pytest.raises(ConfigError, match="there is no such file"):
        checked(inside)

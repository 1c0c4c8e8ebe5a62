"""What the hooks of coding agents are answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint.cli._hook import MENDS, answer

EARLY = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await ctx.connect()
    await session.start(agent=Agent(instructions="Be brief."), room=ctx.room)
"""
PINNED = '[project]\nname = "desk"\nversion = "1"\ndependencies = ["livekit-agents==1.8.9"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(PINNED)
    (tmp_path / "agent.py").write_text(EARLY)
    (tmp_path / "plain.py").write_text("print(1)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edited(project: Path, name: str, **more: object) -> bytes:
    given = {"file_path": str(project / name), "old_string": "a", "new_string": "b"}
    event = {"hook_event_name": "PostToolUse", "tool_name": "Edit", "tool_input": given, "cwd": str(project), **more}
    return json.dumps(event).encode()


def ended(project: Path, **more: object) -> bytes:
    return json.dumps({"hook_event_name": "Stop", "cwd": str(project), "stop_hook_active": False, **more}).encode()


def test_an_edited_file_is_answered_on_standard_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(edited(project, "agent.py")) == MENDS
    out, err = capsys.readouterr()
    assert out == ""
    first, file, finding, *_ = err.splitlines()
    assert (first, file) == ("lkagent-lint: to be mended", "agent.py:")
    assert finding.startswith("9:11 LKA101 ctx.connect() runs before session.start(): ")


@pytest.mark.parametrize("name", ["plain.py", "gone.py", "notes.txt"])
def test_nothing_is_said_of_other_files(project: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(edited(project, name)) == 0
    assert capsys.readouterr() == ("", "")


def test_the_end_is_held_up_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(ended(project)) == MENDS
    assert "LKA101" in capsys.readouterr().err
    assert answer(ended(project, stop_hook_active=True)) == 0
    assert capsys.readouterr() == ("", "")


def test_cursor_is_given_a_message_to_go_on_with(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event = {"hook_event_name": "stop", "status": "completed", "loop_count": 0, "workspace_roots": [str(project)]}
    assert answer(json.dumps(event).encode()) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "LKA101" in json.loads(out)["followup_message"]
    assert answer(json.dumps({**event, "loop_count": 1}).encode()) == 0
    assert capsys.readouterr() == ("", "")


def test_a_list_of_files_is_a_line_each(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(b"plain.py\nagent.py\n") == MENDS
    assert "LKA101" in capsys.readouterr().err
    assert answer(b"plain.py\n\n") == 0
    assert answer(b"") == 0


@pytest.mark.parametrize("data", [b"{", b'{"hook_event_name": 3}', b'{"hook_event_name": "PreToolUse"}', b"{}"])
def test_what_nobody_knows_stops_nobody(project: Path, data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(data) == 0
    assert capsys.readouterr() == ("", "")


def test_settings_that_cannot_be_used_stop_nobody(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(PINNED + "[tool.lkagent-lint]\nselectt = 3\n")
    assert answer(edited(project, "agent.py")) == 1
    assert "selectt" in capsys.readouterr().err


def test_the_other_end_counts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever edits the file that the finding speaks of hears of it, wherever it stands."""
    named = EARLY.replace("rtc_session()", 'rtc_session(agent_name="desk")').replace("    await ctx.connect()\n", "")
    (project / "agent.py").write_text(named)
    token = "from livekit import api\n\nasks = api.CreateAgentDispatchRequest(agent_name='dusk', room='r')\n"
    (project / "token.py").write_text(token)
    assert answer(edited(project, "token.py")) == MENDS
    assert "LKA203" in capsys.readouterr().err

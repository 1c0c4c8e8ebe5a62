"""The tool that shows what the linter makes of a file: a person finds each part of the file in it, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.show import __main__ as show

SETTINGS = '[project]\nname = "desk"\ndependencies = ["livekit-agents==1.8.9"]\n[tool.lkagent-lint]\nroot = true\n'
AGENT = """\
from livekit import api
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

from joining import join

server = AgentServer()


class Desk(Agent):
    greeting = "Hello"


@server.rtc_session(agent_name="desk-1")
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await join(ctx)
    if ctx.job.metadata:
        ctx.shutdown()
    await session.start(agent=Desk(), room=ctx.room)


async def call(lkapi: api.LiveKitAPI, name: str) -> None:
    request = api.CreateAgentDispatchRequest(agent_name=name, room="lobby")
    await lkapi.agent_dispatch.create_dispatch(request)
"""
JOINING = """\
async def join(ctx):
    await ctx.connect()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {"pyproject.toml": SETTINGS, "agent.py": AGENT, "joining.py": JOINING}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert show.main(arguments) == 0
    return capsys.readouterr().out.splitlines()


def part(title: str, lines: list[str]) -> list[str]:
    """The lines below a title."""
    below = lines[lines.index(title) + 1 :]
    return [line[2:] for line in (below[: below.index("")] if "" in below else below)]


def test_the_head_says_what_the_file_is_judged_by(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = shown(capsys, str(project / "agent.py"))[0]
    assert head == "agent.py: python, judged by livekit-agents 1.8.9 (pyproject.toml)"


def test_facts_stand_with_their_lines_and_as_they_are_spelt(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = part("Facts", shown(capsys, str(project / "agent.py")))
    assert facts[facts.index("workers:") + 1] == '  line 13: entry entry, name "desk-1", receiver server, call 1'
    assert facts[facts.index("dispatches:") + 1] == "  line 23 in call: kind api, name name"
    assert facts[facts.index("classes:") + 1] == '  name Desk, bases (Agent), attributes {greeting: ("Hello")}'


def test_what_a_file_does_not_say_is_not_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = part("Facts", shown(capsys, str(project / "joining.py")))
    assert facts == ["none"]


def test_flows_are_drawn_with_their_steps(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flows = part("Flows", shown(capsys, str(project / "agent.py"), "--flow", "entry"))
    assert flows == [
        "async entry(ctx) @server.rtc_session(…)",
        "  a: AgentSession(), kept; await join(ctx) -> b | c",
        "  b: ctx.shutdown(), dropped -> c",
        "  c: Desk(); await session.start(agent=Desk(), room=ctx.room) -> end",
    ]


def test_a_job_is_shown_with_each_state_of_each_event(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = part("Jobs", shown(capsys, str(project / "agent.py")))
    assert jobs[0] == "entry entry, line 14, its first parameter: SdkObject(kind='JobContext')"
    known = "room JOINED, session NONE, origin joining.py:2, lead line 16"
    starts = [line for line in jobs if "session.start" in line]
    assert starts == [f"  line 19: session.start(room=…) in entry: {known}{shut}" for shut in ("", ", shut")]


def test_a_job_is_shown_in_each_file_through_which_it_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = part("Jobs", shown(capsys, str(project / "joining.py")))
    assert jobs[0].startswith("entry entry, agent.py:14, ")
    assert jobs[1] == "  line 2: ctx.connect() in join: room OUT, session NONE"


def test_where_knowledge_of_a_job_ends_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "joining.py").write_text(f"import company\n\n\n{JOINING}    await company.prepare(ctx)\n")
    jobs = part("Jobs", shown(capsys, str(project / "joining.py")))
    assert jobs[-1].startswith("  line 6: knowledge ends, ")
    jobs = part("Jobs", shown(capsys, str(project / "agent.py")))
    assert any(line.startswith("  joining.py:6: knowledge ends, ") for line in jobs)
    assert all("session UNKNOWN" in line for line in jobs if "session.start" in line)


def test_other_files_have_facts_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "call.sh").write_text("lk dispatch create --agent-name desk-1 --room lobby\n")
    lines = shown(capsys, str(project / "call.sh"))
    assert lines[0].startswith("call.sh: ")
    assert '  line 1: kind command, name "desk-1"' in part("Facts", lines)
    assert (part("Flows", lines), part("Jobs", lines)) == (["none"], ["none"])


def test_a_file_that_takes_no_part_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "plain.py").write_text("print('no agent')\n")
    assert show.main([str(project / "plain.py")]) == 2
    assert "takes no part in any project" in capsys.readouterr().err

"""A linter's reports that lie in the project are no part of it: what they repeat asks for nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.formats import GRAPHS, REPORTS, names
from lkagent_lint.graph import Document, build
from lkagent_lint.graph import render as render_graph
from lkagent_lint.reporters import render

AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx):
    session = AgentSession()
    await session.start(room=ctx.room, agent=Agent(instructions=""))
"""
SETTINGS = '[project]\nname = "x"\ndependencies = ["livekit-agents==1.8.9"]\n[tool.lkagent-lint]\nroot = true\n'


def project(root: Path, agent: str = AGENT) -> Report:
    (root / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "agent.py").write_text(agent, encoding="utf-8")
    return check(root)


def check(root: Path) -> Report:
    return engine.check(engine.Request(paths=(str(root),)))


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("format", names(REPORTS))
@pytest.mark.parametrize("name", ["report.txt", "docs/lint.yaml", "out/dump.json", "scan", "lint.sh"])
def test_a_report_takes_no_finding_away_and_adds_no_dispatch(format: str, name: str, tmp_path: Path) -> None:
    before = project(tmp_path)
    (finding,) = before.diagnostics
    assert finding.code == "LKA201"
    text = render(format, before, read, str(tmp_path), colour=False)
    assert "desk" in text
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    after = check(tmp_path)
    assert codes(after.diagnostics) == ["LKA201"]
    assert after.summary == before.summary


@pytest.mark.parametrize("format", names(GRAPHS))
def test_nor_does_a_graph(format: str, tmp_path: Path) -> None:
    project(tmp_path)
    (survey,) = engine.survey(engine.Request(paths=(str(tmp_path),)))
    document = Document(projects=(build.build(survey.project, wanted=survey.is_inside, show=os.path.basename),))
    (tmp_path / "agents.txt").write_text(render_graph(format, document, str), encoding="utf-8")
    assert codes(check(tmp_path).diagnostics) == ["LKA201"]


def test_the_variable_that_a_report_speaks_of_names_no_worker(tmp_path: Path) -> None:
    caller = """

def token():
    agents = [api.RoomAgentDispatch(agent_name="other")]
    return api.AccessToken().with_room_config(api.RoomConfiguration(agents=agents)).to_jwt()
"""
    unnamed = AGENT.replace('agent_name="desk"', "")
    before = project(tmp_path, f"from livekit import api\n{unnamed}{caller}")
    said = "agent.py:8:1: LKA205 nobody asks for it, and LIVEKIT_AGENT_NAME is not set\n"
    (tmp_path / "lint.txt").write_text(said, encoding="utf-8")
    assert codes(check(tmp_path).diagnostics) == codes(before.diagnostics) != []
    (tmp_path / "lint.txt").write_text(said.partition(" ")[2], encoding="utf-8")
    assert codes(check(tmp_path).diagnostics) != codes(before.diagnostics)


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [each.code for each in found]

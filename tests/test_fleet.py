"""Agents and a backend in two repositories check each other by their manifests."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.cli import main
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Report
from lkagent_lint.formats import is_ours
from lkagent_lint.project.fleet import MAX_BYTES

AGENT = """\
import os

from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session(agent_name={name})
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await session.start(agent=Agent(instructions="Be brief."), room=ctx.room)
"""
BACKEND = """\
import os

from livekit import api


async def dispatch(lkapi: api.LiveKitAPI) -> None:
    await lkapi.agent_dispatch.create_dispatch(api.CreateAgentDispatchRequest(agent_name={name}, room="r"))
"""
HEAD = '{"lkagent_lint_manifest": 1, "version": "1", "commit": "", "sdks": [], "variables": [], "gaps": 0, '


class Two:
    """Two repositories side by side."""

    def __init__(self, top: Path) -> None:
        self.agents, self.backend = top / "agents", top / "backend"
        for each in (self.agents, self.backend):
            each.mkdir()
            (each / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
        self.say('"desk"', '"desk"')

    def say(self, registered: str, dispatched: str) -> None:
        (self.agents / "agent.py").write_text(AGENT.format(name=registered))
        (self.backend / "app.py").write_text(BACKEND.format(name=dispatched))
        for each in (self.agents, self.backend):
            self.manifest(each).write_bytes(engine.manifest(engine.Request(paths=(str(each),)), "1", ""))

    @staticmethod
    def manifest(repository: Path) -> Path:
        return repository / "manifest.json"

    def check(self, repository: Path, *, cache: bool = False) -> Report:
        other = self.agents if repository == self.backend else self.backend
        manifests = (str(self.manifest(other)),)
        return engine.check(engine.Request(paths=(str(repository),), manifests=manifests, cache=cache))

    def codes(self, repository: Path, *, cache: bool = False) -> list[str]:
        return [each.code for each in self.check(repository, cache=cache).diagnostics]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def alone(repository: Path) -> list[str]:
    return [each.code for each in engine.check(engine.Request(paths=(str(repository),))).diagnostics]


def test_what_one_says_the_other_knows(two: Two) -> None:
    assert (alone(two.agents), alone(two.backend)) == (["LKA201"], [])
    assert (two.codes(two.agents), two.codes(two.backend)) == ([], [])


def test_names_that_differ_are_told_on_both_sides(two: Two) -> None:
    two.say('"desk"', '"desc"')
    (never,) = two.check(two.agents).diagnostics
    assert (never.code, never.place.path) == ("LKA201", str(two.agents / "agent.py"))
    assert "what the manifests dispatch has other names" in never.note
    (unknown,) = two.check(two.backend).diagnostics
    assert (unknown.code, unknown.place.path) == ("LKA203", str(two.backend / "app.py"))
    assert 'did you mean "desk" (manifest.json:9)?' in unknown.help
    assert [each.place.path for each in unknown.related] == [str(two.manifest(two.agents))]


@pytest.mark.parametrize("registered", ['os.environ["DESK"]', "os.environ['DESK'] + 'k'", "f'{os.environ[\"DESK\"]}k'"])
def test_nothing_is_denied_of_names_that_are_not_known(two: Two, registered: str) -> None:
    two.say(registered, '"desc"')
    assert two.codes(two.backend) == []
    two.say('"desk"', registered)
    assert "LKA203" not in two.codes(two.agents)
    assert all(each.severity.value == "info" for each in two.check(two.agents).diagnostics)


def test_files_that_could_not_be_read_leave_a_doubt(two: Two) -> None:
    (two.agents / "broken.py").write_text("from livekit import agents\ndef (:\n")
    two.say('"desk"', '"desc"')
    assert json.loads(two.manifest(two.agents).read_bytes())["gaps"] == 1
    assert two.codes(two.backend) == []


def test_a_kept_report_follows_the_manifest(two: Two) -> None:
    assert two.codes(two.agents, cache=True) == []
    assert two.codes(two.agents, cache=True) == []
    manifest = two.manifest(two.backend)
    manifest.write_bytes(manifest.read_bytes().replace(b'"desk"', b'"door"'))
    assert two.codes(two.agents, cache=True) == ["LKA201"]


def test_a_manifest_in_a_project_is_no_text_of_it(two: Two) -> None:
    assert is_ours(two.manifest(two.backend).read_bytes()) == "manifest"
    (two.agents / "backend.json").write_bytes(two.manifest(two.backend).read_bytes())
    assert alone(two.agents) == ["LKA201"]


HOSTILE = {
    "no json": b"\xff\xfe",
    "nothing": b"",
    "another file": b'{"name": "desk"}',
    "a later form": HEAD.replace("1,", "2,", 1).encode() + b'"workers": [], "dispatches": []}',
    "more fields": HEAD.encode() + b'"workers": [], "dispatches": [], "run": "rm"}',
    "a long name": HEAD.encode()
    + b'"workers": [{"name": {"kind": "known", "values": ["'
    + b"a" * 501
    + b'"]}, "job_type": "JT_ROOM", "at": "a:1"}], "dispatches": []}',
    "control characters": HEAD.encode()
    + b'"workers": [{"name": {"kind": "known", "values": ["\\u001b[2J"]}, "job_type": "JT_ROOM", "at": "a:1"}],'
    + b'"dispatches": []}',
    "deep": b"[" * 100_000,
    "large": b" " * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_manifest_is_a_clear_error(two: Two, kind: str) -> None:
    two.manifest(two.backend).write_bytes(HOSTILE[kind])
    with pytest.raises(ConfigError, match=r"it is no manifest|it is larger than"):
        two.check(two.agents)


def test_the_commands(two: Two, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int | str | None, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return ended.value.code, out + err

    monkeypatch.chdir(two.agents.parent)
    manifest = os.path.join("agents", "manifest.json")
    assert run("manifest", "agents", "--output-file", manifest)[0] == 0
    assert run("manifest", "agents")[1].startswith('{\n  "lkagent_lint_manifest": 1,')
    code, said = run("manifest", "agents", "--output-file", os.path.join("agents", "agent.py"))
    assert (code, "is there already and no manifest" in said) == (2, True)
    assert run("check", "backend", "--with", manifest)[0] == 0
    assert "-> a worker of another repository" in run("graph", "backend", "--with", manifest)[1]
    other = os.path.join("backend", "manifest.json")
    assert (
        "asks for it by the name" in run("why", os.path.join("agents", "agent.py") + ":8", "LKA201", "--with", other)[1]
    )
    code, said = run("check", "backend", "--with", "gone.json")
    assert (code, "no such file or directory: gone.json" in said) == (2, True)


def test_a_manifest_that_is_older_than_its_repository_says_so(
    two: Two, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *settings, *arguments], cwd=two.agents, check=True, capture_output=True)

    def noted() -> str:
        with pytest.raises(SystemExit):
            main(["check", "backend", "--no-cache", "--with", os.path.join("agents", "manifest.json")])
        return capsys.readouterr().err

    monkeypatch.chdir(two.agents.parent)
    git("init", "-q")
    git("add", "agent.py")
    git("commit", "-qm", "one")
    with pytest.raises(SystemExit):
        main(["manifest", "agents", "--output-file", os.path.join("agents", "manifest.json")])
    git("add", "-A")
    git("commit", "-qm", "the manifest and the settings")
    assert "1 commit further" in noted()
    with pytest.raises(SystemExit):
        main(["manifest", "agents", "--output-file", os.path.join("agents", "manifest.json")])
    git("commit", "-qam", "the manifest alone")
    assert "further" not in noted()

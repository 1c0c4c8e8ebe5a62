"""A new method that joins the room is one row of the vocabulary, for both languages and for everyone who asks; a new
event of the lifecycle is one row of the automaton.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint.sources.sdk.vocabulary import term

REPOSITORY = Path(__file__).resolve().parents[1]
SETTINGS = "[tool.lkagent-lint]\nroot = true\n"
PYTHON = {
    "agent.py": """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext
from steps import arrive

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await arrive()
    await session.start(agent=Agent(instructions=""), room=ctx.room)


@server.rtc_session()
async def forgetful(ctx: JobContext) -> None:
    session = AgentSession()
    await session.start(agent=Agent(instructions=""))
    ctx.join_now()
""",
    "steps.py": """\
from livekit.agents import get_job_context

context = get_job_context()


async def arrive():
    await context.join_now()
""",
}
NODE = {
    "package.json": "{}",
    "agent.ts": """\
import { defineAgent, JobContext, voice } from '@livekit/agents';

export default defineAgent({
  entry: async (ctx: JobContext) => {
    const session = new voice.AgentSession();
    await ctx.joinNow();
    await session.start({ agent: new voice.Agent({ instructions: '' }), room: ctx.room });
  },
});
""",
}
ROW = """\
from lkagent_lint.sources.sdk import vocabulary
from lkagent_lint.sources.sdk.vocabulary.records import Form, term

row = term("JobContext", "join_now", Form.COROUTINE, "1.8.9", "1.9.0", event="CONNECT", dropped="it does not join")
vocabulary.TERMS[row.owner, row.name] = row
"""
CHECK = """\
from lkagent_lint.cli import main

main(["check", "--no-cache", "--output-format", "json"])
"""


def findings(
    project: Path, sources: dict[str, str], program: str, home: Path = REPOSITORY
) -> set[tuple[str, str, int]]:
    """What a program that checks a project finds: codes, files and lines. ``home`` holds the package."""
    (project / "pyproject.toml").write_text(SETTINGS)
    for name, text in sources.items():
        (project / name).write_text(text)
    environ = {**os.environ, "PYTHONPATH": str(home)}
    done = subprocess.run([sys.executable, "-c", program], cwd=project, env=environ, capture_output=True, text=True)
    assert done.stderr == ""
    return {(each["code"], each["path"], each["line"]) for each in json.loads(done.stdout)}


def test_it_joins_in_python(tmp_path: Path) -> None:
    before, after = findings(tmp_path, PYTHON, CHECK), findings(tmp_path, PYTHON, ROW + CHECK)
    assert ("LKA101", "agent.py", 10) in after - before, (
        "it joins before the session starts, in a helper of another file"
    )
    assert ("LKA106", "agent.py", 18) in after - before, "it does nothing until it is awaited"
    assert ("LKA406", "agent.py", 18) in before


def test_it_joins_in_node(tmp_path: Path) -> None:
    before, after = findings(tmp_path, NODE, CHECK), findings(tmp_path, NODE, ROW + CHECK)
    assert ("LKA101", "agent.ts", 6) in after - before


EVENT = '    REHEARSE = "rehearse", Does("ctx.rehearse()", room=Room.JOINED, plainly=True, reads=Reads.OPTIONS)\n'
MEMBER = '    _CONTEXT("rehearse", COROUTINE, "1.8.9", "1.9.0", event="REHEARSE"),\n'


def test_an_event_is_one_row(tmp_path: Path) -> None:
    """In a copy of the package: the event itself, and the member of the SDK that it is."""
    copy, project = tmp_path / "copy", tmp_path / "project"
    shutil.copytree(REPOSITORY / "lkagent_lint", copy / "lkagent_lint", ignore=shutil.ignore_patterns("__pycache__"))
    project.mkdir()
    sources = {"agent.py": PYTHON["agent.py"].split("@server.rtc_session()\nasync def forgetful")[0]}
    sources["agent.py"] = sources["agent.py"].replace("await arrive()", "await ctx.rehearse()")
    assert not {each for each in findings(project, sources, CHECK, copy) if each[0] == "LKA101"}
    for path, before, row in (
        (copy / "lkagent_lint/typestate/automaton.py", '    JOIN = "join"', EVENT),
        (copy / "lkagent_lint/sources/sdk/vocabulary/rows.py", "    # The session.", MEMBER),
    ):
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, row + before), encoding="utf-8")
    assert ("LKA101", "agent.py", 10) in findings(project, sources, CHECK, copy)


def members_named() -> Iterator[tuple[str, int, str, str]]:
    """Where the linter speaks of a member by name: ``SdkMethod("AgentSession", "start")``, made or matched."""
    for path in sorted((REPOSITORY / "lkagent_lint").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            given: list[ast.expr] = []
            line = 0
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "SdkMethod":
                given, line = node.args, node.lineno
            elif isinstance(node, ast.MatchClass) and ast.unparse(node.cls) == "SdkMethod":
                given, line = [each.value for each in node.patterns if isinstance(each, ast.MatchValue)], node.lineno
            written = [each.value for each in given if isinstance(each, ast.Constant)]
            match written:
                case [str(owner), str(name)]:
                    yield path.name, line, owner, name
                case _:
                    pass


NAMED = list(members_named())


@pytest.mark.parametrize(("path", "line", "owner", "name"), NAMED, ids=[f"{each[2]}.{each[3]}" for each in NAMED])
def test_what_is_spoken_of_by_name_has_a_row(path: str, line: int, owner: str, name: str) -> None:
    assert term(owner, name) is not None, f"{path}:{line}"

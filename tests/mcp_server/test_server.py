"""The server's tools, asked by the client of the package ``mcp``: in this process, and once over each transport."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import ListRootsResult, Root, TextContent, TextResourceContents

from lkagent_lint.mcp_server.pages import tokens_of
from lkagent_lint.mcp_server.server import server_for
from tests.cli.test_hook import EARLY, PINNED

Mode = Literal["auto", "legacy"]
Said = tuple[bool, str]
TOOLS = {"check", "explain", "why", "graph", "fix", "sdk"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "desk"
    project.mkdir()
    (project / "pyproject.toml").write_text(PINNED)
    (project / "agent.py").write_text(EARLY)
    (tmp_path / "outside.py").write_text(EARLY)
    return project


def talk(target: Any, root: Path | None, ask: Callable[[Client], Awaitable[None]], mode: Mode = "auto") -> None:
    """Connect to a server, and run a conversation."""

    async def roots(context: Any) -> ListRootsResult:
        assert root is not None
        return ListRootsResult(roots=[Root(uri=root.as_uri())])  # type: ignore[arg-type]

    async def main() -> None:
        async with Client(target, list_roots_callback=None if root is None else roots, mode=mode) as client:
            with anyio.fail_after(20):
                await ask(client)

    anyio.run(main)


def asked(project: Path, tool: str, mode: Mode = "auto", named: bool = True, **arguments: Any) -> Said:
    """What one tool answers, in this process: whether it refuses, and its text."""
    found: list[Said] = []

    async def ask(client: Client) -> None:
        found.append(await said(client, tool, **arguments))

    directory = str(project if not named else project.parent.parent)
    talk(server_for(directory), project if named else None, ask, mode)
    return found[0]


async def said(client: Client, tool: str, **arguments: Any) -> Said:
    result = await client.call_tool(tool, arguments)
    (content,) = result.content
    assert isinstance(content, TextContent)
    return result.is_error is True, content.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("named", [True, False])
def test_check_reports_within_the_roots_of_the_client(project: Path, mode: Mode, named: bool) -> None:
    refused, text = asked(project, "check", mode, named)
    assert not refused
    assert text.startswith("agent.py:\n9:11 LKA101 ctx.connect() runs before session.start()")
    assert "https://" in text.splitlines()[-1]


def test_nothing_outside_the_roots_is_looked_at(project: Path) -> None:
    async def ask(client: Client) -> None:
        for path in ("../outside.py", "/", "..", "agent.py/../../outside.py", "\0"):
            for tool in ("check", "graph", "fix", "why"):
                given: dict[str, Any] = {"file": path, "line": 1} if tool == "why" else {"paths": [path]}
                refused, text = await said(client, tool, **given)
                assert refused
                assert "lies outside of" in text or "no path" in text
                assert "LKA" not in text

    talk(server_for(str(project)), project, ask)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_leads_to_nothing_outside(project: Path) -> None:
    os.symlink(project.parent / "outside.py", project / "link.py")
    assert "lies outside of" in asked(project, "check", paths=["link.py"])[1]
    text = asked(project, "check")[1]
    assert "link.py:\n1:1 LKA004 this file was not analysed" in text
    assert text.count("LKA101 ") == 1


def test_a_text_is_checked_and_not_written(project: Path) -> None:
    refused, text = asked(project, "check", text=EARLY, name="later.py")
    assert (refused, text.splitlines()[0]) == (False, "later.py:")
    assert not (project / "later.py").exists()
    assert "no findings" in asked(project, "check", text="x = 1\n", name="agent.py")[1]
    assert asked(project, "check", text=EARLY, name="../later.py")[0]
    assert asked(project, "check", text=EARLY) == (
        True,
        "Error executing tool check: text and name belong together: name is the file that the text would be saved as",
    )


def test_answers_keep_to_their_budget_and_go_on_where_they_ended(project: Path) -> None:
    for number in range(12):
        (project / f"agent{number:02}.py").write_text(EARLY)
    seen: list[str] = []

    async def ask(client: Client) -> None:
        cursor = None
        for _ in range(30):
            refused, text = await said(client, "check", budget=300, cursor=cursor)
            assert not refused
            assert tokens_of(text) < 500
            seen.extend(line for line in text.splitlines() if line.endswith(".py:"))
            more = re.search(r'cursor="([^"]+)"', text)
            if more is None:
                return
            cursor = more[1]
        raise AssertionError("it never ends")

    talk(server_for(str(project)), project, ask)
    assert seen == ["agent.py:", *(f"agent{number:02}.py:" for number in range(12))]


def test_a_cursor_of_another_answer_is_refused(project: Path) -> None:
    async def ask(client: Client) -> None:
        for cursor in ("1-00000000", "99999-", "-", "x", "1", "9" * 400 + "-a", "²-a"):
            for tool in ("check", "graph"):
                refused, text = await said(client, tool, cursor=cursor)
                assert refused
                assert "cursor" in text

    talk(server_for(str(project)), project, ask)


def test_a_fix_is_a_diff_until_it_is_applied(project: Path) -> None:
    refused, text = asked(project, "fix", unsafe=True)
    assert not refused
    assert "-    await ctx.connect()" in text
    assert "nothing is written without apply=true" in text
    assert (project / "agent.py").read_text() == EARLY
    assert asked(project, "fix", unsafe=True, apply=True)[1].startswith("mended 1 finding in 1 file\n")
    assert "ctx.connect()" not in (project / "agent.py").read_text()
    assert asked(project, "fix")[1].startswith("nothing that a fix of this kind would mend")


def test_what_the_other_tools_say(project: Path) -> None:
    texts: dict[str, str] = {}

    async def ask(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert {each.name for each in tools} == TOOLS
        writing = {each.name for each in tools if each.annotations and not each.annotations.read_only_hint}
        assert writing == {"fix"}
        questions: dict[str, dict[str, Any]] = {
            "explain": {"rule": "connect-before-start"},
            "why": {"file": "agent.py", "line": 9, "rule": "LKA101"},
            "graph": {},
            "sdk": {"name": "session.wait_for_close"},
        }
        for tool, given in questions.items():
            refused, texts[tool] = await said(client, tool, **given)
            assert not refused
        wrong: dict[str, dict[str, Any]] = {
            "explain": {"rule": "LKA999"},
            "why": {"file": "agent.py", "line": 99},
            "sdk": {"name": "x", "path": "gone"},
        }
        for tool, given in wrong.items():
            assert (await said(client, tool, **given))[0]

    talk(server_for(str(project)), project, ask)
    assert texts["explain"].startswith("# connect-before-start (LKA101)")
    assert texts["why"].startswith("agent.py:9: await ctx.connect()")
    assert "gets jobs: yes" in texts["graph"]
    assert "no such thing in livekit-agents 1.8.9 (pyproject.toml)" in texts["sdk"]


def test_rules_are_resources(project: Path) -> None:
    async def ask(client: Client) -> None:
        (page,) = (await client.read_resource("lkagent-lint://rules/LKA101")).contents
        assert isinstance(page, TextResourceContents)
        assert page.text.startswith("# connect-before-start (LKA101)")
        (index,) = (await client.read_resource("lkagent-lint://rules")).contents
        assert isinstance(index, TextResourceContents)
        assert "\nLKA101 connect-before-start: " in index.text
        with pytest.raises(MCPError, match="there is no rule 'LKA999'"):
            await client.read_resource("lkagent-lint://rules/LKA999")

    talk(server_for(str(project)), project, ask)


def test_broken_settings_are_told(project: Path) -> None:
    (project / "lkagent-lint.toml").write_text("ignroe = []\n")
    refused, text = asked(project, "check")
    assert refused
    assert "ignroe" in text


async def the_same(client: Client) -> None:
    assert (await said(client, "check"))[1].startswith("agent.py:\n9:11 LKA101 ")
    assert (await said(client, "check", paths=[".."]))[0]


def test_over_standard_input(project: Path) -> None:
    talk(StdioServerParameters(command=sys.executable, args=["-m", "lkagent_lint", "mcp"]), project, the_same)


def test_over_http_on_loopback(project: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "lkagent_lint", "mcp", "--port", str(port)], cwd=project.parent)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        talk(f"http://127.0.0.1:{port}/mcp", project, the_same)
    finally:
        server.terminate()
        server.wait(20)

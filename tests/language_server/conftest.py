"""Projects with something to find, and the editors that look at them. One server serves them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.editing.client import Editor

SETTINGS = """\
[project]
name = "desk"
version = "1"
dependencies = ["livekit-agents==1.5.3"]

[tool.lkagent-lint]
root = true
"""
AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

from rooms import join

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx: JobContext):
    session = AgentSession()
    await join(ctx)
    await session.start(agent=Agent(instructions="x"), room=ctx.room)
"""
ROOMS = "async def join(ctx):\n    await ctx.connect()\n"
QUIET_ROOMS = "async def join(ctx):\n    print(ctx.job.id)\n"
WEB = """\
import { AgentDispatchClient } from "livekit-server-sdk";

export async function call(client: AgentDispatchClient, room: string) {
  await client.createDispatch(room, "desk");
}
"""


def project_in(directory: Path) -> Path:
    """An agent that joins its room too early, by a helper in another file, and a page that asks for it."""
    (directory / "pyproject.toml").write_text(SETTINGS)
    (directory / "agent.py").write_text(AGENT)
    (directory / "rooms.py").write_text(ROOMS)
    (directory / "web.ts").write_text(WEB)
    return directory


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_in(tmp_path)


@pytest.fixture(scope="session")
def serving() -> Iterator[Editor]:
    """An editor without a folder, which each test opens for itself."""
    editor = Editor([], options={"debounce": 0.01})
    yield editor
    assert editor.stop() == 0


@pytest.fixture
def editor(serving: Editor, project: Path) -> Iterator[Editor]:
    """The same with the project as its one folder."""
    serving.client.shown.clear()
    serving.client.logged.clear()
    serving.folders(added=[project])
    yield serving
    for path in [each for each in serving.versions if each.is_relative_to(project)]:
        serving.close(path)
        del serving.versions[path]
    serving.folders(removed=[project])

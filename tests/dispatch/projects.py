"""Small projects with one named worker, and what the linter and the graph say of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.graph import build
from lkagent_lint.graph.records import ProjectGraph

Side = Literal["python", "node"]
"""In which language the worker is."""
SIDES: tuple[Side, ...] = ("python", "node")

_SETTINGS = '[tool.lkagent-lint]\nroot = true\n[project]\nname = "x"\ndependencies = ["livekit-agents==1.8.9"]\n'
_PACKAGE = '{"type": "module", "dependencies": {"@livekit/agents": "1.9.0", "livekit-server-sdk": "2.19.2"}}\n'
WORKERS = {
    "python": (
        "agent.py",
        """\
from livekit.agents import Agent, AgentServer, AgentSession

server = AgentServer()


@server.rtc_session(agent_name="front-desk")
async def entry(ctx):
    session = AgentSession()
    await session.start(room=ctx.room, agent=Agent(instructions=""))
""",
    ),
    "node": (
        "agent.ts",
        """\
import { ServerOptions, cli, defineAgent, voice } from '@livekit/agents';
import { fileURLToPath } from 'node:url';

export default defineAgent({
  entry: async (ctx) => {
    const session = new voice.AgentSession({});
    await session.start({ agent: new voice.Agent({ instructions: '' }), room: ctx.room });
  },
});

cli.runApp(new ServerOptions({ agent: fileURLToPath(import.meta.url), agentName: 'front-desk' }));
""",
    ),
}
"""The worker's file and its text, by language: an agent called front-desk."""


def write(root: Path, side: Side, files: dict[str, str]) -> Path:
    """A project with the worker and these files, by their relative paths."""
    name, text = WORKERS[side]
    for path, content in {"pyproject.toml": _SETTINGS, "package.json": _PACKAGE, name: text, **files}.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root


def findings(root: Path, code: str = "LKA201") -> list[Diagnostic]:
    """What one rule says of the project."""
    report = engine.check(engine.Request(paths=(str(root),), select=(code,)))
    return [each for each in report.diagnostics if each.code == code]


def severities(root: Path, code: str = "LKA201") -> list[Severity]:
    return [each.severity for each in findings(root, code)]


def graph_of(root: Path) -> ProjectGraph:
    """The project's graph, paths by their base names."""
    (survey,) = engine.survey(engine.Request(paths=(str(root),)))
    return build.build(survey.project, wanted=survey.is_inside, show=os.path.basename)


def verdict(root: Path) -> str:
    """Whether the one worker gets jobs."""
    (worker,) = (each for each in graph_of(root).workers if not each.in_tests)
    return worker.gets_jobs

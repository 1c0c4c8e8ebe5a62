"""A project of N agents, as large ones are: agents, helpers that several share, and who asks for them."""

from __future__ import annotations

from pathlib import Path

_SETTINGS = """\
[project]
name = "synthetic"
version = "1"
dependencies = ["livekit-agents==1.5.3"]

[tool.lkagent-lint]
root = true
"""

_AGENT = '''\
"""Agent {number}: answers calls of one department."""

import logging

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, RunContext, cli, function_tool
from livekit.plugins import deepgram, openai, silero

from shared.team_{team} import greet, join, remember

logger = logging.getLogger("agent-{number}")
server = AgentServer()


class Desk{number}(Agent):
    def __init__(self, customer: str) -> None:
        super().__init__(instructions=f"You help {{customer}} with department {number}. Be brief and kind.")
        self.customer = customer
        self.notes: list[str] = []

    async def on_enter(self) -> None:
        await greet(self.session, "department {number}")

    @function_tool
    async def look_up(self, context: RunContext, order: str) -> str:
        """Look up an order."""
        self.notes.append(order)
        logger.info("looking up %s", order)
        return f"order {{order}} of {{self.customer}} is on its way"

    @function_tool
    async def hand_over(self, context: RunContext) -> str:
        """Hand the caller over to a person."""
        await context.session.generate_reply(instructions="say that a person takes over")
        return "handed over"


def describe(order: dict[str, str]) -> str:
    lines = [f"{{key}}: {{value}}" for key, value in sorted(order.items())]
    total = sum(len(line) for line in lines)
    return "\\n".join(lines) if total < 400 else "too long"


@server.rtc_session(agent_name="desk-{number}")
async def entry(ctx: JobContext) -> None:
    session = AgentSession(stt=deepgram.STT(), llm=openai.LLM(), tts=openai.TTS(), vad=silero.VAD.load())

    @session.on("conversation_item_added")
    def added(item: object) -> None:
        remember("{number}", item)

    async def leave() -> None:
        logger.info("the call has ended")

    ctx.add_shutdown_callback(leave)
    {before}
    await join(ctx, session, Desk{number}("caller"))
    try:
        await session.generate_reply(instructions="greet the caller")
    except RuntimeError:
        logger.exception("no greeting")


if __name__ == "__main__":
    cli.run_app(server)
'''

_EARLY = "await ctx.connect()"
_RIGHT = 'logger.info("a call comes in")'

_TEAM = '''\
"""What the agents of team {team} share."""

SEEN: dict[str, list[object]] = {{}}


async def join(context, session, agent) -> None:
    await session.start(agent=agent, room=context.room)
    await context.connect()


async def greet(session, topic: str) -> None:
    await session.say(f"Welcome to {{topic}}.")


def remember(key: str, item: object) -> None:
    SEEN.setdefault(key, []).append(item)
'''

_BACKEND = '''\
"""Asks for the agents of team {team}."""

from livekit import api


async def dispatch(room: str) -> None:
    async with api.LiveKitAPI() as client:
{calls}
'''
_CALL = (
    "        await client.agent_dispatch.create_dispatch("
    'api.CreateAgentDispatchRequest(agent_name="desk-{number}", room=room))'
)
TEAM = 20
"""Agents that share one helper and one backend."""


def build(directory: Path, agents: int) -> Path:
    """Write a project of so many agents into a new directory. One in a hundred joins its room too early."""
    (directory / "agents").mkdir(parents=True)
    (directory / "shared").mkdir()
    (directory / "backend").mkdir()
    (directory / "pyproject.toml").write_text(_SETTINGS)
    (directory / "shared" / "__init__.py").write_text("")
    for number in range(agents):
        text = _AGENT.format(number=number, team=number // TEAM, before=_EARLY if number % 100 == 7 else _RIGHT)
        (directory / "agents" / f"desk_{number}.py").write_text(text)
    for team in range((agents + TEAM - 1) // TEAM):
        members = range(team * TEAM, min(agents, (team + 1) * TEAM))
        calls = "\n".join(_CALL.format(number=number) for number in members)
        (directory / "shared" / f"team_{team}.py").write_text(_TEAM.format(team=team))
        (directory / "backend" / f"team_{team}.py").write_text(_BACKEND.format(team=team, calls=calls))
    return directory

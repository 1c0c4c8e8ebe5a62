"""Every row of docs/upgrading-to-2.0.md: what is said to be seen is seen, and nothing else; in 1.x nothing of it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.harness import runs

PAGE = Path(__file__).parents[1] / "docs" / "upgrading-to-2.0.md"
_CODE = re.compile(r"LKA\d{3}")
_ENTRY = """
server = AgentServer()

@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    desk, session = Desk(instructions="Help.", llm="openai/gpt-4.1"), {session}()
    await session.start(desk, room=ctx.room)
    {then}
"""
_IMPORTS = (
    "from livekit.agents import Agent, AgentServer, AgentTask, JobContext, {session}, RunContext, function_tool\n"
)


class Row(NamedTuple):
    """A row of the page by its number, and a line of 1.x code that it is about, with what is needed around it."""

    number: int
    code: str
    is_whole: bool = False
    """It needs nothing around it."""


def _in_entry(then: str, agent: str = "class Desk(Agent): ...\n") -> str:
    return f"{agent}{_ENTRY.replace('{then}', then)}"


def _in_agent(body: str, base: str = "Agent") -> str:
    return f"class Desk({base}):\n    {body}\n"


_ENTERS = "async def on_enter(self) -> None: "
ROWS = (
    Row(1, "from livekit.agents import AgentSession\nsession = AgentSession()\n", is_whole=True),
    Row(1, "from livekit.agents.voice import AgentSession\n", is_whole=True),
    Row(1, "from livekit.agents import voice\nsession = voice.AgentSession()\n", is_whole=True),
    Row(2, "import threading\n" + _in_agent(f"{_ENTERS}threading.Thread(target=self.work).start()")
        + "    def work(self) -> None: self.session.say('hello')\n"),
    Row(3, _in_agent("@function_tool\n    async def look(self, ctx: RunContext[dict]) -> str:\n"
        "        '''Look.'''\n        return str(ctx.userdata)")),
    Row(4, _in_agent("def __init__(self, chat_ctx): super().__init__(instructions='', chat_ctx=chat_ctx)")),
    Row(4, "def make(history): return Agent(instructions='', chat_ctx=history)\n"),
    Row(4, "class Desk(Agent): ...\ndef make(history): return Desk(instructions='', chat_ctx=history)\n"),
    Row(4, _in_agent("def __init__(self, **options): super().__init__(instructions='', **options)")
        + "def make(history): return Desk(chat_ctx=history)\n"),
    Row(5, _in_agent("@function_tool\n    async def said(self, name: str) -> None:\n"
        "        '''The caller said a name.'''\n        self.complete(name)", "AgentTask[str]")),
    Row(6, "desk = Agent(id='desk', instructions='')\n"),
    Row(7, "server = AgentServer()\n@server.rtc_session(agent_name='desk')\n"
        "async def entry(ctx): await ctx.connect()\n"),
    Row(8, _in_agent(f"{_ENTERS}print(self.chat_ctx.items)")),
    Row(9, "from livekit.agents.beta.workflows import GetEmailTask, TaskGroup\n"
        "async def ask(history): await GetEmailTask(chat_ctx=history)\n"),
    Row(9, "from livekit.agents.beta.workflows import TaskGroup\n"
        "def ask(history): return TaskGroup(chat_ctx=history)\n"),
    Row(10, _in_agent(f"{_ENTERS}await self.update_chat_ctx(self.chat_ctx.copy())")),
    Row(11, _in_agent("@function_tool\n    async def over(self) -> Agent:\n        '''Over.'''\n"
        "        return Agent(instructions='')")),
    Row(11, _in_entry("session.update_agent(Agent(instructions='', llm='openai/gpt-4.1'))")),
    Row(12, _in_agent(f"{_ENTERS}print(self._chat_ctx.items)")),
    Row(12, _in_agent(f"{_ENTERS}self._activity.interrupt()")),
    Row(13, _in_entry("print(desk.chat_ctx.items)")),
    Row(13, _in_entry("desk.session.say('hello')")),
    Row(13, _in_entry("print(session.current_agent.chat_ctx.items)")),
    Row(14, _in_agent(f"{_ENTERS}await self.update_instructions('Help kindly.')")),
    Row(15, _in_agent(f"{_ENTERS}await self.update_tools([])")),
    Row(16, _in_agent("async def on_enter(self, room=None) -> None: print(room.name)")),
    Row(16, _in_agent("async def on_enter(self, *, room=None) -> None: print(room)")),
    Row(17, "server = AgentServer(preload_modules=['numpy'])\n"),
    Row(18, "async def find(name: str) -> str: return name\n" + _in_agent(
        "def __init__(self) -> None:\n        self.find = function_tool(find)\n"
        "        super().__init__(instructions='')")),
    Row(19, _in_agent("def __init__(self) -> None:\n        self.state = {}\n        super().__init__(instructions='')",
        "AgentTask[str]")),
    Row(20, "from livekit.agents.utils import hw\n", is_whole=True),
    Row(20, "from livekit.agents import utils\nprint(utils.hw.get_cpu_monitor())\n", is_whole=True),
    Row(20, "from livekit.agents.worker import AssignmentTimeoutError\n", is_whole=True),
    Row(20, "from livekit.agents.worker import ATTRIBUTE_AGENT_NAME\n", is_whole=True),
    Row(21, "async def both(desk: Agent, one: {session}, other: {session}) -> None:\n"
        "    await one.start(desk)\n    await other.start(desk)\n"),
    Row(22, _in_entry("desk.update_options(tts='cartesia/sonic')")),
    Row(22, _in_entry("desk.turn_detection = 'vad'")),
    Row(23, "from livekit import api\nserver = AgentServer()\n@server.rtc_session(type=api.JobType.JT_PUBLISHER)\n"
        "async def entry(ctx): await ctx.connect()\n"),
)  # fmt: skip
ALSO_IN_1X = {7: set[str](), 17: set[str](), 23: {"LKA308"}}
"""Rows that 1.x refuses too, in its own way."""


def seen_by(number: int) -> set[str]:
    """The rules that the page names in a row."""
    row = re.search(rf"(?m)^\| {number} \|.*\| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"))
    assert row is not None
    return set(_CODE.findall(row[1]))


def found(row: Row, directory: Path, pin: str, session: str) -> set[str]:
    code = row.code if row.is_whole else _IMPORTS + row.code
    (directory / "agent.py").write_text(code.replace("{session}", session), encoding="utf-8")
    (directory / "pyproject.toml").write_text(
        f'[project]\nname = "agent"\nversion = "1"\ndependencies = ["livekit-agents=={pin}"]\n\n'
        '[tool.lkagent-lint]\nroot = true\npreview = true\ndispatched-elsewhere = ["*"]\n',
        encoding="utf-8",
    )
    return {each.code for each in runs.plain(directory)}


def test_every_row_is_tried() -> None:
    numbers = {int(each) for each in re.findall(r"(?m)^\| (\d+) \|", PAGE.read_text(encoding="utf-8"))}
    assert numbers == {row.number for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row.number}" for number, row in enumerate(ROWS)])
def test_a_row_is_seen_by_what_it_says_and_by_nothing_else(row: Row, tmp_path: Path) -> None:
    codes = found(row, tmp_path, "2.0.0b1", "LiveSession")
    expected = seen_by(row.number)
    assert codes <= expected
    assert codes == expected or row.number == 3  # on a call it works


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row.number}" for number, row in enumerate(ROWS)])
def test_nothing_of_it_is_said_of_1x(row: Row, tmp_path: Path) -> None:
    codes = found(row, tmp_path, "1.8.9", "AgentSession")
    assert codes & seen_by(row.number) == ALSO_IN_1X.get(row.number, set())

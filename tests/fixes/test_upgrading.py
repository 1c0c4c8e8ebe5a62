"""From 1.x to 2.0: what is rewritten, what is left with its reason, and which pins change. One agent a row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.engine.upgrading import Upgraded
from lkagent_lint.sources.sdk.releases import NODE

HEAD = "from livekit.agents import Agent, AgentServer, AgentTask, JobContext, function_tool\n"
DESK = """

class Desk(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="Be brief.")

    async def on_enter(self) -> None:
        %s
"""


def upgraded(
    tmp_path: Path, text: str, *, to: str | None = "2.0.0b1", pin: str = "==1.8.9", pins: bool = False
) -> tuple[str, list[str]]:
    """The agent afterwards, and what is left for a person."""
    done = _upgraded(tmp_path, text, to, pin, pins=pins)
    after = {each.path: each.after.decode() for each in done.rewrites}
    return after.get(str(tmp_path / "agent.py"), text), [each.message for each in done.left]


def _upgraded(tmp_path: Path, text: str, to: str | None, pin: str, *, pins: bool) -> Upgraded:
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\nname = "a"\nversion = "1"\ndependencies = ["livekit-agents{pin}"]\n'
        "[tool.lkagent-lint]\nroot = true\n"
    )
    (tmp_path / "agent.py").write_text(text)
    return engine.upgraded(engine.Request(paths=(str(tmp_path),)), to, pins=pins)


UPGRADES = sorted((Path(__file__).resolve().parents[2] / "fixtures" / "upgrades").iterdir())
_MARK = re.compile(r"  # left (LKA\d+)")


@pytest.mark.parametrize("row", UPGRADES, ids=[each.name for each in UPGRADES])
def test_a_row_is_rewritten_and_what_is_left_is_marked(tmp_path: Path, row: Path) -> None:
    before, marked = (_read(row / name) for name in ("before.py", "after.py"))
    wanted = [(number, found[1]) for number, line in enumerate(marked, 1) if (found := _MARK.search(line))]
    after, left = upgraded_to(tmp_path, "\n".join(_MARK.sub("", line) for line in before))
    assert after.split("\n") == [_MARK.sub("", line) for line in marked]
    assert left == wanted
    assert upgraded_to(tmp_path, after)[0] == after


def _read(path: Path) -> list[str]:
    return path.read_text().split("\n")


def upgraded_to(tmp_path: Path, text: str) -> tuple[str, list[tuple[int, str]]]:
    """The agent for 2.0.0b1, and the lines and codes of what is left."""
    done = _upgraded(tmp_path, text, "2.0.0b1", "==1.8.9", pins=False)
    after = {each.path: each.after.decode() for each in done.rewrites}
    return after.get(str(tmp_path / "agent.py"), text), [(each.place.span.line, each.code) for each in done.left]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from livekit.agents import AgentSession\n\ns: 'AgentSession[int]' = AgentSession()\nf(AgentSession=s)\n",
            "from livekit.agents import LiveSession\n\ns: 'LiveSession[int]' = LiveSession()\nf(AgentSession=s)\n",
        ),
        (
            "from livekit.agents import AgentSession as S, JobContext\n\ns = S()\nt = 'AgentSession'\n",
            "from livekit.agents import LiveSession as S, JobContext\n\ns = S()\nt = 'AgentSession'\n",
        ),
        (
            "from livekit import agents\n\ns = agents.AgentSession()\n",
            "from livekit import agents\n\ns = agents.LiveSession()\n",
        ),
        (
            "from livekit.agents.worker import AssignmentTimeoutError\n\nprint(AssignmentTimeoutError)\n",
            "from livekit.agents import AssignmentTimeoutError\n\nprint(AssignmentTimeoutError)\n",
        ),
        (
            f"{HEAD}server = AgentServer()\n\n\n@server.rtc_session(agent_name='a')\n"
            "async def entry(ctx: JobContext) -> None:\n    await ctx.connect()\n",
            f"{HEAD}server = AgentServer(agent_name='a')\n\n\n@server.rtc_session()\n"
            "async def entry(ctx: JobContext) -> None:\n    await ctx.connect()\n",
        ),
        (
            f"{HEAD}\n\nclass T(AgentTask[str]):\n    @function_tool\n    async def t(self, x: str) -> None:\n"
            "        self.complete(x)\n",
            f"{HEAD.replace('AgentTask, ', 'AgentTask, Completed, ')}\n\nclass T(AgentTask[str]):\n"
            "    @function_tool\n    async def t(self, x: str) -> None:\n        return Completed(x)\n",
        ),
        (
            f"{HEAD}{DESK % 'self.x = Agent(instructions=str(), chat_ctx=self.chat_ctx)'}",
            f"{HEAD}{DESK % 'self.x = Agent(instructions=str())'}",
        ),
        (
            f"{HEAD}\n\nclass T(AgentTask[str]):\n    def __init__(self) -> None:\n        self.state = {{}}\n"
            "        super().__init__(instructions='')\n",
            f"{HEAD}\n\nclass T(AgentTask[str]):\n    def __init__(self) -> None:\n"
            "        super().__init__(instructions='')\n        self.state = {}\n",
        ),
    ],
)
def test_it_is_rewritten(tmp_path: Path, before: str, after: str) -> None:
    assert upgraded(tmp_path, before) == (after, [])
    (tmp_path / "agent.py").write_text(after)
    assert engine.upgraded(engine.Request(paths=(str(tmp_path),)), "2.0.0b1").rewrites == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("await self.update_instructions('x')", "@agent.instructions"),
        ("await self.update_chat_ctx(self.chat_ctx)", "turn_ctx"),
        ("await self.update_tools([])", "@agent.tool"),
        ("self.x = Agent(instructions='', chat_ctx=self.chat_ctx.copy())", "session.start(agent, chat_ctx=)"),
    ],
)
def test_what_needs_a_person_is_left_with_the_new_spelling(tmp_path: Path, body: str, words: str) -> None:
    text = HEAD + DESK % body
    after, left = upgraded(tmp_path, text)
    assert after == text
    (message,) = left
    assert words in message


def test_a_name_that_is_known_too_late_is_left(tmp_path: Path) -> None:
    text = (
        f"{HEAD}server = AgentServer()\nname = input()\n\n\n@server.rtc_session(agent_name=name)\n"
        "async def entry(ctx: JobContext) -> None:\n    await ctx.connect()\n"
    )
    after, left = upgraded(tmp_path, text)
    assert after == text
    assert len(left) == 1


def test_what_was_wrong_before_is_no_business_of_an_upgrade(tmp_path: Path) -> None:
    text = f"{HEAD}\n\nasync def entry(ctx: JobContext) -> None:\n    ctx.connect()\n"
    assert upgraded(tmp_path, text) == (text, [])


@pytest.mark.parametrize(
    ("pin", "then"),
    [("==1.8.9", "==2.0.0b1"), ("~=1.8", "~=2.0.0b1"), (">=1.2,<2", ">=2.0.0b1"), ("[x]>=1", "[x]>=2.0.0b1")],
)
def test_pins_change_where_that_is_asked_for(tmp_path: Path, pin: str, then: str) -> None:
    upgraded(tmp_path, "", pin=pin)
    request = engine.Request(paths=(str(tmp_path),))
    assert engine.upgraded(request, "2.0.0b1").rewrites == ()
    (rewrite,) = engine.upgraded(request, "2.0.0b1", pins=True).rewrites
    assert rewrite.after == rewrite.before.replace(f"livekit-agents{pin}".encode(), f"livekit-agents{then}".encode())


def test_a_release_that_nobody_knows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no release 9\.9 of livekit-agents is known"):
        upgraded(tmp_path, "", to="9.9")


def test_the_newest_stable_release_is_the_default(tmp_path: Path) -> None:
    text = f"{HEAD}\n\nasync def f(ctx: JobContext) -> None:\n    await ctx.connect(e2ee=None)\n"
    assert upgraded(tmp_path, text, to=None, pin="==1.2.0")[0] == text.replace("e2ee", "encryption")


_RUN = "cli.runApp(new {}({{ agent: fileURLToPath(import.meta.url){} }}));\n"
_NODE = """import {{ {}cli{}, voice }} from '@livekit/agents';
import {{ JobType }} from '@livekit/protocol';
import {{ fileURLToPath }} from 'node:url';

export default {}{{
  entry: async (ctx) => {{
    await new voice.AgentSession({{}}).start({{ agent: new voice.Agent({{ instructions: '' }}), room: ctx.room }});
  }},
}}{};

"""


@pytest.mark.parametrize("pin", ["0.7.9", "1.0.20", "~1.2.0"])
def test_an_agent_of_node_goes_to_the_newest_release(tmp_path: Path, pin: str) -> None:
    """What it makes of these is accepted by the compiler with @livekit/agents 1.9.0."""
    (tmp_path / "package.json").write_text(
        f'{{ "name": "a", "type": "module", "dependencies": {{ "@livekit/agents": "{pin}" }} }}\n'
    )
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    agent = tmp_path / "agent.ts"
    old, kind = _RUN.format("WorkerOptions", ", workerType: JobType.JT_ROOM"), "WorkerOptions, "
    agent.write_text(_NODE.format(kind, "", "", "") + old)
    done = engine.upgraded(engine.Request(paths=(str(tmp_path),)), None, pins=True)
    after = {Path(each.path).name: each.after.decode() for each in done.rewrites}
    new = _RUN.format("ServerOptions", ", serverType: JobType.JT_ROOM")
    assert (
        after["agent.ts"]
        == _NODE.format("ServerOptions, ", "", "defineAgent(", ")").replace(", voice }", ", voice, defineAgent }") + new
    )
    assert f'"@livekit/agents": "{pin[: pin[0] == "~"]}{NODE.newest}"' in after["package.json"]
    assert done.left == ()

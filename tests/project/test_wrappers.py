"""``[tool.lkagent-lint.names]``: the project's own functions do what the settings say, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config import ConfigError

ROOT = '[project]\nname = "x"\ndependencies = ["livekit-agents==1.5.3"]\n[tool.lkagent-lint]\nroot = true\n'
ENTRY = """\
from livekit.agents import Agent, AgentServer, AgentSession
from acme import bus, keep, rooms

server = AgentServer()


@server.rtc_session()
async def entry(ctx):
    session = AgentSession()
{body}
    keep(session)
"""
WORKER = """\
from livekit.agents import AgentServer

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx):
    await ctx.connect()
"""


def found(root: Path, names: str, **files: str) -> list[tuple[str, int, str]]:
    (root / "pyproject.toml").write_text(ROOT + names, encoding="utf-8")
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    report = engine.check(engine.Request(paths=(str(root),)))
    return [(Path(each.place.path).name, each.place.span.line, each.code) for each in report.diagnostics]


def entry(*body: str) -> str:
    return ENTRY.format(body="\n".join(f"    {line}" for line in body))


JOINS = '[tool.lkagent-lint.names]\njoins-room = ["acme.rooms.join"]\n'
STARTS = '[tool.lkagent-lint.names]\nstarts-session = ["acme.rooms.begin"]\n'
BOTH = '[tool.lkagent-lint.names]\njoins-room = ["acme.rooms.begin"]\nstarts-session = ["acme.rooms.begin"]\n'
LATE = ("await rooms.join(ctx)", "await prepare()", 'ctx.room.on("data_received", print)')


def test_a_package_function_that_joins(tmp_path: Path) -> None:
    assert found(tmp_path, "", agent_py=entry(*LATE)) == []
    assert found(tmp_path, JOINS, agent_py=entry(*LATE)) == [("agent.py", 12, "LKA110")]


def test_until_the_next_await_nothing_is_lost(tmp_path: Path) -> None:
    assert found(tmp_path, JOINS, agent_py=entry("await rooms.join(ctx)", 'ctx.room.on("data_received", print)')) == []


def test_a_room_that_is_joined_may_be_used(tmp_path: Path) -> None:
    use = ("await rooms.join(ctx)", "print(ctx.room.local_participant)", "await ctx.wait_for_participant()")
    assert found(tmp_path, JOINS, agent_py=entry(*use)) == []
    assert found(tmp_path, "", agent_py=entry(*use[1:])) == [("agent.py", 10, "LKA109")]


def test_another_function_of_that_name_is_none(tmp_path: Path) -> None:
    agent = entry(*LATE).replace("from acme", "from other")
    assert found(tmp_path, JOINS, agent_py=agent) == []


def test_a_first_party_function_is_followed_no_further(tmp_path: Path) -> None:
    rooms = "async def join(ctx):\n    pass\n"
    agent = entry(*LATE)
    files = {"acme__rooms_py": rooms, "acme__bus_py": ""}
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text("kept = []\n\n\ndef keep(session):\n    kept.append(session)\n")
    assert found(tmp_path, "", agent_py=agent, **files) == [("agent.py", 8, "LKA114")]
    # What the package does with the session is seen: it keeps it, and nobody starts it.
    late = [("agent.py", 9, "LKA124"), ("agent.py", 12, "LKA110")]
    assert found(tmp_path, JOINS, agent_py=agent, **files) == late


def test_a_function_that_starts_a_session(tmp_path: Path) -> None:
    use = ("await rooms.begin(ctx)", 'session.say("hello")')
    assert found(tmp_path, STARTS, agent_py=entry(*use)) == []
    again = ("await rooms.begin(ctx)", "await prepare()", 'ctx.room.on("data_received", print)')
    assert found(tmp_path, STARTS, agent_py=entry(*again)) == []  # it may start without a room
    assert found(tmp_path, BOTH, agent_py=entry(*again)) == [("agent.py", 12, "LKA110")]


def test_a_task_is_unordered(tmp_path: Path) -> None:
    body = ("import asyncio", "task = asyncio.create_task(rooms.join(ctx))", *LATE[1:], "await task")
    assert found(tmp_path, JOINS, agent_py=entry(*body)) == []


def test_what_is_dropped_is_not_known(tmp_path: Path) -> None:
    assert found(tmp_path, JOINS, agent_py=entry("rooms.join(ctx)", *LATE[1:])) == []


TOKENS = """\
from livekit import api
from acme.dispatching import send


async def call(room: str) -> None:
    await send(room, {argument})
"""
BY_POSITION = '[tool.lkagent-lint.names.dispatches]\n"acme.dispatching.send" = 1\n'
BY_KEYWORD = '[tool.lkagent-lint.names.dispatches]\n"acme.dispatching.send" = "agent"\n'


@pytest.mark.parametrize(
    ("names", "argument", "expected"),
    [
        (BY_POSITION, '"desk"', []),
        (BY_POSITION, '"other"', [("tokens.py", 6, "LKA203")]),
        (BY_KEYWORD, 'agent="desk"', []),
        (BY_KEYWORD, 'agent="other"', [("tokens.py", 6, "LKA203")]),
        (BY_POSITION, "pick()", []),
        (BY_POSITION, "*pick()", []),
        (BY_KEYWORD, "**pick()", []),
        ("", '"other"', [("agent.py", 6, "LKA201")]),
    ],
)
def test_a_function_that_dispatches(
    tmp_path: Path, names: str, argument: str, expected: list[tuple[str, int, str]]
) -> None:
    files = {"agent_py": WORKER, "tokens_py": TOKENS.replace("{argument}", argument)}
    got = found(tmp_path, names, **files)
    assert [each for each in got if each[2] != "LKA201" or not names] == expected


def test_a_call_in_a_file_that_mentions_no_sdk(tmp_path: Path) -> None:
    views = "from acme import dispatching\n\n\ndef view(name: str) -> None:\n    dispatching.send(name, 'other')\n"
    assert found(tmp_path, BY_POSITION, agent_py=WORKER, views_py=views)[-1] == ("views.py", 5, "LKA203")


def test_a_keyword_of_a_first_party_function_by_its_position(tmp_path: Path) -> None:
    dispatching = "async def send(room, agent):\n    pass\n"
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text("")
    files = {
        "agent_py": WORKER,
        "tokens_py": TOKENS.replace("{argument}", '"other"'),
        "acme__dispatching_py": dispatching,
    }
    assert ("tokens.py", 6, "LKA203") in found(tmp_path, BY_KEYWORD, **files)


def test_a_function_of_a_node_project(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    rooms = "export async function call(room: string, agent: string) {\n  await fetch(room);\n}\n"
    desk = (
        "import { call } from './rooms.js';\nimport '@livekit/agents';\n"
        "export const go = async () => call('r', '{}');\n"
    )
    names = '[tool.lkagent-lint.names.dispatches]\n"src/rooms.call" = "agent"\n'
    files = {"agent_py": WORKER, "src__rooms_ts": rooms, "src__desk_ts": desk.replace("{}", "other")}
    assert ("desk.ts", 3, "LKA203") in found(tmp_path, names, **files)
    files["src__desk_ts"] = desk.replace("{}", "desk")
    assert found(tmp_path, names, **files) == []


EMITS = '[tool.lkagent-lint.names]\nemitters = ["acme.bus.Bus"]\n'
HANDLER = ("events = bus.Bus()", "async def heard(x):", "    pass", 'events.on("heard", heard)', "await ctx.connect()")


def test_an_emitter_of_the_project(tmp_path: Path) -> None:
    assert found(tmp_path, "", agent_py=entry(*HANDLER)) == []
    assert found(tmp_path, EMITS, agent_py=entry(*HANDLER)) == [("agent.py", 13, "LKA401")]
    assert found(tmp_path, EMITS.replace("Bus", "Other"), agent_py=entry(*HANDLER)) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ('joins-rooms = ["a.b"]', 'unknown setting "joins-rooms" in "names"'),
        ('joins-rooms = ["a.b"]', 'did you mean "joins-room"?'),
        ('joins-room = "a.b"', '"names"'),
        ('joins-room = ["join"]', '"names"'),
        ('joins-room = ["a b.c d"]', '"names"'),
        ('dispatches = { "a.b" = -1 }', '"names"'),
        ('dispatches = { "a.b" = true }', '"names"'),
    ],
)
def test_wrong_names_are_errors(tmp_path: Path, names: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        found(tmp_path, f"[tool.lkagent-lint.names]\n{names}\n", agent_py=WORKER)
    assert words in str(caught.value)

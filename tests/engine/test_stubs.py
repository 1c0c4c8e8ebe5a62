"""Stubs (``.pyi``): what they declare is known where the module itself is not, and nothing is ever said about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.project.things import ClassOf, Instance
from tests.engine.test_check import EARLY, check, found, write

AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession
from settings import NAME

server = AgentServer()


@server.rtc_session(agent_name=NAME)
async def entry(ctx):
    await AgentSession().start(room=ctx.room, agent=Agent(instructions=""))
"""
DISPATCH = """\
from livekit import api


async def call(lkapi):
    await lkapi.agent_dispatch.create_dispatch(api.CreateAgentDispatchRequest(agent_name="front-desk", room="r"))
"""
UNKNOWN_AGENT = [("call.py", 5, "LKA203")]
JOINS = """\
from livekit.agents import AgentServer
from boot import boot

server = AgentServer()


@server.rtc_session()
async def entry(ctx):
    await boot(ctx)
"""


@pytest.mark.parametrize(
    ("stub", "code"),
    [
        ('NAME: Final = "back-office"', UNKNOWN_AGENT),
        ('NAME: Final[str] = "back-office"', UNKNOWN_AGENT),
        ('NAME = "back-office"', UNKNOWN_AGENT),
        ("from names import NAME", UNKNOWN_AGENT),
        ("from names import *", UNKNOWN_AGENT),
        ('NAME: Final = "front-desk"', []),
        ("NAME: str", []),
        ("NAME: str = ...", []),
        ("NAME = ...", []),
        ("OTHER: str", []),
        ("def __getattr__(name: str) -> str: ...", []),
        ("NAME: str = (", []),
    ],
)
def test_a_constant_that_only_a_stub_declares(tmp_path: Path, stub: str, code: list[tuple[str, int, str]]) -> None:
    write(tmp_path, agent_py=AGENT, call_py=DISPATCH, names_pyi='NAME: Final = "back-office"\n')
    assert [each for each in found(tmp_path) if each[2] != "LKA201"] == []  # nobody knows what the module holds
    write(tmp_path, settings_pyi=f"from typing import Final\n{stub}\n")
    assert [each for each in found(tmp_path) if each[2] != "LKA201"] == code


def test_a_stub_of_a_package(tmp_path: Path) -> None:
    package = {"settings____init___pyi": "from .names import NAME as NAME\n", "settings__names_pyi": 'NAME = "back"\n'}
    write(tmp_path, agent_py=AGENT, call_py=DISPATCH)
    for name, text in package.items():
        path = tmp_path / "settings" / ("__init__.pyi" if "init" in name else "names.pyi")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert UNKNOWN_AGENT[0] in found(tmp_path)


@pytest.mark.parametrize("module", ["settings.py", "settings/__init__.py", "src/settings.py"])
def test_a_module_wins_over_its_stub(tmp_path: Path, module: str) -> None:
    write(tmp_path, agent_py=AGENT, call_py=DISPATCH, settings_pyi='NAME = "back-office"\n')
    assert UNKNOWN_AGENT[0] in found(tmp_path)
    path = tmp_path / module
    path.parent.mkdir(exist_ok=True)
    path.write_text('NAME = "front-desk"\n')
    assert found(tmp_path) == []


def test_a_function_of_a_stub_may_do_anything(tmp_path: Path) -> None:
    body = "async def boot(ctx) -> None: ...\n"
    write(tmp_path, agent_py=JOINS, boot_pyi=body)
    assert found(tmp_path) == []
    write(tmp_path, boot_py=body)
    assert [code for _, _, code in found(tmp_path)] == ["LKA114"]


def test_a_class_of_a_stub_derives_from_what_it_says_and_inherits_nothing_that_is_known(tmp_path: Path) -> None:
    stub = "from livekit.agents import Agent\n\n\nclass Desk(Agent):\n    async def greet(self) -> None: ...\n"
    write(tmp_path, agent_py=f"from desk import Desk\n{EARLY}", desk_pyi=stub)
    assert found(tmp_path) == [("agent.py", 10, "LKA101")]
    (survey,) = engine.survey(engine.Request(paths=(str(tmp_path),)))
    classes = survey.project.evaluator.classes
    desk = Instance(str(tmp_path / "desk.pyi"), "Desk", None)
    assert "Agent" in classes.kinds(desk)
    assert not classes.is_closed(ClassOf(desk.path, desk.name))
    for name in ("greet", "on_enter", "session"):
        assert [type(each).__name__ for each in classes.attribute(desk, name)] == ["Unknown"]


BAD = "from livekit.agents import Nothing, AgentServer\nserver = AgentServer()\nx: int  # noqa: LKA101\n"


@pytest.mark.parametrize("text", [BAD, f"{BAD}class (:\n", EARLY])
def test_nothing_is_said_about_a_stub(tmp_path: Path, text: str) -> None:
    write(tmp_path, agent_py="import livekit\nimport other\n", other_pyi=text)
    assert found(tmp_path) == []
    assert found(tmp_path / "other.pyi") == []
    assert check(tmp_path, overlays={str(tmp_path / "other.pyi"): text.encode()}) == ()
    write(tmp_path, other_py=text)
    assert found(tmp_path) != []


def test_a_stub_that_nobody_imports_takes_no_part(tmp_path: Path) -> None:
    write(tmp_path, agent_py="import livekit\n", other_pyi=EARLY)
    report = engine.check(engine.Request(paths=(str(tmp_path),)))
    assert (report.diagnostics, report.summary.files, report.summary.workers) == ((), 1, 0)

"""Every construct of livekit-api that asks for an agent, the name written in every way that a reader follows."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.dispatch.projects import WORKERS, graph_of, verdict, write

COMPOSE = "services:\n  web:\n    image: web\n    environment:\n      AGENT_NAME: clinic\n"
CONSTRUCTS: dict[str, tuple[str, str]] = {
    "token": (
        "token",
        """\
        return api.AccessToken().with_room_config(
            api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=NAME)])
        ).to_jwt()
        """,
    ),
    "token-of-variables": (
        "token",
        """\
        dispatch = api.RoomAgentDispatch(agent_name=NAME, metadata="{}")
        configuration = api.RoomConfiguration(agents=[dispatch])
        token = api.AccessToken()
        token.with_room_config(configuration)
        return token.to_jwt()
        """,
    ),
    "token-of-dicts": (
        "token",
        """\
        return api.AccessToken().with_room_config(api.RoomConfiguration(agents=[{"agent_name": NAME}])).to_jwt()
        """,
    ),
    "token-added": (
        "token",
        """\
        configuration = api.RoomConfiguration()
        dispatch = configuration.agents.add()
        dispatch.agent_name = NAME
        return api.AccessToken().with_room_config(configuration).to_jwt()
        """,
    ),
    "token-added-by-keyword": (
        "token",
        """\
        configuration = api.RoomConfiguration()
        configuration.agents.add(agent_name=NAME)
        return api.AccessToken().with_room_config(configuration).to_jwt()
        """,
    ),
    "token-appended": (
        "token",
        """\
        configuration = api.RoomConfiguration()
        configuration.agents.append(api.RoomAgentDispatch(agent_name=NAME))
        return api.AccessToken().with_room_config(configuration).to_jwt()
        """,
    ),
    "token-extended": (
        "token",
        """\
        configuration = api.RoomConfiguration()
        configuration.agents.extend([api.RoomAgentDispatch(agent_name=NAME)])
        return api.AccessToken().with_room_config(configuration).to_jwt()
        """,
    ),
    "token-claims": (
        "token",
        """\
        token = api.AccessToken()
        token.claims.room_config = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=NAME)])
        return token.to_jwt()
        """,
    ),
    "token-parsed": (
        "token",
        """\
        configuration = ParseDict({"agents": [{"agentName": NAME}]}, api.RoomConfiguration())
        return api.AccessToken().with_room_config(configuration).to_jwt()
        """,
    ),
    "token-signed-by-hand": (
        "token",
        """\
        claims = {"video": {"room": "r"}, "roomConfig": {"agents": [{"agentName": NAME}]}}
        return jwt.encode(claims, "secret")
        """,
    ),
    "request": (
        "api",
        """\
        async with api.LiveKitAPI() as lkapi:
            await lkapi.agent_dispatch.create_dispatch(api.CreateAgentDispatchRequest(agent_name=NAME, room="r"))
        """,
    ),
    "request-of-a-variable": (
        "api",
        """\
        request = api.CreateAgentDispatchRequest(room="r")
        request.agent_name = NAME
        await lk.agent_dispatch.create_dispatch(request)
        """,
    ),
    "room": (
        "room",
        """\
        await lk.room.create_room(
            api.CreateRoomRequest(name="r", agents=[api.RoomAgentDispatch(agent_name=NAME)])
        )
        """,
    ),
    "sip": (
        "sip",
        """\
        rule = api.SIPDispatchRule(dispatch_rule_individual=api.SIPDispatchRuleIndividual(room_prefix="c-"))
        configuration = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=NAME)])
        await lk.sip.create_dispatch_rule(
            api.CreateSIPDispatchRuleRequest(
                dispatch_rule=api.SIPDispatchRuleInfo(rule=rule, room_config=configuration)
            )
        )
        """,
    ),
    "sip-of-the-old-form": (
        "sip",
        """\
        await lk.sip.create_sip_dispatch_rule(
            api.CreateSIPDispatchRuleRequest(
                room_config=api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=NAME)])
            )
        )
        """,
    ),
    "twilio": (
        "connector",
        """\
        await lk.connector.connect_twilio_call(
            api.ConnectTwilioCallRequest(agents=[api.RoomAgentDispatch(agent_name=NAME)])
        )
        """,
    ),
    "whatsapp": (
        "connector",
        """\
        await lk.connector.dial_whatsapp_call(
            api.DialWhatsAppCallRequest(agents=[api.RoomAgentDispatch(agent_name=NAME)])
        )
        """,
    ),
    "hand-written": (
        "request",
        """\
        body = {"room": "r", "agent_name": NAME}
        requests.post(f"{HOST}/twirp/livekit.AgentDispatchService/CreateDispatch", json=body)
        """,
    ),
    "hand-written-elsewhere": (
        "request",
        """\
        body = json.dumps({"room": "r", "agent_name": NAME})
        async with httpx.AsyncClient() as client:
            await client.post(f"{HOST}/twirp/livekit.AgentDispatchService/CreateDispatch", content=body)
        """,
    ),
    "command": (
        "command",
        """\
        subprocess.run(["lk", "dispatch", "create", "--agent-name", NAME, "--room", "r"], check=True)
        """,
    ),
}
"""By what an agent is asked for, and the body of a function that does so."""

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "literal": ('"front-desk"', {}),
    "constant": ("DESK", {"calls.py": 'DESK = "front-desk"\n'}),
    "joined-constant": ('f"{PLACE}-desk"', {"calls.py": 'PLACE = "front"\n'}),
    "imported-constant": ("names.DESK", {"calls.py": "import names\n", "names.py": 'DESK = "front-desk"\n'}),
    "class-constant": ("Names.DESK", {"calls.py": 'class Names:\n    DESK = "front-desk"\n'}),
    "enumeration": (
        "Names.DESK.value",
        {"calls.py": 'import enum\n\n\nclass Names(str, enum.Enum):\n    DESK = "front-desk"\n'},
    ),
    "entry-of-a-dict": ('NAMES["desk"]', {"calls.py": 'NAMES = {"desk": "front-desk", "bill": "billing"}\n'}),
    "get-of-a-dict": ('NAMES.get("desk")', {"calls.py": 'NAMES = {"desk": "front-desk", "bill": "billing"}\n'}),
    "config-field": (
        "CONFIG.agent_name",
        {
            "calls.py": "from config import CONFIG\n",
            "config.py": "from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Config:\n"
            '    agent_name: str = "front-desk"\n    room: str = "r"\n\n\nCONFIG = Config()\n',
        },
    ),
    "config-field-given": (
        "CONFIG.agent_name",
        {
            "calls.py": "from config import CONFIG\n",
            "config.py": "from dataclasses import dataclass\n\n\n@dataclass\nclass Config:\n"
            '    agent_name: str\n    room: str = "r"\n\n\nCONFIG = Config(agent_name="front-desk")\n',
        },
    ),
    "config-attribute": (
        "CONFIG.agent_name",
        {
            "calls.py": "class Config:\n    def __init__(self):\n"
            '        self.agent_name = "front-desk"\n\n\nCONFIG = Config()\n'
        },
    ),
    "config-of-a-function": (
        "get_config().agent_name",
        {
            "calls.py": "from functools import lru_cache\n\n\n@dataclass\nclass Config:\n"
            '    agent_name: str = "front-desk"\n\n\n@lru_cache\ndef get_config():\n    return Config()\n'
        },
    ),
    "environment-with-default": ('os.getenv("DESK", "front-desk")', {}),
    "environ-with-default": ('os.environ.get("DESK", "front-desk")', {}),
    "environment-or-default": ('(os.getenv("DESK") or "front-desk")', {}),
    "environment-stripped": ('os.getenv("DESK", "front-desk").strip()', {}),
    "environment-or-default-stripped": ('((os.getenv("DESK") or "").strip() or "front-desk")', {}),
    "environment-with-constant": ('os.getenv("DESK", DESK)', {"calls.py": 'DESK = "front-desk"\n'}),
    "environment-of-a-file": ('os.environ["DESK_AGENT"]', {".env": "DESK_AGENT=front-desk\n"}),
    "helper-with-default": (
        'setting("DESK", "front-desk")',
        {"calls.py": "def setting(name, default=None):\n    return os.getenv(name, default)\n"},
    ),
    "helper-that-checks": (
        'setting("DESK", "front-desk")',
        {
            "calls.py": "def setting(name: str, default: str) -> str:\n    value = os.environ.get(name)\n"
            "    if not value:\n        return default\n    return value.strip()\n"
        },
    ),
    "field-from-the-environment": (
        "CONFIG.agent_name",
        {
            "calls.py": "@dataclass\nclass Config:\n"
            '    agent_name: str = os.getenv("DESK", "front-desk")\n\n\nCONFIG = Config()\n'
        },
    ),
    "field-made-by-a-factory": (
        "CONFIG.agent_name",
        {
            "calls.py": "from dataclasses import field\n\n\n@dataclass\nclass Config:\n"
            '    agent_name: str = field(default_factory=lambda: os.getenv("DESK", "front-desk"))\n\n\n'
            "CONFIG = Config()\n"
        },
    ),
    "reader": ('config("DESK", default="front-desk")', {"calls.py": "from decouple import config\n"}),
    "reader-object": (
        'env.str("DESK", "front-desk")',
        {"calls.py": "from environs import Env\n\nenv = Env()\nenv.read_env()\n"},
    ),
    "schema": (
        "settings.agent_name",
        {
            "calls.py": "from config import settings\n",
            "config.py": "from pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n"
            '    agent_name: str = "front-desk"\n\n\nsettings = Settings()\n',
        },
    ),
    "schema-with-field": (
        "get_settings().agent_name",
        {
            "calls.py": "from pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
            'class Settings(BaseSettings):\n    agent_name: str = Field("front-desk", alias="DESK")\n\n\n'
            "def get_settings() -> Settings:\n    return Settings()\n"
        },
    ),
    "model": (
        "settings.agent_name",
        {
            "calls.py": "from pydantic import BaseModel\n\n\nclass Settings(BaseModel):\n"
            '    agent_name: str = "front-desk"\n\n\nsettings = Settings()\n'
        },
    ),
    "choice": ('("front-desk" if beta else "billing")', {"calls.py": "beta = False\n"}),
}
"""How a name is written, and what stands before the function, or in other files, for that."""

INSIDE: dict[str, tuple[str, str, str]] = {
    "parameter": ("agent_name", "agent_name", 'asyncio.run(call("front-desk"))\n'),
    "parameter-by-keyword": ("agent_name", "*, agent_name: str", 'asyncio.run(call(agent_name="front-desk"))\n'),
    "parameter-with-default": ("agent_name", 'agent_name: str = "front-desk"', "asyncio.run(call())\n"),
    "parameter-or-default": (
        "(agent_name or DESK)",
        "agent_name: str | None = None",
        'DESK = "front-desk"\nasyncio.run(call())\n',
    ),
    "parameter-object": (
        "options.agent_name",
        "options",
        "@dataclass\nclass Options:\n    agent_name: str\n    room: str\n\n\n"
        'asyncio.run(call(Options(agent_name="front-desk", room="r")))\n',
    ),
    "parameter-dict": ('options["agent_name"]', "options", 'asyncio.run(call({"agent_name": "front-desk"}))\n'),
    "parameter-typed": (
        "options.agent_name",
        "options: Options",
        '@dataclass\nclass Options:\n    agent_name: str = "front-desk"\n\n\n',
    ),
    "call-as-argument": (
        "agent_name",
        "agent_name",
        'def pick():\n    return "front-desk"\n\n\nasyncio.run(call(pick()))\n',
    ),
}
"""A name that comes from the function's parameters: the name, the parameters, and what stands in the module."""

HEAD = """\
import asyncio
import json
import os
import subprocess
from dataclasses import dataclass

import httpx
import jwt
import requests
from google.protobuf.json_format import ParseDict
from livekit import api

HOST = "https://x.livekit.cloud"
"""


def module(construct: str, name: str, before: str = "", parameters: str = "", after: str = "") -> str:
    body = textwrap.indent(textwrap.dedent(CONSTRUCTS[construct][1]), "    ").replace("NAME", name)
    given = f"{parameters}" if "lk." not in body else parameters
    lk = "    lk = api.LiveKitAPI()\n" if "lk." in body else ""
    return f"{HEAD}{before}\n\nasync def call({given}):\n{lk}{body}\n\n{after}"


def check(root: Path, construct: str) -> None:
    found = graph_of(root)
    assert [each.gets_jobs for each in found.workers] == ["yes"]
    assert CONSTRUCTS[construct][0] in {each.kind for each in found.dispatches}
    assert [each.worker for each in found.edges if each.certain]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_written_so_is_known(construct: str, form: str, tmp_path: Path) -> None:
    name, files = FORMS[form]
    text = module(construct, name, files.get("calls.py", ""))
    check(write(tmp_path, "python", {**files, "calls.py": text}), construct)


@pytest.mark.parametrize("form", INSIDE)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_given_so_is_known(construct: str, form: str, tmp_path: Path) -> None:
    name, parameters, after = INSIDE[form]
    before = after if form == "parameter-typed" else ""
    text = module(construct, name, before, parameters, "" if before else after)
    check(write(tmp_path, "python", {"calls.py": text}), construct)


OTHERS = {
    "caller": {"web.py": "from calls import call\n\n\nasync def ring():\n    await call('front-desk')\n"},
    "caller-of-a-caller": {
        "helper.py": "import calls\n\n\nasync def ring(name, room=None):\n    return await calls.call(name)\n",
        "web.py": "from helper import ring\n\n\nasync def view(request):\n    await ring('front-desk', request.room)\n",
    },
    "caller-of-nothing-else": {
        "web.py": "import asyncio\n\nfrom calls import call\n\nasyncio.run(call('front-desk'))\n"
    },
}
"""Who calls it is in a file that says nothing of the SDK."""


@pytest.mark.parametrize("case", OTHERS)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_another_file_gives_is_known(construct: str, case: str, tmp_path: Path) -> None:
    files = {"calls.py": module(construct, "agent_name", "", "agent_name"), **OTHERS[case]}
    check(write(tmp_path, "python", files), construct)


@pytest.mark.parametrize(
    ("field", "variable"),
    [
        ('agent_name: str = Field(default="front-desk", alias="DESK")', "DESK"),
        ('agent_name: str = Field("front-desk", validation_alias="DESK")', "DESK"),
        ('agent_name: str = "front-desk"', "AGENT_NAME"),
    ],
)
def test_a_field_of_settings_is_its_variable(field: str, variable: str, tmp_path: Path) -> None:
    text = (
        "from livekit import api\nfrom pydantic import Field\nfrom pydantic_settings import BaseSettings\n\n\n"
        f"class Settings(BaseSettings):\n    {field}\n\n\n"
        'request = api.CreateAgentDispatchRequest(agent_name=Settings().agent_name, room="r")\n'
    )
    (dispatch,) = graph_of(write(tmp_path, "python", {"calls.py": text})).dispatches
    assert (dispatch.name.variable, dispatch.name.default) == (variable, "front-desk")


@pytest.mark.parametrize(
    ("default", "settings", "expected"),
    [("front-desk", {}, "yes"), ("billing", {}, "unknown"), ("billing", {"compose.yaml": COMPOSE}, "yes")],
)
def test_one_variable_with_two_defaults_is_one_name_where_it_is_set(
    default: str, settings: dict[str, str], expected: str, tmp_path: Path
) -> None:
    worker = WORKERS["python"][1].replace('"front-desk"', 'os.getenv("AGENT_NAME", "front-desk")')
    text = (
        "import os\n\nfrom livekit import api\n\n"
        f'request = api.CreateAgentDispatchRequest(agent_name=os.getenv("AGENT_NAME", "{default}"), room="r")\n'
    )
    files = {WORKERS["python"][0]: f"import os\n\n{worker}", "calls.py": text, **settings}
    assert verdict(write(tmp_path, "python", files)) == expected

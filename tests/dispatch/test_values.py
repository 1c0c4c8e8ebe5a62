"""Names that a reader follows through loops, dicts, options and callers, and what rules say of what they lead to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lkagent_lint.diagnostics import Severity
from tests.dispatch.projects import WORKERS, Side, findings, severities, verdict, write

_REQUEST = "api.CreateAgentDispatchRequest"
_CALL = f"lk.agent_dispatch.create_dispatch({_REQUEST}(agent_name=%s, room='r'))"
IN_PYTHON = {
    "loop": "async def call(lk):\n    for name in ('front-desk', 'billing'):\n        await " + _CALL % "name",
    "loop-of-a-list": "NAMES = ['front-desk']\nasync def call(lk):\n    for name in NAMES:\n        await "
    + _CALL % "name",
    "loop-of-a-dict": (
        "NAMES = {'a': 'front-desk'}\nasync def call(lk):\n    for key, name in NAMES.items():\n        await "
        + _CALL % "name"
    ),
    "comprehension": (
        "NAMES = ['front-desk']\nasync def token():\n"
        "    agents = [api.RoomAgentDispatch(agent_name=n) for n in NAMES]\n"
        "    return api.AccessToken().with_room_config(api.RoomConfiguration(agents=agents))"
    ),
    "keywords": (
        "async def call(lk):\n    given = {'agent_name': 'front-desk', 'room': 'r'}\n"
        f"    await lk.agent_dispatch.create_dispatch({_REQUEST}(**given))"
    ),
    "dict-call": (
        "async def call(lk):\n    given = dict(agent_name='front-desk', room='r')\n"
        f"    await lk.agent_dispatch.create_dispatch({_REQUEST}(**given))"
    ),
    "namespace": "from types import SimpleNamespace\nS = SimpleNamespace(a='front-desk')\n"
    "async def call(lk):\n    await " + _CALL % "S.a",
    "field": "from dataclasses import dataclass, field\n\n\n@dataclass\nclass S:\n"
    "    a: str = field(default='front-desk')\n\n\n"
    "async def call(lk):\n    await " + _CALL % "S().a",
    "option": "import argparse\nparser = argparse.ArgumentParser()\n"
    "parser.add_argument('--agent', default='front-desk')\n"
    "given = parser.parse_args()\nasync def call(lk):\n    await " + _CALL % "given.agent",
    "claims": "import jwt\ndef token(secret):\n    claims = {'video': {'room': 'r'}}\n"
    "    claims['roomConfig'] = {'agents': [{'agentName': 'front-desk'}]}\n    return jwt.encode(claims, secret)",
}
_IMPORT = (
    "import { AccessToken, AgentDispatchClient, RoomAgentDispatch, RoomConfiguration } from 'livekit-server-sdk';\n"
)
IN_TYPESCRIPT = {
    "loop": "export async function call(c: AgentDispatchClient) {\n"
    "  for (const name of ['front-desk']) await c.createDispatch('r', name);\n}",
    "for-each": "export const call = (c: AgentDispatchClient) =>\n"
    "  ['front-desk'].forEach((name) => c.createDispatch('r', name));",
    "list-that-is-made": "const names = ['front-desk'];\nconst at = new AccessToken('k', 's');\n"
    "at.roomConfig = { agents: names.map((name) => ({ agentName: name })) } as any;",
    "field-of-a-dispatch": "const at = new AccessToken('k', 's');\nconst asked = new RoomAgentDispatch();\n"
    "asked.agentName = 'front-desk';\nat.roomConfig = new RoomConfiguration({ agents: [asked] });",
    "parameter-of-a-constructor": "class Caller {\n  public constructor(private readonly name: string) {}\n"
    "  call(c: AgentDispatchClient) { return c.createDispatch('r', this.name); }\n}\n"
    "export const make = (bound: any) => new Caller(bound.NAME_OF_AGENT ?? 'front-desk');",
    "default-of-a-constructor": "export class Caller {\n  constructor(private readonly name = 'front-desk') {}\n"
    "  call(c: AgentDispatchClient) { return c.createDispatch('r', this.name); }\n}",
    "schema-of-valibot": "import * as v from 'valibot';\n"
    "const env = v.parse(v.object({ NAME: v.optional(v.string(), 'front-desk') }), process.env);\n"
    "export const call = (c: AgentDispatchClient) => c.createDispatch('r', env.NAME);",
    "schema-of-envsafe": "import { envsafe, str } from 'envsafe';\n"
    "const env = envsafe({ NAME: str({ default: 'front-desk' }) });\n"
    "export const call = (c: AgentDispatchClient) => c.createDispatch('r', env.NAME);",
    "request-of-a-variable": "const PATH = '/twirp/livekit.AgentDispatchService/CreateDispatch';\n"
    "export async function call(host: string) {\n  const body = { room: 'r', agent_name: 'front-desk' };\n"
    "  const init = { method: 'POST', body: JSON.stringify(body) };\n  return fetch(host + PATH, init);\n}",
}


@pytest.mark.parametrize("case", IN_PYTHON)
def test_python(case: str, tmp_path: Path) -> None:
    text = f"from livekit import api\n\n{IN_PYTHON[case]}\n"
    assert verdict(write(tmp_path, "node", {"calls.py": text})) == "yes"


@pytest.mark.parametrize("case", IN_TYPESCRIPT)
def test_typescript(case: str, tmp_path: Path) -> None:
    assert verdict(write(tmp_path, "python", {"calls.ts": _IMPORT + IN_TYPESCRIPT[case] + "\n"})) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "fetch('/config', { method: 'POST', body: JSON.stringify({ greeting: 'hi', agent_name: 'front-desk' }) });",
        "export const shown = () => ({ ok: true, agents: { agent_name: 'front-desk', voice: 'x' } });",
    ],
)
def test_a_persona_is_asked_for_by_nobody(text: str, tmp_path: Path) -> None:
    root = write(tmp_path, "node", {"persona.ts": f"// livekit\n{text}\n"})
    assert (verdict(root), severities(root)) == ("no", [Severity.WARNING])


@pytest.mark.parametrize(
    "text",
    [
        "fetch('/calls', { method: 'POST', body: JSON.stringify({ trunkId, callTo, agentName: 'front-desk' }) });",
        "useSession(source, { agentName: 'front-desk', participantAttributes: { id } });",
        "fetch('/token', { method: 'POST', body: JSON.stringify({ agentName: 'front-desk' }) });",
    ],
)
def test_a_request_of_the_projects_own_asks(text: str, tmp_path: Path) -> None:
    assert verdict(write(tmp_path, "node", {"request.ts": f"// livekit\n{text}\n"})) == "yes"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("'agent_name': 'front-desk', 'phone_number': number", "yes"),
        ("'agent_name': 'front-desk'", "yes"),
        ("'agent_name': 'front-desk', 'greeting': 'hi', 'voice': 'x'", "no"),
    ],
)
def test_a_request_of_python_is_told_from_a_persona(given: str, expected: str, tmp_path: Path) -> None:
    text = f"import requests  # livekit\n\n\ndef call(url, number):\n    requests.post(url, json={{{given}}})\n"
    assert verdict(write(tmp_path, "python", {"calls.py": text})) == expected


@pytest.mark.parametrize(("variable", "expected"), [("PROJECT", "yes"), ("OTHER", "unknown")])
def test_a_name_made_of_the_same_variable_reaches(variable: str, expected: str, tmp_path: Path) -> None:
    name, text = WORKERS["python"]
    worker = text.replace('"front-desk"', "f\"{os.environ['PROJECT']}-voice\"").replace("from", "import os\nfrom", 1)
    call = (
        f"{_IMPORT}export const call = (c: AgentDispatchClient) => "
        f"c.createDispatch('r', `${{process.env.{variable}}}-voice`);\n"
    )
    assert verdict(write(tmp_path, "python", {name: worker, "call.ts": call})) == expected


_TOKEN = (
    _IMPORT + "async function token(room: string) {\n  const grant = { roomJoin: true, room };\n"
    "  const at = new AccessToken('k', 's');\n  at.addGrant(grant);\n"
    "  at.roomConfig = new RoomConfiguration({ agents: [{ agentName: 'front-desk' }] });\n  return at.toJwt();\n}\n"
)


@pytest.mark.parametrize(
    ("callers", "expected"),
    [
        ("export const GET = () => token(`r-${Date.now()}`);", Severity.INFO),
        ("export const GET = () => {\n  const room = crypto.randomUUID();\n  return token(room);\n};", Severity.INFO),
        ("export const GET = () => token('lobby');", Severity.WARNING),
        ("export const A = () => token('lobby');\nexport const B = () => token(`r-${Date.now()}`);", Severity.WARNING),
        ("export const GET = (room: string) => token(room);", Severity.WARNING),
    ],
)
def test_a_room_is_new_where_every_caller_makes_it(callers: str, expected: Severity, tmp_path: Path) -> None:
    root = write(tmp_path, "python", {"token.ts": f"{_TOKEN}{callers}\n"})
    assert severities(root, "LKA202") == [expected]


@pytest.mark.parametrize(
    ("side", "file", "text"),
    [
        (
            "python",
            "rule.py",
            "import subprocess\nsubprocess.run(['lk', 'sip', 'dispatch', 'create', '--direct', 'r'])\n",
        ),
        ("node", "rule.ts", "execSync('lk sip dispatch create --individual call');\n"),
        ("python", "rule.sh", "lk sip dispatch-rule create --individual call\n"),
        (
            "node",
            "rule.ts",
            "import { SipClient } from 'livekit-server-sdk';\nconst options = { name: 'x' };\n"
            "await new SipClient('u').createSipDispatchRule({ type: 'individual', roomPrefix: 'c' }, options);\n",
        ),
    ],
)
def test_a_rule_brings_no_agent(side: Side, file: str, text: str, tmp_path: Path) -> None:
    root = write(tmp_path, side, {file: text})
    assert [os.path.basename(each.place.path) for each in findings(root, "LKA208")] == [file]
    assert findings(root) == []

"""Every construct of JavaScript's SDKs that asks for an agent, the name written in every way that a reader follows."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.dispatch.projects import graph_of, write

CONSTRUCTS: dict[str, tuple[str, str]] = {
    "call": ("api", "await client.createDispatch(room, NAME, { metadata: '{}' });"),
    "call-of-the-api": ("api", "await new LiveKitAPI().agentDispatch.createDispatch(room, NAME);"),
    "token": (
        "token",
        """\
        const token = new AccessToken('key', 'secret', { identity: 'me' });
        token.roomConfig = new RoomConfiguration({ agents: [new RoomAgentDispatch({ agentName: NAME })] });
        return await token.toJwt();
        """,
    ),
    "token-of-variables": (
        "token",
        """\
        const token = new AccessToken('key', 'secret', { identity: 'me' });
        const dispatch = new RoomAgentDispatch({ agentName: NAME, metadata: '' });
        const configuration = new RoomConfiguration({ agents: [dispatch] });
        token.roomConfig = configuration;
        return await token.toJwt();
        """,
    ),
    "token-of-objects": (
        "token",
        """\
        const token = new AccessToken('key', 'secret', { identity: 'me' });
        token.roomConfig = { agents: [{ agentName: NAME }] } as any;
        return await token.toJwt();
        """,
    ),
    "token-from-json": (
        "token",
        """\
        const token = new AccessToken('key', 'secret', { identity: 'me' });
        token.roomConfig = RoomConfiguration.fromJson({ agents: [{ agent_name: NAME }] });
        return await token.toJwt();
        """,
    ),
    "room": (
        "room",
        "await rooms.createRoom({ name: room, agents: [new RoomAgentDispatch({ agentName: NAME })] });",
    ),
    "sip": (
        "sip",
        """\
        await sip.createSipDispatchRule(
          { type: 'individual', roomPrefix: 'c-' },
          { roomConfig: new RoomConfiguration({ agents: [new RoomAgentDispatch({ agentName: NAME })] }) },
        );
        """,
    ),
    "sip-of-variables": (
        "sip",
        """\
        const options = { name: 'in', roomConfig: { agents: [{ agentName: NAME } as any] } as any };
        await sip.createSipDispatchRule({ type: 'individual', roomPrefix: 'c-' }, options);
        """,
    ),
    "sip-updated": (
        "sip",
        """\
        await sip.updateSipDispatchRule(
          'id',
          new SIPDispatchRuleInfo({ roomConfig: { agents: [{ agentName: NAME }] } }),
        );
        """,
    ),
    "twilio": ("connector", "await connector.connectTwilioCall({ agents: [{ agentName: NAME }] });"),
    "whatsapp": (
        "connector",
        "await connector.dialWhatsAppCall({ agents: [new RoomAgentDispatch({ agentName: NAME })] });",
    ),
    "signed-by-hand": (
        "token",
        """\
        const claims = { video: { room, roomJoin: true }, roomConfig: { agents: [{ agentName: NAME }] } };
        return await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret);
        """,
    ),
    "session": ("request", "return useSession(source, { agentName: NAME });"),
    "session-perhaps": ("request", "return useSession(source, NAME ? { agentName: NAME } : undefined);"),
    "source": ("request", "return await source.fetch({ agentName: NAME, agentMetadata: '' });"),
    "hand-written": (
        "request",
        """\
        return await fetch('/api/token', {
          method: 'POST',
          body: JSON.stringify({ room_config: { agents: [{ agent_name: NAME }] } }),
        });
        """,
    ),
    "to-the-service": (
        "request",
        """\
        return await fetch(`${HOST}/twirp/livekit.AgentDispatchService/CreateDispatch`, {
          method: 'POST',
          body: JSON.stringify({ room, agent_name: NAME }),
        });
        """,
    ),
    "to-the-service-of-variables": (
        "request",
        """\
        const url = `${HOST}/twirp/livekit.AgentDispatchService/CreateDispatch`;
        const body = { room, agent_name: NAME };
        return await axios.post(url, body);
        """,
    ),
    "command": (
        "command",
        "return execFileSync('lk', ['dispatch', 'create', '--agent-name', NAME, '--room', room]);",
    ),
}
"""By what an agent is asked for, and the body of a function that does so."""

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "literal": ("'front-desk'", {}),
    "template": ("`front-desk`", {}),
    "constant": ("DESK", {"calls.ts": "const DESK = 'front-desk';\n"}),
    "constant-as-const": ("DESK", {"calls.ts": "const DESK = 'front-desk' as const;\n"}),
    "joined-constant": ("`${PLACE}-desk`", {"calls.ts": "const PLACE = 'front';\n"}),
    "imported-constant": (
        "DESK",
        {"calls.ts": "import { DESK } from './names';\n", "names.ts": "export const DESK = 'front-desk';\n"},
    ),
    "imported-by-alias": (
        "DESK",
        {
            "calls.ts": "import { DESK } from '@/lib/names';\n",
            "src/lib/names.ts": "export const DESK = 'front-desk';\n",
        },
    ),
    "enumeration": ("Names.Desk", {"calls.ts": "enum Names {\n  Desk = 'front-desk',\n  Bill = 'billing',\n}\n"}),
    "config-field": ("CONFIG.agentName", {"calls.ts": "const CONFIG = { agentName: 'front-desk', room: 'r' };\n"}),
    "config-field-frozen": (
        "CONFIG.agents.desk",
        {"calls.ts": "const CONFIG = Object.freeze({ agents: { desk: 'front-desk', bill: 'billing' } } as const);\n"},
    ),
    "config-entry": ("CONFIG['agentName']", {"calls.ts": "const CONFIG = { agentName: 'front-desk', room: 'r' };\n"}),
    "config-imported": (
        "config.agentName",
        {
            "calls.ts": "import { config } from './config.js';\n",
            "config.ts": "export const config = { agentName: 'front-desk', room: 'r' };\n",
        },
    ),
    "config-by-default": (
        "config.agentName",
        {
            "calls.ts": "import config from './config';\n",
            "config.ts": "const config = { agentName: 'front-desk' };\nexport default config;\n",
        },
    ),
    "config-required": (
        "config.livekit.agentName",
        {
            "calls.ts": "const { config } = require('./config');\n",
            "config.js": "const config = { livekit: { agentName: 'front-desk' } };\nmodule.exports = { config };\n",
        },
    ),
    "config-of-a-function": (
        "getConfig().agentName",
        {"calls.ts": "function getConfig() {\n  return { agentName: 'front-desk', room: 'r' };\n}\n"},
    ),
    "config-of-a-class": (
        "config.agentName",
        {"calls.ts": "class Config {\n  readonly agentName = 'front-desk';\n}\nconst config = new Config();\n"},
    ),
    "config-static": ("Config.AGENT", {"calls.ts": "class Config {\n  static readonly AGENT = 'front-desk';\n}\n"}),
    "config-spread": (
        "config.agentName",
        {"calls.ts": "const base = { agentName: 'front-desk' };\nconst config = { ...base, room: 'r' };\n"},
    ),
    "lookup": ("NAMES[kind]", {"calls.ts": "const kind = 'desk';\nconst NAMES = { desk: 'front-desk', bill: 'b' };\n"}),
    "environment-with-default": ("(process.env.DESK ?? 'front-desk')", {}),
    "environment-or-default": ("(process.env.DESK || 'front-desk')", {}),
    "environment-trimmed": ("(process.env.DESK?.trim() || 'front-desk')", {}),
    "environment-with-constant": ("(process.env.DESK ?? DESK)", {"calls.ts": "const DESK = 'front-desk';\n"}),
    "environment-of-vite": ("(import.meta.env.VITE_DESK ?? 'front-desk')", {}),
    "environment-taken-apart": (
        "DESK",
        {"calls.ts": "const { DESK = 'front-desk' } = process.env;\n"},
    ),
    "environment-held": ("(env.DESK ?? 'front-desk')", {"calls.ts": "const env = process.env;\n"}),
    "environment-of-a-file": ("process.env.DESK_AGENT", {".env.local": "DESK_AGENT=front-desk\n"}),
    "environment-surely": ("process.env.DESK_AGENT!", {".env": "DESK_AGENT=front-desk\n"}),
    "environment-of-sveltekit": (
        "(env.DESK ?? 'front-desk')",
        {"calls.ts": "import { env } from '$env/dynamic/private';\n"},
    ),
    "environment-of-sveltekit-at-build": (
        "DESK_AGENT",
        {"calls.ts": "import { DESK_AGENT } from '$env/static/private';\n", ".env": "DESK_AGENT=front-desk\n"},
    ),
    "environment-of-deno": ("(Deno.env.get('DESK') ?? 'front-desk')", {}),
    "helper-with-default": (
        "setting('DESK', 'front-desk')",
        {
            "calls.ts": "function setting(name: string, fallback: string): string {\n"
            "  return process.env[name] ?? fallback;\n}\n"
        },
    ),
    "helper-that-checks": (
        "setting('DESK', 'front-desk')",
        {
            "calls.ts": "const setting = (name: string, fallback?: string): string => {\n"
            "  const value = process.env[name];\n  if (!value) {\n"
            "    if (fallback === undefined) throw new Error(name);\n"
            "    return fallback;\n  }\n  return value;\n};\n"
        },
    ),
    "helper-imported": (
        "setting('DESK', 'front-desk')",
        {
            "calls.ts": "import { setting } from './settings';\n",
            "settings.ts": "export const setting = (name: string, or: string) => process.env[name] || or;\n",
        },
    ),
    "field-from-the-environment": (
        "CONFIG.agentName",
        {"calls.ts": "const CONFIG = { agentName: process.env.DESK ?? 'front-desk' };\n"},
    ),
    "schema-of-zod": (
        "env.DESK",
        {
            "calls.ts": "import { env } from './env';\n",
            "env.ts": "import { z } from 'zod';\n\nconst schema = z.object({\n"
            "  PORT: z.coerce.number().default(3000),\n  DESK: z.string().min(1).default('front-desk'),\n});\n"
            "export const env = schema.parse(process.env);\n",
        },
    ),
    "schema-of-zod-safely": (
        "parsed.data.DESK",
        {
            "calls.ts": "import { z } from 'zod';\nconst parsed = z.object({ DESK: z.string().default('front-desk') })"
            ".safeParse(process.env);\nif (!parsed.success) throw new Error('x');\n"
        },
    ),
    "schema-of-zod-by-entries": (
        "config.agentName",
        {
            "calls.ts": "import { z } from 'zod';\n"
            "const config = z.object({ agentName: z.string().default('front-desk') })"
            ".parse({ agentName: process.env.DESK });\n"
        },
    ),
    "schema-of-zod-in-a-function": (
        "loadEnv().DESK",
        {
            "calls.ts": "import { z } from 'zod';\n"
            "const schema = z.object({ DESK: z.string().default('front-desk') });\n"
            "export function loadEnv() {\n  return schema.parse(process.env);\n}\n"
        },
    ),
    "schema-of-yup": (
        "env.DESK_AGENT",
        {
            "calls.ts": "import * as yup from 'yup';\n"
            "const schema = yup.object().shape({ DESK_AGENT: yup.string().trim().required() });\n"
            "const env = schema.validateSync(process.env);\n",
            ".env": "DESK_AGENT=front-desk\n",
        },
    ),
    "cached-function": (
        "getConfig().agentName",
        {
            "calls.ts": "import { cache } from 'react';\n"
            "const DEFAULTS = { agentName: process.env.DESK ?? 'front-desk' };\n"
            "const getConfig = cache(() => {\n  const config = { ...DEFAULTS };\n  return config;\n});\n"
        },
    ),
    "schema-of-envalid": (
        "env.DESK",
        {
            "calls.ts": "import { cleanEnv, str, port } from 'envalid';\nconst env = cleanEnv(process.env, {\n"
            "  DESK: str({ default: 'front-desk' }),\n  PORT: port({ default: 1 }),\n});\n"
        },
    ),
    "schema-of-t3": (
        "env.DESK",
        {
            "calls.ts": "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\n"
            "export const env = createEnv({\n  server: { DESK: z.string().default('front-desk') },\n"
            "  client: { NEXT_PUBLIC_X: z.string() },\n  runtimeEnv: { DESK: process.env.DESK },\n});\n"
        },
    ),
    "choice": ("(beta ? 'front-desk' : 'billing')", {"calls.ts": "const beta = false;\n"}),
}
"""How a name is written, and what stands before the function, or in other files, for that."""

INSIDE: dict[str, tuple[str, str, str]] = {
    "parameter": ("agentName", "room: string, agentName: string", "void call('r', 'front-desk');\n"),
    "parameter-with-default": ("agentName", "room: string, agentName = 'front-desk'", "void call('r');\n"),
    "parameter-or-default": (
        "(agentName ?? DESK)",
        "room: string, agentName?: string",
        "const DESK = 'front-desk';\nvoid call('r');\n",
    ),
    "parameter-object": (
        "options.agentName",
        "room: string, options: { agentName: string; room: string }",
        "void call('r', { agentName: 'front-desk', room: 'r' });\n",
    ),
    "parameter-taken-apart": (
        "agentName",
        "{ room, agentName }: { room: string; agentName: string }",
        "void call({ room: 'r', agentName: 'front-desk' });\n",
    ),
    "parameter-taken-apart-with-default": (
        "agentName",
        "{ room, agentName = 'front-desk' }: { room: string; agentName?: string }",
        "void call({ room: 'r' });\n",
    ),
    "parameter-of-a-variable": (
        "options.agentName",
        "room: string, options: Options",
        "type Options = { agentName: string };\nconst given: Options = { agentName: 'front-desk' };\n"
        "void call('r', given);\n",
    ),
    "call-as-argument": (
        "agentName",
        "room: string, agentName: string",
        "const pick = () => 'front-desk';\nvoid call('r', pick());\n",
    ),
    "spread-given": (
        "options.agentName",
        "options: any",
        "const base = { agentName: 'front-desk' };\nvoid call({ ...base, room: 'r' });\n",
    ),
}
"""A name that comes from the function's parameters: the name, the parameters, and what stands in the module."""

CLASSES: dict[str, tuple[str, str]] = {
    "parameter-property": (
        "class Caller {\n  constructor(private readonly agentName: string) {}\n"
        "  async call(room: string) {\nBODY\n  }\n}\n"
        "void new Caller('front-desk').call('r');\n",
        "this.agentName",
    ),
    "parameter-object-of-a-constructor": (
        "class Caller {\n  private agentName: string;\n  constructor(options: { agentName: string }) {\n"
        "    this.agentName = options.agentName;\n  }\n  async call(room: string) {\nBODY\n  }\n}\n"
        "void new Caller({ agentName: 'front-desk' }).call('r');\n",
        "this.agentName",
    ),
    "object-of-a-constructor-held": (
        "interface Options { agentName: string }\n"
        "class Caller {\n  constructor(private options: Options) {}\n  async call(room: string) {\nBODY\n  }\n}\n"
        "void new Caller({ agentName: 'front-desk' }).call('r');\n",
        "this.options.agentName",
    ),
    "injected": (
        "class Config {\n  readonly agentName = process.env.DESK ?? 'front-desk';\n}\n"
        "class Caller {\n  constructor(private readonly config: Config) {}\n"
        "  async call(room: string) {\nBODY\n  }\n}\n",
        "this.config.agentName",
    ),
    "injected-service": (
        "import { ConfigService } from '@nestjs/config';\n"
        "class Caller {\n  constructor(private readonly config: ConfigService) {}\n  async call(room: string) {\nBODY\n"
        "  }\n}\n",
        "this.config.get<string>('DESK', 'front-desk')",
    ),
    "field": (
        "class Caller {\n  private agentName = 'front-desk';\n  async call(room: string) {\nBODY\n  }\n}\n",
        "this.agentName",
    ),
    "binding-of-a-worker": (
        "export default {\n  async fetch(request: Request, env: Env) {\n    const room = 'r';\nBODY\n  },\n};\n",
        "(env.DESK ?? 'front-desk')",
    ),
    "binding-of-hono": (
        "const app = new Hono();\napp.post('/', async (c) => {\n    const room = 'r';\nBODY\n});\n",
        "(c.env.DESK || 'front-desk')",
    ),
}
"""A name that a class or a handler holds: the module, with BODY for the body, and the name."""

HEAD = """\
import { execFileSync } from 'node:child_process';
import axios from 'axios';
import { SignJWT } from 'jose';
import { useSession } from '@livekit/components-react';
import { TokenSource } from 'livekit-client';
import {
  AccessToken, AgentDispatchClient, ConnectorClient, LiveKitAPI, RoomAgentDispatch, RoomConfiguration,
  RoomServiceClient, SIPDispatchRuleInfo, SipClient,
} from 'livekit-server-sdk';
"""
TAIL = """
const HOST = 'https://x.livekit.cloud';
const secret = new TextEncoder().encode('secret');
const client = new AgentDispatchClient(HOST);
const rooms = new RoomServiceClient(HOST);
const sip = new SipClient(HOST);
const connector = new ConnectorClient(HOST);
const source = TokenSource.endpoint('/api/token');
"""


COMPONENTS: dict[str, dict[str, str]] = {
    "property": {
        "room.tsx": "export function Room({ agentName, room }: Props) {\nBODY\n}\n",
        "page.tsx": "import { Room } from './room';\n"
        "export const Page = () => <main><Room agentName='front-desk' room='r' /></main>;\n",
    },
    "property-of-a-configuration": {
        "room.tsx": "export function Room({ appConfig: { agentName }, room }: Props) {\nBODY\n}\n",
        "page.tsx": "import { Room } from './room';\nimport { APP } from './config';\n"
        "export default function Page() {\n  return <Room appConfig={APP} room='r'>hello</Room>;\n}\n",
        "config.ts": "export const APP = { title: 'x', agentName: process.env.DESK ?? 'front-desk' };\n",
    },
    "property-handed-on": {
        "room.tsx": "export const Room = ({ agentName, room }: Props) => {\nBODY\n};\n",
        "outer.tsx": "import { Room } from '@/room';\n"
        "export function Outer(props: Props) {\n  return <Room {...props} room='r' />;\n}\n",
        "page.tsx": "import { Outer } from './outer';\n"
        "export const Page = () => <Outer agentName={'front-desk'} onEnd={() => {}} />;\n",
    },
}
"""A name that a component's users give it, agentName: the files, with BODY for the body of the component."""


def body(construct: str, name: str) -> str:
    return textwrap.indent(textwrap.dedent(CONSTRUCTS[construct][1]), "    ").replace("NAME", name)


def module(construct: str, name: str, before: str = "", parameters: str = "room: string", after: str = "") -> str:
    return f"{HEAD}{before}{TAIL}\nexport async function call({parameters}) {{\n{body(construct, name)}\n}}\n{after}"


def check(root: Path, construct: str) -> None:
    found = graph_of(root)
    assert [each.gets_jobs for each in found.workers] == ["yes"]
    assert CONSTRUCTS[construct][0] in {each.kind for each in found.dispatches}
    assert [each.worker for each in found.edges if each.certain]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_written_so_is_known(construct: str, form: str, tmp_path: Path) -> None:
    name, files = FORMS[form]
    text = module(construct, name, files.get("calls.ts", ""))
    check(write(tmp_path, "python", {**files, "calls.ts": text}), construct)


@pytest.mark.parametrize("form", INSIDE)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_given_so_is_known(construct: str, form: str, tmp_path: Path) -> None:
    name, parameters, after = INSIDE[form]
    check(write(tmp_path, "python", {"calls.ts": module(construct, name, "", parameters, after)}), construct)


@pytest.mark.parametrize("form", CLASSES)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_held_so_is_known(construct: str, form: str, tmp_path: Path) -> None:
    text, name = CLASSES[form]
    text = f"{HEAD}{TAIL}{text.replace('BODY', body(construct, name))}"
    check(write(tmp_path, "python", {"calls.ts": text}), construct)


@pytest.mark.parametrize("form", COMPONENTS)
@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_a_component_is_given_is_known(construct: str, form: str, tmp_path: Path) -> None:
    head = f"{HEAD}{TAIL}"
    files = {
        name: f"{head if 'BODY' in text else ''}{text.replace('BODY', body(construct, 'agentName'))}"
        for name, text in COMPONENTS[form].items()
    }
    check(write(tmp_path, "python", files), construct)

"""What JavaScript and TypeScript say of registrations and dispatches, and that no input raises."""

from __future__ import annotations

import pytest

from lkagent_lint.facts import decode, encode
from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import DispatchKind as Kind
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.frontends.javascript import extract, is_generated
from lkagent_lint.languages import Dialect, dialect_of

DESK = v.Text("desk")


def facts(text: str, dialect: Dialect = "ts") -> FileFacts:
    return extract(text.encode(), dialect)


def found(text: str) -> list[tuple[Kind, v.Expr | None, bool]]:
    return [(each.kind, each.name, each.presence) for each in facts(text).dispatches]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("await client.createDispatch(room, 'desk', { metadata: '' });", Kind.API),
        (
            "at.roomConfig = new RoomConfiguration({ agents: [new RoomAgentDispatch({ agentName: 'desk' })] });",
            Kind.TOKEN,
        ),
        ("at.roomConfig = { agents: [{ agentName: 'desk' }] } as any;", Kind.TOKEN),
        ("const c = new RoomConfiguration({ agents: [{ agentName: 'desk' }] }); at.roomConfig = c;", Kind.TOKEN),
        ("at.roomConfig = RoomConfiguration.fromJson({ agents: [{ agent_name: 'desk' }] });", Kind.TOKEN),
        ("sign({ video: { room }, roomConfig: { agents: [{ agentName: 'desk' }] } });", Kind.TOKEN),
        ("rooms.createRoom({ name, agents: [new RoomAgentDispatch({ agentName: 'desk' })] });", Kind.ROOM),
        (
            "sip.createSipDispatchRule(rule, { roomConfig: { agents: [{ agentName: 'desk' } as any] } as any });",
            Kind.SIP,
        ),
        (
            "new SIPDispatchRuleInfo({ roomConfig: new RoomConfiguration({ agents: [{ agentName: `desk` }] }) });",
            Kind.SIP,
        ),
        ("c.dialWhatsAppCall({ agents: [new RoomAgentDispatch({ agentName: 'desk' })] });", Kind.CONNECTOR),
        ("const agents = [new RoomAgentDispatch({ agentName: ('desk' satisfies string)! })];", Kind.CONFIG),
    ],
)
def test_dispatches_by_what_holds_them(text: str, kind: Kind) -> None:
    assert found(text) == [(kind, DESK, False)]


@pytest.mark.parametrize(
    "text",
    [
        "fetch(u, { body: JSON.stringify({ room_config: { agents: [{ agent_name: 'desk' }] } }) });",
        "useSession(source, { agentName: 'desk' });",
        "source.fetch({ agentName: 'desk' });",
        "const asked = { agentName: 'desk', room };\nfetch(u, { body: JSON.stringify(asked) });",
        "Session.withAgent('desk', options);",
    ],
)
def test_what_only_silences(text: str) -> None:
    assert found(text) == [(Kind.REQUEST, DESK, True)]


@pytest.mark.parametrize(
    "text",
    [
        "export const config = { agentName: 'desk' };",
        "const Card = ({ agentName }) => agentName;\nCard({ agentName: 'desk' });",
        "show({ agentName: 'desk', room });",
    ],
)
def test_what_only_carries_a_name_on_asks_for_nobody(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "has_agents"),
    [
        ("await sip.createSipDispatchRule({ type: 'individual', roomPrefix: 'c-' });", False),
        ("await sip.createSipDispatchRule(rule, { name: 'calls' });", False),
        ("await sip.createSipDispatchRule(rule, { roomConfig });", True),
        ("await sip.createSipDispatchRule(rule, options);", True),
    ],
)
def test_sip_rules(text: str, has_agents: bool) -> None:
    assert [each.has_agents for each in facts(text).sip_rules] == [has_agents]


@pytest.mark.parametrize(
    ("text", "has_agents"),
    [
        ("const t = new AccessToken();\nt.roomConfig = config;", [True]),
        ("const t = new AccessToken();\nif (x) { t.roomConfig = config; }", [False]),
        ("const t = new AccessToken();\nt.roomConfig = x ? config : undefined;", [False]),
        ("if (x) { const t = new AccessToken();\nt.roomConfig = config; }", [True]),
        ("rooms.createRoom({ name, agents });", [True]),
        ("createRoom(name, { agents });", []),
        ("rooms.createRoom(name, { agents });", []),
    ],
)
def test_rooms_that_surely_list_agents(text: str, has_agents: list[bool]) -> None:
    assert [each.has_agents for each in facts(text).room_sources] == has_agents


@pytest.mark.parametrize(
    "text",
    [
        "client.createDispatch(...args);",
        "client.createDispatch(room);",
        "at.roomConfig = RoomConfiguration.fromJson(body.room_config);",
    ],
)
def test_names_that_are_not_known_silence(text: str) -> None:
    assert [(name, presence) for _, name, presence in found(text)] == [(v.OPAQUE, True)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("process.env.AGENT", v.Env("AGENT")),
        ("process.env['AGENT']", v.Env("AGENT")),
        ("import.meta.env.AGENT", v.Env("AGENT")),
        ("Deno.env.get('AGENT')", v.Env("AGENT")),
        ("process.env.AGENT?.trim() || 'desk'", v.Or((v.Env("AGENT"), DESK))),
        ("process.env.AGENT ?? 'desk'", v.Or((v.Env("AGENT"), DESK))),
        ("big ? 'a' : 'b'", v.Either((v.Text("a"), v.Text("b")))),
        ("'de' + 'sk'", DESK),
        ("`${base}-desk`", v.Join((v.Name("base"), v.Text("-desk")))),
        ("CONFIG.agents['desk']", v.Attribute(v.Attribute(v.Name("CONFIG"), "agents"), "desk")),
        ("undefined", v.NONE),
        ("pick()", v.Result(0)),
        ("name.toLowerCase()", v.Result(0)),
    ],
)
def test_names(text: str, name: v.Expr) -> None:
    assert [each.name for each in facts(f"client.createDispatch(room, {text});").dispatches] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "import { ServerOptions } from '@livekit/agents'; new ServerOptions({ agentName: 'desk' });",
        "import { WorkerOptions as W, cli } from '@livekit/agents'; cli.runApp(new W({ agentName: 'desk' }) as any);",
        "import * as lk from '@livekit/agents'; lk.cli.runApp(new lk.ServerOptions({ agentName: 'desk' }));",
        "const { ServerOptions: S } = require('@livekit/agents'); new S({ agentName: 'desk' });",
        "const lk = require('@livekit/agents'); const O = lk.ServerOptions || lk.WorkerOptions; "
        "new O({ agentName: 'desk' });",
        "const lk = await import('@livekit/agents'); const o = { agentName: 'desk' }; new lk.ServerOptions(o);",
    ],
)
def test_registrations(text: str) -> None:
    read = facts(text)
    assert [(each.name, each.open_ended) for each in read.workers] == [(DESK, False)]
    assert read.dispatches == ()


def test_registrations_with_open_ends() -> None:
    start = "import { ServerOptions } from '@livekit/agents'; new ServerOptions("
    for end in ("{ agentName: 'desk', ...rest });", "options);", ");"):
        assert [each.open_ended for each in facts(start + end).workers] == [True]
    assert facts("import { ServerOptions } from 'elsewhere'; new ServerOptions({ agentName: 'desk' });").workers == ()


def test_job_types() -> None:
    def of(fields: str) -> v.Expr | None:
        (worker,) = facts(
            f"import {{ ServerOptions }} from '@livekit/agents'; new ServerOptions({{ {fields} }});"
        ).workers
        return worker.job_type

    assert of("agent") is None
    assert of("serverType: JobType.JT_PUBLISHER") == v.Attribute(v.Name("JobType"), "JT_PUBLISHER")
    assert of("workerType: JobType.JT_ROOM") == v.Attribute(v.Name("JobType"), "JT_ROOM")
    assert of("workerType: JobType.JT_PUBLISHER") == v.OPAQUE  # dropped since 1.0.16


def test_fields_that_are_dropped() -> None:
    read = facts(
        "import { ServerOptions } from '@livekit/agents';\n"
        "new RoomAgentDispatch({ agent_name: 'desk' });\n"
        "new AccessToken(key, secret, { identity, roomConfig });\n"
        "new ServerOptions({ agent_name: 'desk' });\n"
    )
    assert [(each.owner, each.field, each.span.line) for each in read.dropped] == [
        ("RoomAgentDispatch", "agent_name", 2),
        ("AccessToken", "roomConfig", 3),
        ("ServerOptions", "agent_name", 4),
    ]


def test_what_a_module_imports_and_exports() -> None:
    read = facts(
        "import a, { b as c } from './one';\nimport * as d from './two';\nexport { e as f } from './three';\n"
        "export * from './four';\nconst g = 'g';\nexport { g as h };\nexport default g;\nimport './five';\n"
    )
    assert read.modules == ("./one", "./two", "./three", "./four", "./five")
    assert read.stars == ("./four",)
    held = read.flows["<module>"].variables
    assert held["a"] == (v.External("./one", "default"),)
    assert held["c"] == (v.External("./one", "b"),)
    assert held["d"] == (v.External("./two", "*"),)
    assert held["f"] == (v.External("./three", "e"),)
    assert held["h"] == held["default"] == (v.Name("g"),)


def test_scopes() -> None:
    read = facts("const n = 'outer'; function f(n) { client.createDispatch(r, n); } client.createDispatch(r, n);")
    inner, outer = read.dispatches
    assert [each.name for each in read.flows[inner.flow].parameters] == ["n"]
    assert outer.flow == "<module>"


def test_where_things_stand() -> None:
    (dispatch,) = facts("\ufeff// \U0001f600\r\nclient.createDispatch('\U0001f600', /* é */ 'desk');\r\n").dispatches
    span = dispatch.span
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 36, 2, 42)


@pytest.mark.parametrize(
    "text",
    [
        "const a = {; at.roomConfig = { agents: [{ agentName: 'desk' }] };",
        "function f( { at.roomConfig = { agents: [{ agentName: 'desk' }] }; }",
    ],
)
def test_a_broken_part_costs_no_other(text: str) -> None:
    assert DESK in [each.name for each in facts(text).dispatches]


def test_a_broken_part_that_speaks_of_a_dispatch_may_ask_for_any_agent() -> None:
    read = facts("<<<<<<< HEAD\nat.roomConfig = { agents: [{ agentName: 'desk' }] };\n=======\n")
    assert v.OPAQUE in [each.name for each in read.dispatches]


HOSTILE = {
    "nothing": "",
    "brackets": "[" * 3_000,
    "calls": "f(" * 3_000,
    "additions": "x = " + "1 + " * 5_000 + "1",
    "members": "x" + ".a" * 5_000,
    "ternaries": "x = " + "a ? b : " * 2_000 + "c",
    "braces": "{" * 3_000,
    "nul": "const a = '\0'; createDispatch(r, '\0')",
    "surrogates": "c.createDispatch(r, '\\ud800')",
    "templates": "`${" * 2_000,
    "comments": "/*" * 50_000,
    "arrows": "a => " * 2_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("dialect", ["ts", "tsx", "js"])
def test_hostile_texts_end(text: str, dialect: Dialect) -> None:
    read = facts(text, dialect)
    assert decode(encode(read)) == read


def test_bytes_that_are_no_text() -> None:
    assert extract(b"\xff\xfe\x00livekit \xc3(", "ts").language == "javascript"


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("a.ts", "ts"),
        ("a.mts", "ts"),
        ("a.tsx", "tsx"),
        ("a.jsx", "js"),
        ("a.cjs", "js"),
        ("a.d.ts", None),
        ("a.py", None),
        ("ts", None),
    ],
)
def test_grammars(name: str, dialect: Dialect | None) -> None:
    assert dialect_of(name) == dialect


def test_build_output() -> None:
    assert is_generated(b"var __awaiter = 1;")
    assert is_generated(b"x" * 10_000)
    assert not is_generated(b"const a = 1;\n" * 10_000)

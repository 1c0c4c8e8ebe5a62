"""What files in other languages say of dispatches, where it stands, and that no input takes long or raises."""

from __future__ import annotations

import random
import re

import pytest

from lkagent_lint.facts import decode, encode
from lkagent_lint.facts.file import DispatchFact, DispatchKind, FileFacts
from lkagent_lint.facts.values import OPAQUE, Env, Expr, Text
from lkagent_lint.frontends.text import extract, may_dispatch
from lkagent_lint.sources.documents import json_documents, yaml_documents


def facts(name: str, text: str) -> FileFacts:
    return extract(text.encode(), name)


def found(name: str, text: str) -> list[tuple[DispatchKind, Expr | None, bool]]:
    return [(each.kind, each.name, each.presence) for each in facts(name, text).dispatches]


def only(name: str, text: str) -> DispatchFact:
    (dispatch,) = facts(name, text).dispatches
    return dispatch


RULE = '{"dispatch_rule": {"rule": {"dispatchRuleIndividual": {}}, "roomConfig": {"agents": [{"agentName": "desk"}]}}}'


@pytest.mark.parametrize(
    "text",
    [
        RULE,
        '{"rule": {"dispatch_rule_direct": {}}, "room_config": {"agents": [{"agent_name": "desk"}]}}',
        '// why\n{"dispatchRule": {"rule": {"dispatchRuleCallee": {}}, '
        '"room_config": {"agents": [{"agentName": "desk"},]}}}',
    ],
)
def test_a_sip_rule(text: str) -> None:
    assert found("rule.json", text) == [(DispatchKind.SIP, Text("desk"), False)]
    (rule,) = facts("rule.json", text).sip_rules
    assert rule.has_agents


@pytest.mark.parametrize(
    "text",
    [
        '{"rule": {"dispatchRuleIndividual": {}}}',
        '{"rule": {"dispatchRuleIndividual": {}}, "roomConfig": {}}',
        '{"rule": {"dispatchRuleIndividual": {}}, "roomConfig": {"agents": []}}',
    ],
)
def test_a_sip_rule_without_agents(text: str) -> None:
    read = facts("rule.json", text)
    assert read.dispatches == ()
    assert [rule.has_agents for rule in read.sip_rules] == [False]


def test_where_a_name_stands() -> None:
    text = '{\n\t"dispatches": [\n\t\t{"agentName": "\U0001f600 d"}\n\t]\n}'
    span = only("agents.json", text).span
    assert (span.line, span.column, span.end_line, span.end_column) == (3, 18, 3, 21)
    span = only("a.yaml", "\ufeffdispatches:\r\n  - agentName: desk\r\n").span
    assert (span.line, span.column, span.end_column) == (2, 16, 20)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("desk", Text("desk")),
        ('"front desk"', Text("front desk")),
        ("${AGENT}", Env("AGENT")),
        ("$AGENT", Env("AGENT")),
        ("${AGENT}-eu", OPAQUE),
        ("'{{ agent }}'", OPAQUE),
    ],
)
def test_names_in_documents(value: str, name: Expr) -> None:
    assert only("a.yml", f"dispatches:\n  - agent_name: {value}\n").name == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lk dispatch create --agent-name desk --room r", [Text("desk")]),
        ("lk dispatch create --agent-name=desk --new-room", [Text("desk")]),
        ('lk dispatch create --agent-name "front desk"', [Text("front desk")]),
        ("livekit-cli dispatch create \\\n  --room r \\\n  --agent-name desk", [Text("desk")]),
        ("bin/lk token create --join --agent $NAME", [Env("NAME")]),
        ("lk perf agent-load-test --agent-name desk", [Text("desk")]),
        ("cd a && lk dispatch create --agent-name desk; echo done", [Text("desk")]),
        ("bash -c 'lk dispatch create --agent-name desk'", [Text("desk")]),
        ("lk dispatch create --agent-name $(NAME)", [Env("NAME")]),
        ("lk dispatch create --agent-name desk-$(date)", [OPAQUE]),
        ("lk dispatch create", [OPAQUE]),
        ("lk room create --agents-file a.json", [OPAQUE]),
        ("lk sip dispatch create rule.json", [OPAQUE]),
        ("python agent.py connect --room r", [OPAQUE]),
        ("lk room list", []),
        ("echo lk", []),
    ],
)
def test_commands(text: str, expected: list[Expr]) -> None:
    assert [each.name for each in facts("run.sh", text + "\n").dispatches] == expected


def test_a_command_in_a_list() -> None:
    assert only("compose.yaml", 'command: ["lk", "dispatch", "create", "--agent-name", "desk"]\n').name == Text("desk")
    assert only("package.json", '{"scripts": {"call": "lk dispatch create --agent-name desk"}}').name == Text("desk")


def test_json_in_a_here_document() -> None:
    text = f"cat > rule.json <<'EOF'\n{RULE}\nEOF\nlk sip dispatch create rule.json\n"
    first = facts("setup.sh", text).dispatches
    assert [(each.kind, each.name) for each in first if each.name == Text("desk") and not each.presence] == [
        (DispatchKind.SIP, Text("desk"))
    ]
    (placed,) = [each for each in first if each.kind is DispatchKind.SIP and not each.file]
    assert (placed.span.line, placed.span.column) == (2, RULE.index("desk") + 1)


def test_a_flag_that_is_given_in_vain() -> None:
    dropped = facts("run.sh", "lk token create --room r --agent desk\n").dropped
    assert [(each.owner, each.field, each.span.column) for each in dropped] == [("lk token create", "--agent", 26)]
    assert facts("run.sh", "lk token create --join --room r --agent desk\n").dropped == ()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("main.go", 'x := livekit.RoomAgentDispatch{AgentName: "desk"}', [Text("desk")]),
        ("main.go", "x := livekit.RoomAgentDispatch{AgentName: name}", [OPAQUE]),
        (
            "main.go",
            'client.CreateDispatch(ctx, &livekit.CreateAgentDispatchRequest{AgentName: "desk"})',
            [Text("desk")],
        ),
        ("main.go", "// livekit\nclient.CreateDispatch(ctx, request)", [OPAQUE]),
        ("A.kt", 'RoomAgentDispatch.newBuilder().setAgentName("desk")', [Text("desk")]),
        ("a.swift", 'Session.withAgent("desk", tokenSource: source)', [Text("desk")]),
        ("a.rb", 'RoomAgentDispatch.new(agent_name: "desk")', [Text("desk")]),
        ("a.php", "new RoomAgentDispatch(['agentName' => 'desk'])", [Text("desk")]),
        ("a.rs", 'CreateAgentDispatchRequest { agent_name: "desk".to_string() }', [Text("desk")]),
        ("a.md", 'Set `agent_name="desk"`, or roomPreset.', []),
        ("a.md", "Run `lk dispatch create --agent-name desk`.", [Text("desk")]),
        ("a.go", "at.SetRoomPreset(preset) // livekit", [OPAQUE]),
        ("a.go", '// livekit: client.CreateDispatch(ctx, "desk")', []),
        ("a.go", 'const desk = "front"\nx := []*livekit.RoomAgentDispatch{{AgentName: desk}}', [Text("front")]),
        ("a.go", 'x := livekit.RoomAgentDispatch{AgentName: os.Getenv("DESK")}', [Env("DESK")]),
        ("A.java", 'dispatches.createDispatch(room, "desk", "{}").execute();', [Text("desk")]),
        ("A.java", "Call<X> createDispatch(String room, String livekit) {}", []),
        ("A.java", "import livekit.proto.RoomAgentDispatch;", []),
        (
            "A.java",
            '@Value("${agent.name:desk}")\nString name;\nvoid f() { livekit.createDispatch(room, name); }',
            [Env("agent.name", Text("desk"))],
        ),
        ("a.kt", 'client.createDispatch(room, agentName = "desk")', [Text("desk")]),
        ("a.rb", 'NAME = "desk"\nclient.create_dispatch(room, NAME)', [Text("desk")]),
        ("a.ex", 'create_dispatch(client, "desk", room)', [Text("desk")]),
        ("a.cs", 'new CreateAgentDispatchRequest { AgentName = "desk" }', [Text("desk")]),
        ("a.dart", "TokenRequestOptions(agentName: 'desk')", [Text("desk")]),
        ("a.swift", 'Card(agentName: "desk")', []),
        ("a.tf", 'room_config = { agents = [{ agent_name = "desk" }] }', [Text("desk")]),
        ("Menu.asset", "  _agentName: desk", [Text("desk")]),
        ("a.vue", "fetch('/x', { body: JSON.stringify({ room, agentName: 'desk' }) })", [Text("desk")]),
        ("a.vue", '<Card agent-name="desk" :agentName="name" /> livekit', []),
        ("a.php", "$d = new RoomAgentDispatch(); $d->setAgentName('desk');", [Text("desk")]),
        ("a.md", "An agent has a name.", []),
    ],
)
def test_other_languages_by_their_words(name: str, text: str, expected: list[Expr]) -> None:
    read = facts(name, text)
    assert [each.name for each in read.dispatches] == expected
    assert all(each.presence for each in read.dispatches)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (".env", "AGENT_NAME=desk", [("AGENT_NAME", "desk", False)]),
        (".env.local", 'export LIVEKIT_AGENT_NAME="desk"', [("LIVEKIT_AGENT_NAME", "desk", False)]),
        (".env.example", "AGENT_NAME=desk  # which one", [("AGENT_NAME", "desk", True)]),
        (".env", "AGENT_NAME=", []),
        (".env", "AGENT_NAME=${OTHER}", []),
        (".env", "AGENT_API_KEY=abc", []),
        ("Dockerfile", "ENV AGENT_NAME=desk", [("AGENT_NAME", "desk", False)]),
        ("Makefile", "AGENT_NAME := desk", [("AGENT_NAME", "desk", False)]),
        ("compose.yaml", "services: {a: {environment: {VOICE_BOT: desk}}}", [("VOICE_BOT", "desk", False)]),
        ("compose.yaml", "services: {a: {environment: [VOICE_BOT=desk]}}", [("VOICE_BOT", "desk", False)]),
        ("pod.yaml", "env: [{name: AGENT_NAME, value: desk}]", [("AGENT_NAME", "desk", False)]),
    ],
)
def test_variables_that_files_set(name: str, text: str, expected: list[tuple[str, str, bool]]) -> None:
    read = facts(name, f"{text}\n")
    assert [(each.variable, each.value, each.is_example) for each in read.set_variables] == expected
    assert read.dispatches == ()


def test_a_request_in_a_workflow_of_another_tool() -> None:
    url = '"url": "https://x/twirp/livekit.AgentDispatchService/CreateDispatch"'
    text = r'{"room": 1, "agent_name": "desk"}'.replace('"', r"\"")
    assert found("flow.json", f'{{"nodes": [{{{url}, "body": "{text}"}}]}}') == [
        (DispatchKind.REQUEST, Text("desk"), True)
    ]
    assert found("flow.json", f'{{"nodes": [{{{url}}}]}}') == [(DispatchKind.REQUEST, OPAQUE, True)]


@pytest.mark.parametrize(
    ("command", "kinds", "rules"),
    [
        ("lk sip dispatch create rule.json", [(DispatchKind.SIP, "rule.json")], 0),
        ("lk create-sip-dispatch-rule --request rule.json", [(DispatchKind.SIP, "rule.json")], 0),
        ("lk sip dispatch create --name calls --individual call-", [], 1),
        ("lk sip dispatch list", [], 0),
        ("lk sip dispatch delete 1", [], 0),
        ("lk sip inbound create trunk.json", [], 0),
        ("lk agent init desk --template voice", [], 0),
        ("lk room create --agents-file a.json r", [(DispatchKind.COMMAND, "a.json")], 0),
        ("python agent.py connect --room r", [(DispatchKind.CONNECT, "agent.py")], 0),
    ],
)
def test_commands_that_make_and_those_that_do_not(
    command: str, kinds: list[tuple[DispatchKind, str]], rules: int
) -> None:
    read = facts("run.sh", f"{command}\n")
    assert [(each.kind, each.file) for each in read.dispatches] == kinds
    assert len(read.sip_rules) == rules


def test_what_cannot_be_read_as_it_is_called_is_read_by_its_words() -> None:
    assert found("a.json", '{"agents": [{"agentName": "desk"') == [(DispatchKind.REQUEST, Text("desk"), True)]
    assert facts("a.yaml", 'a: [\nagent_name: "desk"').language == "text"


HOSTILE = {
    "brackets": "[" * 300_000,
    "dashes": "agents:\n" + "- " * 100_000,
    "indent": "".join(" " * depth + "agent_name:\n" for depth in range(700)),
    "quotes": 'agent_name "' * 40_000,
    "escapes": '{"agent_name": "' + '\\"' * 200_000,
    "comments": "agent_name /* " * 30_000,
    "aliases": "agents: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"k{n}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)),
    "commands": "lk dispatch create --agent-name " * 20_000,
    "continued": "lk token create \\\n" * 40_000,
    "variables": "AGENT_NAME " * 50_000,
    "blanks": "agent_name" + " " * 400_000 + "=",
    "calls": "createDispatch(" * 40_000,
    "heredocs": "agent_name <<A\n" * 50_000,
    "heredoc-bodies": "cat <<A\n{agent_name\nA\n" * 2_000,
    "nul": "agent_name\0",
    "dollars": "lk token --agent " + "$(" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("name", ["a.json", "a.yaml", "Makefile", "a.md"])
def test_hostile_texts_end(name: str, text: str) -> None:
    """No time is asserted: a pattern that looks at a place again and again would not come back."""
    read = facts(name, text)
    assert decode(encode(read)) == read


def test_texts_that_are_none() -> None:
    assert not may_dispatch(b"agent_name\0\0")
    assert extract(b"\xff\xfeagent_name = 'x'", "a.txt").dispatches == ()  # UTF-16 of other characters
    assert extract(b"", "a.json") == FileFacts(language="text")
    assert json_documents("") == ()
    assert yaml_documents("a: !!python/object:os.system x\n") is not None


_MARKS = re.compile(
    rb"(?i:agent_?name|RoomAgentDispatch|AgentDispatch|create_?dispatch|room_?config|room_?preset|dispatch_?rule)"
    rb"|withAgent|--agent|connect.*--room|--room.*connect|\blk\b",
    re.DOTALL,
)


def test_the_quick_look_is_the_pattern() -> None:
    words = [
        b"agent",
        b"_",
        b"Name",
        b"RoomAgent",
        b"Dispatch",
        b"create",
        b"room",
        b"Config",
        b"preset",
        b"rule",
        b"with",
    ]
    words += [b"with", b"Agent", b"--", b"connect", b" ", b"lk", b"\n", b"k", b"\xc3\xa9", b"1", b"AGENT", b"-"]
    choose = random.Random(1)
    for _ in range(20_000):
        data = b"".join(choose.choices(words, k=choose.randrange(1, 7)))
        assert may_dispatch(data) == (_MARKS.search(data) is not None), data

"""The constructs of SDKs in languages that are scanned, in commands and in documents, beside a worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dispatch.projects import graph_of, verdict, write

CONSTRUCTS: dict[str, tuple[str, str]] = {
    "go-request": (
        "main.go",
        'import lksdk "github.com/livekit/server-sdk-go/v2"\nBEFORE\nfunc call(room string) {\n'
        "\tclient.CreateDispatch(ctx, &livekit.CreateAgentDispatchRequest{\n"
        "\t\tRoom: room,\n\t\tAgentName: NAME,\n\t})\n}\n",
    ),
    "go-token": (
        "main.go",
        'import "github.com/livekit/protocol/auth"\nBEFORE\nfunc token() {\n'
        "\tat.SetRoomConfig(&livekit.RoomConfiguration{\n"
        "\t\tAgents: []*livekit.RoomAgentDispatch{{AgentName: NAME}},\n\t})\n}\n",
    ),
    "go-agents": (
        "main.go",
        'import "github.com/livekit/protocol/auth"\nBEFORE\nfunc token() {\n'
        "\tat.SetAgents(&livekit.RoomAgentDispatch{AgentName: NAME})\n}\n",
    ),
    "ruby-call": (
        "call.rb",
        "require 'livekit'\nBEFORE\ndef call(room)\n  client.create_dispatch(room, NAME, metadata: '')\nend\n",
    ),
    "ruby-token": (
        "call.rb",
        "require 'livekit'\nBEFORE\ntoken.room_config = LiveKit::Proto::RoomConfiguration.new(\n"
        "  agents: [LiveKit::Proto::RoomAgentDispatch.new(agent_name: NAME)]\n)\n",
    ),
    "kotlin-call": (
        "Call.kt",
        "import io.livekit.server.AgentDispatchServiceClient\nBEFORE\nfun call(room: String) {\n"
        "    client.createDispatch(room = room, agentName = NAME)\n}\n",
    ),
    "kotlin-positional": (
        "Call.kt",
        "import io.livekit.server.AgentDispatchServiceClient\nBEFORE\nfun call(room: String) {\n"
        "    client.createDispatch(room, NAME)\n}\n",
    ),
    "kotlin-options": (
        "Call.kt",
        "import io.livekit.android.token.TokenRequestOptions\nBEFORE\n"
        "val options = TokenRequestOptions(agentName = NAME)\n",
    ),
    "java-call": (
        "Call.java",
        "import io.livekit.server.AgentDispatchServiceClient;\nclass Call {\nBEFORE\n    void call(String room) {\n"
        '        client.createDispatch(room, NAME, "{}").execute();\n    }\n}\n',
    ),
    "java-builder": (
        "Call.java",
        "import livekit.LivekitAgentDispatch.RoomAgentDispatch;\nclass Call {\nBEFORE\n    Object make() {\n"
        "        return RoomAgentDispatch.newBuilder().setAgentName(NAME).build();\n    }\n}\n",
    ),
    "php-token": (
        "call.php",
        "<?php\nuse Agence104\\LiveKit\\RoomAgentDispatch;\nBEFORE\n"
        "$d = new RoomAgentDispatch(['agentName' => NAME]);\n",
    ),
    "php-setter": (
        "call.php",
        "<?php\nuse Agence104\\LiveKit\\RoomAgentDispatch;\nBEFORE\n"
        "$d = (new RoomAgentDispatch())->setAgentName(NAME);\n",
    ),
    "rust-request": (
        "call.rs",
        "use livekit_api::services::agent_dispatch::AgentDispatchClient;\nBEFORE\nasync fn call(room: String) {\n"
        "    let request = CreateAgentDispatchRequest { agent_name: NAME, room, ..Default::default() };\n"
        "    client.create_dispatch(request).await;\n}\n",
    ),
    "rust-token": (
        "call.rs",
        "use livekit_api::access_token::AccessToken;\nBEFORE\nfn token() {\n"
        "    at.with_room_config(RoomConfiguration {\n"
        "        agents: vec![RoomAgentDispatch { agent_name: NAME, ..Default::default() }],\n    })\n}\n",
    ),
    "csharp-request": (
        "Call.cs",
        "using Livekit.Server.Sdk.Dotnet;\nclass Call {\nBEFORE\n  void Run(string room) {\n"
        "    client.CreateDispatch(new CreateAgentDispatchRequest { AgentName = NAME, Room = room });\n  }\n}\n",
    ),
    "csharp-token": (
        "Call.cs",
        "using Livekit.Server.Sdk.Dotnet;\nclass Call {\nBEFORE\n  void Run() {\n"
        "    config.Agents.Add(new RoomAgentDispatch { AgentName = NAME });\n  }\n}\n",
    ),
    "swift-session": (
        "Call.swift",
        "import LiveKit\nBEFORE\nlet session = Session.withAgent(NAME, tokenSource: source)\n",
    ),
    "swift-options": (
        "Call.swift",
        "import LiveKit\nBEFORE\nlet options = TokenRequestOptions(agentName: NAME)\n",
    ),
    "dart-session": (
        "call.dart",
        "import 'package:livekit_client/livekit_client.dart';\nBEFORE\n"
        "final session = Session.withAgent(NAME, tokenSource: source);\n",
    ),
    "dart-options": (
        "call.dart",
        "import 'package:livekit_client/livekit_client.dart';\nBEFORE\n"
        "final options = TokenRequestOptions(agentName: NAME);\n",
    ),
    "elixir-call": (
        "call.ex",
        "defmodule Call do\n  alias Livekit.AgentDispatchServiceClient\nBEFORE\n"
        "  def call(room), do: AgentDispatchServiceClient.create_dispatch(client, NAME, room)\nend\n",
    ),
}
"""Per construct the file, and its text: BEFORE for what the name needs, NAME for the name."""

CONSTANTS = {
    "go": 'const Desk = "front-desk"',
    "rb": 'DESK = "front-desk"',
    "kt": 'const val DESK = "front-desk"',
    "java": '    private static final String DESK = "front-desk";',
    "php": '$desk = "front-desk";',
    "rs": 'const DESK: &str = "front-desk";',
    "cs": '  private const string Desk = "front-desk";',
    "swift": 'let desk = "front-desk"',
    "dart": 'const desk = "front-desk";',
    "ex": '  @desk "front-desk"',
}
NAMES = {
    "go": "Desk",
    "rb": "DESK",
    "kt": "DESK",
    "java": "DESK",
    "php": "$desk",
    "rs": "DESK.to_string()",
    "cs": "Desk",
    "swift": "desk",
    "dart": "desk",
    "ex": "@desk",
}
ENVIRONMENT = {
    "go": 'os.Getenv("DESK_AGENT")',
    "rb": 'ENV["DESK_AGENT"]',
    "kt": 'System.getenv("DESK_AGENT")',
    "java": 'System.getenv("DESK_AGENT")',
    "php": "getenv('DESK_AGENT')",
    "rs": 'std::env::var("DESK_AGENT").unwrap()',
    "cs": 'Environment.GetEnvironmentVariable("DESK_AGENT")',
    "dart": "String.fromEnvironment('DESK_AGENT')",
    "ex": 'System.get_env("DESK_AGENT")',
}
WITH_DEFAULT = {
    "rb": 'ENV.fetch("DESK_AGENT", "front-desk")',
    "kt": 'System.getenv("DESK_AGENT") ?: "front-desk"',
    "php": "getenv('DESK_AGENT') ?: 'front-desk'",
    "rs": 'std::env::var("DESK_AGENT").unwrap_or("front-desk".to_string())',
    "cs": 'Environment.GetEnvironmentVariable("DESK_AGENT") ?? "front-desk"',
    "dart": "String.fromEnvironment('DESK_AGENT', defaultValue: 'front-desk')",
    "ex": 'System.get_env("DESK_AGENT", "front-desk")',
}


def written(construct: str, name: str, before: str = "") -> dict[str, str]:
    file, text = CONSTRUCTS[construct]
    return {file: text.replace("BEFORE", before).replace("NAME", name)}


def suffix(construct: str) -> str:
    return CONSTRUCTS[construct][0].rpartition(".")[2]


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_literal_reaches(construct: str, tmp_path: Path) -> None:
    literal = '"front-desk".to_string()' if suffix(construct) == "rs" else '"front-desk"'
    assert verdict(write(tmp_path, "python", written(construct, literal))) == "yes"


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_literal_of_another_agent_does_not(construct: str, tmp_path: Path) -> None:
    literal = '"billing".to_string()' if suffix(construct) == "rs" else '"billing"'
    assert verdict(write(tmp_path, "node", written(construct, literal))) == "no"


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_constant_reaches(construct: str, tmp_path: Path) -> None:
    end = suffix(construct)
    assert verdict(write(tmp_path, "node", written(construct, NAMES[end], CONSTANTS[end]))) == "yes"


@pytest.mark.parametrize("construct", [each for each in CONSTRUCTS if suffix(each) in ENVIRONMENT])
def test_a_variable_that_a_file_sets_reaches(construct: str, tmp_path: Path) -> None:
    files = {**written(construct, ENVIRONMENT[suffix(construct)]), ".env": "DESK_AGENT=front-desk\n"}
    assert verdict(write(tmp_path, "python", files)) == "yes"


@pytest.mark.parametrize("construct", [each for each in CONSTRUCTS if suffix(each) in WITH_DEFAULT])
def test_a_variable_with_a_default_reaches(construct: str, tmp_path: Path) -> None:
    assert verdict(write(tmp_path, "python", written(construct, WITH_DEFAULT[suffix(construct)]))) == "yes"


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_a_name_that_is_not_followed_may_reach(construct: str, tmp_path: Path) -> None:
    name = "pick(room)"
    root = write(tmp_path, "python", written(construct, name))
    assert verdict(root) == "unknown"
    assert [each.name.kind for each in graph_of(root).dispatches] == ["unknown"]


COMMANDS = {
    "dispatch": "lk dispatch create --agent-name front-desk --room r",
    "dispatch-new-room": "lk dispatch create --new-room --agent-name=front-desk",
    "dispatch-over-lines": "lk dispatch create \\\n  --room r \\\n  --agent-name 'front-desk'",
    "dispatch-of-a-variable": 'DESK_AGENT=front-desk\nlk dispatch create --room r --agent-name "$DESK_AGENT"',
    "old-program": "livekit-cli dispatch create --agent-name front-desk --room r",
    "token": "lk token create --join --room r --identity me --agent front-desk",
    "load-test": "lk perf agent-load-test --agent-name front-desk",
    "connect": "python agent.py connect --room r",
    "curl": "curl -X POST $URL/twirp/livekit.AgentDispatchService/CreateDispatch "
    '-d \'{"room": "r", "agent_name": "front-desk"}\'',
}
PLACES = {
    "script": ("run.sh", "#!/bin/sh\n{}\n"),
    "makefile": ("Makefile", "call:\n\t{}\n"),
    "package": ("web/package.json", '{{"scripts": {{"call": {}}}}}\n'),
    "workflow": (".github/workflows/call.yml", "jobs:\n  call:\n    steps:\n      - run: |\n          {}\n"),
    "readme": ("README.md", "Run it:\n\n```sh\n{}\n```\n"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_reaches_wherever_it_stands(command: str, place: str, tmp_path: Path) -> None:
    name, template = PLACES[place]
    text = COMMANDS[command]
    if place == "package":
        text = json.dumps(text.replace("\\\n", "").replace("\n", "; "))
    if place == "workflow":
        text = text.replace("\n", "\n          ")
    assert verdict(write(tmp_path, "python", {name: template.format(text)})) == "yes"


RULE = (
    '{"dispatch_rule": {"rule": {"dispatchRuleIndividual": {"roomPrefix": "c-"}}, '
    '"roomConfig": {"agents": [{"agentName": "front-desk"}]}}}'
)
DOCUMENTS = {
    "rule": {"rule.json": RULE},
    "rule-of-snakes": {
        "rule.json": RULE.replace("dispatchRuleIndividual", "dispatch_rule_individual")
        .replace("roomConfig", "room_config")
        .replace("agentName", "agent_name")
    },
    "flat-rule": {"rule.json": RULE.removeprefix('{"dispatch_rule": ').removesuffix("}")},
    "rule-in-a-script": {"setup.sh": f"lk sip dispatch create - <<EOF\n{RULE}\nEOF\n"},
    "rule-of-a-here-document": {
        "setup.sh": f'RULE=$(mktemp)\ncat > "$RULE" <<EOF\n{RULE}\nEOF\nlk sip dispatch create --request "$RULE"\n'
    },
    "rule-by-a-command": {"setup.sh": "lk sip dispatch create sip/rule.json\n", "sip/rule.json": RULE},
    "rule-in-capitals": {"setup.sh": "lk sip dispatch create sip/rule.json\n", "sip/Rule.json": RULE},
    "rule-in-yaml": {
        "rule.yaml": "dispatch_rule:\n  rule:\n    dispatchRuleIndividual:\n      roomPrefix: c-\n"
        "  roomConfig:\n    agents:\n      - agentName: front-desk\n"
    },
    "agents-file": {
        "run.sh": "lk room create --agents-file agents.json r\n",
        "agents.json": '{"dispatches": [{"agentName": "front-desk"}]}',
    },
    "preset": {
        "livekit.yaml": "room:\n  room_configurations:\n    desk:\n      agents:\n        - agent_name: front-desk\n"
    },
    "unity-asset": {"Agent.asset": "MonoBehaviour:\n  m_Name: livekit\n  _agentName: front-desk\n"},
    "terraform-block": {
        "main.tf": 'resource "livekit_sip_dispatch_rule" "in" {\n  room_config {\n    agents {\n'
        '      agent_name = "front-desk"\n    }\n  }\n}\n'
    },
    "http-request": {
        "calls.http": "POST https://x.livekit.cloud/twirp/livekit.AgentDispatchService/CreateDispatch\n"
        'Content-Type: application/json\n\n{"room": "r", "agent_name": "front-desk"}\n'
    },
    "lua-request": {
        "call.lua": "-- livekit\nlocal path = '/twirp/livekit.AgentDispatchService/CreateDispatch'\n"
        'http.post(host .. path, \'{"room": "r", "agent_name": "front-desk"}\')\n'
    },
    "swift-initialiser": {
        "Call.swift": 'import LiveKit\nlet s = Session(tokenSource: t, tokenOptions: .init(agentName: "front-desk"))\n'
    },
    "cpp-options": {
        "call.cpp": "#include <livekit/livekit.h>\nlivekit::TokenRequestOptions request;\n"
        'request.agent_name = "front-desk";\n'
    },
    "terraform": {
        "main.tf": 'resource "livekit_sip_dispatch_rule" "in" {\n  room_config = {\n'
        '    agents = [{ agent_name = "front-desk" }]\n  }\n}\n'
    },
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_reaches(case: str, tmp_path: Path) -> None:
    assert verdict(write(tmp_path, "python", DOCUMENTS[case])) == "yes"


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_of_another_agent_does_not(case: str, tmp_path: Path) -> None:
    files = {name: text.replace("front-desk", "billing") for name, text in DOCUMENTS[case].items()}
    assert verdict(write(tmp_path, "node", files)) == "no"

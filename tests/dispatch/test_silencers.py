"""What carries an agent's name and asks for nobody: none of it silences LKA201, alone beside a worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint.diagnostics import Severity
from tests.dispatch.projects import SIDES, WORKERS, Side, findings, graph_of, verdict, write

TOKEN_IN_PYTHON = """\
from livekit import api


def token():
    agents = [api.RoomAgentDispatch(agent_name="front-desk")]
    return api.AccessToken().with_room_config(api.RoomConfiguration(agents=agents)).to_jwt()
"""
CALL_IN_TYPESCRIPT = """\
import { AgentDispatchClient } from 'livekit-server-sdk';

const client = new AgentDispatchClient('https://x.livekit.cloud');
export const call = (room: string) => client.createDispatch(room, 'front-desk');
"""
CALL_IN_JAVASCRIPT = CALL_IN_TYPESCRIPT.replace(": string", "")

SILENCERS: dict[str, dict[str, str]] = {
    # prose
    "readme": {"README.md": "# front-desk\n\nThe agent `front-desk` answers calls.\n"},
    "readme-lists": {"README.md": "lk dispatch list room\nlk agent init front-desk\nlk agent create front-desk\n"},
    "changelog": {"CHANGELOG.md": "- front-desk greets callers\n"},
    "markdown-call": {"docs/api.md": "Call `createDispatch()` with the room, see `agent_name`.\n"},
    "markdown-snippet": {"docs/use.md": "```ts\nconst agentName = 'front-desk';\n```\n"},
    "comment": {"hours.py": '# livekit: the agent_name is "front-desk"\nHOURS = "9-17"\n'},
    "docstring": {"hours.py": '"""livekit: agent_name="front-desk" is dispatched by hand."""\n'},
    "comment-in-typescript": {"hours.ts": "// livekit: agentName 'front-desk', createDispatch(room, 'front-desk')\n"},
    # manifests
    "livekit-toml": {"livekit.toml": '[project]\nsubdomain = "front-desk"\n[agent]\nid = "front-desk"\n'},
    "project-name": {"other/pyproject.toml": '[project]\nname = "front-desk"\nversion = "1"\n'},
    "package-name": {"web/package.json": '{"name": "front-desk", "version": "1.0.0"}\n'},
    "compose-service": {"compose.yaml": "services:\n  front-desk:\n    image: front-desk\n    command: start\n"},
    "dockerfile-path": {"Dockerfile": "FROM python\nCOPY . /srv/front-desk\nWORKDIR /srv/front-desk\n"},
    "makefile-target": {"Makefile": "front-desk:\n\tpython agent.py dev\n"},
    "workflow-name": {".github/workflows/ci.yml": "name: front-desk\non: push\njobs: {}\n"},
    "kubernetes-name": {"k8s.yaml": "kind: Deployment\nmetadata:\n  name: front-desk\n"},
    # code that only carries the name
    "test-string": {"tests/test_labels.py": 'def test_label():\n    assert label("livekit") == "front-desk"\n'},
    "log-call": {"hours.py": 'import logging\n\nlogging.info("livekit agent_name=%s", "front-desk")\n'},
    "log-call-in-node": {"hours.ts": "console.log('livekit agentName', 'front-desk');\n"},
    "address": {"hours.py": 'URL = "https://front-desk.livekit.cloud/agent_name"\n'},
    "plain-dict": {"hours.py": 'ROW = {"agent_name": "front-desk", "room_name": "r", "sdk": "livekit"}\n'},
    "returned-dict": {
        "hours.py": 'def row(room):\n    return {"agent_name": "front-desk", "room": room, "by": "livekit"}\n'
    },
    "plain-object": {"hours.ts": "export const row = { agentName: 'front-desk', roomName: 'r', by: 'livekit' };\n"},
    "metadata-of-a-room": {
        "rooms.py": "import json\n\nfrom livekit import api\n\n\nasync def make(lk):\n"
        '    about = json.dumps({"agent_name": "front-desk"})\n'
        '    await lk.room.create_room(api.CreateRoomRequest(name="r", metadata=about))\n'
    },
    "ui-prop": {"web/card.tsx": "export const Page = () => <Card agentName='front-desk' room='livekit' />;\n"},
    "ui-prop-carried": {
        "web/card.tsx": "export function Card({ agentName }: { agentName: string }) {\n"
        "  return <Title livekit text={agentName} />;\n}\n"
        "export const Page = () => <Card agentName='front-desk' />;\n"
    },
    "type": {"web/types.ts": "export type Livekit = { agentName: 'front-desk'; roomName: string };\n"},
    "interface": {"web/types.ts": "export interface RoomConfig { agentName: string; livekit: 'front-desk' }\n"},
    "swift-parameter": {"web/View.swift": 'import LiveKit\nlet view = AgentView(agentName: "front-desk")\n'},
    "kotlin-field": {"app/Main.kt": 'import io.livekit.android.LiveKit\nval card = Card(agentName = "front-desk")\n'},
    "go-log": {"main.go": 'import "github.com/livekit/protocol"\nlog.Printf("agentName: %s", "front-desk")\n'},
    # commands that ask for nobody
    **{
        f"command-{number}": {"run.sh": f"#!/bin/sh\n{command}\n"}
        for number, command in enumerate(
            (
                "lk dispatch list front-desk",
                "lk dispatch get front-desk id",
                "lk dispatch delete front-desk id",
                "lk sip dispatch list",
                "lk sip dispatch-rule list front-desk",
                "lk sip dispatch delete front-desk",
                "lk sip dispatch get front-desk",
                "lk sip inbound create front-desk.json",
                "lk sip outbound create --name front-desk",
                "lk sip trunk list front-desk",
                "lk agent create front-desk",
                "lk agent init front-desk",
                "lk agent deploy --secrets LIVEKIT_URL=x front-desk",
                "lk agent logs --name front-desk",
                "lk room list front-desk",
                "lk room delete front-desk",
                "lk token create --join --room front-desk --identity me",
                "docker build -t front-desk .",
                "python agent.py start # front-desk",
            )
        )
    },
    "listing-from-python": {
        "admin.py": 'import subprocess\n\nsubprocess.run(["lk", "dispatch", "list", "front-desk"], check=True)\n'
    },
    "listing-by-api": {
        "admin.py": "async def all(lkapi):\n"
        '    return await lkapi.agent_dispatch.list_dispatch(room_name="front-desk")\n'
    },
    "listing-by-api-in-node": {
        "admin.ts": "import { AgentDispatchClient } from 'livekit-server-sdk';\n"
        "export const all = (c: AgentDispatchClient) => c.listDispatch('front-desk');\n"
    },
    # copies
    **{
        f"backup-{name}": {name: text}
        for text, names in (
            (
                TOKEN_IN_PYTHON,
                (
                    *("token.py.bak", "token.py.orig", "token.py~", "token.bak.py", "token.orig.py", "token.py.old"),
                    *("Copy of token.py", "token copy.py", "token - Copy.py", "token copy 2.py", "token.backup.py"),
                ),
            ),
            (
                CALL_IN_TYPESCRIPT,
                (
                    *("call.ts.bak", "call.ts.orig", "call.ts~", "call.bak.ts", "call.orig.ts", "copy of call.ts"),
                    *("call copy.tsx", "call - Copy (2).ts"),
                ),
            ),
            ("lk dispatch create --agent-name front-desk --room r\n", ("run.sh.bak", "run.sh~", "Copy of run.sh")),
            (
                '{"dispatch_rule": {"rule": {"dispatchRuleIndividual": {}}, '
                '"roomConfig": {"agents": [{"agentName": "front-desk"}]}}}\n',
                ("rule.json.bak", "rule copy.json", "rule.bak.json"),
            ),
        )
        for name in names
    },
    **{
        f"kept-beside-{original}-as-{name}": {original: "# livekit\n", name: text}
        for text, original, names in (
            (TOKEN_IN_PYTHON, "token.py", ("token_backup.py", "token_old2.py", "old_token.py")),
            (CALL_IN_TYPESCRIPT, "call.ts", ("call-backup.ts", "call_bak_2025-01-31.ts")),
        )
        for name in names
    },
    "reject-left-behind": {"token.py.rej": TOKEN_IN_PYTHON},
    # what compilers write, where the source is there
    "compiled-twin": {
        "calls.ts": "export const call = () => 1; // livekit\n",
        "calls.js": CALL_IN_JAVASCRIPT + "//# sourceMappingURL=calls.js.map\n",
    },
    "compiled-into-lib": {
        "src/calls.ts": "export const call = () => 1; // livekit\n",
        "lib/calls.js": CALL_IN_JAVASCRIPT + "//# sourceMappingURL=calls.js.map\n",
    },
    "compiled-into-dist": {
        "src/calls.ts": "export const call = () => 1; // livekit\n",
        "dist/calls.js": CALL_IN_JAVASCRIPT,
        "pyproject.toml": '[tool.lkagent-lint]\nroot = true\nexclude = ["!dist/"]\n'
        '[project]\nname = "x"\ndependencies = ["livekit-agents==1.8.9"]\n',
    },
    # other agents
    "another-name": {"token.py": TOKEN_IN_PYTHON.replace("front-desk", "billing")},
    "another-name-in-node": {"call.ts": CALL_IN_TYPESCRIPT.replace("front-desk", "billing")},
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("case", SILENCERS)
def test_it_does_not_silence(case: str, side: Side, tmp_path: Path) -> None:
    root = write(tmp_path, side, SILENCERS[case])
    (finding,) = findings(root)
    assert finding.severity is Severity.WARNING, finding.message
    assert verdict(root) == "no"


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("text", [TOKEN_IN_PYTHON, CALL_IN_TYPESCRIPT])
def test_what_the_copies_hold_would_dispatch(text: str, side: Side, tmp_path: Path) -> None:
    name = "calls.py" if text is TOKEN_IN_PYTHON else "calls.ts"
    assert verdict(write(tmp_path, side, {name: text})) == "yes"


@pytest.mark.parametrize("path", ["call_backup.py", "backups/token.py", "token-backup-2.py"])
def test_what_may_be_a_backup_is_doubtful(path: str, tmp_path: Path) -> None:
    """Its name says so, and no original lies beside it: it may call the one who stands in."""
    root = write(tmp_path, "python", {path: TOKEN_IN_PYTHON})
    (finding,) = findings(root)
    assert finding.severity is Severity.INFO
    assert "path says that it is a backup" in finding.message
    assert verdict(root) == "unknown"


def test_a_copy_that_is_imported_is_used(tmp_path: Path) -> None:
    files = {"token.py": "# livekit\n", "old_token.py": TOKEN_IN_PYTHON, "web.py": "import livekit, old_token\n"}
    assert verdict(write(tmp_path, "python", files)) == "yes"


@pytest.mark.parametrize("side", SIDES)
def test_what_is_compiled_counts_where_its_source_is_not_there(side: Side, tmp_path: Path) -> None:
    text = CALL_IN_JAVASCRIPT + "//# sourceMappingURL=calls.js.map\n"
    assert verdict(write(tmp_path, side, {"lib/calls.js": text})) == "yes"


@pytest.mark.parametrize("side", SIDES)
def test_a_neighbour_that_is_dispatched_does_not_silence(side: Side, tmp_path: Path) -> None:
    """A dispatched name that another worker has is not a misspelling of this one's."""
    name, text = WORKERS[side]
    other = text.replace("front-desk", "front-desk-2")
    files = {f"second/{name}": other, "token.py": TOKEN_IN_PYTHON.replace("front-desk", "front-desk-2")}
    root = write(tmp_path, side, files)
    assert [each.severity for each in findings(root)] == [Severity.WARNING]
    assert [each.gets_jobs for each in graph_of(root).workers] == ["no", "yes"]

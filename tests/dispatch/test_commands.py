"""Commands that ask for an agent, in programs and in prose, and what only looks like one, beside a worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint.diagnostics import Severity
from tests.dispatch.projects import Side, graph_of, severities, verdict, write

_CREATE = '"lk", "dispatch", "create"'
IN_PYTHON: dict[str, tuple[str, str]] = {
    "words": (f'subprocess.run([{_CREATE}, "--agent-name", "front-desk", "--room", "r"])', "yes"),
    "flag-with-its-value": (f'subprocess.run([{_CREATE}, "--agent-name=front-desk"])', "yes"),
    "flag-with-a-constant": (f'subprocess.run([{_CREATE}, f"--agent-name={{NAME}}"])', "yes"),
    "path-of-the-program": (
        'subprocess.run(["/usr/local/bin/lk", "dispatch", "create", "--agent-name", "front-desk"])',
        "yes",
    ),
    "program-of-a-variable": ('subprocess.run([which("lk"), "dispatch", "create", "--agent-name", NAME])', "yes"),
    "token": ('subprocess.run(["lk", "token", "create", "--join", "--agent", "front-desk"])', "yes"),
    "another-agent": (f'subprocess.run([{_CREATE}, "--agent-name", "billing"])', "no"),
    "listing": ('subprocess.run(["lk", "dispatch", "list", "--agent-name", "front-desk"])', "no"),
    "parameter": (f'def call(name):\n    subprocess.run([{_CREATE}, "--agent-name", name])', "unknown"),
    "words-are-added": (f'command = [{_CREATE}]\ncommand += ["--agent-name", NAME]\nsubprocess.run(command)', "yes"),
    "words-are-put-behind": (
        f'command = [{_CREATE}]\ncommand.extend(["--agent-name", NAME])\nsubprocess.run(command)',
        "yes",
    ),
    "arguments": (f'async def call():\n    await exec({_CREATE}, "--agent-name", "front-desk")', "yes"),
    "text": ('os.system("lk dispatch create --agent-name front-desk --room r")', "yes"),
    "text-of-another": ('os.system("lk dispatch create --agent-name billing --room r")', "no"),
    "formatted": ('def call(room):\n    os.system(f"lk dispatch create --room {room} --agent-name {NAME}")', "yes"),
    "concatenated": (
        'def call(room):\n    os.system("lk dispatch create --room " + room + " --agent-name " + NAME)',
        "yes",
    ),
    "filled": (
        'def call(room):\n    os.system("lk dispatch create --room {} --agent-name {}".format(room, NAME))',
        "yes",
    ),
    "filled-by-percent": (
        'def call(room):\n    os.system("lk dispatch create --room %s --agent-name %s" % (room, NAME))',
        "yes",
    ),
    "formatted-with-a-parameter": ('def call(n):\n    os.system(f"lk dispatch create --agent-name {n}")', "unknown"),
    "split": ('subprocess.run(shlex.split("lk dispatch create --agent-name front-desk --room r"))', "yes"),
    "connecting": ('subprocess.Popen([sys.executable, "agent.py", "connect", "--room", "r"])', "yes"),
    "connecting-a-module": ('subprocess.Popen([sys.executable, "-m", "agent", "connect", "--room", "r"])', "yes"),
    "connecting-a-path": (
        'PATH = os.path.join(os.path.dirname(__file__), "agent.py")\n'
        'subprocess.Popen([sys.executable, PATH, "connect", "--room", "r"])',
        "yes",
    ),
    "connecting-another": ('subprocess.Popen([sys.executable, "other.py", "connect", "--room", "r"])', "no"),
    "connecting-whom": (
        'def call(path):\n    subprocess.Popen([sys.executable, path, "connect", "--room", "r"])',
        "unknown",
    ),
    "connecting-by-text": ('def call(room):\n    os.system(f"python agent.py connect --room {room}")', "yes"),
    # what only looks like a command
    "usage": ('ArgumentParser(epilog="""\n  python -m app talk --agent-name "front-desk"\n""")', "no"),
    "option": ('ArgumentParser().add_argument("--agent-name", default="front-desk", help="Name of the agent")', "no"),
    "words-of-another-program": ('subprocess.run(["uv", "run", "tool.py", "--agent-name", "front-desk"])', "no"),
    "text-of-another-program": ('os.system("mytool chat --agent-name front-desk")', "no"),
    "message": ('print("The agent is required. Use --agent-name <name>")', "no"),
    "failure": ('logging.error("lk dispatch create failed")', "no"),
}
IN_TYPESCRIPT: dict[str, tuple[str, str]] = {
    "words": ("spawn('lk', ['dispatch', 'create', '--agent-name', 'front-desk', '--room', 'r']);", "yes"),
    "flag-with-a-constant": ("spawn('lk', ['dispatch', 'create', `--agent-name=${NAME}`]);", "yes"),
    "template": (
        "const call = (room: string) => exec(`lk dispatch create --room ${room} --agent-name ${NAME}`);",
        "yes",
    ),
    "concatenated": (
        "const call = (room: string) => exec('lk dispatch create --room ' + room + ' --agent-name ' + NAME);",
        "yes",
    ),
    "parameter": ("const call = (name: string) => exec(`lk dispatch create --agent-name ${name}`);", "unknown"),
    "connecting": ("spawn('node', ['agent.ts', 'connect', '--room', 'r']);", "yes"),
    "tagged": ("await $`lk dispatch create --agent-name front-desk --room r`;", "yes"),
    "words-of-another-program": ("spawn('mytool', ['chat', '--agent-name', 'front-desk']);", "no"),
    "usage": ("program.option('--agent-name <name>', 'agent', 'front-desk');", "no"),
}
_RULE = {
    "rule": {"dispatchRuleIndividual": {"roomPrefix": "c-"}},
    "roomConfig": {"agents": [{"agentName": "front-desk"}]},
}
_SHOWN = f"```json\n{json.dumps(_RULE)}\n```\n"
_BY_FILE = "```sh\nlk sip dispatch create rule.json\n```\n"
IN_FILES: dict[str, tuple[str, str, str]] = {
    "name-of-a-rule-command": ("README.md", "Then make a rule with `lk sip dispatch create`, and call.\n", "no"),
    "name-of-a-command": ("README.md", "Use `lk dispatch create` to ask for an agent.\n", "no"),
    "sentence": ("README.md", "You can run lk dispatch create for that; see the docs of agent dispatch.\n", "no"),
    "placeholder-of-a-file": ("README.md", "`lk sip dispatch create <file.json>` takes JSON.\n", "no"),
    "command-in-a-sentence": ("README.md", "Run `lk dispatch create --agent-name front-desk --room r`.\n", "yes"),
    "placeholder": ("README.md", "```\nlk dispatch create --agent-name <name> --room <room>\n```\n", "unknown"),
    "rule-of-a-file-that-is-not-there": ("README.md", _BY_FILE, "unknown"),
    "rule-that-is-shown": ("README.md", _SHOWN + _BY_FILE, "yes"),
    "rule-that-is-shown-of-another": ("README.md", _SHOWN.replace("front-desk", "billing") + _BY_FILE, "no"),
    "rule-that-nobody-makes": ("README.md", _SHOWN, "no"),
    "connecting-another": ("README.md", "```\npython myagent.py connect --room r\n```\n", "no"),
    "connecting-whom": ("run.sh", 'uv run "$PROGRAM" connect --room r\n', "unknown"),
    "connecting-by-compose": (
        "compose.yaml",
        'services:\n  a:\n    command: ["python", "agent.py", "connect", "--room", "r"]\n',
        "yes",
    ),
    "arguments": ("run.sh", 'lk dispatch create "$@"\n', "unknown"),
    "default": ("run.sh", 'lk dispatch create --room r --agent-name "${AGENT:-front-desk}"\n', "yes"),
    "make": ("Makefile", "AGENT ?= front-desk\n\ncall:\n\tlk dispatch create --agent-name $(AGENT)\n", "yes"),
    "just": ("justfile", 'agent := "front-desk"\n\ncall:\n    lk dispatch create --agent-name {{agent}}\n', "yes"),
    "task": (
        "Taskfile.yml",
        "vars:\n  AGENT: front-desk\ntasks:\n  a:\n    cmds:\n      - lk dispatch create --agent-name {{.AGENT}}\n",
        "yes",
    ),
    "powershell": ("run.ps1", '$Agent = "front-desk"\nlk dispatch create --room r --agent-name $Agent\n', "yes"),
    "rule-of-powershell": (
        "rule.ps1",
        "$agents = @(@{ agent_name = 'front-desk' })\n"
        "$rule = @{ rule = @{ dispatchRuleDirect = @{} }; room_config = @{ agents = $agents } }\n"
        "$rule | ConvertTo-Json | Out-File -FilePath $FILE\nlk sip dispatch create $FILE\n",
        "yes",
    ),
    "rule-of-powershell-without-agents": (
        "rule.ps1",
        "$rule = @{ rule = @{ dispatchRuleDirect = @{} } }\n"
        "$rule | ConvertTo-Json | Out-File -FilePath $FILE\n"
        "livekit-cli create-sip-dispatch-rule `\n    --url $URL `\n    --request $FILE\n",
        "no",
    ),
    "generated": (
        "dispatch.pb.go",
        "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage livekit\nvar made = &RoomAgentDispatch{}\n",
        "no",
    ),
}
_SEVERITIES = {"yes": [], "unknown": [Severity.INFO], "no": [Severity.WARNING]}


def _check(root: Path, side: Side, files: dict[str, str], expected: str) -> None:
    write(root, side, files)
    assert (verdict(root), severities(root)) == (expected, _SEVERITIES[expected])


@pytest.mark.parametrize("case", IN_PYTHON)
def test_python(case: str, tmp_path: Path) -> None:
    text, expected = IN_PYTHON[case]
    _check(tmp_path, "python", {"call.py": f'import os, subprocess, sys\n\nNAME = "front-desk"\n{text}\n'}, expected)


@pytest.mark.parametrize("case", IN_TYPESCRIPT)
def test_typescript(case: str, tmp_path: Path) -> None:
    text, expected = IN_TYPESCRIPT[case]
    _check(tmp_path, "node", {"call.ts": f"const NAME = 'front-desk';\nexport {{}};\n{text}\n"}, expected)


@pytest.mark.parametrize("case", IN_FILES)
def test_files(case: str, tmp_path: Path) -> None:
    name, text, expected = IN_FILES[case]
    _check(tmp_path, "python", {name: text}, expected)


@pytest.mark.parametrize(("program", "reached"), [("agent.py", [True]), ("other.py", []), ('"$PROGRAM"', [False])])
def test_the_graph_joins_a_connection_to_the_program_that_is_run(
    program: str, reached: list[bool], tmp_path: Path
) -> None:
    graph = graph_of(write(tmp_path, "python", {"run.sh": f"python {program} connect --room r\n"}))
    assert [each.certain for each in graph.edges] == reached

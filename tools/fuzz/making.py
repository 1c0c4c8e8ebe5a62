"""Cases from a seed: the same number gives the same case, on every machine."""

from __future__ import annotations

import importlib
import random
import re
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from lkagent_lint.languages import JSON, MODULES, SCRIPTS, YAML
from tools.hostile.inputs import in_entry

_REPOSITORY = Path(__file__).resolve().parents[2]
_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
_ODD = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\r",
    b"\f",
    "\u2028".encode(),
    "\uff43".encode(),
    b"\\",
    b'"""',
    b"`",
    b"(" * 210,
)


class Case(NamedTuple):
    """One case: a file beside an agent, or settings above it."""

    kind: str
    name: str
    data: bytes


def seeds() -> list[tuple[str, bytes]]:
    """The files of all fixtures that a front end reads, by their base names."""
    found = sorted(
        path for path in (_REPOSITORY / "fixtures").rglob("*") if path.is_file() and path.suffix in _SUFFIXES
    )
    return [(path.name, path.read_bytes()) for path in found]


_SUFFIXES = (*MODULES, *SCRIPTS, *JSON, *YAML, ".sh", ".toml")


def _token_mutant(choose: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    name, data = choose.choice(files)
    tokens: list[bytes] = _TOKEN.findall(data)
    for _ in range(choose.randint(1, 6)):
        if not tokens:
            break
        at = choose.randrange(len(tokens))
        match choose.randrange(4):
            case 0:
                del tokens[at]
            case 1:
                tokens.insert(at, choose.choice(tokens))
            case 2:
                other = choose.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case _:
                tokens[at:at] = tokens[at : at + choose.randint(1, 30)] * choose.randint(1, 5)
    return name, b"".join(tokens)


def _byte_mutant(choose: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    name, data = choose.choice(files)
    changed = bytearray(data)
    for _ in range(choose.randint(1, 8)):
        at = choose.randint(0, len(changed))
        match choose.randrange(4):
            case 0:
                changed[at : at + choose.randint(1, 20)] = b""
            case 1:
                changed[at:at] = choose.choice(_ODD)
            case 2:
                changed[at : at + 1] = bytes([choose.randrange(256)])
            case _:
                del changed[at:]
    return name, bytes(changed)


_PYTHON: Mapping[str, tuple[str, ...]] = {
    "file": (
        "from livekit.agents import Agent, AgentServer, AgentSession, JobContext\n"
        "server = AgentServer()\n{defs}{entry}",
    ),
    "defs": ("", "{def}{defs}", "{name} = {value}\n{defs}"),
    "def": (
        "async def {name}({name}):\n{body}",
        "def {name}({name}, {name}=None):\n{body}",
        "class {Class}(Agent):\n    async def on_enter(self):\n    {body}",
    ),
    "entry": ("@server.rtc_session({given})\nasync def entry(ctx: JobContext):\n{body}",),
    "given": ("", 'agent_name="{name}"', "agent_name={value}"),
    "body": (
        "    {do}\n",
        "    {do}\n{body}",
        "    if {value}:\n        {do}\n    else:\n        {do}\n{body}",
        "    try:\n        {do}\n    finally:\n        {do}\n",
        "    for {name} in {value}:\n        {do}\n{body}",
        "    async with {value} as {name}:\n        {do}\n",
    ),
    "do": (
        "await ctx.connect()",
        "ctx.connect()",
        "await {name}({value})",
        "{name} = {value}",
        "return",
        "session = AgentSession()",
        "await session.start(agent={value}, room=ctx.room)",
        "ctx.room.on({value}, {name})",
        "ctx.shutdown()",
        "await ctx.{name}()",
        "pass",
    ),
    "value": (
        "{name}",
        "'{name}'",
        "[{value}, {value}]",
        "{{'{name}': {value}}}",
        "{name}({value})",
        "lambda {name}: {value}",
        "({value} if {name} else {value})",
        "{name}.{name}",
        "f'{{{name}}}'",
        "ctx",
        "None",
        "({value} or {value})",
        "{Class}()",
    ),
    "name": ("a", "b", "c", "ctx", "session", "server", "entry"),
    "Class": ("A", "B", "Agent"),
}
_TYPESCRIPT: Mapping[str, tuple[str, ...]] = {
    "file": (
        "import {{ cli, defineAgent, voice, WorkerOptions }} from '@livekit/agents';\n{defs}"
        "export default defineAgent({{ entry: async (ctx: JobContext) => {{\n{body}}} }});\n"
        "cli.runApp(new WorkerOptions({{ agent: {value}, agentName: {value} }}));\n",
    ),
    "defs": ("", "const {name} = {value};\n{defs}", "async function {name}({name}) {{ {body} }}\n{defs}"),
    "body": (
        "{do};\n",
        "{do};\n{body}",
        "if ({value}) {{ {do}; }} else {{ {do}; }}\n{body}",
        "try {{ {do}; }} finally {{ {do}; }}\n",
        "for (const {name} of {value}) {{ {do}; }}\n{body}",
    ),
    "do": (
        "await ctx.connect()",
        "ctx.connect()",
        "await {name}({value})",
        "const {name} = {value}",
        "return",
        "const session = new voice.AgentSession()",
        "await session.start({{ agent: {value}, room: ctx.room }})",
        "ctx.room.on({value}, {name})",
        "await ctx.{name}()",
    ),
    "value": (
        "{name}",
        "'{name}'",
        "[{value}, {value}]",
        "{{ {name}: {value} }}",
        "{name}({value})",
        "({name}) => {value}",
        "({name} ? {value} : {value})",
        "{name}.{name}",
        "`${{{name}}}`",
        "ctx",
        "undefined",
        "({value} ?? {value})",
    ),
    "name": ("a", "b", "c", "ctx", "session"),
}
_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "file": (
        "[tool.lkagent-lint]\n{lines}",
        '[tool.lkagent-lint]\n{lines}[tool.lkagent-lint.per-file-ignores]\n"{text}" = {value}\n',
    ),
    "lines": ("", "{key} = {value}\n{lines}"),
    "key": (
        "root",
        "select",
        "ignore",
        "exclude",
        "extend",
        "sdk-version",
        "fail-on",
        "baseline",
        "preview",
        "severity",
        "no-such-key",
    ),
    "value": ("true", "false", "1", '"{text}"', '["{text}"]', '["{text}", "{text}"]', "[]", "{{ {key} = {value} }}"),
    "text": ("LKA", "LKA101", "**/*", "!x", "[z-a]", "../..", "1.2.3", "*" * 50, "all", "\\u0000", "agent.py"),
}
_COMMENTS: Mapping[str, tuple[str, ...]] = {
    "file": ("from livekit.agents import JobContext\n{lines}",),
    "lines": ("", "{line}\n{lines}"),
    "line": (
        "async def f(ctx: JobContext): ctx.connect()  # {comment}",
        "# {comment}",
        "x = '''{comment}'''  # {comment}",
        "x = 1 \\",
    ),
    "comment": (
        "lkagent: {verb}[{names}] why",
        "noqa: {names}",
        "noqa",
        "lkagent: {verb}",
        "lkagent: {verb}[{names}",
        "flake8: noqa",
        "{comment} # {comment}",
    ),
    "verb": ("ignore", "file-ignore", "disable", "enable", "no-such", ""),
    "names": ("LKA106", "LKA106, LKA101", "unawaited-lifecycle-call", "LKA", "LKA999", "", ",,", "lka106"),
}
_DEPTH = 9


def _grown(grammar: Mapping[str, tuple[str, ...]], choose: random.Random) -> str:
    """A text of a grammar: choices that hold others come to an end with the depth."""

    def grow(symbol: str, depth: int) -> str:
        choices = grammar[symbol]
        if depth >= _DEPTH:
            choices = tuple(sorted(choices, key=lambda each: each.count("{")))[: max(1, len(choices) // 3)]
        text = choose.choice(choices)
        if depth > 3 * _DEPTH:
            text = re.sub(r"(?<!\{)\{\w+\}(?!\})", "a", text)
        parts = re.split(r"(\{\{|\}\}|\{\w+\})", text)
        return "".join(
            part[0] if part in ("{{", "}}") else grow(part[1:-1], depth + 1) if part.startswith("{") else part
            for part in parts
        )

    return grow("file", 0)


def _from(grammar: Mapping[str, tuple[str, ...]], name: str) -> Callable[..., tuple[str, bytes]]:
    def grown(choose: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
        return name, _grown(grammar, choose).encode()

    return grown


@cache
def _programs(seed: int) -> tuple[str, ...]:
    """Programs that Python's grammar allows, from a seed; making one takes a second, so that many cases share them."""
    hypothesmith: Any = importlib.import_module("hypothesmith")
    hypothesis: Any = importlib.import_module("hypothesis")
    made: list[str] = []

    def keep(text: str) -> None:
        made.append(text)

    quiet = hypothesis.settings(
        max_examples=_PROGRAMS,
        phases=[hypothesis.Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    strategy = hypothesmith.from_grammar() | hypothesmith.from_node()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hypothesis.seed(seed)(quiet(hypothesis.given(strategy)(keep)))()
    return tuple(made)


_PROGRAMS = 12
_BATCHES = 20
"""How many times so many programs there are."""
SLOW = frozenset({"programs"})
"""Kinds that need the extra ``fuzz``, and seconds for their first case."""


def _around_an_agent(choose: random.Random, _files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Programs before an agent, in its entry function and behind it; some fit there and some do not."""
    programs = _programs(choose.randrange(_BATCHES))
    before, inside, behind = (choose.choice(programs) for _ in range(3))
    body = "".join(f"    {line}\n" for line in inside.splitlines())
    parts = [before, in_entry("    ctx.connect()\n"), body if choose.random() < 0.6 else "", behind]
    return "odd.py", "\n".join(parts).encode("utf-8", "surrogatepass")


KINDS: Mapping[str, Callable[[random.Random, list[tuple[str, bytes]]], tuple[str, bytes]]] = {
    "tokens": _token_mutant,
    "bytes": _byte_mutant,
    "python": _from(_PYTHON, "odd.py"),
    "typescript": _from(_TYPESCRIPT, "odd.ts"),
    "settings": _from(_SETTINGS, "pyproject.toml"),
    "comments": _from(_COMMENTS, "odd.py"),
    "programs": _around_an_agent,
}


def case(seed: int, number: int, files: list[tuple[str, bytes]]) -> Case:
    """One case by its number."""
    choose = random.Random(f"{seed}:{number}")
    kind = list(KINDS)[number % len(KINDS)]
    name, data = KINDS[kind](choose, files)
    return Case(kind, name, data[:200_000])

"""What is read, of any size: texts of n statements, links, documents or files, for tests of how steps grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.hostile.inputs import AGENT, IMPORT, PROJECT
from tools.hostile.sizes import CHAINS

_JOB = AGENT.replace("    ctx.connect()\n", "")


def _job(line: str) -> Callable[[int], tuple[str, str]]:
    return lambda n: ("odd.py", _JOB + "".join(f"    {line.format(i=i)}\n" for i in range(n)) + "    pass\n")


def _lines(name: str, head: str, line: str) -> Callable[[int], tuple[str, str]]:
    return lambda n: (name, head + "".join(line.format(i=i) + "\n" for i in range(n)))


def _joined(name: str, head: str, item: str, between: str, tail: str) -> Callable[[int], tuple[str, str]]:
    return lambda n: (name, head + between.join(item.format(i=i) for i in range(n)) + tail)


def _chain(make: Callable[[int], str], head: str) -> Callable[[int], tuple[str, str]]:
    return lambda n: ("odd.py", f"{head}{make(n)}\n")


_NODE = "import { cli, WorkerOptions } from '@livekit/agents';\n"
CONSTRUCTS: dict[str, Callable[[int], tuple[str, str]]] = {
    **{name: _chain(make, IMPORT) for name, make in CHAINS.items()},
    **{f"{name} in newer Python": _chain(make, IMPORT + "type X = int\n") for name, make in CHAINS.items()},
    "statements": _job("x{i} = ctx.room"),
    "calls of the job": _job("await ctx.wait_for_participant()"),
    "ifs": _job("if x: await ctx.connect()"),
    "loops": _job("for x{i} in y: await z(ctx)"),
    "whiles": _job("while x: await z(ctx)"),
    "withs": _job("with x as y{i}: z(ctx)"),
    "tries": _lines("odd.py", _JOB, "    try: await z{i}(ctx)\n    except A: pass\n    finally: w()"),
    "functions": _lines("odd.py", IMPORT, "async def f{i}(ctx: JobContext): await f{i}(ctx)"),
    "classes and bases": _lines("odd.py", IMPORT + "class A0: pass\n", "class B{i}(A0): x = {i}"),
    "imports": _lines("odd.py", IMPORT, "from m{i} import a{i}"),
    "names in an import": _joined("odd.py", IMPORT + "from m import (", "a{i}", ", ", ")\n"),
    "elements": _joined("odd.py", IMPORT + "x = [", "a{i}", ", ", "]\n"),
    "entries": _joined("odd.py", IMPORT + "x = {", "'a{i}': b{i}", ", ", "}\n"),
    "arguments": _joined("odd.py", _JOB + "    f(ctx, ", "a{i}={i}", ", ", ")\n"),
    "parts of a string": _joined("odd.py", IMPORT + "x = f'", "{{a{i}}}", " ", "'\n"),
    "suppressions": _lines("odd.py", IMPORT, "x = 1  # lkagent: ignore[LKA106] why"),
    "suppressions on lines of their own": _lines("odd.py", IMPORT, "# lkagent: ignore[LKA106] why"),
    "comments for flake8": _lines("odd.py", IMPORT, "x = 1  # noqa: LKA106"),
    "findings": _job("ctx.connect()"),
    "workers": _lines(
        "odd.py", AGENT, "@AgentServer().rtc_session(agent_name='a{i}')\nasync def e{i}(ctx): await ctx.connect()"
    ),
    "statements of TypeScript": _lines("odd.ts", _NODE, "const x{i} = f{i}(y);"),
    "functions of TypeScript": _lines("odd.ts", _NODE, "async function f{i}(ctx) {{ await ctx.connect(); }}"),
    "attributes of TypeScript": _joined("odd.ts", _NODE + "const x = a", ".b", "", ";\n"),
    "additions of TypeScript": _joined("odd.ts", _NODE + "const x = ", "a{i}", " + ", ";\n"),
    "dispatches": _lines("d.sh", "", "lk dispatch create --agent-name x{i}"),
    "here-documents": _lines("d.sh", "", 'cat <<EOF\n{{"agent_name": "x{i}"}}\nEOF'),
    "YAML documents": _lines("d.yaml", "", "---\nagent_name: x{i}"),
    "YAML keys": _lines("d.yaml", "", "k{i}:\n  agent_name: x{i}"),
    "JSON elements": _joined("d.json", "[", '{{"agent_name": "x{i}"}}', ", ", "]\n"),
    "JSON depth": lambda n: ("d.json", '{"agent_name": ' + "[" * n + "]" * n + "}\n"),
    "patterns of git": _lines(".gitignore", "", "*a*b{i}*c"),
    "excluded patterns": _joined(
        "pyproject.toml", "[tool.lkagent-lint]\nroot = true\nexclude = [", '"a{i}"', ", ", "]\n"
    ),
    "requirements": _lines("requirements.txt", "livekit-agents\n", "package{i}==1.{i}"),
    "packages of a lock file": _lines("uv.lock", "version = 1\n", '[[package]]\nname = "p{i}"\nversion = "1.{i}"\n'),
    "environment": _lines(".env", "", "AGENT_NAME_{i}=x{i}"),
}
"""Each construct as one file, by a number of them: its name and its text."""

FILES: dict[str, Callable[[int], Mapping[str, str]]] = {
    "files": lambda n: {f"d{i % 7}/m{i}.py": IMPORT for i in range(n)},
    "files of nobody": lambda n: {f"d{i % 7}/m{i}.py": "x = 1\n" for i in range(n)},
    "files deep down": lambda n: {"/".join(["d"] * (1 + i % 30)) + f"/m{i}.py": IMPORT for i in range(n)},
    "modules that import the next": lambda n: {
        f"m{i}.py": f"from m{i + 1} import thing as thing\nimport livekit\n" for i in range(n)
    },
    "projects below": lambda n: {
        name: text for i in range(n) for name, text in ((f"p{i}/pyproject.toml", PROJECT), (f"p{i}/m.py", IMPORT))
    },
    "packages": lambda n: {
        name: text
        for i in range(n)
        for name, text in ((f"p{i}/pyproject.toml", "[project]\nname = 'p'\n"), (f"p{i}/m.py", IMPORT))
    },
}
"""Each kind of project, by a number of its parts: the files and their texts."""

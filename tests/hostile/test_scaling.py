"""Twice the input takes about twice the steps: for each construct that is read, texts of n, 2n and 4n of it.

The steps are the calls of functions that the interpreter itself counts, so that they are the same on every machine.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import pytest

from lkagent_lint import engine
from lkagent_lint.typestate.states import MAX_ALIKE
from tools.hostile.inputs import AGENT, IMPORT, PROJECT
from tools.hostile.sizes import CHAINS

_SIZE = 40
_SIZES = {"entries": 240, "comprehension clauses": 240, "workers": 12, "findings": 20}
"""What is looked at more closely where it is long is long each time; what takes many steps is short."""
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


def _steps(root: Path, files: Mapping[str, str]) -> int:
    overlays = {"pyproject.toml": PROJECT, "agent.py": AGENT, **files}
    request = engine.Request(
        paths=(str(root),), overlays={str(root / each): data.encode() for each, data in overlays.items()}, jobs=1
    )
    calls = [0]

    def count(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" or event == "c_call":
            calls[0] += 1

    threading.setprofile(count)
    try:
        engine.check(request)
    finally:
        threading.setprofile(None)
    return calls[0]


_traced = pytest.mark.skipif(sys.gettrace() is not None, reason="what traces the tests is counted too")


def _follows_the_size(root: Path, make: Callable[[int], Mapping[str, str]], size: int) -> bool:
    """What four times as many add, beside what twice as many add: 2 where the steps follow the size, 4 where its
    square."""
    _steps(root, make(size))  # what is done once in a process
    once, twice, often = (_steps(root, make(each)) for each in (size, 2 * size, 4 * size))
    return often - twice <= 2.6 * (twice - once) + 400


@_traced
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct(name: str, tmp_path: Path) -> None:
    make = CONSTRUCTS[name]
    assert _follows_the_size(tmp_path.resolve(), lambda n: dict([make(n)]), _SIZES.get(name, _SIZE))


_FILES: dict[str, Callable[[int], Mapping[str, str]]] = {
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


@_traced
@pytest.mark.parametrize("name", _FILES)
def test_files(name: str, tmp_path: Path) -> None:
    assert _follows_the_size(tmp_path.resolve(), _FILES[name], 8)


@pytest.mark.parametrize("places", [20, 60])
def test_what_is_followed_in_part_is_said(places: int, tmp_path: Path) -> None:
    """So many places may have joined the room first that only the first ones are followed."""
    name, text = CONSTRUCTS["ifs"](places)
    root = tmp_path.resolve()
    (root / "pyproject.toml").write_text(PROJECT)
    (root / name).write_text(text)
    report = engine.check(engine.Request(paths=(str(root),), jobs=1))
    notes = [note for note in report.notes if "places of this job" in note.message]
    assert [note.where for note in notes] == ([str(root / name)] if places > MAX_ALIKE else [])
    assert not report.summary.too_large

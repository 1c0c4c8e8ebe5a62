"""What a hostile input is: files that are hard to read, beside an agent whose mistake must still be found.

Everything is written by the modules beside this one; nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

HEAD = "import os\nfrom livekit.agents import AgentServer, JobContext\nserver = AgentServer()\n"
ENTRY = "@server.rtc_session()\nasync def entry(ctx: JobContext):\n"
AGENT = HEAD + ENTRY + "    ctx.connect()\n"
"""An agent with a mistake (LKA106, in its last line), and an import that every linter calls unused."""
IMPORT = "from livekit.agents import JobContext\n"
PROJECT = "[tool.lkagent-lint]\nroot = true\n"

Files = Mapping[str, "str | bytes"]


class Input(NamedTuple):
    """One hostile input: its files, and the codes that are found in each; ``agent.py`` has LKA106 besides."""

    row: int
    name: str
    files: Callable[[], Files]
    found: Mapping[str, tuple[str, ...]] = {}
    """What the command says, by file: codes, with line and column where those matter (``LKA001 2:7``). Nothing is found
    in files that are not named; ``LKA004?`` alone says that a file is left out, or read and nothing is found in it."""
    newer: bool = False
    """Python that only versions after 3.10 read, or none does."""


def write(folder: Path, given: Input) -> None:
    """Write an input's files and the agent beside them."""
    for name, text in {"agent.py": AGENT, "pyproject.toml": PROJECT, **given.files()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def one(text: str | bytes, name: str = "odd.py") -> Callable[[], Files]:
    """One file of that text."""
    return lambda: {name: text}


def odd(*codes: str, name: str = "odd.py") -> Mapping[str, tuple[str, ...]]:
    """That these codes are found in the one file."""
    return {name: codes}


def in_entry(text: str) -> str:
    """An agent with that body."""
    return HEAD.replace("import os\n", "") + ENTRY + text


def named(name: str, head: str = "") -> str:
    """An agent in order whose name is that expression."""
    return (
        f"import os\n{IMPORT}from livekit.agents import AgentServer\n{head}server = AgentServer()\n"
        f"@server.rtc_session(agent_name={name})\nasync def entry(ctx: JobContext):\n    await ctx.connect()\n"
    )


ODD_AGENT = in_entry("    ctx.connect()\n")
LEFT_OUT = odd("LKA004")
BROKEN = odd("LKA001")
CONNECT = odd("LKA106")
"""Another agent's mistake, found in the odd file itself."""

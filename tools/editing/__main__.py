"""The language server, driven through the protocol.

    python -m tools.editing fuzz [--messages 5000] [--seed 1]
    python -m tools.editing measure [--agents 1000] [--open 20] [--edits 1000] [--ruff PATH]

The first sends messages in any order, also such as no editor should send, and compares what the server shows in the end
with a check from nothing. The second measures what an edit costs, and the memory after all of them, beside ruff's
server on the same files; ruff looks at each file alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tools.bench import synthetic
from tools.editing.client import SERVER, Editor
from tools.editing.fuzzing import Fuzzer
from tools.editing.measure import EditCosts, measured

_FILES = {
    "pyproject.toml": '[project]\nname = "fuzzed"\nversion = "1"\ndependencies = ["livekit-agents==1.5.3"]\n'
    "[tool.lkagent-lint]\nroot = true\n",
    "agent.py": """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

from rooms import join

server = AgentServer()


@server.rtc_session(agent_name="desk")
async def entry(ctx: JobContext):
    session = AgentSession()
    await join(ctx)
    await session.start(agent=Agent(instructions="x"), room=ctx.room)
""",
    "rooms.py": "async def join(ctx):\n    await ctx.connect()\n",
    "web.ts": """\
import { AgentDispatchClient } from "livekit-server-sdk";

export async function call(client: AgentDispatchClient, room: string) {
  await client.createDispatch(room, "desk");
}
""",
    "rule.json": '{"room_config": {"agents": [{"agent_name": "desk"}]}}\n',
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    fuzz = commands.add_parser("fuzz")
    fuzz.add_argument("--messages", type=int, default=5000)
    fuzz.add_argument("--seed", type=int, default=1)
    fuzz.set_defaults(do=_fuzz)
    measure = commands.add_parser("measure")
    measure.add_argument("--agents", type=int, default=1000)
    measure.add_argument("--open", type=int, default=20)
    measure.add_argument("--edits", type=int, default=1000)
    measure.add_argument("--ruff", default=shutil.which("ruff"))
    measure.set_defaults(do=_measure)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        done: int = arguments.do(arguments, Path(scratch).resolve())
    return done


def _fuzz(arguments: argparse.Namespace, root: Path) -> int:
    for name, text in _FILES.items():
        (root / name).write_text(text, encoding="utf-8")
    editor = Editor([root], options={"debounce": 0.01}, patience=600)
    fuzzer = Fuzzer(editor, root, arguments.seed)
    began = time.perf_counter()
    editor.run(fuzzer.run(arguments.messages))
    expected = fuzzer.expected
    editor.until(lambda: fuzzer.shown == expected)
    seconds = time.perf_counter() - began
    print(f"{fuzzer.sent.total()} messages in {seconds:.1f} s (seed {arguments.seed}): {dict(fuzzer.sent)}")
    print(f"answers: {dict(fuzzer.answered)}")
    print(f"shown in the end, as a check from nothing finds: {expected}")
    fuzzer.close_all()
    return 0 if editor.stop() == 0 else 1


def _measure(arguments: argparse.Namespace, scratch: Path) -> int:
    root = synthetic.build(scratch / "project", arguments.agents)
    print(f"{arguments.agents} agents, {arguments.open} open files, {arguments.edits} edits")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("| server | first (s) | median (ms) | 95th (ms) | CPU, median (ms) | MB (after edits) |")
    print("| --- | ---: | ---: | ---: | ---: | --- |", flush=True)
    common = {"opened": arguments.open, "edits": arguments.edits}
    print(_row("lkagent-lint", measured(root, SERVER, debounce=0.05, **common)), flush=True)
    if arguments.ruff:
        print(_row("ruff", measured(root, (arguments.ruff, "server"), debounce=0.0, **common)))
    return 0


def _row(name: str, costs: EditCosts) -> str:
    sizes = ", ".join(f"{size:.0f} ({edits})" for edits, size in costs.megabytes)
    processor = statistics.median(costs.processor)
    return f"| {name} | {costs.first:.1f} | {costs.median:.0f} | {costs.late:.0f} | {processor:.0f} | {sizes} |"


if __name__ == "__main__":
    sys.exit(main())

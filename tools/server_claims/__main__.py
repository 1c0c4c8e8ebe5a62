"""Tries on a real livekit-server what the dispatch rules claim, and writes ``docs/server-behaviour.md``.

    python -m tools.server_claims            prints the outcomes
    python -m tools.server_claims --write    writes the document
    python -m tools.server_claims --check    exits with 1 where the document says something else

It needs livekit-agents, livekit-api and livekit; @livekit/agents in the node_modules that LKAGENT_LINT_NODE_MODULES
names; and a server: ``LIVEKIT_SERVER_BIN``, livekit-server on PATH, or a Go toolchain to build one with. It exits with
2 where one of them cannot be had.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import cast

from tools.server_claims import server
from tools.server_claims.tries import TRIES, outcome
from tools.server_claims.workers import Offer

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "server-behaviour.md"
START, END = "<!-- outcomes -->", "<!-- end -->"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.server_claims", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--write", action="store_true", help="write the outcomes into docs/server-behaviour.md")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the document says something else")
    given = parser.parse_args(argv)
    write, check = cast("tuple[bool, bool]", (given.write, given.check))
    try:
        table = asyncio.run(outcomes())
    except (server.NoServer, ModuleNotFoundError) as error:
        print(f"nothing could be tried: {error}", file=sys.stderr)
        return 2
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    new = f"{before}{START}\n{table}{END}{rest.partition(END)[2]}"
    if write:
        DOCUMENT.write_text(new, encoding="utf-8")
    print(table)
    return 1 if check and new != text else 0


async def outcomes() -> str:
    """The table of all tries, and the versions."""
    versions = {name: importlib.metadata.version(name) for name in ("livekit-agents", "livekit-api", "livekit")}
    binary = server.find()
    rows = ["| what is tried | what the server offers |", "| --- | --- |"]
    with tempfile.TemporaryDirectory() as directory, server.running(binary, Path(directory) / "server.log") as address:
        for number, trial in enumerate(TRIES, 1):
            rows.append(f"| {trial.title} | {_spelt(await outcome(trial, address, number))} |")
    listed = ", ".join(
        [f"livekit-server {server.version_of(binary)}", *(f"{name} {each}" for name, each in versions.items())]
    )
    return "\n".join([f"Tried with {listed}.", "", *rows, ""])


def _spelt(offers: list[Offer]) -> str:
    """``JT_ROOM worker: 1 JT_ROOM job``; ``nothing`` where nobody was offered anything."""
    counted = Counter((offer.worker, offer.job_type) for offer in offers)
    return (
        ", ".join(
            f"{worker}: {count} {kind} job{'s' * (count > 1)}" for (worker, kind), count in sorted(counted.items())
        )
        or "nothing"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

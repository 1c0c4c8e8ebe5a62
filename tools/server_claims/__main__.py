"""The command."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tools.server_claims import sdk
from tools.server_claims.report import document, row, without_versions
from tools.server_claims.runs import outcomes_of
from tools.server_claims.server import NoServer, find
from tools.server_claims.tries import REAL, TRIES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "server-behaviour.md"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.server_claims", description="Tries the dispatch rules' claims."
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--write", action="store_true", help="write docs/server-behaviour.md")
    chosen.add_argument(
        "--check", action="store_true", help="compare with docs/server-behaviour.md; versions may differ"
    )
    chosen.add_argument("--only", metavar="N", help="a try (4b) or a group of tries (4); prints their rows")
    options = parser.parse_args()
    wanted = [each for each in TRIES if options.only in (None, each.number, str(each.group))]
    if not wanted:
        parser.error(f"there is no try {options.only}")
    try:
        versions = sdk.versions()
        binary = find()
        outcomes = asyncio.run(outcomes_of(binary, wanted, real=False))
        if options.only:
            print("\n".join(row(number, outcome) for number, outcome in outcomes.items()))
            return 0
        real = asyncio.run(outcomes_of(binary, (each for each in TRIES if each.number in REAL), real=True))
    except (NoServer, sdk.NoPackages, RuntimeError) as problem:
        print(f"server_claims: {problem}", file=sys.stderr)
        return 2
    text = document({"livekit-server": binary.version, **versions}, outcomes, real)
    if options.write:
        DOCUMENT.write_text(text, encoding="utf-8")
    elif options.check:
        if without_versions(text) != without_versions(DOCUMENT.read_text(encoding="utf-8")):
            print(f"server_claims: the outcomes differ from docs/{DOCUMENT.name}; write it anew and look at the diff")
            return 1
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

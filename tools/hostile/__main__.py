"""Runs the real command over every hostile input, and with ``--peers`` other linters over some of them.

    python -m tools.hostile [--large] [--rows 1 2 22] [--peers DIRECTORY [--only ruff …] [--most 2]] [--write FILE]
    python -m tools.hostile --gather FILE...

Fails where the command aborts, prints a traceback, comes to no end in 10 seconds of a processor or 500 MB, or loses
what it finds in the agent beside the input. ``--peers`` makes environments with released packages in that directory,
for which it needs the network. ``--gather`` joins what runs have written (this one, ``tools.faults``, ``tools.fuzz``)
into the file that the page on reliability is made of.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from tools.hostile.page import RESULTS, gathered
from tools.hostile.rows import inputs
from tools.hostile.trying import OUR_MEGABYTES, OUR_SECONDS, OURS, chosen, counted, ours, peers, tried


def _ours(rows: list[int], large: bool, outcomes: dict[tuple[int, str], list[str]]) -> int:
    failures = 0
    for given in inputs(large):
        if rows and given.row not in rows:
            continue
        outcome = tried(ours(), given)
        fault = outcome.fault
        if not fault and (outcome.seconds > OUR_SECONDS or outcome.megabytes > OUR_MEGABYTES):
            fault = "over budget"
        outcomes[given.row, OURS].append(fault)
        if fault:
            failures += 1
            took = f"{outcome.seconds:.1f} s, {outcome.megabytes:.0f} MB"
            print(f"{given.row} {given.name}: {fault} ({took})", flush=True)
    return failures


def _peers(scratch: Path, only: list[str], most: int, outcomes: dict[tuple[int, str], list[str]]) -> None:
    for tool in peers(scratch):
        for given in chosen(inputs(), most):
            if not only or tool.name in only:
                outcome = tried(tool, given)
                outcomes[given.row, tool.name].append(outcome.fault)
                if outcome.fault:
                    print(f"{tool.name}: {given.row} {given.name}: {outcome.fault}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--rows", type=int, nargs="*", default=[])
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="these of the other linters")
    parser.add_argument("--most", type=int, default=2)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--gather", type=Path, nargs="+")
    given = parser.parse_args()
    if given.gather:
        RESULTS.write_text(json.dumps(gathered(given.gather), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return
    outcomes: dict[tuple[int, str], list[str]] = defaultdict(list)
    failures = 0
    told: dict[str, Any] = {"on": f"CPython {platform.python_version()}, {platform.system()}"}
    if given.peers is None:
        failures = _ours(given.rows, given.large, outcomes)
    else:
        from tools.bench.peers import make, versions

        given.peers.mkdir(parents=True, exist_ok=True)
        make(given.peers)
        told["versions"] = versions(given.peers)
        _peers(given.peers, given.only, given.most, outcomes)
    print(f"{sum(map(len, outcomes.values()))} runs, {failures} of ours failed")
    if given.write is not None:
        given.write.write_text(json.dumps({**told, "rows": counted(outcomes)}) + "\n", encoding="utf-8")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

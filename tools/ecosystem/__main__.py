"""Checks every repository of a folder and compares what is found with what was accepted.

    python -m tools.ecosystem FOLDER SNAPSHOT [--accept] [--only PART] [--seconds 60] [--megabytes 900]

A crash, an internal error, a finding that came or went since the snapshot was accepted, and a run beyond its seconds
(of a processor) or megabytes fail it. The snapshot holds commits, files, lines and codes, and no text of a repository.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tools.ecosystem.measure import Run, checked, commit_of


class Accepted(msgspec.Struct, frozen=True):
    """What was found in one repository when somebody last looked."""

    commit: str
    findings: tuple[str, ...]
    """``agents/desk.py:12:5 LKA101``, sorted."""


class Budget(msgspec.Struct, frozen=True):
    seconds: float
    megabytes: float


def wrong(run: Run, commit: str, accepted: Accepted | None, budget: Budget) -> Iterator[str]:
    """What of a run fails: a line each."""
    if run.crash:
        yield f"crash: {run.crash}"
    if run.seconds > budget.seconds:
        yield f"time: {run.seconds:.1f} s, {budget.seconds:g} are allowed"
    if run.megabytes > budget.megabytes:
        yield f"memory: {run.megabytes:.0f} MB, {budget.megabytes:g} are allowed"
    if run.crash:
        return
    if accepted is None:
        yield f"not accepted yet: {len(run.findings)} findings"
    elif accepted.commit != commit:
        yield f"another commit: {commit[:12]} instead of {accepted.commit[:12]}"
    else:
        yield from (f"came: {each}" for each in run.findings if each not in accepted.findings)
        yield from (f"went: {each}" for each in accepted.findings if each not in run.findings)


def read(path: Path) -> dict[str, Accepted]:
    """A snapshot; an empty one where there is no file yet."""
    if not path.exists():
        return {}
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Accepted])


def write(path: Path, accepted: Mapping[str, Accepted]) -> None:
    """Write a snapshot, one line a finding, so that a difference can be read."""
    plain = {name: msgspec.to_builtins(accepted[name]) for name in sorted(accepted)}
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", errors="surrogateescape")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("--accept", action="store_true", help="write what is found into the snapshot")
    parser.add_argument("--only", default="", help="repositories whose names hold this")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--megabytes", type=float, default=900)
    given = parser.parse_args()
    snapshot, budget = read(given.snapshot), Budget(given.seconds, given.megabytes)
    failures = seen = 0
    for entry in sorted(os.scandir(given.folder), key=lambda each: each.name):
        if not entry.is_dir() or given.only not in entry.name:
            continue
        seen += 1
        run, commit = checked(Path(entry.path), given.seconds), commit_of(Path(entry.path))
        found = list(wrong(run, commit, snapshot.get(entry.name), budget))
        if given.accept and not run.crash:
            found = [each for each in found if each.startswith(("time", "memory"))]
            snapshot[entry.name] = Accepted(commit, run.findings)
        for each in found:
            print(f"{entry.name}: {each}", flush=True)
        failures += len(found)
        print(f"{entry.name}: {len(run.findings)} findings, {run.seconds:.1f} s, {run.megabytes:.0f} MB", flush=True)
    if given.accept:
        write(given.snapshot, snapshot)
    print(f"{seen} repositories, {failures} failures")
    sys.exit(1 if failures or not seen else 0)


if __name__ == "__main__":
    main()

"""Runs the linter over generated input: no case may raise, go on for ever, or make a report that a format cannot show.

    python -m tools.fuzz [--cases 20000] [--seed 1] [--only NUMBER] [--keep DIRECTORY] [--write FILE]

A case is told by its seed and number; ``--only`` runs one again, ``--keep`` writes the data of those that fail,
``--write`` the counts for the page on reliability. Programs by Python's grammar need the extra ``fuzz``.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from lkagent_lint import engine
from lkagent_lint.config import ConfigError
from lkagent_lint.formats import REPORTS
from lkagent_lint.reporters import render
from tools.fuzz.making import Case, case, seeds
from tools.hostile.inputs import AGENT

_SECONDS = 60
"""A case that takes longer hangs; the slowest one that is known takes one."""


def failure(given: Case, root: Path) -> str | None:
    """What is wrong with what is said of a case; None where nothing is."""
    overlays = {str(root / "agent.py"): AGENT.encode(), str(root / given.name): given.data}
    overlays.setdefault(str(root / "pyproject.toml"), b"[tool.lkagent-lint]\nroot = true\n")
    request = engine.Request(paths=(str(root),), overlays=overlays, jobs=1)
    try:
        report = engine.check(request)
        if report.internal_errors:
            return next(each.message for each in report.diagnostics if each.code == "LKA000")
        for row in REPORTS:
            shown = render(
                row.name, report, lambda path: overlays.get(path, b"").decode("utf-8", "replace"), str(root), False
            )
            shown.encode("utf-8")
    except ConfigError:
        return None if given.name == "pyproject.toml" else "settings that cannot be used"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return None


def run(cases: range, seed: int, keep: Path | None, written: Path | None = None) -> int:
    """Run some cases; how many failed."""
    files = seeds()
    counts: Counter[str] = Counter()
    failed = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve()
        for number in cases:
            given = case(seed, number, files)
            faulthandler.dump_traceback_later(_SECONDS, exit=True)
            wrong = failure(given, root)
            faulthandler.cancel_dump_traceback_later()
            counts[given.kind] += 1
            if wrong is not None:
                failed += 1
                print(f"{seed}:{number} {given.kind} {given.name}: {wrong[:300]}", flush=True)
                if keep is not None:
                    (keep / f"{seed}-{number}-{given.name}").write_bytes(given.data)
    shown = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    print(f"{sum(counts.values())} cases ({shown}) in {time.monotonic() - began:.0f} s: {failed} failed")
    if written is not None:
        told = {"seed": seed, "cases": dict(sorted(counts.items())), "failed": failed}
        written.write_text(json.dumps({"fuzz": told}) + "\n")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    if given.keep is not None:
        os.makedirs(given.keep, exist_ok=True)
    cases = range(given.cases) if given.only is None else range(given.only, given.only + 1)
    sys.exit(1 if run(cases, given.seed, given.keep, given.write) else 0)


if __name__ == "__main__":
    main()

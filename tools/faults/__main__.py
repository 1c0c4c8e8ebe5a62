"""Makes things go wrong while the command runs: none of it may print a traceback, leave anything, or change a report.

    python -m tools.faults [--only KIND] [--times N] [--files 10] [--seed 1] [--write FILE]

Each kind is tried as often as the table of trials says; ``--write`` keeps the counts for the page on reliability.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

from tools.faults.scene import Scene
from tools.faults.trials import TRIALS


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=TRIALS, action="append")
    parser.add_argument("--times", type=int)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    failures, counts = 0, {}
    with tempfile.TemporaryDirectory() as directory:
        scene = Scene(Path(directory).resolve(), given.files)
        for kind in given.only or TRIALS:
            trial, times = TRIALS[kind]
            count = given.times or times
            began = time.monotonic()
            found = list(trial(scene, count, random.Random(f"{given.seed}:{kind}")))
            for each in found:
                print(f"{kind}: {each}", flush=True)
            failures += len(found)
            counts[kind] = {"tried": count, "failed": len(found)}
            print(f"{kind}: {count} tried, {len(found)} failed, {time.monotonic() - began:.0f} s", flush=True)
    if given.write is not None:
        python = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}"
        text = json.dumps({"on": python, "faults": counts}, indent=2)
        given.write.write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

"""Runs atheris over what reads bytes before any parser does.

    python -m tools.fuzz.scanners [--runs 100000] [--seed 1] [--write FILE]

atheris is led by which lines a text makes run; it is installed by hand (``pip install atheris``), for some systems
have no release of it. A scanner may refuse a text by what it gives back, or by its own error, and by nothing else.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _scanners() -> list[Callable[[bytes], object]]:
    from lkagent_lint import suppressions
    from lkagent_lint.config import positions, toml
    from lkagent_lint.frontends import text
    from lkagent_lint.sources import prefilter, reading

    def settings(data: bytes) -> None:
        try:
            toml.parse_toml(data)
        except (toml.TomlError, UnicodeDecodeError):
            return
        positions.find(data.decode("utf-8-sig"))

    return [
        reading.decode,
        reading.decode_loosely,
        settings,
        lambda data: suppressions.comments_of("agent.py", data),
        lambda data: suppressions.comments_of("agent.ts", data),
        lambda data: suppressions.read_suppressions("agent.py", data, {"LKA106": "unawaited-lifecycle-call"}),
        prefilter.mentions_sdk,
        prefilter.may_ask,
        lambda data: text.extract(data, "d.yaml"),
        lambda data: text.extract(data, "d.json"),
        lambda data: text.extract(data, "d.sh"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["lkagent_lint"]):
        scanners = _scanners()
    done = 0

    def one(data: bytes) -> None:
        nonlocal done
        if data:
            scanners[data[0] % len(scanners)](data[1:])
        done += 1
        if done == given.runs:
            if given.write is not None:
                given.write.write_text(json.dumps({"scanners": {"runs": done, "failed": 0}}))
            print(f"{done} runs, none failed", flush=True)
            os._exit(0)  # libFuzzer goes on by itself

    atheris.Setup([sys.argv[0], f"-seed={given.seed}", "-max_len=400"], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

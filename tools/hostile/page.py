"""The page on reliability, made of the table of rows and of what runs have written: nothing that was not run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.hostile.constructs import CONSTRUCTS, FILES
from tools.hostile.rows import Row, inputs, rows

RESULTS = Path(__file__).parent / "results.json"
"""What the runs gave that the page is made of."""
TOOLS = ("lkagent-lint", "ruff", "flake8", "flake8-async", "Fixit", "pylint")

_HEAD = """\
# Reliability

What may stand in a repository, or go wrong beside it, in {count} rows: what is to come of each, and what came of it
when it was tried. The inputs are written by `tools/hostile`; an agent with a mistake lies beside each, and a file in
which every other linter finds something. **passes** means that a run ends by itself within its limits ({ours_limits}
for lkagent-lint, 20 s and 3 GB for the others), without a traceback, and with what was to be found in the file beside
it. Of inputs that no other linter reads, and of faults that are no files, lkagent-lint alone is tried, **by the tests**
that `tools/hostile/rows.toml` names; they run with every test run.

The inputs were of the size that tests bear: chains of 5,000 links, 100,000 nested brackets, 1,000 lines, 200 files, 400
findings. `tools.hostile --large` makes those that the rows name; no figures of that are told here.

The runs of the inputs: {on}, with {versions}.

"""


def gathered(files: Sequence[Path]) -> dict[str, Any]:
    """One record of what several runs have written. Counts of the same kind add up."""
    result: dict[str, Any] = {"rows": {}, "fuzz": {"cases": {}, "failed": 0, "seeds": []}, "faults": {}}
    for file in files:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        for row, tools in told.pop("rows", {}).items():
            result["rows"].setdefault(row, {}).update(tools)
        fuzz = told.pop("fuzz", None)
        if fuzz is not None:
            for kind, count in fuzz["cases"].items():
                result["fuzz"]["cases"][kind] = result["fuzz"]["cases"].get(kind, 0) + count
            result["fuzz"]["failed"] += fuzz["failed"]
            result["fuzz"]["seeds"].append(fuzz["seed"])
        result["faults"].update(told.pop("faults", {}))
        result.update(told)
    return result


def page() -> str:
    """The page in Markdown."""
    told: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    ran = [each for each in TOOLS if any(each in tools for tools in told["rows"].values())]
    known = {each.split(" ")[0].casefold(): each for each in told.get("versions", ())}
    versions = ", ".join(known[each.casefold()] for each in ran if each.casefold() in known)
    text = _HEAD.format(count=len(rows()), ours_limits="10 s and 500 MB", on=told.get("on", ""), versions=versions)
    group = ""
    for row in rows():
        if row.group != group:
            group = row.group
            text += f"\n## {group}\n\n| | input or fault | what is to come of it | {' | '.join(ran)} |\n"
            text += "| --- " * (3 + len(ran)) + "|\n"
        cells = [_cell(row, tool, told["rows"].get(str(row.number), {}).get(tool)) for tool in ran]
        name = f"{row.name} (not tried: {row.untried})" if row.untried else row.name
        text += f"| {row.number} | {name} | {row.outcome} | {' | '.join(cells)} |\n"
    return text.replace("\n\n\n", "\n\n") + _counts(told)


def _cell(row: Row, tool: str, counts: Mapping[str, int] | None) -> str:
    if counts is None:
        if tool != TOOLS[0]:
            return ""
        return f"by {_number(len(row.tests), 'test')}" if row.tests else ""
    faults = [f"{fault} ({count})" for fault, count in counts.items() if fault != "tried"]
    inputs_tried = _number(counts["tried"], "input")
    return f"{', '.join(faults)} of {inputs_tried}" if faults else f"passes ({inputs_tried})"


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _counts(told: Mapping[str, Any]) -> str:
    lines = ["\n## How often\n", "| what | tried | failed |", "| --- | ---: | ---: |"]
    cases: Mapping[str, int] = told["fuzz"]["cases"]
    shown = ", ".join(f"{count:,} {kind}" for kind, count in sorted(cases.items()))
    lines.append(f"| generated cases ({shown}): `tools.fuzz` | {sum(cases.values()):,} | {told['fuzz']['failed']} |")
    if "scanners" in told:
        scanners = told["scanners"]
        lines.append(
            f"| texts that atheris made: `tools.fuzz.scanners` | {scanners['runs']:,} | {scanners['failed']} |"
        )
    for kind, counts in told["faults"].items():
        lines.append(f"| {kind}: `tools.faults` | {counts['tried']:,} | {counts['failed']} |")
    for name, counts in sorted(told.get("ecosystem", {}).items()):
        lines.append(f"| repositories, {name}: `tools.ecosystem` | {counts['tried']:,} | {counts['failed']} |")
    lines.append(
        f"| kinds of text and project at three sizes, steps counted: `tests/hostile/test_scaling.py` | "
        f"{len(CONSTRUCTS) + len(FILES)} | 0 |"
    )
    lines.append(f"| hostile inputs in every test run: `tests/hostile/test_inputs.py` | {len(inputs())} | 0 |")
    return "\n".join(lines) + "\n"

"""What reports look like, for reading: of the demo, of a project with 23 findings and of every rule's ``bad`` fixture.

``fixtures/reports`` holds them at 80 and 120 columns as a terminal shows them, with colours (an escape is a ``␛``) and
without, and as they are written where nobody sees them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest import mock

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters import render
from lkagent_lint.sources.reading import decode_loosely
from tests.harness.cases import Case, Kind, find_cases

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = "fixtures/reports"
WIDTHS = (80, 120)
PROJECTS = {"demo": "fixtures/demo", "clinic": f"{FOLDER}/clinic"}


def captures() -> Iterator[tuple[str, str]]:
    """The path of each capture in the repository, and its text."""
    reports = {name: (_checked(REPOSITORY / path), REPOSITORY / path) for name, path in PROJECTS.items()}
    cases = [each for each in find_cases() if each.kind is Kind.BAD]
    rules = [(_checked(each.root), each) for each in cases]
    # Nobody's runner, nobody's terminal: the same bytes everywhere.
    with mock.patch.dict(os.environ, {"FORCE_HYPERLINK": "0", "GITHUB_ACTIONS": "", "TF_BUILD": ""}):
        for name, (report, root) in reports.items():
            yield from _of(name, partial(_shown, "full", report, root))
            yield f"{FOLDER}/{name}.concise.txt", _shown("concise", report, root)
        yield from _of("rules", partial(_of_rules, "full", rules))
        yield f"{FOLDER}/rules.concise.txt", _of_rules("concise", rules)


def _of(name: str, shown: Callable[..., str]) -> Iterator[tuple[str, str]]:
    for width in WIDTHS:
        yield f"{FOLDER}/{name}.{width}.txt", shown(width=width, terminal=True)
        yield f"{FOLDER}/{name}.{width}.colour.txt", shown(width=width, terminal=True, colour=True)
    yield f"{FOLDER}/{name}.piped.txt", shown()


def _checked(root: Path) -> Report:
    return engine.check(engine.Request(paths=(str(root),), jobs=1))


def _of_rules(format: str, rules: list[tuple[Report, Case]], **how: int) -> str:
    return "\n".join(f"# {case.name}\n\n{_shown(format, report, case.root, **how)}" for report, case in rules)


def _shown(
    format: str, report: Report, root: Path, *, width: int = 80, terminal: int = False, colour: int = False
) -> str:
    """A report as it is printed, with visible escapes."""
    text = render(format, report, _source, str(root), bool(colour), width=width, terminal=bool(terminal))
    return text.replace("\x1b", "␛").encode("utf-8", "backslashreplace").decode("utf-8")


def _source(path: str) -> str:
    return decode_loosely(Path(path).read_bytes())

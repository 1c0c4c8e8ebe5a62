"""Whether what is left out hides something.

The front ends leave out what can do nothing to a job: definitions that hold no word of it, calls of quiet methods, and
whatever a search through a file's text says is not there. Blocks without steps are left out, by them and by the solver,
which runs functions that do little once for many states. A few rules look first whether they have anything to do. All
of that saves time and must change no report. ``python -m tools.complete FOLDER...`` checks each project below these
folders twice, as it is and with nothing left out, and prints what differs.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.facts.flows import Flow
from lkagent_lint.facts.graph import BlockDraft
from lkagent_lint.frontends import text
from lkagent_lint.frontends.javascript import drafts as javascript_drafts
from lkagent_lint.frontends.python import drafts as python_drafts
from lkagent_lint.frontends.python import expressions, parse, reading
from lkagent_lint.frontends.python.inert import NONE_INERT, Inert
from lkagent_lint.rules import lka405_blocking_call, lka406_unknown_method, lka411_nested_event_loop
from lkagent_lint.typestate import quiet, solver
from lkagent_lint.typestate.code import Code, code_of


def _always(*_: object) -> bool:
    return True


def _never(*_: object) -> bool:
    return False


def _nothing(*_: object) -> Inert:
    return NONE_INERT


def _none(*_: object) -> None:
    return None


def _all(blocks: list[BlockDraft], *_: object) -> dict[int, int]:
    return {number: number for number in range(len(blocks))}


def _whole(flow: Flow, _: object) -> Code:
    return code_of(flow)


class Part(NamedTuple):
    """One thing that decides whether something is left out: a function of a module, and what stands in for it when
    nothing is.
    """

    module: ModuleType
    name: str
    stand_in: Callable[..., object]

    @property
    def original(self) -> Callable[..., object]:
        return _ORIGINALS[self]


PARTS = (
    Part(parse, "find_inert", _nothing),
    Part(expressions, "is_left_out", _never),
    Part(reading, "may_hold", _always),
    Part(text, "may_dispatch", _always),
    Part(python_drafts, "thin", _all),
    Part(javascript_drafts, "thin", _all),
    Part(solver, "thinned", _whole),
    Part(quiet, "kind_of", _none),
    Part(lka405_blocking_call, "_may_block", _always),
    Part(lka406_unknown_method, "_is_promising", _always),
    Part(lka411_nested_event_loop, "_may_nest", _always),
)
_ORIGINALS: dict[Part, Callable[..., object]] = {part: getattr(part.module, part.name) for part in PARTS}


@contextmanager
def replaced(stand_ins: Mapping[Part, object]) -> Generator[None]:
    """Within the block something else stands in for parts, in this process."""
    for part, stand_in in stand_ins.items():
        setattr(part.module, part.name, stand_in)
    try:
        yield
    finally:
        for part in stand_ins:
            setattr(part.module, part.name, part.original)


@contextmanager
def nothing_left_out(*names: str) -> Generator[None]:
    """Within the block nothing is left out, in this process; with names, nothing of what these parts leave out."""
    with replaced({part: part.stand_in for part in PARTS if not names or part.name in names}):
        yield


def check(path: str) -> Counter[str]:
    """What a check of a project finds, all rules on, a line each."""
    report = engine.check(engine.Request(paths=(path,), jobs=1, select=("LKA",), options={"preview": True}))
    return Counter(_line(each, path) for each in report.diagnostics)


def _line(found: Diagnostic, root: str) -> str:
    place = found.place
    return f"{os.path.relpath(place.path, root)}:{place.span.line}:{place.span.column}: {found.code} {found.message}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, help="projects, or with --below folders of projects")
    parser.add_argument("--below", action="store_true", help="each directory in a folder is a project")
    parser.add_argument(
        "--part",
        choices=sorted({part.name for part in PARTS}),
        action="append",
        default=[],
        help="leave in only what this part leaves out",
    )
    given = parser.parse_args(arguments)
    differing = 0
    for project in _projects(given.folders, below=given.below):
        began = time.perf_counter()
        plain = check(str(project))
        between = time.perf_counter()
        with nothing_left_out(*given.part):
            whole = check(str(project))
        times = f"{between - began:.1f} s, {time.perf_counter() - between:.1f} s with nothing left out"
        print(f"{project.name}: {sum(plain.values())} findings, {times}", flush=True)
        for sign, lines in (("-", plain - whole), ("+", whole - plain)):
            for line in sorted(lines.elements()):
                print(f"  {sign} {line}")
        differing += plain != whole
    print(f"{differing} projects differ")
    return 1 if differing else 0


def _projects(folders: Sequence[Path], *, below: bool) -> list[Path]:
    if not below:
        return [each.resolve() for each in folders]
    return [each.resolve() for folder in folders for each in sorted(folder.iterdir()) if each.is_dir()]


if __name__ == "__main__":
    sys.exit(main())

"""Twice the input takes about twice the steps: for each construct that is read, texts of n, 2n and 4n of it.

The steps are the calls of functions that the interpreter itself counts, so that they are the same on every machine.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

import pytest

from lkagent_lint import engine
from lkagent_lint.typestate.states import MAX_ALIKE
from tools.hostile.constructs import CONSTRUCTS, FILES
from tools.hostile.inputs import AGENT, PROJECT

_SIZE = 40
_SIZES = {"entries": 240, "comprehension clauses": 240, "workers": 12, "findings": 20}
"""What is looked at more closely where it is long is long each time; what takes many steps is short."""


def _steps(root: Path, files: Mapping[str, str]) -> int:
    overlays = {"pyproject.toml": PROJECT, "agent.py": AGENT, **files}
    request = engine.Request(
        paths=(str(root),), overlays={str(root / each): data.encode() for each, data in overlays.items()}, jobs=1
    )
    calls = [0]

    def count(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" or event == "c_call":
            calls[0] += 1

    threading.setprofile(count)
    try:
        engine.check(request)
    finally:
        threading.setprofile(None)
    return calls[0]


_traced = pytest.mark.skipif(sys.gettrace() is not None, reason="what traces the tests is counted too")


def _follows_the_size(root: Path, make: Callable[[int], Mapping[str, str]], size: int) -> bool:
    """What four times as many add, beside what twice as many add: 2 where the steps follow the size, 4 where its
    square."""
    _steps(root, make(size))  # what is done once in a process
    once, twice, often = (_steps(root, make(each)) for each in (size, 2 * size, 4 * size))
    return often - twice <= 2.6 * (twice - once) + 400


@_traced
@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct(name: str, tmp_path: Path) -> None:
    make = CONSTRUCTS[name]
    assert _follows_the_size(tmp_path.resolve(), lambda n: dict([make(n)]), _SIZES.get(name, _SIZE))


@_traced
@pytest.mark.parametrize("name", FILES)
def test_files(name: str, tmp_path: Path) -> None:
    assert _follows_the_size(tmp_path.resolve(), FILES[name], 8)


@pytest.mark.parametrize("places", [20, 60])
def test_what_is_followed_in_part_is_said(places: int, tmp_path: Path) -> None:
    """So many places may have joined the room first that only the first ones are followed."""
    name, text = CONSTRUCTS["ifs"](places)
    root = tmp_path.resolve()
    (root / "pyproject.toml").write_text(PROJECT)
    (root / name).write_text(text)
    report = engine.check(engine.Request(paths=(str(root),), jobs=1))
    notes = [note for note in report.notes if "places of this job" in note.message]
    assert [note.where for note in notes] == ([str(root / name)] if places > MAX_ALIKE else [])
    assert not report.summary.too_large

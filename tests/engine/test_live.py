"""A check that goes on says after every edit what a check from nothing says."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint.engine import Request, check, live_check
from lkagent_lint.extraction import one
from lkagent_lint.project.evaluate import Evaluator
from tools.bench.synthetic import build


def test_unsaved_text_counts_until_it_is_taken_back(tmp_path: Path) -> None:
    root = build(tmp_path / "project", 3)
    desk = root / "agents" / "desk_1.py"
    going_on = live_check(Request(paths=(str(root),)))
    before = going_on.check()
    unsaved = desk.read_bytes().replace(b'logger.info("a call comes in")', b"await ctx.connect()")
    going_on.overlay(str(desk), unsaved)
    edited = going_on.check()
    assert edited == check(Request(paths=(str(root),), overlays={str(desk): unsaved}))
    assert [each.code for each in edited.diagnostics if each not in before.diagnostics] == ["LKA101"]
    going_on.overlay(str(desk), None)
    assert going_on.check() == before


def test_only_what_has_changed_is_read_by_a_front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = build(tmp_path / "project", 3)
    going_on = live_check(Request(paths=(str(root),)))
    going_on.check()
    made: list[bytes] = []
    make = one.make_facts

    def noted(front_end: one.FrontEnd, name: str, data: bytes) -> bytes | one.Failed:
        made.append(data)
        return make(front_end, name, data)

    monkeypatch.setattr(one, "make_facts", noted)
    desk = root / "agents" / "desk_1.py"
    desk.write_bytes(b"# edited\n" + desk.read_bytes())
    going_on.changed([str(desk)])
    edited = going_on.check()
    assert made == [desk.read_bytes()]
    going_on.check()
    assert made == [desk.read_bytes()]
    assert edited == check(Request(paths=(str(root),)))


def test_what_earlier_checks_have_made_is_freed(tmp_path: Path) -> None:
    root = build(tmp_path / "project", 3)
    desk = root / "agents" / "desk_1.py"
    going_on = live_check(Request(paths=(str(root),)))
    made: list[weakref.ref[Evaluator]] = []
    with pytest.MonkeyPatch.context() as patch:
        begin = Evaluator.__init__

        def noted(self: Evaluator, *given: Any) -> None:
            made.append(weakref.ref(self))
            begin(self, *given)

        patch.setattr(Evaluator, "__init__", noted)
        for number in range(3):
            going_on.overlay(str(desk), b"# %d\n" % number + desk.read_bytes())
            going_on.check()
    gc.collect()
    assert len(made) >= 3
    assert not any(part() for part in made[:-1])

"""``engine.inspect``: everything that is found, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

from lkagent_lint import engine
from lkagent_lint.engine.inspection import Fate, Gate, Inspection
from tests.engine.test_check import EARLY, write


def inspect(path: Path, code: str | None = None, **options: object) -> Inspection:
    return engine.inspect(engine.Request(paths=(str(path),), **options), code)  # type: ignore[arg-type]


def fates(found: Inspection, code: str = "LKA101") -> list[tuple[str, Fate]]:
    return [(Path(each.diagnostic.place.path).name, each.fate) for each in found.found if each.diagnostic.code == code]


def test_every_finding_has_a_fate(tmp_path: Path) -> None:
    hidden = EARLY.replace("await ctx.connect()", "await ctx.connect()  # noqa: LKA101")
    write(tmp_path, a_py=EARLY, b_py=hidden, c__d_py=EARLY)
    found = inspect(tmp_path)
    assert fates(found) == [("a.py", Fate.SHOWN), ("b.py", Fate.HIDDEN), ("d.py", Fate.SHOWN)]
    assert found.shown == engine.check(engine.Request(paths=(str(tmp_path),))).diagnostics
    assert fates(inspect(tmp_path / "a.py")) == [
        ("a.py", Fate.SHOWN),
        ("b.py", Fate.HIDDEN),
        ("d.py", Fate.ELSEWHERE),
    ]
    assert fates(inspect(tmp_path, changed=frozenset({str(tmp_path / "a.py")})))[2] == ("d.py", Fate.UNCHANGED)


def test_a_rule_that_is_off_is_run_where_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY)
    off = inspect(tmp_path / "a.py", "LKA101", ignore=("LKA1",))
    assert fates(off) == [("a.py", Fate.OFF)]
    assert off.shown == ()
    assert off.rule is not None
    assert off.rule.gate is Gate.OFF
    assert fates(inspect(tmp_path / "a.py", ignore=("LKA1",))) == []


def test_what_keeps_a_rule_from_a_file(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY)

    def gate(**options: object) -> Gate:
        found = inspect(tmp_path / "a.py", "LKA502", **options).rule
        assert found is not None
        return found.gate

    assert gate() is Gate.PREVIEW
    assert gate(options={"preview": True}) is Gate.ON
    assert gate(ignore=("LKA502",)) is Gate.OFF

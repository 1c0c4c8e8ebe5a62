"""A short run of the fuzzer: every kind of case, none of which may raise or make a report that a format cannot show."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from tools.fuzz.__main__ import failure
from tools.fuzz.making import KINDS, SLOW, case, seeds

FILES = seeds()


_NUMBERS = [number for number in range(2 * len(KINDS)) if list(KINDS)[number % len(KINDS)] not in SLOW]


@pytest.mark.parametrize("number", _NUMBERS)
def test_a_case(number: int, tmp_path: Path) -> None:
    assert failure(case(1, number, FILES), tmp_path.resolve()) is None


def test_a_case_follows_from_its_number() -> None:
    assert [case(3, number, FILES) for number in _NUMBERS] == [case(3, number, FILES) for number in _NUMBERS]
    assert case(3, 0, FILES) != case(4, 0, FILES)


def test_what_raises_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(request: engine.Request) -> None:
        raise LookupError("no such thing")

    monkeypatch.setattr(engine, "check", check)
    assert failure(case(1, 0, FILES), tmp_path.resolve()) == "LookupError: no such thing"

"""What the front ends leave out, and what is searched for first, hides nothing that looking at everything finds."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.harness import cases, runs
from tests.harness.cases import Case
from tools.complete import PARTS, Part, nothing_left_out, replaced

CASES = cases.find_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_fixture_says_the_same_with_nothing_left_out(case: Case) -> None:
    with nothing_left_out():
        whole = runs.plain(case.root)
    assert whole == runs.plain(case.root)


@pytest.fixture(scope="module")
def left_out() -> Counter[Part]:
    """How often each part left something out of the fixtures."""
    found = Counter[Part]()

    def watched(part: Part) -> object:
        def look(*given: object) -> object:
            answer = part.original(*given)
            found[part] += answer != part.stand_in(*given)
            return answer

        return look

    with replaced({part: watched(part) for part in PARTS}):
        for case in CASES:
            runs.plain(case.root)
    return found


@pytest.mark.parametrize("part", PARTS, ids=[part.name for part in PARTS])
def test_each_part_leaves_something_out(part: Part, left_out: Counter[Part]) -> None:
    """Or nothing would be tried above."""
    assert left_out[part]

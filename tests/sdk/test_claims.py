"""Every claim that is tried is one that its rule makes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from lkagent_lint.rules import all_rules
from tests.sdk.harness import CLAIMS, Claim, stands_in_rule

for _module in sorted(Path(__file__).parent.glob("test_*.py")):
    import_module(f"tests.sdk.{_module.stem}")


@pytest.mark.parametrize("said", CLAIMS, ids=lambda each: f"{each.code}-{each.test}")
def test_the_rule_says_what_is_tried(said: Claim) -> None:
    assert said.code in all_rules()
    assert stands_in_rule(said), f"{said.code} does not say: {said.quote}"


def test_there_are_claims() -> None:
    assert len({each.test for each in CLAIMS}) >= 20

"""What surely runs in a flow, and what before what."""

from __future__ import annotations

import textwrap

import pytest

from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.paths import surely_before, surely_runs
from lkagent_lint.facts.values import Name
from lkagent_lint.frontends.python import extract


def _module(source: str) -> Flow:
    return extract(textwrap.dedent(source).encode()).flows[MODULE]


def _call(flow: Flow, name: str) -> int:
    (number,) = (number for number, call in enumerate(flow.calls) if call.target == Name(name))
    return number


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("here()", True),
        ("with a() as b:\n    here()", True),
        ("try:\n    here()\nexcept OSError:\n    b()", True),
        ("while True:\n    here()", True),
        ("for x in y:\n    pass\nhere()", True),
        ("if x:\n    a()\nhere()", True),
        ("if x:\n    here()", False),
        ("if x:\n    a()\nelse:\n    here()", False),
        ("for x in y:\n    here()", False),
        ("x and here()", False),
        ("try:\n    a()\nexcept OSError:\n    here()", False),
        ("if x:\n    raise SystemExit\nhere()", False),
        ("import sys\nif x:\n    sys.exit(1)\nhere()", False),
        ("if x:\n    exit()\nhere()", False),
        ("match x:\n    case 1:\n        here()\n    case _:\n        a()", False),
    ],
)
def test_what_surely_runs(source: str, runs: bool) -> None:
    flow = _module(source)
    assert surely_runs(flow, _call(flow, "here")) is runs


@pytest.mark.parametrize(
    ("source", "before"),
    [
        ("one()\ntwo()", True),
        ("one()\nif x:\n    two()", True),
        ("try:\n    one()\nfinally:\n    a()\ntwo()", True),
        ("two()\none()", False),
        ("if x:\n    one()\ntwo()", False),
        ("if x:\n    one()\nelse:\n    two()", False),
        ("for x in y:\n    one()\ntwo()", False),
        ("for x in y:\n    two()\n    one()", False),
    ],
)
def test_what_surely_runs_before_what(source: str, before: bool) -> None:
    flow = _module(source)
    assert surely_before(flow, _call(flow, "one"), _call(flow, "two")) is before

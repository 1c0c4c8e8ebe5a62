"""What surely runs in a flow, and what before what."""

from __future__ import annotations

import textwrap

import pytest

from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.paths import can_end, leads_to, surely_before, surely_runs
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
        ("try:\n    a()\nfinally:\n    here()", True),
        ("def f():\n    pass\ntry:\n    if x:\n        a()\nfinally:\n    b()\nhere()", True),
        ("for x in y:\n    try:\n        if x:\n            break\n    finally:\n        a()\nhere()", True),
        ("for x in y:\n    try:\n        if x:\n            break\n    finally:\n        here()", False),
        ("while True:\n    if x:\n        a()\n    here()", True),
        ("while True:\n    if x:\n        here()\n    a()", False),
        ("if x:\n    a()\n    exit()\nb()\nhere()", False),
        ("here()\nif x:\n    exit()\nb()", True),
        ("exit()\nhere()", False),
    ],
)
def test_what_surely_runs(source: str, runs: bool) -> None:
    flow = _module(source)
    copies = [number for number, call in enumerate(flow.calls) if call.target == Name("here")]
    assert any(surely_runs(flow, each) for each in copies) is runs


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


@pytest.mark.parametrize(
    ("source", "leads"),
    [
        ("first()\nsecond()", True),
        ("if x:\n    first()\nsecond()", True),
        ("for x in y:\n    second()\n    first()", True),
        ("if x:\n    first()\nelse:\n    second()", False),
        ("second()\nif x:\n    first()", False),
        ("while True:\n    first()\nsecond()", False),
    ],
)
def test_a_path_leads_from_one_call_to_another(source: str, leads: bool) -> None:
    flow = _module(source)
    assert leads_to(flow, _call(flow, "first"), _call(flow, "second")) is leads


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("return a()", True),
        ("if x:\n        raise OSError\n    a()", True),
        ("raise NotImplementedError", False),
        ("while True:\n        a()", False),
    ],
)
def test_a_function_comes_to_its_end(body: str, ends: bool) -> None:
    facts = extract(f"async def f(x):\n    await c.connect()\n    {body}\n".encode())
    assert can_end(facts.flows["f"]) is ends

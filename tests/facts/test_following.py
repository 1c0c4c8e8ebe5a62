"""Following expressions: what they are made of, what a call is given, what is written out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.following import argument, given_to, made_from, number_of, parts_of, walk
from lkagent_lint.frontends.python import extract

PACKAGE = Path(__file__).resolve().parents[2] / "lkagent_lint"
NO_PARTS: dict[Any, tuple[str, ...]] = {v.Typed: ("annotation",), v.Elsewhere: ("value",)}
"""Fields that hold expressions of which a value is not made: a type, and what stands in another function."""


def facts_of(source: str) -> FileFacts:
    return extract(source.encode())


@pytest.mark.parametrize("kind", get_args(v.Expr), ids=lambda kind: kind.__name__)
def test_every_expression_that_another_holds_is_a_part_of_it(kind: type[v.Expr]) -> None:
    given: dict[str, object] = {}
    held: list[v.Expr] = []
    for number, field in enumerate(msgspec.structs.fields(kind)):
        inner = v.Name(f"part{number}")
        if field.name == "entries":
            given[field.name] = (("key", inner),)
        elif get_args(field.type)[-1:] == (...,):
            given[field.name] = (inner,)
        elif field.type in (str, int):
            given[field.name] = field.type()
            continue
        else:
            given[field.name] = inner
        if field.name not in NO_PARTS.get(kind, ()):
            held.append(inner)
    made: Any = kind
    made = made(**given)
    assert sorted(map(repr, parts_of(made))) == sorted(map(repr, held))


def test_walk_gives_the_outer_before_the_inner() -> None:
    inner = v.Attribute(v.Name("a"), "b")
    assert list(walk(v.Items((inner, v.NONE)))) == [v.Items((inner, v.NONE)), inner, v.Name("a"), v.NONE]


def test_everything_that_a_call_is_given() -> None:
    (call,) = facts_of("connect(a, *b, c=d, **e)").flows[MODULE].calls
    assert given_to(call) == (v.Name("a"), v.Spread(v.Name("b")), v.Name("d"), v.Name("e"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("connect(a, b)", v.Name("b")),
        ("connect(a, wanted=b)", v.Name("b")),
        ("connect(a)", None),
        ("connect(*a)", v.OPAQUE),
        ("connect(*a, wanted=b)", v.Name("b")),
        ("connect(a, b, *c)", v.Name("b")),
        ("connect(a, **b)", v.OPAQUE),
    ],
)
def test_an_argument_by_position_or_name(source: str, expected: v.Expr | None) -> None:
    (call,) = facts_of(source).flows[MODULE].calls
    assert argument(call, 1, "wanted") == expected


def test_what_a_value_is_made_from() -> None:
    """Through variables of enclosing functions, calls, and what they are given; and no further."""
    facts = facts_of(
        "def outer(ctx):\n    name = ctx.room\n    def inner():\n        connect(build(name).x)\n        other = 1\n"
    )
    flow = facts.flows["outer.<locals>.inner"]
    call = next(each for each in flow.calls if each.target == v.Name("connect"))
    made = list(made_from(call.args[0], flow, facts))
    assert [(here.name, part) for here, part in made if part == v.Name("ctx")] == [("outer", v.Name("ctx"))]
    assert v.Constant("1") not in [part for _, part in made]


def test_a_value_made_from_itself_ends() -> None:
    facts = facts_of("a = b\nb = a\nconnect(a)\n")
    flow = facts.flows[MODULE]
    assert [part for _, part in made_from(v.Name("a"), flow, facts)] == [v.Name("a"), v.Name("b")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("connect(5)", 5.0),
        ("connect(1_000.5)", 1000.5),
        ("limit = 5\nconnect(limit)", 5.0),
        ("limit: int = 5\nconnect(limit)", 5.0),
        ("limit = 5\nlimit = 6\nconnect(limit)", None),
        ("connect(float('inf'))", float("inf")),
        ("import math\nconnect(math.inf)", float("inf")),
        ("from math import inf\nconnect(inf)", float("inf")),
        ("import math as m\nlimit = m.inf\nconnect(limit)", float("inf")),
        ("connect('5')", None),
        ("connect(limit)", None),
        ("connect(None)", None),
    ],
)
def test_numbers_that_are_written_out(source: str, expected: float | None) -> None:
    facts = facts_of(source)
    call = next(each for each in facts.flows[MODULE].calls if each.target == v.Name("connect"))
    assert number_of(call.args[0], facts, facts.flows[MODULE]) == expected


def test_a_parameter_is_no_number_whatever_is_assigned_to_it() -> None:
    facts = facts_of("def wait(limit):\n    limit = 5\n    connect(limit)\n")
    flow = facts.flows["wait"]
    assert number_of(flow.calls[0].args[0], facts, flow) is None


def test_all_that_a_call_is_given_is_spelled_once() -> None:
    spelled = re.compile(r"\.args, \*\(\w+ for _, \w+ in \w+\.keywords")
    homes = {path.name for path in PACKAGE.rglob("*.py") if spelled.search(path.read_text(encoding="utf-8"))}
    assert homes == {"following.py"}

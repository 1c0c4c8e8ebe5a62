"""What of a place carets mark: what its rule names, as it is written there."""

from __future__ import annotations

import pytest

from lkagent_lint.diagnostics import numbered_argument
from lkagent_lint.reporters.culprits import culprit_span
from lkagent_lint.text import Lines, Place, Span

FIRST, SECOND = numbered_argument(0), numbered_argument(1)


def marked(source: str, *culprit: str, path: str = "/work/agent.py", end: int | None = None) -> str:
    """What is marked of a finding at all of ``source``, or at what comes before ``end``."""
    before = "x = 1; "
    lines = Lines(f"{before}{source}; y = 2\n")
    span = lines.span(len(before), len(before) + (len(source) if end is None else end))
    found = culprit_span(Place(path, span), lines, culprit)
    start, behind = (
        lines.starts[line - 1] + column - 1
        for line, column in ((found.line, found.column), (found.end_line, found.end_column))
    )
    return lines.text[start:behind]


@pytest.mark.parametrize(
    ("source", "culprit", "expected"),
    [
        ("serve(agent_name='desk')", ("desk",), "'desk'"),
        ('serve(agent_name="""desk""")', ("desk",), '"""desk"""'),
        ("serve(agent_name=DESK)", ("desk", "agent_name"), "agent_name"),
        ("serve(agent_name_x=DESK)", ("agent_name",), "serve"),
        ("serve(type=JobType.JT_ROOM)", ("JobType.JT_ROOM",), "JobType.JT_ROOM"),
        ("a.serve(b(1), c=')')", (), "a.serve"),
        ("a.serve(b(1)).go(2)", (), "go"),
        ("super().__init__(a, b=b)", ("b",), "b"),
        ("await a.serve(b(1))", (), "await a.serve"),
        ("a.serve(b(1))", ("c",), "a.serve"),
        ("not_a_call", (), "not_a_call"),
        ("(a, b)", (), "(a, b)"),
        ("a.serve(b", (), "a.serve(b"),
    ],
)
def test_it_is_what_the_rule_names_or_what_is_called(source: str, culprit: tuple[str, ...], expected: str) -> None:
    assert marked(source, *culprit) == expected


def test_comments_do_not_hold_it_and_strings_last() -> None:
    assert marked("serve(  # no name\n    'name it', name='x')", "name") == "name"
    assert marked("serve(  # no name\n    f'/name/{x}')", "name") == "name"
    assert marked("serve(  # no name\n    1)", "name") == "serve"
    assert marked("serve({ // no name\n  /* name: 1, */ name: 2 })", "name", path="/work/agent.ts") == "name"
    assert marked("serve({ // no name\n  /* name: 1 */ })", "name", path="/work/agent.ts") == "serve"


def test_an_argument_is_marked_by_its_number() -> None:
    assert marked("give(save(1, 2), now)", FIRST) == "save(1, 2)"
    assert marked("give([1, 2], {3: 4}['('], ')')", SECOND) == "{3: 4}['(']"
    assert marked("give(  # first\n    'a, b',  # that\n    2)", FIRST) == "'a, b'"
    assert marked("give(a)", SECOND) == "give"
    assert marked("give()", FIRST) == "give"
    assert marked("new Options({ name: 'x' }, y)", FIRST, path="/work/a.ts") == "{ name: 'x' }"


def test_it_is_looked_for_in_the_call_of_which_the_place_is_the_name() -> None:
    source = "new Options({ agent, workerType: 1 })"
    assert marked(source, "workerType", path="/work/a.ts", end=len("new Options")) == "workerType"
    assert marked("serve(a)(name)", "name", end=len("serve")) == "serve"


def test_what_is_no_place_of_the_text_stays() -> None:
    place = Place("/work/a.py", Span(7, 1, 7, 3))
    assert culprit_span(place, Lines("a\n"), ("a",)) == place.span

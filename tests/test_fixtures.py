"""Every fixture says what it must, however the linter is run over it.

Still to come, with what they test: warm runs (the cache), ``--jobs 4`` (the process pool). What fixes make of them is
tested in ``tests/fixes/test_fixed.py``.
"""

from __future__ import annotations

import ast
import shutil
from collections import defaultdict
from functools import cache, partial
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.facts import decode, encode
from lkagent_lint.frontends.python import extract
from lkagent_lint.reporters import render
from lkagent_lint.rules import all_rules, lka000_internal_error, lka002_unused_suppression
from lkagent_lint.sources.reading import Undecodable
from lkagent_lint.sources.reading import decode as decode_text
from lkagent_lint.stack import run_deep
from tests.harness import cases, runs
from tests.harness.cases import Case
from tests.harness.marks import Verb
from tests.harness.runs import Findings

CASES = cases.find_cases()


@pytest.fixture(params=CASES, ids=[case.name for case in CASES])
def case(request: pytest.FixtureRequest) -> Case:
    found = request.param
    assert isinstance(found, Case)
    return found


@cache
def plain(case: Case) -> Findings:
    return runs.plain(case.root)


def test_nothing_lies_beside_the_fixtures() -> None:
    assert list(cases.layout_problems()) == []


# No file can make the linter crash, or that is mended; its tests put in rules that do.
@pytest.mark.parametrize("code", sorted(all_rules().keys() - {lka000_internal_error.META.code}))
def test_every_rule_is_shown_wrong_and_right(code: str) -> None:
    assert {cases.Kind.BAD, cases.Kind.GOOD} <= {case.kind for case in CASES if case.code == code}


def test_the_fixture_is_in_order(case: Case) -> None:
    assert list(case.problems()) == []


def test_the_marks_hold(case: Case) -> None:
    assert cases.judge(case, plain(case)) == []


@pytest.mark.parametrize("way", runs.WAYS)
def test_the_way_of_running_changes_nothing(case: Case, way: str, tmp_path: Path) -> None:
    assert runs.WAYS[way](case.root, tmp_path) == plain(case)


def test_one_rule_alone_says_the_same(case: Case) -> None:
    own = tuple(each for each in plain(case) if each.code == case.code)
    # A suppression is unused only where the rule that it names ran, so that rule has nothing to say alone.
    alone = () if case.code == lka002_unused_suppression.META.code else own
    assert runs.selecting(case.root, case.code) == alone


def test_a_second_run_says_the_same_to_the_byte(case: Case) -> None:
    def report() -> Report:
        return engine.check(engine.Request(paths=(str(case.root),)))

    first, second = report(), report()
    assert first.summary == second.summary
    assert as_json(first, case) == as_json(second, case)


def as_json(report: Report, case: Case) -> str:
    return render("json", report, lambda path: None, str(case.root), False)


def test_a_comment_hides_what_is_expected_on_its_line_and_nothing_else(case: Case) -> None:
    codes = defaultdict[tuple[str, int], set[str]](set)
    for mark in case.marks:
        if mark.verb is Verb.EXPECT and mark.in_comment and can_hold_comments(case, mark.path):
            codes[mark.path, mark.line].add(mark.code)
    for (path, line), hidden in codes.items():
        data = runs.with_noqa((case.root / path).read_bytes(), line, hidden)
        assert runs.with_unsaved(case.root, {path: data}) == tuple(
            each for each in plain(case) if (each.path, each.span.line) != (path, line) or each.code not in hidden
        )


def can_hold_comments(case: Case, path: str) -> bool:
    """Whether a noqa comment can be read in a file: in Python, and not where the finding is that it cannot be read."""
    return path.endswith(".py") and not isinstance(decode_text((case.root / path).read_bytes()), Undecodable)


def test_facts_survive_their_codec(case: Case) -> None:
    for name in case.files:
        if name.endswith(".py"):
            data = (case.root / name).read_bytes()
            facts = run_deep(partial(extract, data))
            encoded = encode(facts)
            assert decode(encoded) == facts
            assert encode(decode(encoded)) == encoded


# All of them at once


@pytest.fixture(scope="module")
def union(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that holds a copy of every case, by its name."""
    top = tmp_path_factory.mktemp("union")
    for each in CASES:
        shutil.copytree(each.root, top / each.name)
    return top


def breaks_flake8(path: Path) -> bool:
    """Up to Python 3.11.3 a NUL is a ValueError, which flake8 passes on to its caller: no file gets a result then."""
    try:
        compile(path.read_bytes(), str(path), "exec", ast.PyCF_ONLY_AST)
    except (SyntaxError, RecursionError, MemoryError):
        return False
    except ValueError:
        return True
    return False


def test_all_at_once_say_what_each_says_alone(union: Path) -> None:
    roots = tuple(str(union / each.name) for each in CASES)
    report = engine.check(engine.Request(paths=roots))
    assert {each.name: runs.findings_of(report, union / each.name) for each in CASES} == {
        each.name: plain(each) for each in CASES
    }


@pytest.mark.parametrize("jobs", ["-j1", "-j8"])
def test_flake8_says_the_same(union: Path, jobs: str) -> None:
    expected = [
        row._replace(path=f"{each.name}/{row.path}")
        for each in CASES
        for row in runs.rows_under_flake8(each.root, plain(each))
    ]
    breaking = [f"--extend-exclude={path}" for path in union.rglob("*.py") if breaks_flake8(path)]
    assert runs.flake8(union, jobs, *breaking, ".") == sorted(expected)

"""The table of hostile inputs and faults: every row is there, and has what shows it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tools.hostile.rows import Row, inputs, rows

TESTS = Path(__file__).resolve().parents[1]
_WITH_INPUTS = {each.row for each in inputs()}


def test_all_rows_are_there() -> None:
    assert [row.number for row in rows()] == list(range(1, 81))


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_bytes())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", rows(), ids=[f"{row.number:02} {row.name}" for row in rows()])
def test_a_row_is_shown(row: Row) -> None:
    assert row.tests or row.number in _WITH_INPUTS
    for each in row.tests:
        file, _, name = each.partition("::")
        assert name in _tests_of(file), each

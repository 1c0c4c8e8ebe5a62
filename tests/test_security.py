"""Each threat that the document names has its tests, and each of those is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
DOCUMENT = TESTS.parent / "docs" / "security.md"
ROWS = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!---|a project)", line)]
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_there_are_threats() -> None:
    assert len(ROWS) > 9


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip()[:40] for row in ROWS])
def test_a_threat_has_its_tests(row: str) -> None:
    named = _TEST.findall(row.split("|")[3])
    assert named
    for file, name in named:
        tree = ast.parse((TESTS / file).read_bytes())
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{name}"

"""The tool that checks a project with nothing left out sees what leaving out hides."""

from __future__ import annotations

import ast

import pytest

from lkagent_lint.frontends.python import parse
from lkagent_lint.frontends.python.inert import Inert
from tests.harness.cases import FIXTURES
from tools import complete

PROJECT = FIXTURES / "LKA101-connect-before-start" / "bad"


def test_nothing_differs_where_nothing_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    assert complete.main([str(PROJECT)]) == 0
    assert "bad: 1 findings" in capsys.readouterr().out


def test_what_is_hidden_is_seen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def hide(text: str, tree: ast.Module, words: frozenset[str]) -> Inert:
        hidden = [each for each in tree.body if isinstance(each, ast.AsyncFunctionDef)]
        return Inert(tuple(each.name for each in hidden), frozenset(map(id, hidden)))

    monkeypatch.setattr(parse, "find_inert", hide)
    assert complete.main([str(PROJECT), "--part", "find_inert"]) == 1
    said = capsys.readouterr().out
    assert "  + agent.py:16:11: LKA101" in said
    assert "1 projects differ" in said

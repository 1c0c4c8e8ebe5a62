"""What a compiler would copy too often is not given to one: ``finally`` bodies within each other."""

from __future__ import annotations

import pytest

from lkagent_lint.facts.file import Problem
from lkagent_lint.frontends.python import parse
from lkagent_lint.stack import run_deep
from tools.bench.growth import nested


@pytest.mark.parametrize(("levels", "is_asked"), [(1, True), (3, True), (14, False), (60, False)])
def test_nested_bodies(levels: int, is_asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise SyntaxError("asked")

    monkeypatch.setattr(parse, "compile", refuse, raising=False)
    found = run_deep(lambda: parse.parse(nested(levels).encode()))
    assert isinstance(found, Problem) == is_asked

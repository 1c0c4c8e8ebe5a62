"""Steps grow with what is checked, and not faster: modules that all hang together, and texts that double."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Summary
from lkagent_lint.project import limits
from tools.bench.growth import TEXTS, modules


def _seen(project: Path) -> Summary:
    """What a check with all rules sees."""
    request = engine.Request(paths=(str(project),), jobs=1, select=("LKA",), options={"preview": True})
    return engine.check(request).summary


@pytest.mark.parametrize("language", ["python", "typescript"])
def test_modules_that_hang_together(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question may take 50,000 steps; with less, what holds of 1,500 modules is seen with few."""
    monkeypatch.setattr(limits, "MAX_STEPS", 500)
    seen = [_seen(modules(tmp_path / str(count), count, language)) for count in (30, 60, 120)]
    assert [(each.jobs, each.too_large) for each in seen] == [(3, ())] * 3
    once, twice, often = (each.steps for each in seen)
    assert twice <= 2.3 * once
    assert often <= 2.3 * twice


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_texts_that_double(text: Callable[[int], str], tmp_path: Path) -> None:
    steps: list[int] = []
    for size in (16, 32, 64):
        project = tmp_path / str(size)
        project.mkdir()
        (project / "agent.py").write_text(text(size))
        steps.append(_seen(project).steps)
    once, twice, often = steps
    assert twice <= 3 * once
    assert often <= 3 * twice

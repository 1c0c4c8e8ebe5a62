"""Equal parts of facts become one object, and nothing else becomes of them."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import pytest

from lkagent_lint import engine, extraction
from lkagent_lint.extraction.one import make_facts
from lkagent_lint.facts import FileFacts, decode
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.sharing import Sharing
from lkagent_lint.facts.values import Attribute, Expr, Name
from lkagent_lint.stack import run_deep
from lkagent_lint.text import START_OF_FILE
from tools.bench.synthetic import build

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"


def _made(paths: list[Path]) -> list[bytes]:
    def run() -> list[bytes]:
        made = [make_facts("python", "", path.read_bytes()) for path in paths]
        return [each for each in made if isinstance(each, bytes)]

    return run_deep(run)


def _shared(made: list[bytes]) -> list[FileFacts]:
    sharing = Sharing()
    found = [decode(each) for each in made]
    for facts in found:
        sharing.share(facts)
    return found


def test_shared_facts_are_those_that_were_read() -> None:
    made = _made(sorted(FIXTURES.glob("LKA1*/*/**/*.py"))[:150])
    assert len(made) > 100
    assert _shared(made) == [decode(each) for each in made]


def test_equal_parts_are_one_object_and_places_are_kept() -> None:
    [first, second] = _shared(_made([FIXTURES / "LKA101-connect-before-start/bad/agent.py"] * 2))
    entry, again = first.flows["entry"], second.flows["entry"]
    assert entry is not again
    assert entry.calls[0] is not again.calls[0]
    assert entry.name is again.name
    assert all(one.target is other.target for one, other in zip(entry.calls, again.calls, strict=True))
    assert all(one is other for one, other in zip(entry.blocks, again.blocks, strict=True) if not one.steps)


def test_what_nests_too_deep_to_be_walked_stays_as_it_is() -> None:
    nested: Expr = Name("a")
    for _ in range(5_000):
        nested = Attribute(nested, "b")
    facts = FileFacts(flows={MODULE: Flow(name=MODULE, span=START_OF_FILE, returns=(nested,))})
    Sharing().share(facts)
    assert facts.flows[MODULE].returns[0] is nested


def test_facts_of_many_files_take_less_than_half_of_the_memory(tmp_path: Path) -> None:
    build(tmp_path / "project", 40)
    made = _made(sorted((tmp_path / "project").rglob("*.py")))

    def taken(found: object) -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        apart = taken(kept := [decode(each) for each in made])
        del kept
        before = taken(None)
        together = taken(_shared(made)) - before
    finally:
        tracemalloc.stop()
    assert together * 2 < apart


def test_the_report_is_the_same_with_sharing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = build(tmp_path / "project", 30)
    apart = engine.check(engine.Request(paths=(str(project),)))
    monkeypatch.setattr(extraction, "_MANY_BYTES", 0)
    assert engine.check(engine.Request(paths=(str(project),))) == apart
    assert apart.diagnostics

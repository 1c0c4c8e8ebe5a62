"""The example of docs/architecture.md is what the program does: each of its texts is made anew and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import all_rules
from lkagent_lint.stack import run_deep
from lkagent_lint.typestate.solver import Reached
from tests.harness.drawing import drawn
from tests.typestate.solving import ROOT, project_of

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
HEADING = "## An example, from a file to a finding"
AGENT = f"{ROOT}/agent.py"


def _section() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    return text.partition(f"{HEADING}\n")[2].partition("\n## ")[0]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", _section(), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def subject() -> Subject:
    (code,) = _blocks("python")
    return Subject(project_of({"agent.py": code}))


def test_these_are_its_facts(subject: Subject) -> None:
    assert f"{drawn(subject.project.files[AGENT])}\n" == _blocks("text")[0]


def test_this_is_its_job(subject: Subject) -> None:
    assert list(_jobs(subject.project)) == _blocks("text")[1].splitlines()


def _jobs(project: Project) -> Iterator[str]:
    for job in project.jobs:
        held = ", ".join(repr(each) for things in job.bindings for each in things)
        yield f"entry {job.entry.flow}, line {job.place.span.line}, its first parameter: {held}"


def test_these_are_its_events_and_states(subject: Subject) -> None:
    (solved,) = run_deep(lambda: subject.solved)
    assert list(_events(solved.reached)) == _blocks("text")[2].splitlines()


def _events(reached: tuple[Reached, ...]) -> Iterator[str]:
    for each in sorted(reached, key=lambda each: (each.event.place, each.event.kind.does.words)):
        state, origin = each.state, each.state.origin
        known = [f"room {state.room.name}", f"session {state.session.name}"]
        if origin is not None:
            known.append(f"origin line {origin.event.place.span.line}, lead line {origin.lead.place.span.line}")
        if state.awaited is not None:
            known.append(f"awaited line {state.awaited.span.line}")
        line, words = each.event.place.span.line, each.event.kind.does.words
        yield f"line {line}: {words} in {each.site.function}: {', '.join(known)}"


def test_this_is_its_finding(subject: Subject) -> None:
    found = run_deep(lambda: [each for rule in all_rules().values() for each in rule.check(subject)])
    lines = [f"agent.py:{each.place.span.line}:{each.place.span.column}: {each.code} {each.message}" for each in found]
    assert [" ".join(each.split()) for each in _blocks("text")[3:]] == lines


GLOSSARY = ("origin", "lead", "beside", "pending", "muted", "settled", "inert")


@pytest.mark.parametrize("word", GLOSSARY)
def test_a_word_of_our_own_is_explained(word: str) -> None:
    glossary = DOCUMENT.read_text(encoding="utf-8").partition("## Glossary\n")[2].partition("\n## ")[0]
    assert f"| {word} |" in glossary

"""The example of docs/architecture.md is what the program does: each of its texts is made anew and compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import all_rules
from lkagent_lint.stack import run_deep
from tests.typestate.solving import ROOT, project_of
from tools.show.drawing import drawn
from tools.show.states import begun, reached_lines

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
    assert [begun(job, AGENT) for job in subject.project.jobs] == _blocks("text")[1].splitlines()


def test_these_are_its_events_and_states(subject: Subject) -> None:
    (solved,) = run_deep(lambda: subject.solved)
    assert list(reached_lines(solved, AGENT)) == _blocks("text")[2].splitlines()


def test_this_is_its_finding(subject: Subject) -> None:
    found = run_deep(lambda: [each for rule in all_rules().values() for each in rule.check(subject)])
    lines = [f"agent.py:{each.place.span.line}:{each.place.span.column}: {each.code} {each.message}" for each in found]
    assert [" ".join(each.split()) for each in _blocks("text")[3:]] == lines


GLOSSARY = ("origin", "lead", "beside", "pending", "muted", "settled", "inert")


@pytest.mark.parametrize("word", GLOSSARY)
def test_a_word_of_our_own_is_explained(word: str) -> None:
    glossary = DOCUMENT.read_text(encoding="utf-8").partition("## Glossary\n")[2].partition("\n## ")[0]
    assert f"| {word} |" in glossary

"""Of which class an object is: the answer is the same, whoever asks first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.questions.subject import Subject
from tests.typestate.solving import ROOT, project_of

FILE = """\
from livekit.agents import ChatContext, ChatMessage

def near(message: ChatMessage):
    a = message
    b = a
    c = b
    d = c
    e = d
    f = e
    g = f
    h = g

def around(message: ChatMessage):
    a = message
    a = c
    b = a
    c = b
"""


def owners(function: str, names: Sequence[str]) -> dict[str, frozenset[str]]:
    """The classes of a function's names, asked in this order."""
    project = project_of({"agent.py": FILE})
    path = f"{ROOT}/agent.py"
    activation = project.evaluator.usual(path, project.files[path].flows[function])
    held = Subject(project).held
    return {name: frozenset(each.name for each in held.classes(v.Name(name), activation)) for name in names}


@pytest.mark.parametrize("function", ["near", "around"])
def test_the_order_of_questions_changes_nothing(function: str) -> None:
    names = "abcdefgh" if function == "near" else "abc"
    assert owners(function, names) == owners(function, names[::-1])


def test_a_chain_is_followed_as_far_as_a_reader_would() -> None:
    found = owners("near", "abcdefgh")
    assert found["a"] == found["c"] == frozenset({"ChatMessage"})
    assert found["h"] == frozenset()

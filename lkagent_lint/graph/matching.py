"""Whether a dispatch reaches a worker: what the two names say of each other."""

from __future__ import annotations

from typing import Literal, NamedTuple

from lkagent_lint.project.agent_names import UNNAMED, AgentName, FromEnv, Known, OneOf
from lkagent_lint.project.records import Project, Worker
from lkagent_lint.questions.dispatches import may_be_named

By = Literal["value", "variable", "one-of", "default", "unknown"]

AGENT_NAME = FromEnv("LIVEKIT_AGENT_NAME")
"""What names a worker whose code does not, where the SDK reads it and some file of the project mentions it."""


class Match(NamedTuple):
    by: By
    certain: bool


def effective_name(project: Project, worker: Worker) -> AgentName:
    """The worker's name, which may come from the environment where its code gives none."""
    return AGENT_NAME if worker.name == UNNAMED and may_be_named(project, worker) else worker.name


def match(worker: AgentName, dispatch: AgentName) -> Match | None:
    """How two names agree; None where they surely do not. Only equal values and one variable are certain."""
    match worker, dispatch:
        case Known(left), Known(right):
            return Match("value", True) if left == right else None
        case FromEnv(left), FromEnv(right) if left == right:
            return Match("variable", True)
        case Known() | OneOf(), Known() | OneOf():
            return None if _written(worker).isdisjoint(_written(dispatch)) else Match("one-of", False)
        case _:
            return Match("unknown" if _written(worker).isdisjoint(_written(dispatch)) else "default", False)


def _written(name: AgentName) -> frozenset[str]:
    """The values of a name that the code spells: a variable's default among them."""
    match name:
        case Known(value):
            return frozenset({value})
        case OneOf(values):
            return frozenset(values)
        case FromEnv(_, default) if default is not None:
            return frozenset({default})
        case _:
            return frozenset()

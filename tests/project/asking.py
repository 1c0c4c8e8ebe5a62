"""Asking a project everything, and counting what that takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lkagent_lint.questions.subject import Subject
from lkagent_lint.stack import run_deep
from tests.typestate.solving import project_of


def steps_of(files: Mapping[str, str]) -> int:
    """How many steps it takes to solve a project's jobs and to say what every call calls and is given."""

    def ask() -> int:
        project = project_of(dict(files))
        evaluator = project.evaluator
        assert len(Subject(project).solved) == len(project.jobs)
        for path, facts in project.files.items():
            for flow in facts.flows.values():
                activation = evaluator.usual(path, flow)
                for call in flow.calls:
                    for each in (call.target, *call.args, *(value for _, value in call.keywords)):
                        activation.value(each)
        return evaluator.answers.steps

    return run_deep(ask)


def growth(make: Callable[[int], Mapping[str, str]], size: int) -> tuple[float, float]:
    """How much more steps it takes for twice the size, and for twice that: 2.0 where it is linear."""
    first, second, third = (steps_of(make(each)) for each in (size, 2 * size, 4 * size))
    return second / first, third / second

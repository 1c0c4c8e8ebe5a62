"""The one object that rules are given and ask."""

from __future__ import annotations

from functools import cached_property

from lkagent_lint.project.records import Project
from lkagent_lint.questions.offers import Offers
from lkagent_lint.typestate.solver import Solved, solve


class Subject:
    """What rules judge: the linked project, and each job once it is solved."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.failures: list[tuple[str, Exception]] = []

    @cached_property
    def offers(self) -> Offers:
        """What the SDKs' releases offer to the project's files."""
        return Offers(self.project)

    @cached_property
    def entered(self) -> frozenset[tuple[str, str]]:
        """The functions, by file and name, that some job enters or that answer the requests for one."""
        entered = {(each.path, each.name) for solved in self.solved for each in solved.entered}
        answering = {(each.path, each.flow) for worker in self.project.workers for each in worker.requests}
        return frozenset(entered | answering)

    @cached_property
    def solved(self) -> tuple[Solved, ...]:
        """Every job that follows the 1.x lifecycle, solved. A job on which the solver fails is in ``failures``."""
        found: list[Solved] = []
        for job in self.project.jobs:
            if not job.legacy:
                try:
                    found.append(solve(job, self.project.evaluator))
                except Exception as error:  # the linter's own fault: every other job is still judged
                    self.failures.append((job.entry.path, error))
        return tuple(found)

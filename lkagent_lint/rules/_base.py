"""What a rule is: a module with a docstring (its page), a ``META`` record and a ``check`` function."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.project.records import Project
from lkagent_lint.typestate.solver import Solved, solve

if TYPE_CHECKING:
    from lkagent_lint.rules._offers import Offers


class Default(enum.Enum):
    """Whether a rule runs without being asked for."""

    ON = "on"
    PREVIEW = "preview"


class Meta(NamedTuple):
    """The identity of a rule; codes are never reused and never change meaning."""

    code: str
    name: str
    severity: Severity
    """The highest that it reports."""
    summary: str
    """One line for tables."""
    default: Default = Default.ON
    host_reports: bool = False
    """Under flake8 the host reports the like itself, so this rule stays out."""

    def at(
        self,
        place: Place,
        message: str,
        *,
        related: Iterable[Related] = (),
        subject: str = "",
        key: Sequence[str] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A diagnostic of this rule."""
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=message,
            place=place,
            related=tuple(related),
            subject=subject,
            key=tuple(key),
        )


class Subject:
    """What rules judge: the linked project, and each job once it is solved."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.failures: list[tuple[str, Exception]] = []

    @cached_property
    def offers(self) -> Offers:
        """What the SDKs' releases offer to the project's files."""
        from lkagent_lint.rules._offers import Offers

        return Offers(self.project)

    @cached_property
    def entered(self) -> frozenset[tuple[str, str]]:
        """The functions, by file and name, that some job enters or that answer the requests for one."""
        entered = {(each.path, each.flow) for solved in self.solved for each in solved.entered}
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


class Rule(Protocol):
    """A rule module, as the engine sees it."""

    __doc__: str | None
    META: Meta

    def check(self, subject: Subject, /) -> Iterator[Diagnostic]: ...


def where(place: Place, seen_from: Place) -> str:
    """A place in words: ``line 31``, or ``boot.py:31`` in another file."""
    if place.path == seen_from.path:
        return f"line {place.span.line}"
    return f"{os.path.basename(place.path)}:{place.span.line}"


def quoted(name: str) -> str:
    """An agent's name in a message: quoted, cut where it is long, control characters escaped."""
    shown = name if len(name) <= 60 else f"{name[:57]}..."
    return '"' + "".join(each if each.isprintable() else ascii(each)[1:-1] for each in shown) + '"'

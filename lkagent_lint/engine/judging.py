"""What the rules say of a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place
from lkagent_lint.engine.watch import Watch
from lkagent_lint.languages import NOTEBOOK
from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import Meta, Rule, rule
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import START_OF_FILE

_ANY_RELEASE = (Basis.NOTHING, Basis.TABLES)
"""What rules rest on that are asked whatever the release is."""
_SOLVER = "the solver"


class Failure(NamedTuple):
    """A part of the linter that raised, with what it was looking at."""

    part: str
    error: Exception
    place: Place | None


class RuleFindings(NamedTuple):
    """What one rule says."""

    found: tuple[Diagnostic, ...]
    ungrounded: tuple[Diagnostic, ...]
    """What it would say if enough were known of the release."""


class Findings(NamedTuple):
    """What is found in a project."""

    found: tuple[Diagnostic, ...]
    ungrounded: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]
    jobs: int
    too_large: tuple[Place, ...]
    cut: tuple[Place, ...]
    steps: int
    unanswered: int


def judged_project(project: Project, codes: Iterable[str], watch: Watch) -> Findings:
    """What these rules say of a project."""
    watch.at("following jobs")
    subject = Subject(project)
    # Here, so that the first rule that asks for it is not blamed for the time.
    solved = subject.solved
    said: list[RuleFindings] = []
    failures = [Failure(_SOLVER, error, Place(path, START_OF_FILE)) for path, error in subject.failures]
    for code in codes:
        watch.at(code)
        try:
            said.append(_said(rule(code), subject))
        except Exception as error:  # the linter's own fault: every other rule is still asked
            failures.append(_failed(code, error, project))
    answers = project.evaluator.answers
    return Findings(
        found=tuple(found for each in said for found in each.found),
        ungrounded=tuple(found for each in said for found in each.ungrounded),
        failures=tuple(failures),
        jobs=len(project.jobs),
        too_large=tuple(each.job.place for each in solved if each.is_too_large),
        cut=tuple(each.job.place for each in solved if each.is_cut),
        steps=answers.steps + project.evaluator.followed,
        unanswered=len(answers.unanswered),
    )


def _failed(code: str, error: Exception, project: Project) -> Failure:
    from lkagent_lint.engine.failures import looked_at

    return Failure(f"rule {code}", error, looked_at(error, project.files))


def _said(asked: Rule, subject: Subject) -> RuleFindings:
    """What a rule says, and what it says where too little is known of the release."""
    found: list[Diagnostic] = []
    ungrounded: list[Diagnostic] = []
    for each in asked.check(subject):
        if each.place.path.endswith(NOTEBOOK) and not asked.META.in_notebooks:
            continue
        (found if _is_grounded(asked.META, each, subject.project) else ungrounded).append(each)
    return RuleFindings(tuple(found), tuple(ungrounded))


def _is_grounded(meta: Meta, found: Diagnostic, project: Project) -> bool:
    """Enough is known of the release that the finding's file is written for."""
    path = found.place.path
    facts = project.files.get(path)
    if meta.basis in _ANY_RELEASE or facts is None or facts.language not in ("python", "javascript"):
        return True
    package = meta.packages[facts.language == "javascript"]
    return project.pin(path, package).bears(meta.basis)

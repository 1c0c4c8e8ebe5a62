"""One rule, asked on its own: what it is, and what it finds before anything is selected or hidden."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import rule
from lkagent_lint.rules._base import Default


class AskedRule(NamedTuple):
    """A rule, and all that it finds in a project."""

    code: str
    name: str
    in_preview: bool
    host_reports: bool
    """Under flake8 the host reports the like itself, so this rule stays out."""
    found: tuple[Diagnostic, ...]


def ask(code: str, subject: Subject) -> AskedRule:
    """Ask a rule. Raises KeyError for a code that no rule has."""
    asked = rule(code)
    meta = asked.META
    return AskedRule(
        meta.code, meta.name, meta.default is Default.PREVIEW, meta.host_reports, tuple(asked.check(subject))
    )

"""What ``inspect`` gives: a project, everything that its rules find in it, and what became of each finding."""

from __future__ import annotations

import enum
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic
from lkagent_lint.engine.surveys import Survey
from lkagent_lint.questions.subject import Subject


class Fate(enum.Enum):
    """What becomes of a finding: the first of these that holds for it, from below."""

    SHOWN = "shown"
    UNCHANGED = "no place of it is in a file that was asked for by its change"
    KNOWN = "the baseline lists it"
    ELSEWHERE = "it stands in a file that was not asked for"
    HIDDEN = "a comment hides it"
    OFF = "the settings do not report the rule there"
    UNGROUNDED = "too little is known of the SDK's release there"


class Found(NamedTuple):
    """A finding and its fate."""

    diagnostic: Diagnostic
    fate: Fate


class Gate(enum.Enum):
    """Whether a rule is reported for a file."""

    ON = "on"
    PREVIEW = "preview"
    """It is in preview, and nobody asks for it."""
    OFF = "off"
    """The settings leave it out."""


class AskedRule(NamedTuple):
    """A rule, as the first path of a request sees it."""

    code: str
    name: str
    gate: Gate
    host_reports: bool
    """Under flake8 the host reports the like itself, so this rule stays out."""


class Inspection(NamedTuple):
    """One project and all that is known of it."""

    survey: Survey
    subject: Subject
    found: tuple[Found, ...]
    rule: AskedRule | None
    """The rule that was asked for: its findings are among ``found`` even where it is off."""

    @property
    def shown(self) -> tuple[Diagnostic, ...]:
        """What a check of the same request reports."""
        return tuple(each.diagnostic for each in self.found if each.fate is Fate.SHOWN)

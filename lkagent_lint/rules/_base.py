"""What a rule is: a module with a docstring (its page), a ``META`` record and a ``check`` function."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.intents import Fix
from lkagent_lint.questions.subject import Subject
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis, Package


class Default(enum.Enum):
    """Whether a rule runs without being asked for."""

    ON = "on"
    PREVIEW = "preview"


IN_PYTHON = ("python",)
"""Of agents of Python alone."""
IN_NODE = ("javascript",)
"""Of agents of Node alone."""


_LONGEST = 100
"""Characters of a title; names that a project has chosen may make it longer."""
_PLACES = 9
"""Equal findings that are named beside the first."""


class Said(NamedTuple):
    """The words of a finding, where one function finds them and another makes it; the parts are ``Diagnostic``'s."""

    title: str
    note: str = ""
    help: str = ""
    label: str = ""
    culprit: tuple[str, ...] = ()


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
    basis: Basis = Basis.ORDER
    """What of an SDK its findings rest on: where too little is known of the release, none is reported."""
    added: str = "0.1.0"
    """The version of the linter that brought it."""
    in_notebooks: bool = True
    """False for what rests on a job's process importing the file: none imports a notebook, whose jobs are threads."""
    packages: tuple[Package, Package] = (PYTHON, NODE)
    """Whose release that is, in files of Python and of Node."""
    sdks: tuple[str, ...] = ("python", "javascript")
    """Of which SDK's agents it speaks."""
    since: Change = Change.AGENT_SESSION
    """What an SDK must have changed for it to say anything."""

    def at(
        self,
        place: Place,
        said: str | Said,
        *,
        note: str = "",
        help: str = "",
        label: str = "",
        culprit: Sequence[str] = (),
        related: Iterable[Related] = (),
        subject: str = "",
        key: Sequence[str] = (),
        severity: Severity | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A diagnostic of this rule, in the parts that ``Diagnostic`` describes; a text is its title."""
        words = said if isinstance(said, Said) else Said(said)
        return Diagnostic(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            title=words.title if len(words.title) <= _LONGEST else f"{words.title[: _LONGEST - 3]}...",
            note=words.note or note,
            help=words.help or help,
            label=words.label or label,
            culprit=words.culprit or tuple(culprit),
            place=place,
            related=tuple(related),
            subject=subject,
            key=tuple(key),
            fix=fix,
        )


def once(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Equal findings of one file have one cause: the first of them, with the others as its places."""
    alike: dict[tuple[object, ...], list[Diagnostic]] = {}
    for each in sorted(found, key=lambda each: each.place):
        cause = (each.place.path, each.code, each.severity, each.subject, each.key, each.title)
        alike.setdefault(cause, []).append(each)
    for first, *others in alike.values():
        places = {each.place: each for each in others if each.place != first.place}
        also = (Related(each.place, "the same here", each.culprit) for each in places.values())
        yield msgspec.structs.replace(first, related=(*first.related, *islice(also, _PLACES)))


class Rule(Protocol):
    """A rule module, as the engine sees it."""

    __doc__: str | None
    META: Meta

    def check(self, subject: Subject, /) -> Iterator[Diagnostic]: ...

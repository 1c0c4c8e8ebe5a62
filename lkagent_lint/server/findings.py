"""A finding as the protocol has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lsprotocol import types

from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.reporters.paths import rule_url
from lkagent_lint.server.documents import CountedText
from lkagent_lint.text import Span

SOURCE = "lkagent-lint"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_TAGS = {
    "LKA002": types.DiagnosticTag.Unnecessary,
    "LKA501": types.DiagnosticTag.Deprecated,
    "LKA502": types.DiagnosticTag.Deprecated,
}
"""A comment that hides nothing is faded out, and a name that is gone or going is struck through."""


class FindingShape(NamedTuple):
    """What of a finding a client can show, as it said at the start."""

    related: bool = True
    tags: bool = True
    description: bool = True


_WHOLE = FindingShape()


class ShownFinding(NamedTuple):
    """A finding, and what a client is told of it."""

    item: types.Diagnostic
    finding: Diagnostic | None
    """None for settings that cannot be used."""


class Shower:
    """Turns findings into what one client is told. ``text`` gives the text of a file (absolute path), ``uri`` its
    address as the client spells it."""

    def __init__(
        self, text: Callable[[str], CountedText], uri: Callable[[str], str], shape: FindingShape = _WHOLE
    ) -> None:
        self._text = text
        self._uri = uri
        self._shape = shape

    def shown(self, finding: Diagnostic) -> ShownFinding:
        tag = _TAGS.get(finding.code) if self._shape.tags else None
        url = rule_url(finding.code, finding.name)
        return ShownFinding(
            types.Diagnostic(
                range=self.range(finding.place),
                message=_said(finding),
                severity=_SEVERITIES[finding.severity],
                code=finding.code,
                code_description=types.CodeDescription(url) if self._shape.description else None,
                source=SOURCE,
                tags=None if tag is None else [tag],
                related_information=self._related(finding),
                data={"fingerprint": finding.fingerprint},
            ),
            finding,
        )

    def range(self, place: Place) -> types.Range:
        return self._text(place.path).range(place.span)

    def location(self, place: Place) -> types.Location:
        return types.Location(self._uri(place.path), self.range(place))

    def _related(self, finding: Diagnostic) -> list[types.DiagnosticRelatedInformation] | None:
        if not finding.related or not self._shape.related:
            return None
        return [types.DiagnosticRelatedInformation(self.location(each.place), each.message) for each in finding.related]

    def refused(self, error: ConfigError, path: str) -> ShownFinding:
        """Settings that cannot be used, in the file that says them."""
        span = error.span or Span(error.line or 1, 1, error.line or 1, 1)
        text = self._text(path)
        end = text.end_of_line(span.line)
        found = text.range(span)
        return ShownFinding(
            types.Diagnostic(
                range=types.Range(found.start, end) if span.end_column == span.column else found,
                message=f"lkagent-lint cannot use its settings: {error.message}",
                severity=types.DiagnosticSeverity.Error,
                source=SOURCE,
            ),
            None,
        )


def _said(finding: Diagnostic) -> str:
    """The parts of a finding, each on a line of its own."""
    lines = [finding.title, *(f"{name}: {text}" for name, text in finding.remarks)]
    return "\n".join(lines)

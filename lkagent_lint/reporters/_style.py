"""Terminal colours and the line that ends every text format."""

from __future__ import annotations

from lkagent_lint.diagnostics import Report, Severity
from lkagent_lint.reporters._escape import Escaper

_SEVERITY_COLOUR = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


class Style:
    """Wraps text in terminal colours, or leaves it alone."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def _wrap(self, text: str, parameters: str) -> str:
        return f"\x1b[{parameters}m{text}\x1b[0m" if self._colour and text else text

    def bold(self, text: str) -> str:
        return self._wrap(text, "1")

    def faint(self, text: str) -> str:
        return self._wrap(text, "1;34")

    def caret(self, text: str) -> str:
        return self._wrap(text, "1;31")

    def severity(self, text: str, severity: Severity) -> str:
        return self._wrap(text, _SEVERITY_COLOUR[severity])


def summary_line(report: Report, escape: Escaper, style: Style) -> str:
    """``12 files, 2 workers, 3 jobs, 1 dispatch, livekit-agents 1.5.3 (uv.lock): 4 findings``, and, where a baseline
    hides any, ``but 3 of the baseline``."""
    seen = report.summary
    parts = [
        _count(seen.files, "file") + (f" ({seen.not_analysed} not analysed)" if seen.not_analysed else ""),
        _count(seen.workers, "worker"),
        _count(seen.jobs, "job"),
        _count(seen.dispatches, "dispatch", "dispatches"),
        *(escape.inline(sdk) for sdk in seen.sdks),
    ]
    findings = len(report.diagnostics)
    outcome = _count(findings, "finding") if findings else "no findings"
    known = sum(baseline.known for baseline in report.baselines)
    if known:
        outcome += f" but {known} of the baseline"
    return f"{', '.join(parts)}: {style.bold(outcome)}"


def _count(number: int, singular: str, plural: str | None = None) -> str:
    return f"{number} {singular if number == 1 else plural or singular + 's'}"

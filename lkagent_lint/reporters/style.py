"""Terminal colours and the line that ends every text format."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping

from lkagent_lint.diagnostics import Diagnostic, Report, Severity, Summary
from lkagent_lint.intents import Safety
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.layout import Piece
from lkagent_lint.reporters.paths import rule_url
from lkagent_lint.text import counted

_SEVERITY_COLOUR = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_SHOWN = 3
"""Jobs that are too large and named."""
_LINKING = frozenset({"ghostty", "hyper", "iterm.app", "vscode", "wezterm"})
_LINKING_TERMS = frozenset({"alacritty", "foot", "xterm-ghostty", "xterm-kitty"})


class Style:
    """Wraps text in terminal colours, and rules' codes in links to their pages, or leaves it alone."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour
        self._links = colour and makes_links(os.environ)

    def _wrap(self, text: str, parameters: str) -> str:
        return f"\x1b[{parameters}m{text}\x1b[0m" if self._colour and text else text

    def bold(self, text: str) -> str:
        return self._wrap(text, "1")

    def faint(self, text: str) -> str:
        return self._wrap(text, "1;34")

    def removed(self, text: str) -> str:
        return self._wrap(text, "31")

    def added(self, text: str) -> str:
        return self._wrap(text, "32")

    def severity(self, text: str, severity: Severity) -> str:
        """Text in the colour of a severity."""
        return self._wrap(text, _SEVERITY_COLOUR[severity])

    def code(self, diagnostic: Diagnostic) -> str:
        """The code of a finding's rule, in the colour of its severity."""
        return self.linked(diagnostic.code, diagnostic)

    def linked(self, text: str, diagnostic: Diagnostic) -> str:
        """Text in the colour of a finding's severity that leads to its rule's page."""
        text = self.severity(text, diagnostic.severity)
        if not self._links:
            return text
        return f"\x1b]8;;{rule_url(diagnostic.code, diagnostic.name)}\x1b\\{text}\x1b]8;;\x1b\\"


def makes_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to make links of OSC 8, which others may print.

    They are told by what they set, as https://github.com/zkat/supports-hyperlinks tells them; FORCE_HYPERLINK decides.
    """
    forced = environ.get("FORCE_HYPERLINK")
    if forced:
        return forced != "0"
    vte = environ.get("VTE_VERSION", "")
    return (
        environ.get("TERM_PROGRAM", "").lower() in _LINKING
        or environ.get("TERM") in _LINKING_TERMS
        or bool(environ.get("WT_SESSION") or environ.get("KONSOLE_VERSION"))
        or (vte.isdecimal() and int(vte) >= 5000)
    )


def summary_line(report: Report, escape: Escaper, style: Style) -> str:
    """What was seen and found, on one line:

    ``12 files, 2 workers, 3 jobs, 1 dispatch, livekit-agents 1.5.3 (uv.lock): 3 findings (1 error, 2 warnings), 3
    fail``, where a baseline hides any, ``but 3 of the baseline``, where some can be mended,
    ``; 2 can be mended by --fix``, and ``; 1 of 4 jobs too large to follow:
    agent.py:10580``.
    """
    return "".join(paint(text) for text, paint in (*seen(report, escape), Piece(" "), *outcome(report, escape, style)))


def seen(report: Report, escape: Escaper) -> list[Piece]:
    """What a check saw: the summary's first part."""
    summary = report.summary
    parts = [
        counted(summary.files, "file") + (f" ({summary.not_analysed} not analysed)" if summary.not_analysed else ""),
        counted(summary.workers, "worker"),
        counted(summary.jobs, "job"),
        counted(summary.dispatches, "dispatch", "dispatches"),
        *(escape.inline(sdk) for sdk in summary.sdks),
    ]
    return [Piece(f"{', '.join(parts)}:")]


def outcome(report: Report, escape: Escaper, style: Style) -> list[Piece]:
    """What came of a check: the summary's last part."""
    found = len(report.diagnostics)
    count = Counter(each.severity for each in report.diagnostics)
    kinds = ", ".join(counted(count[each], each.value) for each in reversed(Severity) if count[each])
    rest = ""
    if found:
        fail = "none fails" if not report.failing else "1 fails" if report.failing == 1 else f"{report.failing} fail"
        rest = f" ({kinds}), {fail}"
    known = sum(baseline.known for baseline in report.baselines)
    if known:
        rest += f" but {known} of the baseline"
    return [
        Piece(counted(found, "finding") if found else "no findings", style.bold),
        Piece(rest + _mended(report) + _too_large(report.summary, escape)),
    ]


def _mended(report: Report) -> str:
    """How many of the findings ``--fix`` would mend, and how many more with ``--unsafe-fixes``."""
    count = Counter(each.fix.safety for each in report.diagnostics if each.fix is not None)
    safe, unsafe = count[Safety.SAFE], count[Safety.UNSAFE]
    parts = [f"{safe} can be mended by --fix"] if safe else []
    parts += [f"{unsafe} {'more' if safe else 'can be mended'} by --fix --unsafe-fixes"] if unsafe else []
    return f"; {', '.join(parts)}" if parts else ""


def _too_large(seen: Summary, escape: Escaper) -> str:
    labels = [escape.inline(each) for each in seen.too_large]
    if not labels:
        return ""
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    jobs = counted(seen.jobs + len(labels), "job")
    return f"; {len(labels)} of {jobs} too large to follow: {', '.join(labels[:_SHOWN])}{more}"

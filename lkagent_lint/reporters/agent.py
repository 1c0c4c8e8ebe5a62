"""What a coding agent needs to mend what was found, in few words: no source, no carets, no reasons.

Its own tools show it the files, and a rule's page tells why.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from lkagent_lint.diagnostics import Diagnostic, Report
from lkagent_lint.intents import Fix
from lkagent_lint.reporters._view import SourceTexts, View
from lkagent_lint.reporters.escape import Escaper
from lkagent_lint.reporters.mending import WORDS, hunks
from lkagent_lint.reporters.paths import relative_path, rule_url
from lkagent_lint.reporters.style import Style, summary_line


def render_agent(report: Report, view: View) -> str:
    """The findings of each file below its name, each with what to do and the lines that its fix changes, and at the end
    the address of each rule's page once. Where nothing was found: what was seen.
    """
    escape, texts = Escaper.from_environment(), SourceTexts(view.source)
    if not report.diagnostics:
        return f"{summary_line(report, escape, Style(False))}\n"
    lines: list[str] = []
    for path, found in groupby(report.diagnostics, key=lambda each: each.place.path):
        lines.append(f"{escape.leading(relative_path(path, view.directory))}:")
        for each in found:
            lines += _finding(each, view.directory, escape)
            lines += [] if each.fix is None else _mending(each.fix, path, view.directory, texts, escape)
    pages = dict.fromkeys(rule_url(each.code, each.name) for each in report.diagnostics)
    return "\n".join([*lines, *pages, ""])


def _finding(found: Diagnostic, directory: str, escape: Escaper) -> Iterator[str]:
    """``69:11 LKA101 title: help``; places in other files are named."""
    help = "" if not found.help or (found.fix is not None and found.fix.title == found.help) else f": {found.help}"
    elsewhere = dict.fromkeys(
        f"{relative_path(each.place.path, directory)}:{each.place.span.line}"
        for each in found.related
        if each.place.path != found.place.path
    )
    seen = f" (see {', '.join(elsewhere)})" if elsewhere else ""
    said = escape.message(f"{found.title}{help}{seen}")
    yield f"{found.place.span.line}:{found.place.span.column} {found.code} {said}"


def _mending(fix: Fix, path: str, directory: str, texts: SourceTexts, escape: Escaper) -> Iterator[str]:
    yield f"  {WORDS[fix.safety]}: {escape.message(fix.title)}"
    for hunk in hunks(fix, texts):
        file = "" if hunk.path == path else f"{escape.inline(relative_path(hunk.path, directory))}:"
        yield f"  @@ {file}{hunk.first}"
        yield from (f"  -{escape.inline(line)}" for line in hunk.old)
        yield from (f"  +{escape.inline(line)}" for line in hunk.new)

"""A rule or a front end of lkagent-lint failed on this file.

## What it does

Reports a crash of the linter itself: which part failed, on which file, and with which error. The command exits
with 2. No other result is hidden: every other rule and every other file is still reported.

## Why it is bad

What this rule or front end would have said about the file is missing; a rule that failed says nothing of the files that
it had not come to yet. Please report it with the file, if it can be shared, or with the smallest part of it that still
fails, and with what the environment variable `LKAGENT_LINT_TRACEBACK=1` makes the command print.

## Example

```text
agent.py:12:1: LKA000 rule LKA101 failed on this file (KeyError: 'entry')
```

## Use instead

Until it is mended, `exclude` the file.

## When it stays silent

Whenever nothing crashed. A file that cannot be parsed or read is no crash: see LKA001 and LKA004.

## Evidence

The engine catches every exception of a rule or a front end and turns it into this finding. Where a rule failed, it
stands at what the rule was looking at; where that is not known, the message says so.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.extraction.one import PARTS
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.text import START_OF_FILE

META = Meta(
    "LKA000",
    "internal-error",
    Severity.ERROR,
    "a rule or front end of the linter failed on this file",
    basis=Basis.NOTHING,
)


def crash(part: str, error: BaseException, place: Place | None, some: str) -> Diagnostic:
    """The finding for a part (``rule LKA101``, ``the solver``) that raised an error, and what it was looking at.

    Where that is not known, the finding stands at the start of the file ``some`` (absolute path) and says so.
    """
    where = "on this file" if place is not None else "on this project, in which file is not known"
    return _finding(part, where, place or Place(some, START_OF_FILE), type(error).__name__, _said(error))


def failed(part: str, place: Place, error: str, text: str) -> Diagnostic:
    """The same for an error that was raised elsewhere: the name of its type and its text."""
    return _finding(part, "on this file", place, error, text)


def part_of(diagnostic: Diagnostic) -> str:
    """The part that failed; empty for a finding of another rule."""
    return diagnostic.subject if diagnostic.code == META.code else ""


def concerns_every_file(diagnostic: Diagnostic) -> bool:
    """A part failed that judges the whole project, so that findings in other files may be missing too."""
    return diagnostic.code == META.code and diagnostic.subject not in PARTS.values()


def _finding(part: str, where: str, place: Place, error: str, text: str) -> Diagnostic:
    from lkagent_lint.faults import TRACEBACK

    text = " ".join(text.split())
    return META.at(
        place,
        f"{part} failed {where}",
        note=f"{error}: {text[:200]}" if text else error,
        help=f"report this with what {TRACEBACK}=1 shows; everything else was still checked",
        label="it failed here",
        subject=part,
        key=(error,),
    )


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Nothing by itself: the engine reports crashes where they happen."""
    yield from ()

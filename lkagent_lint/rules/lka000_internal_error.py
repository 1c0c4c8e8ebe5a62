"""A rule or a front end of lkagent-lint failed on this file.

## What it does

Reports a crash of the linter itself: which part failed, on which file, and with which error. The command exits
with 2. No other result is hidden: every other rule and every other file is still reported.

## Why it is bad

What this rule or front end would have said about the file is missing. Please report it with the file, if it can be
shared, or with the smallest part of it that still fails.

## Example

```text
agent.py:1:1: LKA000 rule LKA101 failed on this file (KeyError: 'entry')
```

## Use instead

Until it is mended, `exclude` the file.

## When it stays silent

Whenever nothing crashed. A file that cannot be parsed or read is no crash: see LKA001 and LKA004.

## Evidence

The engine catches every exception of a rule or a front end and turns it into this finding.

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
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


def crash(part: str, path: str, error: BaseException) -> Diagnostic:
    """The finding for a part (``rule LKA101``, ``the Python front end``) that raised an error on a file."""
    return failed(part, path, type(error).__name__, str(error))


def failed(part: str, path: str, error: str, text: str) -> Diagnostic:
    """The same for an error that was raised elsewhere: the name of its type and its text."""
    text = " ".join(text.split())
    shown = f"{error}: {text[:200]}" if text else error
    return META.at(
        Place(path, START_OF_FILE),
        f"{part} failed on this file ({shown}); everything else was still checked, please report this",
        subject=part,
        key=(error,),
    )


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Nothing by itself: the engine reports crashes where they happen."""
    yield from ()

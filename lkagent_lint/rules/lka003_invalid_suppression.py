"""A suppression comment that does not mean what it seems to mean.

## What it does

Reports a `# noqa` comment that names an LKA code, or a `lkagent:` comment, that is malformed or names a rule which
does not exist; an `ignore[...]` with a blank line below it; an LKA code in a comment for another linter
(`# flake8: noqa`, `# type: ignore`, `// eslint-disable-line`, `noqa` outside of Python); a `disable[...]` that nothing
enables again, so that it holds to the end of the file; and a `disable[...]` or `enable[...]` that changes nothing,
since blocks do not nest.

## Why it is bad

A malformed `# noqa` either hides nothing or, as flake8 reads it, everything on its line, and `# flake8: noqa: LKA101`
everything in its file. Such a wide one does not hide that this is said of it. A malformed `# lkagent:`
comment hides nothing: it never widens. A block that is never ended hides the findings of everything that is written
below it later.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For comments that neither name an LKA code nor begin with `lkagent:`, and under flake8.

## Evidence

flake8 7.5.0, `defaults.py` 39 and `violation.py` 57: `# noqa LKA101` and `# noqa: LKA101` are read as a bare `#
noqa`, `# noqa: lka101` hides nothing, `# flake8: noqa: LKA101` hides everything in the file.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA003",
    "invalid-suppression",
    Severity.WARNING,
    "a suppression comment that does not mean what it seems to mean",
    host_reports=True,
    basis=Basis.NOTHING,
)


def malformed(place: Place, problem: str) -> Diagnostic:
    """The finding for a comment with a problem (a clause)."""
    return META.at(
        place,
        "this suppression comment is malformed",
        note=problem,
        help="mend it, or take it away: it does not hide what it seems to",
        label="read here",
    )


def unknown(place: Place, name: str, nearest: str | None) -> Diagnostic:
    """The finding for a comment that names no rule."""
    return META.at(
        place,
        f"this comment suppresses {name}, and no rule is called that",
        help=f"did you mean {nearest}?" if nearest else "name a rule of `lkagent-lint rule`",
        label="no rule",
        subject=name,
    )


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Nothing by itself: the engine reads the comments."""
    yield from ()

"""A suppression that hides nothing.

## What it does

Reports each rule of a suppression comment that hid no finding, for rules that ran: `# noqa: LKA...` in Python, and
`lkagent: ignore[...]`, `file-ignore[...]` and `disable[...]` in every language that has comments.

## Why it is bad

It says that something is wrong here and accepted. When that is no longer so, the next real finding of the rule on
this line is hidden without anyone having decided it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For rules that are not selected, for an `enable[...]`, for codes of other tools in the same comment, for a `# noqa`
without codes, and under flake8, where the host applies the comments.

## Evidence

flake8 7.5.0 and ruff's RUF100 treat `# noqa: CODE` the same way.

## Fix safety

Safe: the name is taken out of the comment, and the comment with its reason where it has no other. What another tool
reads in the same comment stays. A `disable` whose `enable` would be left alone is not taken away.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.intents import Fix, RemoveText, Safety
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA002",
    "unused-suppression",
    Severity.WARNING,
    "a suppression that hides nothing",
    host_reports=True,
    basis=Basis.NOTHING,
)


def unused(place: Place, name: str, cut: Place | None) -> Diagnostic:
    """The finding for a name in a suppression comment that hid nothing, and what to cut out so that it is gone."""
    fix = None if cut is None else Fix(Safety.SAFE, f"take {name} out of the comment", (RemoveText(cut),))
    return META.at(
        place,
        f"this suppression of {name} hides nothing",
        help="take it away",
        label="nothing of this is reported here",
        subject=name,
        fix=fix,
    )


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Nothing by itself: the engine knows what each comment hid."""
    yield from ()

"""A file that could not be analysed.

## What it does

Reports a file that takes part in an agent project and that was left out: too large, nested too deeply, unreadable,
or not text. The message says which, and why.

## Why it is bad

Silence about such a file means nothing. Rules that speak about the absence of something (LKA201, LKA203) stay
silent while it is there.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

On files that are excluded, and under flake8, which reports unreadable files itself.

## Evidence

The limits are 2,000,000 bytes and CPython's own limit of 200 nested brackets, beyond which libcst's parser can
overflow the stack.

## Fix safety

There is no fix. Exclude the file with `exclude`, or make it smaller.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts.file import ProblemKind
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA004",
    "not-analysed",
    Severity.WARNING,
    "a file that could not be analysed",
    host_reports=True,
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path, facts in subject.project.files.items():
        for problem in facts.problems:
            if problem.kind is ProblemKind.NOT_ANALYSED:
                yield META.at(
                    Place(path, problem.span),
                    "this file was not analysed",
                    note=problem.message,
                    help="mend that, or leave the file out by `exclude`",
                    label="it ends here",
                )

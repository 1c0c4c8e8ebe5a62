"""A name is imported that only later releases of the SDK have.

## What it does

Reports names of livekit-agents and @livekit/agents that a file imports, or reads from an imported module, once a
file, and that came with a later release than the one which the project pins: by a lock file, or exactly.

## Why it is bad

The import fails when the process starts: "ImportError: cannot import name 'LiveSession' from 'livekit.agents'", which
2.0 has. Examples and generated code are written for the newest release, and an old pin stays where it is.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For a range without a lock file, because an installer may take a later release; for imports in a `try` that catches
the error, and under a condition on a version; for private names, plugins, types of TypeScript, and the SDK's other
packages.

## Evidence

The tables of every release, read from the packages on the registries by `tools/sdk_tables`: `AgentServer` is in
livekit-agents from 1.3.1 on; `AgentSession` stands outside of `voice` in @livekit/agents from 1.5.0 on.

## Fix safety

There is no fix: to raise the pin or to write for the older release is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.questions.asked_names import Missing, spelt
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis

META = Meta(
    "LKA504",
    "not-yet-available",
    Severity.ERROR,
    "a name that only later releases of the SDK have",
    basis=Basis.TABLES,
    since=Change.ENTRY_IN_OPTIONS,
)


_JUDGED = frozenset({PYTHON.package, NODE.package})
"""What a pin of the other packages means for a file is less sure: their releases are often resolved through these."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path in subject.project.files:
        packages: dict[str, list[Missing]] = {}
        for missing in subject.offers.later(path):
            if missing.release.table.package in _JUDGED:
                packages.setdefault(missing.release.table.package, []).append(missing)
        for package, found in packages.items():
            yield _finding(path, package, found)


def _finding(path: str, package: str, found: list[Missing]) -> Diagnostic:
    """One for all that a file asks of a package: one pin is what they have in common."""
    first, *others = found
    assert first.gone is not None
    name = f"{first.name} of {spelt(first.module)}" if first.name else spelt(first.module)
    more = (
        f", and so do {len(others)} other names here"
        if len(others) > 1
        else ", and so does another name here"
        if others
        else ""
    )
    return META.at(
        Place(path, first.fact.span),
        f"{shortened(first.name or spelt(first.module), 32)} comes with {package} {first.gone.since} only",
        note=f"{name} comes with {package} {first.gone.since}{more}, and {first.release.label} is pinned here, so "
        f"{first.error}",
        help="raise the pin, or write for the release that is pinned",
        label="not there yet",
        culprit=(first.name or first.module,),
        related=[
            Related(Place(path, each.fact.span), f"{each.name or each.module} is not there either")
            for each in others[:4]
        ],
        key=(first.dotted,),
    )

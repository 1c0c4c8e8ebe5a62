"""Code uses a private attribute of an object of the SDK.

## What it does

Reports attributes with a leading underscore that are read of the job's context, a session, an agent, a room and the
other objects of the SDK that are followed.

## Why it is bad

Such attributes change in any release, without a note: code that reached into a session broke with every second one
(livekit/agents#4341).

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For what the project itself stores under that name; where the file asks for it first (`hasattr`); on `self`; when it is
not known what the object is; in Node.

## Evidence

livekit-agents 1.8.9: `voice/agent_session.py` has public counterparts for most of what was read (`room_io`,
`current_agent`, `output`, `history`).

## Fix safety

There is no fix: not all of them have a public counterpart.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Look
from lkagent_lint.project.things import Activation, SdkObject
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta, once
from lkagent_lint.sources.sdk.vocabulary import CLASSES

META = Meta(
    "LKA421",
    "private-api",
    Severity.INFO,
    "a private attribute of an object of the SDK is used",
    Default.PREVIEW,
    sdks=IN_PYTHON,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from once(_each(subject))


def _each(subject: Subject) -> Iterator[Diagnostic]:
    files = subject.project.files.values()
    stored = {each.name for facts in files for flow in facts.flows.values() for each in flow.stores}
    for activation in subject.methods.activations(lambda flow: any(map(_is_private, flow.looks))):
        for look in filter(_is_private, activation.flow.looks):
            assert isinstance(look.value, v.Attribute)
            name = look.value.name
            kind = _kind(look.value.base, activation)
            is_own = name in stored or name in activation.facts.asked_for
            if kind and not is_own and look.span is not None:
                yield META.at(
                    activation.place(look.span),
                    f"{shortened(name)} is a private attribute of {kind}",
                    note="any release may change it or take it away",
                    help="use what the class offers, or pin the release",
                    label="private",
                    culprit=(name,),
                    subject=activation.name,
                    key=(kind, name),
                )


def _is_private(look: Look) -> bool:
    return isinstance(look.value, v.Attribute) and look.value.name.startswith("_")


def _kind(base: v.Expr, activation: Activation) -> str:
    """The class of the SDK that a value surely is an object of; empty for all others."""
    found = activation.value(base)
    kinds = {each.kind if isinstance(each, SdkObject) and each.kind in CLASSES else "" for each in found}
    return kinds.pop() if len(kinds) == 1 else ""

"""What the SDK has under a name, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from lkagent_lint.questions.sdk_lookup import SdkAnswer, SdkEntry

_FEW = 2
"""Things of which the parameters are told."""


def render_text(answer: SdkAnswer) -> str:
    """The verdict in the first line, then what to use instead, then each thing with its releases."""
    return "\n".join(_lines(answer)) + "\n"


def render_json(answer: SdkAnswer) -> str:
    """The answer field by field, in ASCII."""
    return json.dumps(msgspec.to_builtins(answer), indent=2) + "\n"


def _lines(answer: SdkAnswer) -> Iterator[str]:
    by = ", ".join(answer.judged_by) or "the SDK"
    said = {
        "yes": f"yes, in {by}",
        "gone": f"gone from {by}",
        "later": f"not yet in {by}",
        "no": f"no such thing in {by}, nor in any release that is known",
        "unknown": f"not known: {answer.doubt}",
    }
    yield f"{answer.asked}: {said[answer.verdict]}"
    if answer.instead:
        yield f"  instead: {answer.instead}"
    if answer.elsewhere:
        yield "  the same name elsewhere:"
    told = sum(each.state == "here" for each in answer.entries) <= _FEW
    for each in answer.entries:
        yield f"  {_entry(each, parameters=told and not answer.elsewhere)}"
    if answer.more:
        yield f"  and {answer.more} others: ask for the one that is meant with its owner, as in AgentSession.say"


def _entry(entry: SdkEntry, *, parameters: bool) -> str:
    until = f", gone since {entry.until}" if entry.until else ""
    there = ", later than what holds here" if entry.state == "later" else ""
    signature = f" {entry.signature}" if entry.signature and parameters else ""
    deprecated = f"; deprecated: {entry.deprecated}" if entry.deprecated else ""
    return f"{entry.name}{signature}: {entry.kind} of {entry.package} since {entry.since}{until}{there}{deprecated}"

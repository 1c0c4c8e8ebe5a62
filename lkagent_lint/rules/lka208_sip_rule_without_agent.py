"""A SIP dispatch rule brings no agent, and every agent waits to be asked for.

## What it does

Reports a SIP dispatch rule without agents in its room configuration, where every worker of the project has a name and
nothing else dispatches any of them. Rules in JSON, YAML and Python are read.

## Why it is bad

The call is taken, the caller is put into a room, and nobody is there: a name turns automatic dispatch off, and the
rule asks for no agent. The worker's own LKA201 is not reported beside it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When a worker has no name, or one that is not known; when anything in the project dispatches an agent, or may; when
the rule's room configuration comes from elsewhere, or uses a preset; and in test files.

## Evidence

livekit/protocol, `livekit_sip.proto` 670-673 (the room configuration of a rule is used if the call creates the room);
livekit server 788d4c3, `pkg/service/agentservice.go` 410-413.

## Fix safety

There is no fix: which agent takes the calls is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA208",
    "sip-rule-without-agent",
    Severity.WARNING,
    "a SIP dispatch rule brings no agent, and every worker is named",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    waiting = subject.verdicts.waiting
    for place in subject.verdicts.rules_without_agents:
        worker, name = waiting[0]
        yield META.at(
            place,
            "this SIP rule brings no agent, and every worker has a name",
            note=f"nothing else dispatches {quoted(name)} ({where(worker.place, place)}), so callers find nobody",
            help="add the agent to the rule's room configuration, or drop the name",
            label="this rule brings no agent",
            related=[
                Related(each.place, f"{quoted(given)} is registered here", (given,)) for each, given in waiting[:4]
            ],
        )

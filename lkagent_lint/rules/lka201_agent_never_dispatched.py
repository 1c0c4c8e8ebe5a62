"""A named agent that nothing in the project dispatches.

## What it does

Reports a worker that registers under a name while no dispatch that could reach that name is found anywhere in the
project: no token, no call of the dispatch API, no room creation, no SIP rule, no connector, no command in a script.

## Why it is bad

A name turns automatic dispatch off. The agent registers, waits, and never joins a room; neither side logs an error.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Or leave the name out, and the agent is dispatched to every new room. If something outside the project dispatches the
agent (a dashboard, another repository), say so:

```toml
[tool.lkagent-lint]
dispatched-elsewhere = ["front-desk"]
```

## When it stays silent

When any dispatch in the project, in whatever language, has a name that is not known, or uses a room preset; when
another file holds the name as a word of its own; when a file that takes part could not be analysed; when a script
connects the agent to a room by hand; when the worker's name comes from the environment; where a SIP rule brings no
agent, which LKA208 reports; when a dispatched name is so near to this one that LKA203 reports the misspelling; and in
test files.

## Evidence

livekit-agents 1.8.9, `worker.py` 519-526; livekit server 788d4c3, `pkg/service/agentservice.go` 410-413: a job
reaches a worker only if the names are equal.

## Fix safety

There is no fix: what to dispatch is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.project.records import Worker
from lkagent_lint.questions.dispatches import bare_sip_rules, stranded
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import Meta

META = Meta("LKA201", "agent-never-dispatched", Severity.WARNING, "a named agent that nothing dispatches")


def check(subject: Subject) -> Iterator[Diagnostic]:
    if not bare_sip_rules(subject.project):  # LKA208 says it where the agent is missing
        for worker, name in stranded(subject.project):
            yield _finding(worker, name)


def _finding(worker: Worker, name: str) -> Diagnostic:
    return META.at(
        worker.place,
        f"the agent {quoted(name)} is never dispatched automatically, because it has a name, and nothing in this "
        "project dispatches it: dispatch it (token, create_dispatch, SIP rule), drop the name, or list it under "
        "dispatched-elsewhere",
        subject=name,
    )

"""An agent's options change where its running pipeline is not told.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `agent.update_options(...)` and `agent.turn_detection = ...` once a session may
have started, outside of the agent's own hooks and tools: in the entry function, in what it calls or begins as a task,
and in handlers of events.

## Why it is bad

Since livekit-agents 2.0 an agent finds its running session through a context variable that is set around its hooks and
tools. Elsewhere the new options are stored in the agent and the running activity is not told: the recogniser, the
voice activity detector and the turn detector that run go on, and nothing is logged. Up to 1.8 the activity was told
from anywhere.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Change options in a hook or a tool of the agent, before the session starts, or hand over to another agent
(`session.update_agent`). What belongs to the session has `session.update_options`.

## When it stays silent

In livekit-agents 1.x; before a session has started on any path; in hooks and tools and what they call; when the
receiver may be something else than an agent, or its class has a member of that name.

## Evidence

livekit-agents 2.0.0b1, `voice/agent.py` 312-360 and 980-990; run: the activity is told in 1.8.9 and not in 2.0.0b1.

## Fix safety

There is no fix: where the change belongs is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.contexts import Apart, Where
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA128",
    "unheard-agent-options",
    Severity.WARNING,
    "an agent's options change where its running pipeline is not told",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.HISTORY_OF_SESSION,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(path).has(Change.HISTORY_OF_SESSION) for path in project.files):
        return
    for each in subject.contexts.options():
        if project.sdk(each.place.path).has(Change.HISTORY_OF_SESSION):
            yield META.at(each.place, _said(each), subject=each.function, key=(each.what,))


def _said(found: Apart) -> Said:
    where = "may run" if found.where is Where.HANDLER else "runs"
    return Said(
        f"{found.what} {where} outside of the agent's hooks and tools",
        "it is stored, and the running pipeline is not told (livekit-agents 2.0)",
        "change options in a hook or a tool, or before the session starts",
        "the pipeline does not hear of it",
    )

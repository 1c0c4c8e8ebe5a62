"""Waiting for a participant before the session starts, in a room joined by a connect with options.

## What it does

Reports a `ctx.wait_for_participant()` that comes before any session has started, where the room was joined by a
`ctx.connect(...)` with options and a `session.start(room=...)` may follow.

## Why it is bad

Connecting first is right when the connection needs options. Waiting for the participant before the session starts is
not part of that: the agent sits in the room without listening, and what the participant says first is lost. The
lifecycle reference waits after the start.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When connect has no arguments (LKA101 speaks then), when the wait itself joins the room (LKA104), and where the state
of the job is not known. It is an information, because a session that is built from the participant's attributes has
to wait first.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 937-1152: the session's listeners are registered by start; audio and
text that arrive before have no handler (`rtc/room.py` 1165-1198).

## Fix safety

There is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA102",
    "wait-before-start",
    Severity.INFO,
    "waiting for a participant before the session starts, in a room joined by a connect with options",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for reached, wait in subject.order.waits_before_start:
        lead, start = wait.lead, reached.event.place
        wait_call = words(lead.place).event(wait.event.kind)
        yield META.at(
            lead.place,
            f"{wait_call} comes before session.start()",
            note=f"nothing listens until the start ({where(start, lead.place)}) when the participant speaks first",
            help="wait after the start, unless the session is built from the participant",
            label="it waits here",
            related=[Related(start, "the session starts here")],
            subject=lead.function,
        )

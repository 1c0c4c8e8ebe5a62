"""The agent dials, waits until the call is answered, and then starts the session: it does not hear the first words.

## What it does

Reports an awaited `create_sip_participant()` with `wait_until_answered=True` (Node: `createSipParticipant` with
`waitUntilAnswered: true`) after which, on the same path, the first session starts. Across functions it stands at the
call in the deepest function through which both are reached.

## Why it is bad

The call returns when the callee has picked up and says "Hello?". A session that starts then loads its models and
subscribes to the callee's audio while somebody is on the line: what was said first is lost, and the callee hears
nothing and hangs up.

`session.start(room=ctx.room)` does not wait for anybody to be there: it can run before the dial, or in a task beside
it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the session has started, or is starting in a task, before the dial; when the dial does not wait for the answer, or
that is not written out; when the dial itself runs in a task; when no session follows, or one went to code that is not
followed; and on a path that an exception takes.

## Evidence

The SDK's outbound example starts the session in a task before it dials and awaits it afterwards, "start the session
first before dialing, to ensure that when the user picks up the agent does not miss anything the user says"
(livekit-examples/outbound-caller-python, `agent.py`). livekit-agents 1.8.9: `session.start` in a room without anybody
returns; run.

## Fix safety

There is no fix: what the session needs may come from the call.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Session
from lkagent_lint.typestate.lifecycle import Origin
from lkagent_lint.typestate.solver import Reached

META = Meta("LKA121", "dial-before-start", Severity.WARNING, "a call is answered before the session starts")


def check(subject: Subject) -> Iterator[Diagnostic]:
    seen: set[Place] = set()
    for solved in subject.solved:
        for reached in solved.reached:
            state, dialled = reached.state, reached.state.dialled
            is_first = reached.event.kind.does.starts and state.session is Session.NONE and not state.exceptional
            if is_first and dialled is not None and dialled.lead.place not in seen:
                seen.add(dialled.lead.place)
                yield _finding(reached, dialled)


def _finding(reached: Reached, dialled: Origin) -> Diagnostic:
    lead, start = dialled.lead, reached.event.place
    related = [Related(start, "the session starts here")]
    if dialled.event.place != lead.place:
        related.append(Related(dialled.event.place, "the call is made here"))
    return META.at(
        lead.place,
        f"{words(lead.place).event(dialled.event.kind)} waits for the answer before session.start()",
        note=f"the session starts only after that ({where(start, lead.place)}): the call is answered, and what the "
        "callee says first is lost",
        help="start the session before, or in a task that is awaited afterwards",
        label="it waits here until the call is answered",
        related=related,
        subject=lead.function,
    )

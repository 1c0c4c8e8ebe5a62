"""The session is used before it has started.

## What it does

Reports `session.say()`, `generate_reply()`, `interrupt()`, `run()`, `drain()`, `commit_user_turn()` and
`clear_user_turn()` in a job where no session has started on any path that leads there. Helpers, methods and other
modules are followed.

## Why it is bad

The call raises "RuntimeError: AgentSession isn't running" (livekit-agents 2.0: "LiveSession isn't running"). In an
entry function that ends the job: the agent has joined, or is about to, and leaves without a word.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In functions that run at another time: tools, handlers, `on_enter`, nested functions that are only passed on. When a
start may have happened on some path, runs concurrently, or the session went to code that is not followed.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 1234, 1567, 1628, 1677, 1730 and 1764; run. @livekit/agents 1.7.0,
`voice/agent_session.ts` 1092-1287 ("AgentSession is not running"); run with 1.9.0.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Kind, Session

META = Meta("LKA108", "use-before-start", Severity.ERROR, "the session is used before it has started")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for place, ways in subject.order.ways(lambda way: way.event.kind is Kind.SESSION_USE).items():
        if all(each.state.session is Session.NONE and not each.state.beside for each in ways):
            spoken = words(place)
            what = spoken.spelt(ways[0].event.detail)
            error = spoken.not_running.format(subject.offers.called(place.path, "AgentSession"))
            verb = "throws" if spoken.spells_camel else "raises"
            yield META.at(
                place,
                f"{what} is used before any session has started",
                note=f"it {verb} {error}",
                help="await session.start() first",
                label="no session has started before",
                subject=ways[0].reached.site.function,
                key=(what,),
            )

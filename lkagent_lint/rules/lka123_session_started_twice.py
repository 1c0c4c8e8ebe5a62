"""A session is started that has started already.

## What it does

Reports a `session.start()` that is reached only after the one session of the job has started, also in helpers, methods
and other modules.

## Why it is bad

The second call returns at once and does nothing, without a word: its agent is never used, and neither are its room and
its options.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the two exclude each other; where some path leads to the start past the other one; where the job makes several
sessions; after the session has been closed; in an exception handler, unless the session had surely started; when the
first start runs concurrently, or the session went to code that is not followed.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 935 ("if self._started: return None"); run. @livekit/agents 1.9.0,
`voice/agent_session.js` 510; run.

## Fix safety

There is no fix: which of the two agents is meant is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.questions.steps import Way
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.typestate.automaton import Session

META = Meta("LKA123", "session-started-twice", Severity.ERROR, "a session is started that has started already")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for place, ways in subject.order.ways(lambda way: way.event.kind.does.starts).items():
        if not all(map(_is_second, ways)) or not any(each.is_ordinary for each in ways):
            continue
        others = {each.event.place for way in ways for each in way.solved.reached if each.event.kind.does.starts}
        first = min(others - {place}, default=place)
        spoken = words(place)
        start = spoken.event(ways[0].event.kind)
        yield META.at(
            place,
            "the session has started already when it is started here",
            note=f"it has started already ({where(first, place)}), so this {start} returns at once and its agent is "
            "never used",
            help=f"change the agent of a session that runs by session.{spoken.spelt('update_agent')}()",
            label="the second start",
            related=[Related(first, "the session starts here")],
            subject=ways[0].reached.site.function,
        )


def _is_second(way: Way) -> bool:
    state = way.state
    return state.session is Session.STARTED and state.sessions == 1 and not state.beside and not state.pending

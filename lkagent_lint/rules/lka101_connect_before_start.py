"""`ctx.connect()` before the session has started.

## What it does

Reports a `ctx.connect()` without arguments that may run before any session has started, where a
`session.start(room=...)` may follow on the same path. Helpers, methods and other modules are followed.

## Why it is bad

The lifecycle reference starts the session first, so that its listeners are registered when the room is joined.
Whatever arrives between joining and starting finds nobody listening: the audio that the client recorded before the
agent was there, chat text, data messages. Nothing fails and no log says why.

There are three messages. If awaits lie between the two calls, events of that time are lost. If none lies between,
nothing is lost yet, because room events are handed out only when the event loop runs again: the next await that
someone puts there loses them. If something between them needs the room, moving connect alone would break it: that goes
behind the start as well, and what is made from the participant, such as the agent's instructions, can follow by
`session.update_agent()`. An avatar has to be there before the session: prepare the session and register listeners
before connecting; where that is done, nothing is said. In livekit-agents 2.0 a session that is given a `thread` opens
it as the first step of its start, before it listens: then events are lost although no await of the job's own lies
between.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

`session.start(room=ctx.room)` connects by itself; a `ctx.connect()` after it does nothing and is fine.

## When it stays silent

When connect has any argument: connecting first is then the only way to apply it. When the SDK is older than
livekit-agents 1.1.0 or @livekit/agents 1.0.3, where `session.start()` does not connect. When the context or the
session goes to code that is neither the project's nor the SDK's, when connect and start run concurrently, and on
paths that only an exception opens.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 1120-1123 (start connects), `rtc/room.py` 1165-1198 (streams without a
handler are dropped with a log at info level). Auto-connect is in since 1.1.0 (livekit/agents#2505); in Node since
@livekit/agents 1.0.3 (`voice/agent_session.ts` 912-914). 2.0.0b1,
`voice/agent_session.py` 1060: the thread is opened before `RoomIO` exists; read.

## Fix safety

The connect is taken away where the session's start stands behind it in the same block. That is safe where the start
is the next statement and is awaited, no thread is opened and no `on_enter` of an agent does more than speak. Else it is
unsafe, because the awaits in between then run before the room is joined. Where something in between needs the room
there is no fix, and none for a connect in a helper.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow, Use
from lkagent_lint.intents import Fix, Follows, RemoveStatement, Requires, safe, unsafe
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import Wording, where, words
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.tables import spelt
from lkagent_lint.sources.sdk.vocabulary import snake
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.lifecycle import Event, Origin
from lkagent_lint.typestate.solver import Reached

META = Meta("LKA101", "connect-before-start", Severity.WARNING, "`ctx.connect()` before the session has started")

_SESSIONS = spelt("AgentSession")
_KNOWN_BEFORE = frozenset({"room.metadata", "room.name"})
"""What the job knows of its room before it has joined it."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    for reached, origin in subject.order.connects_before_start:
        facts = subject.project.files[reached.event.place.path]
        opens_thread = any(map(_opens_thread, facts.flows.values()))
        is_lossless = not opens_thread and _is_awaited(reached, subject.project) and not _enters_room(subject.project)
        fix = _fix(reached, origin, is_lossless=is_lossless)
        yield _finding(reached, origin, fix, opens_thread=opens_thread)


def _fix(reached: Reached, origin: Origin, *, is_lossless: bool) -> Fix | None:
    """The connect goes where the start connects; that changes nothing where nothing lies between the two."""
    state, place, start = reached.state, origin.event.place, reached.event.place
    if state.used is not None or place != origin.lead.place or place.path != start.path:
        return None
    title = "take this away"
    intents = (RemoveStatement(place), Follows(place, start))
    if state.awaited is not None or not is_lossless:
        return unsafe(title, *intents)
    return safe(title, *intents, Requires(place, start))


def _is_awaited(start: Reached, project: Project) -> bool:
    """What follows upon the start finds the room joined."""
    flow = project.files[start.event.place.path].flows[start.site.function]
    return any(call.span == start.event.place.span and call.use is Use.AWAITED for call in flow.calls)


def _enters_room(project: Project) -> bool:
    """Some agent may do something with the room when it enters, which it could before as the room was joined."""
    flows = (flow for facts in project.files.values() for flow in facts.flows.values())
    return any(snake(flow.own_name) == "on_enter" and not all(map(_is_speech, flow.calls)) for flow in flows)


def _is_speech(call: Call) -> bool:
    """It is called on the agent's session."""
    match call.target:
        case v.Attribute(v.Attribute(v.Name("self") | v.Name("this"), "session"), _):
            return True
        case _:
            return False


def _opens_thread(flow: Flow) -> bool:
    """It makes a session with a thread (livekit-agents 2.0), which its start opens before anything listens."""
    return any(
        name == "thread" and value != v.NONE and word_of(call) in _SESSIONS
        for call in flow.calls
        for name, value in call.keywords
    )


def _instead(used: Event, spoken: Wording) -> str:
    """What to do where the room is needed before the session starts."""
    if used.kind is Kind.AVATAR_START:  # the session speaks through it, so it has to be there first
        return "prepare the session and register listeners before connecting"
    first = f"start the session first, {spoken.start_in_room} connects by itself"
    if used.detail in _KNOWN_BEFORE:
        job = "ctx.job.room?" if spoken.spells_camel else "ctx.job.room"
        return f"{first}; {job}.{used.detail.removeprefix('room.')} is known before"
    if not used.kind.does.waits:
        return f"{first}, and do that after it"
    update = spoken.spelt("session.update_agent")
    return f"{first}, and do that after it; what is made from the participant can follow by {update}()"


def _finding(reached: Reached, origin: Origin, fix: Fix | None, *, opens_thread: bool) -> Diagnostic:
    state, lead, start = reached.state, origin.lead, reached.event.place
    spoken = words(lead.place)
    help = f"start the session first, {spoken.start_in_room} connects by itself"
    related = [Related(start, "the session starts here")]
    label = "the room is joined here" if origin.event.place == lead.place else "this leads to it"
    if origin.event.place != lead.place:
        related.append(Related(origin.event.place, "the room is joined here"))
    if state.used is not None:
        related.append(Related(state.used.place, "the room is needed here"))
        step = spoken.spelt(state.used.detail) or spoken.event(state.used.kind)
        note = f"{step} ({where(state.used.place, lead.place)}) in between needs the room"
        help = _instead(state.used, spoken)
    elif state.awaited is not None:
        related.append(Related(state.awaited, "room events are lost from here on"))
        note = f"room events that arrive during the await in between ({where(state.awaited, lead.place)}) are lost"
    elif opens_thread:
        note = (
            f"the start ({where(start, lead.place)}) opens the session's thread before anything listens, and room "
            "events that arrive meanwhile are lost"
        )
    else:
        note = (
            f"no await lies between it and the start ({where(start, lead.place)}), so nothing is lost yet, but the "
            "next one put there loses room events"
        )
    return META.at(
        lead.place,
        f"{spoken.event(origin.event.kind)} runs before session.start()",
        note=note,
        help=help,
        label=label,
        related=related,
        subject=lead.function,
        fix=fix,
    )

"""A handler that needs more arguments than its event passes.

## What it does

Reports, in Python, handlers given to `.on(...)` or `.once(...)` of a room, a session or a server that have more
required positional parameters than the event has arguments. Every event of a session passes one.

## Why it is bad

Emitting the event raises "TypeError: ... missing 1 required positional argument". The room's events are emitted in a
task that only logs it, and later handlers of that event are not called. A session's are emitted where they arise:
`session.on("agent_state_changed", lambda old, new: ...)` makes `await session.start()` raise.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For handlers that take fewer arguments (what they do not take is left out), and for parameters with a default. When the
handler or the receiver is not known, stands behind a decorator that is not known, or may be something else. For events
of which it is not known what they pass. In Node, where a missing argument is `undefined`. LKA402 speaks of events that
do not exist.

## Evidence

livekit rtc 1.1.21, `rtc/event_emitter.py` 50-74 (the arguments are cut to what the handler takes, a TypeError is raised
again), run. What each event passes is read from the released packages' `emit` calls by `tools/sdk_tables`.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Closure
from lkagent_lint.questions.arity import arity_of
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.offers import CLASS_PACKAGES
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, quoted
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA407",
    "handler-arity",
    Severity.ERROR,
    "a handler needs more arguments than its event passes",
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    offers = subject.offers
    unknown = subject.emitters.unknown_events
    for found in subject.listeners.handed(Role.LISTENER):
        place = found.place
        if place in unknown or is_node(place) or found.kind not in CLASS_PACKAGES or not found.topic:
            continue
        release = offers.all_of_class(place.path, found.kind)
        passed = None if release is None else release.events(found.kind).get(found.topic)
        if passed is None:
            continue
        arities = [arity_of(subject.project, each) for each in found.things]
        needed = [each.needed for each in arities if each is not None and len(each.needed) > passed]
        if needed and len(needed) == len(arities):
            yield _finding(subject.project, found, passed, max(needed, key=len))


def _finding(project: Project, found: Handed, passed: int, needed: tuple[str, ...]) -> Diagnostic:
    missing = needed[passed:]
    names = ", ".join(f"'{each}'" for each in missing) if len(missing) == 1 else " and ".join(map(repr, missing))
    argument = "argument" if len(missing) == 1 else "arguments"
    handlers = [each for each in found.things if isinstance(each, Closure)]
    return META.at(
        found.place,
        f"this handler needs {len(needed)} arguments ({', '.join(needed)}) and {quoted(found.topic)} passes "
        f"{passed or 'none'}, so emitting it raises TypeError (missing {len(missing)} required positional {argument}: "
        f"{names})",
        related=[
            Related(Place(each.path, project.files[each.path].flows[each.flow].span), "the handler")
            for each in handlers[:1]
        ],
        subject=found.activation.name,
        key=(found.kind, found.topic),
    )

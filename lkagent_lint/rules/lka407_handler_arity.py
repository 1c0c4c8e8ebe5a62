"""A handler that needs more arguments than its event passes.

## What it does

Reports, in Python, handlers given to `.on(...)` or `.once(...)` of a room, a session or a server that have more
required positional parameters than the event has arguments. Every event of a session passes one. In livekit-agents 2.0
also an agent's `on_enter` with parameters of its own: it is called with a `RunContext` as soon as it has any.

## Why it is bad

Emitting the event raises "TypeError: ... missing 1 required positional argument". The room's events are emitted in a
task that only logs it, and later handlers of that event are not called. A session's are emitted where they arise:
`session.on("agent_state_changed", lambda old, new: ...)` makes `await session.start()` raise.

`async def on_enter(self, room=None)` was called without arguments up to livekit-agents 1.8; in 2.0 `room` is a
`RunContext`, which the rest of the method does not expect (a warning). Where none can be given by position, or more are
needed, the hook raises a TypeError that is only logged, and nothing of it runs.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For handlers that take fewer arguments (what they do not take is left out), and for parameters with a default. When the
handler or the receiver is not known, stands behind a decorator that is not known, or may be something else. For events
of which it is not known what they pass. In Node, where a missing argument is `undefined`. LKA402 speaks of events that
do not exist. For `on_enter(self, ctx)`: a parameter with neither a default nor an annotation, one that is called `ctx`
or `context`, or that is annotated with something that may be the context.

## Evidence

livekit rtc 1.1.21, `rtc/event_emitter.py` 50-74 (the arguments are cut to what the handler takes, a TypeError is raised
again), run. livekit-agents 2.0.0b1, `voice/agent.py` 579-587, run; seen in kwami-ai-lk, `agent/src/agent.py` 308. What
each event passes is read from the released packages' `emit` calls by `tools/sdk_tables`.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow, Parameter
from lkagent_lint.facts.spelling import spelt
from lkagent_lint.project.records import Project
from lkagent_lint.project.things import Activation, Closure, Instance, SdkObject, Unknown
from lkagent_lint.questions.arity import arity_of
from lkagent_lint.questions.listeners import Handed
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, quoted, shortened
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import Role

META = Meta(
    "LKA407",
    "handler-arity",
    Severity.ERROR,
    "a handler needs more arguments than its event passes",
    basis=Basis.TABLES,
    sdks=IN_PYTHON,
)


_CONTEXTS = frozenset({"ctx", "context", "run_ctx", "run_context"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from _entering(subject)
    offers = subject.offers
    unknown = subject.emitters.unknown_events
    for found in subject.listeners.handed(Role.LISTENER):
        place = found.place
        if place in unknown or is_node(place) or not found.topic:
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
        f"this handler needs {len(needed)} arguments and its event passes {passed or 'none'}",
        note=f"{quoted(found.topic)} passes {passed or 'none'}, and the handler takes {', '.join(needed)}, so emitting "
        f"it raises TypeError (missing {len(missing)} required positional {argument}: {names})",
        help="take as many arguments as the event passes",
        label="registered here",
        culprit=(found.topic,),
        related=[
            Related(Place(each.path, project.files[each.path].flows[each.flow].span), "the handler")
            for each in handlers[:1]
        ],
        subject=found.activation.name,
        key=(found.kind, found.topic),
    )


def _entering(subject: Subject) -> Iterator[Diagnostic]:
    """``on_enter`` of agents that has parameters beside ``self``."""
    project = subject.project
    for activation in subject.methods.activations(lambda flow: bool(flow.owner) and flow.own_name == "on_enter"):
        flow = activation.flow
        sdk = project.sdk(activation.path)
        is_judged = not activation.is_node and sdk.has(Change.HISTORY_OF_SESSION) and sdk.knows_absence
        if not is_judged or flow.decorators or len(flow.parameters) < 2:
            continue
        if "Agent" not in project.evaluator.classes.kinds(Instance(activation.path, flow.owner, None)):
            continue
        found, severity = _entered_with(flow, activation)
        if found is not None:
            yield META.at(activation.place(flow.span), found, subject=flow.name, key=("on_enter",), severity=severity)


def _entered_with(flow: Flow, activation: Activation) -> tuple[Said | None, Severity]:
    """What a RunContext as the one argument does to a hook; None where that is meant."""
    _, *own = flow.parameters
    needed = [each for each in own if each.default is None and each.kind in ("positional", "keyword")]
    taking = [each for each in own if each.kind in ("positional", "*")]
    by_name = [each for each in needed if each.kind == "keyword"]
    begin = "since livekit-agents 2.0 an on_enter with parameters is called with a RunContext"
    nothing = "TypeError, which is only logged, and nothing of the hook runs"
    cure, label = "take no parameter, or the context alone", "called with a RunContext"
    if not taking:
        note = f"{begin}, and this one takes none by position: {nothing}"
        return Said("on_enter() is given a RunContext and takes none", note, cure, label), Severity.ERROR
    if len(needed) > 1 or by_name:
        note = f"{begin} alone, and this one needs more: {nothing}"
        return Said("on_enter() is given a RunContext alone and needs more", note, cure, label), Severity.ERROR
    first = taking[0]
    if first.kind == "*" or _may_be_context(first, activation):
        return None, Severity.WARNING
    note = f"{begin}, so {first.name} is one here, and not what it was up to 1.8"
    return Said(f"{shortened(first.name)} of on_enter() is a RunContext", note, cure, label), Severity.WARNING


def _may_be_context(parameter: Parameter, activation: Activation) -> bool:
    """A parameter that is called or annotated as the context of a run, or of which nothing says what it is."""
    if parameter.annotation is None:
        return parameter.default is None or parameter.name in _CONTEXTS
    promised = activation.value(v.Typed(parameter.annotation, None))
    is_context = any(isinstance(each, Unknown) or each == SdkObject("RunContext") for each in promised)
    return is_context and (parameter.default is None or "Context" in spelt(parameter.annotation))

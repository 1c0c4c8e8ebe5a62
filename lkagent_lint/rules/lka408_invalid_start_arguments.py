"""`session.start()` is called with arguments that it refuses.

## What it does

Reports calls of `AgentSession.start` in the order of livekit-agents 0.x (`session.start(ctx.room, agent)`), with a
room in the agent's place, with the agent's class instead of an agent, with `participant=`, without an agent, and with
`RoomInputOptions` or `RoomOutputOptions` as `room_options`. In Node: with the room, the context, an agent or nothing
instead of an object that holds the agent, with an object that holds none, and with the agent's class.

## Why it is bad

`agent` is the only positional parameter since 1.0.0. The call raises "TypeError: AgentSession.start() takes 2
positional arguments but 3 were given", "got multiple values for argument 'agent'", "got an unexpected keyword argument
'participant'" or "missing 1 required positional argument: 'agent'"; a room or a class in its place raises
AttributeError once the session has begun to start; `room_options` raises "ValueError: expected RoomOptions".

In Node the call throws: "TypeError: Cannot read properties of undefined (reading 'id')" without an agent, and with a
class "(reading 'toolsets')", when the room has been joined already.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the receiver is not surely an AgentSession: the pipelines of 0.x, avatars and background audio have a `start` of
their own. When an argument is not known, or `*args` or `**kwargs` may hold the agent.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 906-918, `voice/room_io/types.py` 179-180; all run. @livekit/agents
1.9.0, `voice/agent_session.ts` (`start({ agent, room, ... })`); run.

## Fix safety

Safe where the call surely raises and what was meant is known: arguments in the order of livekit-agents 0.x get their
keywords, a class of agents is called if it needs nothing, and `RoomInputOptions` are given as `room_input_options=`.
Taking `participant=` away is unsafe, because the session then listens to whoever comes first. For the rest there is no
fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity, numbered_argument
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.intents import Fix, NameArguments, RemoveArgument, RenameArgument, SurroundArgument, safe, unsafe
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    NEVER,
    NOTHING,
    Activation,
    ClassOf,
    Instance,
    Record,
    Sdk,
    SdkObject,
    Thing,
    Things,
)
from lkagent_lint.questions.constructions import needs_nothing
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA408",
    "invalid-start-arguments",
    Severity.ERROR,
    "`session.start()` is called with arguments that it refuses",
    basis=Basis.REFUSAL,
)

_OLD_OPTIONS = frozenset({"RoomInputOptions", "RoomOutputOptions"})


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for found in subject.methods.of("AgentSession", "start"):
        activation = found.activation
        judge = _in_node if activation.is_node else _in_python
        has_options = bool(project.sdk(activation.path).has(Change.ROOM_OPTIONS))
        wrong = judge(found.call, activation, project.evaluator, has_options)
        if wrong:
            fix = None if activation.is_node else _fix(found, project.evaluator, has_options)
            yield META.at(found.place, wrong, label="called so", subject=activation.name, fix=fix)


def _fix(found: WrittenCall, evaluator: Evaluator, has_options: bool) -> Fix | None:
    """What is surely meant by a call in Python that is refused."""
    place, named = found.place, dict(found.call.keywords)
    given = [found.activation.value(each) for each in found.call.args]
    names = tuple("room" if _is_room(each) else "agent" for each in given)
    if "room" in names:
        is_whole = {*names, *named} >= {"room", "agent"} and len({*names, *named}) == len(names) + len(named)
        return safe("give both by their names", NameArguments(place, names)) if is_whole else None
    if len(given) > 1:
        return None
    if "participant" in named:
        return unsafe("take participant= away", RemoveArgument(place, "participant"))
    agent = given[0] if given else found.activation.value(named["agent"]) if "agent" in named else NEVER
    made = next(iter(agent), None)
    if len(agent) == 1 and isinstance(made, ClassOf) and needs_nothing(made, evaluator):
        return safe("make an agent of it", SurroundArgument(place, "" if given else "agent", "", "()"))
    kind = _old_options(found.activation.value(named["room_options"])) if "room_options" in named else ""
    old = "room_input_options" if kind == "RoomInputOptions" else "room_output_options"
    is_free = bool(kind) and has_options and old not in named
    return safe(f"write {old}=", RenameArgument(place, "room_options", old)) if is_free else None


_FIRST, _SECOND = (numbered_argument(0),), (numbered_argument(1),)
_AGENT = ("agent", *_FIRST)
_CURE = "agent is its only positional parameter: write session.start(agent=..., room=ctx.room)"


def _in_python(call: Call, activation: Activation, evaluator: Evaluator, has_options: bool) -> Said | None:
    """What is wrong with a call; None if nothing surely is."""
    named = dict(call.keywords)
    if any(isinstance(each, v.Spread) for each in call.args):
        return None
    given = [activation.value(each) for each in call.args]
    if len(call.args) > 1:
        raised = f"it raises TypeError (takes 2 positional arguments but {len(call.args) + 1} were given)"
        return Said(
            f"session.start() is given {len(call.args)} arguments without keywords", raised, _CURE, culprit=_SECOND
        )
    if call.args and "agent" in named:
        raised = "it raises TypeError (got multiple values for argument 'agent')"
        return Said("session.start() is given its agent twice", raised, _CURE, culprit=("agent",))
    if "participant" in named:
        raised = "it raises TypeError (got an unexpected keyword argument 'participant')"
        cure = "choose the participant by room_options, if at all"
        return Said("session.start() takes no participant", raised, cure, culprit=("participant",))
    if given and _is_room(given[0]):
        return Said("session.start() is given a room as its agent", "it raises AttributeError", _CURE, culprit=_FIRST)
    agent = given[0] if given else activation.value(named["agent"]) if "agent" in named else None
    if agent is None:
        raised = "it raises TypeError (missing 1 required positional argument: 'agent')"
        return None if "**" in named else Said("session.start() is given no agent", raised, _CURE)
    if _is_class(agent, evaluator):
        cure = "give it an agent, made by calling it"
        return Said("session.start() is given the agent's class", "it raises AttributeError", cure, culprit=_AGENT)
    options = named.get("room_options")
    kind = _old_options(activation.value(options)) if options is not None and has_options else ""
    if kind:
        old = "room_input_options" if kind == "RoomInputOptions" else "room_output_options"
        return Said(
            f"room_options= of session.start() is given {kind}",
            f"it raises ValueError (expected RoomOptions): {kind} is not one",
            f"use room_io.RoomOptions, or {old}=",
            culprit=("room_options",),
        )
    return None


def _in_node(call: Call, activation: Activation, evaluator: Evaluator, has_options: bool) -> Said | None:
    if any(isinstance(each, v.Spread) for each in call.args):
        return None
    cure = "write session.start({ agent, room: ctx.room })"
    given = activation.value(call.args[0]) if call.args else frozenset({NOTHING})
    if given and all(_is_no_object(each, evaluator) for each in given):
        note = "it finds no agent in what it is given, and throws TypeError"
        return Said("session.start() takes one object", note, cure, culprit=_FIRST)
    records = [each for each in given if isinstance(each, Record)]
    if not records or len(records) < len(given):
        return None
    agents = frozenset[Thing]().union(*(evaluator.scripts.held(each, "agent") for each in records))
    if all(each == NOTHING for each in agents):
        return Said("session.start() is given no agent", "it throws TypeError", cure)
    if _is_class(agents, evaluator):
        cure = "give it an agent, made with `new`"
        return Said("session.start() is given the agent's class", "it throws TypeError", cure, culprit=_AGENT)
    return None


def _is_no_object(thing: Thing, evaluator: Evaluator) -> bool:
    """An object of the SDK's, or nothing, where an object of options is expected."""
    return thing == NOTHING or isinstance(thing, SdkObject) or _is_agent(thing, evaluator)


def _is_agent(thing: Thing, evaluator: Evaluator) -> bool:
    return "Agent" in evaluator.classes.kinds(thing)


def _is_room(things: Things) -> bool:
    return bool(things) and all(each == SdkObject("Room") for each in things)


def _is_class(things: Things, evaluator: Evaluator) -> bool:
    """A class of agents, and no agent."""
    return bool(things) and all(_makes_agents(each, evaluator) for each in things)


def _makes_agents(thing: Thing, evaluator: Evaluator) -> bool:
    match thing:
        case ClassOf(path, name):
            return _is_agent(Instance(path, name, None), evaluator)
        case Sdk(name):
            return name in ("livekit.agents.Agent", "livekit.agents.voice.Agent")
        case _:
            return False


def _old_options(things: Things) -> str:
    """The name of the old class of options, if the value is surely one of them."""
    names = {each.kind.rpartition(".")[2] if isinstance(each, SdkObject) else "" for each in things}
    return names.pop() if len(names) == 1 and names <= _OLD_OPTIONS else ""

"""Which event a call or a read is, once its receiver is known."""

from __future__ import annotations

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Read, Use
from lkagent_lint.facts.following import given_to, made_from
from lkagent_lint.project.classes import Classes
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    Activation,
    Box,
    Closure,
    Instance,
    Nothing,
    Record,
    Sdk,
    SdkMethod,
    SdkObject,
    Thing,
    Things,
)
from lkagent_lint.sources.sdk.vocabulary import Form, Term, function, member, snake, spoken, term, written
from lkagent_lint.typestate.automaton import Does, Kind, Reads, Room
from lkagent_lint.typestate.lifecycle import Event

_DEFAULTS = frozenset({"AutoSubscribe.SUBSCRIBE_ALL", "None"})
_TRUE = (v.Constant("True"), v.Constant("true"))
_SPEAKS = frozenset({"say", "generate_reply"})
"""Of a session: awaiting what they give is waiting until it has been said. In Node that has another name."""
_POSITIONS = ("e2ee", "autoSubscribe", "rtcConfig")
"""The options of Node's ``ctx.connect`` (@livekit/agents 1.7.0, job.ts 325)."""


def _moves(term: Term) -> bool:
    """It joins the room, or starts a session."""
    return any(does.room is Room.JOINED or does.starts for does in _rows(term))


def _registers_callback(term: Term) -> bool:
    return any(does.registers_callback for does in _rows(term))


def _rows(term: Term) -> list[Does]:
    return [Kind[name].does for name in (term.event, term.event_in_node) if name]


STEP_WORDS = written(_moves)
"""How calls are written that would change the state of a job, if only it were known what is called."""
CALLBACK_WORDS = written(_registers_callback)
"""How calls are written that register what runs at the end of a job."""


def event_of(thing: Thing, call: Call, activation: Activation, place: Place) -> Event | None:
    """The lifecycle event that calling a thing is; None for every other call."""
    known = _term(thing)
    in_node = activation.is_node
    name = "" if known is None or not known.is_called else known.event_in_node if in_node else known.event
    if known is None or not name:
        return None
    kind = Kind[name]
    match kind.does.reads:
        case Reads.OPTIONS:
            options = _options_in_node(call) if in_node else _options(call)
            return Event(
                kind,
                place,
                bare=not call.args and not call.keywords,
                detail=", ".join(name for name, _ in options),
                given=tuple(_spelt(value) for _, value in options),
            )
        case Reads.ROOM:
            return Event(_start_in_node(call, activation) if in_node else _start(call), place)
        case Reads.TOPIC:
            return Event(kind, place, detail=known.topic or listened_for(call))
        case Reads.ANSWER:
            is_dial = _waits_for_answer(call, activation)
            return Event(kind, place, detail=spoken(known), takes_long=True) if is_dial else None
        case None:
            speaks = known.name in _SPEAKS and call.use is Use.AWAITED and not in_node
            return Event(kind, place, detail=spoken(known), takes_long=speaks)


def _term(thing: Thing) -> Term | None:
    match thing:
        case SdkMethod(kind, name):
            return term(kind, name)
        case Sdk(dotted):
            return function(dotted)
        case _:
            return None


def wrapper_event(thing: Thing, activation: Activation, evaluator: Evaluator, place: Place) -> Event | None:
    """What calling a function does by the settings' ``names``."""
    joins = evaluator.wrappers.joins(thing, activation.path)
    if evaluator.wrappers.starts(thing, activation.path):
        return Event(Kind.START_IN_ROOM if joins else Kind.START_MAYBE_IN_ROOM, place)
    return Event(Kind.JOIN, place) if joins else None


def _options(call: Call) -> list[tuple[str, v.Expr]]:
    """The options of a connect that are surely more than defaults; empty where ``**options`` may say anything."""
    if any(name == "**" for name, _ in call.keywords):
        return []
    return [(name, value) for name, value in call.keywords if _spelt(value) not in _DEFAULTS]


def _options_in_node(call: Call) -> list[tuple[str, v.Expr]]:
    """The same for Node, whose options go by their positions."""
    if any(isinstance(each, v.Spread) for each in call.args):
        return []
    given = zip(_POSITIONS, call.args, strict=False)
    return [(name, value) for name, value in given if _spelt(value) not in _DEFAULTS]


def _spelt(value: v.Expr) -> str:
    """The last two names of a dotted value, a constant as written, a literal text in quotes."""
    match value:
        case v.Constant(text):
            return text
        case v.Text(text):
            return repr(text)
        case v.Attribute(v.Name(base) | v.Attribute(name=base), name):
            return f"{base}.{name}"
        case _:
            return ""


def _start(call: Call) -> Kind:
    for name, value in call.keywords:
        if name == "room":
            return Kind.START if value == v.NONE else Kind.START_IN_ROOM
    # A second positional argument, or a room in the agent's place, as 0.x had it: LKA408 says that this raises.
    misplaced = len(call.args) > 1 or any(isinstance(each, v.Attribute) and each.name == "room" for each in call.args)
    open_ended = misplaced or any(name == "**" for name, _ in call.keywords)
    return Kind.START_MAYBE_IN_ROOM if open_ended else Kind.START


def _start_in_node(call: Call, activation: Activation) -> Kind:
    """``session.start({ agent, room })``; an object that is not known may have a room."""
    if len(call.args) != 1:
        return Kind.START_MAYBE_IN_ROOM if call.args else Kind.START
    found: set[Kind] = set()
    for thing in activation.value(call.args[0]):
        if not isinstance(thing, Record):
            return Kind.START_MAYBE_IN_ROOM
        rooms = next((values for key, values in thing.entries if key == "room"), None)
        if rooms is None:
            found.add(Kind.START_MAYBE_IN_ROOM if thing.open_ended else Kind.START)
        else:
            found.add(Kind.START if is_nothing(rooms) else Kind.START_IN_ROOM)
    return found.pop() if len(found) == 1 else Kind.START_MAYBE_IN_ROOM


def _waits_for_answer(call: Call, activation: Activation) -> bool:
    """Something that the call is given says so, as far as that is written out in the file."""
    for given in given_to(call):
        for flow, part in made_from(given, activation.flow, activation.facts):
            entries = flow.calls[part.call].keywords if isinstance(part, v.Result) else ()
            entries = part.entries if isinstance(part, v.Mapping) else entries
            stored = ((each.name, each.value) for each in flow.stores if each.base == part)
            if any(snake(name) == "wait_until_answered" and value in _TRUE for name, value in (*entries, *stored)):
                return True
    return False


def listened_for(call: Call) -> str:
    """The event that ``on`` or ``once`` is called for, in Python's spelling; empty where it is not written out.

    Node has a member of an enumeration, or camelCase.
    """
    match call.args[:1]:
        case (v.Text(text),):
            return snake(text)
        case (v.Attribute(v.Name(base) | v.Attribute(_, base), name),) if "Event" in base:
            return snake(name)
        case _:
            return ""


def read_event(read: Read, activation: Activation, place: Place, classes: Classes) -> Event | None:
    """The use of the room, or of what an agent's session holds, that reading an attribute is."""
    expression = read.value
    if not isinstance(expression, v.Attribute):
        return None
    in_node = activation.is_node
    for base in activation.value(expression.base):
        known = None
        if isinstance(base, SdkObject):
            known = term(base.kind, member(base.kind, expression.name, in_node=in_node))
        elif isinstance(base, Instance) and "Agent" in classes.kinds(base):
            known = None if classes.has_own(base, expression.name) else term("Agent", expression.name)
        event = "" if known is None else known.event_in_node if in_node else known.event
        if known is not None and event:
            return Event(Kind[event], place, detail=spoken(known))
    return None


def is_coroutine_method(thing: Thing, *, in_node: bool) -> bool:
    """Calling it does nothing until the result is awaited; in Node, it is done only then."""
    found = _term(thing)
    return found is not None and (found.form_in_node if in_node else found.form) is Form.COROUTINE


def carries(things: Things, kinds: frozenset[str], seen: frozenset[Thing] = frozenset()) -> bool:
    """Whether a value is, or was made from, an SDK object of one of these kinds, or a member of a context or session.

    Functions carry nothing: they are passed on to run at another time.
    """
    for thing in things:
        match thing:
            case SdkObject(kind):
                if kind in kinds:
                    return True
            case SdkMethod(kind, name):
                if kind in kinds and kind != "Room" and _leads_on(kind, name):  # a room's name leads nowhere
                    return True
            case Box(items):
                if carries(items, kinds, seen):
                    return True
            case Record(_, entries):
                if any(carries(items, kinds, seen) for _, items in entries):
                    return True
            case Instance(made=Activation() as made) if thing not in seen:
                if any(carries(values, kinds, seen | {thing}) for _, values in made.bindings):
                    return True
            case Closure(bound=Instance() as bound) if thing not in seen:
                if carries(frozenset({bound}), kinds, seen | {thing}):
                    return True
            case _:
                pass
    return False


def _leads_on(kind: str, name: str) -> bool:
    """Whoever has the member may come to the job by it: it is a step, or holds what takes steps. All of these have
    rows; what else there is (a session's history, its usage) is data. Of private members nothing is known.
    """
    return term(kind, name) is not None or name == "userdata" or name.startswith("_")


def is_nothing(things: Things) -> bool:
    return all(isinstance(thing, Nothing) for thing in things)

"""What a symbolic expression can turn out to be once the whole project is known.

Things are held in sets and are keys of what is kept, so two of different kinds must never be equal, whatever their
fields hold: they are structs, which compare their types (named tuples do not), and keep their hashes. Those that may
hold an activation, which holds them, are seen by the collector, or a process that stays could never free them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.values import Expr
from lkagent_lint.text import Span


class Answering(Protocol):
    """Who finds out what an expression can be: the evaluator."""

    def value(self, expression: Expr, activation: Activation, /) -> Things: ...

    def usual(self, path: str, flow: Flow, /) -> Activation: ...


class Activation:
    """One activation of a flow: which values its parameters hold, and the activation that encloses it.

    It is what is asked about the code that runs in it. Activations are interned (``Evaluator.intern``), so identity is
    equality and hashing is cheap.
    """

    __slots__ = ("_evaluator", "_order", "answers", "bindings", "depth", "facts", "flow", "parent", "path")

    def __init__(
        self,
        evaluator: Answering,
        path: str,
        facts: FileFacts,
        flow: Flow,
        bindings: Bindings,
        parent: Activation | None,
    ) -> None:
        self._evaluator = evaluator
        self.path = path
        self.facts = facts
        """Of the file in which the flow stands."""
        self.flow = flow
        self.bindings = bindings
        self.parent = parent
        self.answers: dict[Expr, Things] = {}
        """What expressions are known to be in it: the evaluator's notes."""
        self.depth: int = 1 + max(
            [parent.depth if parent else 0, *(depth_of(each) for _, values in bindings for each in values)]
        )
        """How many activations and containers are nested in it."""
        self._order = ""

    @property
    def order(self) -> str:
        """What activations are sorted by: it says the same of equal ones in every run, and does not grow with them."""
        if not self._order:
            said = [f"{name}={','.join(sorted(map(order_of, values)))}" for name, values in self.bindings]
            parent = "" if self.parent is None else self.parent.order
            self._order = f"{self.path}:{self.flow.name}({_digest([*said, parent])})"
        return self._order

    def __repr__(self) -> str:
        return self.order

    @property
    def name(self) -> str:
        """The flow's, which is its key in the facts of the file."""
        return self.flow.name

    @property
    def is_node(self) -> bool:
        """It is JavaScript or TypeScript."""
        return self.facts.language == "javascript"

    def value(self, expression: Expr) -> Things:
        """Everything that an expression can be in it."""
        return self._evaluator.value(expression, self)

    def targets(self, call: Call) -> Things:
        """What a call may call."""
        return self._evaluator.value(call.target, self)

    def around(self, flow: Flow) -> Activation:
        """The activation of a flow of the same file that encloses this one's, or is it."""
        here: Activation | None = self
        while here is not None and here.flow is not flow:
            here = here.parent
        return self._evaluator.usual(self.path, flow) if here is None else here

    def place(self, span: Span | None) -> Place:
        """Where something in it stands: the flow itself, where the front end kept no place for it."""
        return Place(self.path, span or self.flow.span)


class String(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    value: str


class FromVariable(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """An environment variable; ``default`` is the literal it falls back to."""

    variable: str
    default: str | None


class Formatted(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A text of which only parts are known, in their order; None stands for each of the others."""

    parts: tuple[str | None, ...]
    variables: tuple[str, ...] = ()
    """The variables of the environment that the others are, in their order; empty where some is anything else."""


class Sdk(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A module, class, function or constant of a LiveKit package, by its dotted name."""

    name: str


class SdkObject(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """An instance of an SDK class, by the class's own name: ``JobContext``, ``AgentSession``, ``Room``."""

    kind: str


class SdkMethod(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    kind: str
    name: str


class Library(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A name of the standard library or a builtin, dotted, or something made by one (``made``)."""

    name: str
    made: bool = False


class Foreign(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """Something of a package that is neither the project's nor LiveKit's, or made by one."""

    name: str


class ModuleOf(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    path: str


class ClassOf(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    path: str
    name: str


class Instance(msgspec.Struct, frozen=True, cache_hash=True):
    """An object of a class of the project; ``made`` is the activation of its ``__init__``, None where unseen."""

    path: str
    name: str
    made: Activation | None


class Closure(msgspec.Struct, frozen=True, cache_hash=True):
    """A function of the project with the activation it was defined in; ``bound`` is a method's receiver."""

    path: str
    flow: str
    home: Activation | None
    bound: Thing | None = None
    undecorated: bool = False
    """The function as its decorators are given it: calling it runs none of them."""

    def on(self, receiver: Thing | None) -> Closure:
        """The same as a method of a receiver."""
        return Closure(self.path, self.flow, self.home, receiver, self.undecorated)


class _Order:
    """What a container is sorted by, found when it is first asked for. It is no part of what the container is."""

    __slots__ = ("said",)

    def __init__(self) -> None:
        self.said = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Order)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return ""


class Partial(msgspec.Struct, frozen=True, cache_hash=True):
    """A function with what it is called with (``partial_of``)."""

    function: Thing
    args: tuple[Things, ...]
    keywords: tuple[tuple[str, Things], ...]
    depth: int
    order: _Order


class Box(msgspec.Struct, frozen=True, cache_hash=True):
    """A container that holds these values (``box``, ``box_of``)."""

    items: Things
    parts: tuple[Things, ...] | None
    """The same by position, where that is known: of a display, and of what ``*`` collects."""
    depth: int
    order: _Order
    keys: tuple[str, ...] = ()
    """Of a dict display whose keys are all written out: the parts stand under these instead of by position."""

    def under(self, key: str) -> Things:
        """What stands under a key; nothing where that is not known."""
        return self.parts[self.keys.index(key)] if self.parts and key in self.keys else NEVER


class Record(msgspec.Struct, frozen=True, cache_hash=True):
    """An object literal of ECMAScript (``record_of``); ``open_ended`` if it may hold more than these entries."""

    path: str
    entries: tuple[tuple[str, Things], ...]
    open_ended: bool
    depth: int
    order: _Order


class Super(msgspec.Struct, frozen=True, cache_hash=True):
    """``super()`` in a method of ``name`` called on ``receiver``."""

    path: str
    name: str
    receiver: Thing


class Nothing(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """``None``."""


class Plain(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """A value that cannot matter: a number, a flag, the result of a builtin."""


class Unknown(msgspec.Struct, frozen=True, cache_hash=True, gc=False):
    """It could be anything, the job's context included."""


Thing = (
    String
    | FromVariable
    | Formatted
    | Sdk
    | SdkObject
    | SdkMethod
    | Library
    | Foreign
    | ModuleOf
    | ClassOf
    | Instance
    | Closure
    | Partial
    | Box
    | Record
    | Super
    | Nothing
    | Plain
    | Unknown
)
Things = frozenset[Thing]
Bindings = tuple[tuple[str, Things], ...]

NOTHING = Nothing()
PLAIN = Plain()
JOB_CONTEXT = SdkObject("JobContext")
JOB_REQUEST = SdkObject("JobRequest")
UNKNOWN = Unknown()
ANYTHING: Things = frozenset({UNKNOWN})
NEVER: Things = frozenset()
"""No value at all: what is still being evaluated (recursion) or never assigned."""


_MAX_PARTS = 12


def only(thing: Thing) -> Things:
    return frozenset({thing})


def in_order(things: Things) -> list[Thing]:
    """Things in an order that does not depend on hashing."""
    return sorted(things, key=order_of) if len(things) > 1 else list(things)


def order_of(thing: Thing) -> str:
    """What things are sorted by: it says the same of equal ones in every run, and does not grow with what they hold."""
    match thing:
        case Box() | Record() | Partial():
            if not thing.order.said:
                thing.order.said = f"{type(thing).__name__}({_digest(_held_by(thing))})"
            return thing.order.said
        case Closure(path, flow, home, bound, undecorated):
            outer, receiver = home.order if home else "", order_of(bound) if bound else ""
            return f"Closure({path!r}, {flow!r}, {outer}, {receiver}, {undecorated})"
        case Super(path, name, receiver):
            return f"Super({path!r}, {name!r}, {order_of(receiver)})"
        case _:
            return repr(thing)


def _held_by(thing: Box | Record | Partial) -> list[str]:
    match thing:
        case Box(items, parts):
            return [_order(items), *map(_order, parts or ()), str(parts is None), *thing.keys]
        case Record(path, entries, open_ended):
            return [path, *(f"{name}={_order(values)}" for name, values in entries), str(open_ended)]
        case Partial(function, args, keywords):
            named = [f"{name}={_order(values)}" for name, values in keywords]
            return [order_of(function), *map(_order, args), *named]


def _order(things: Things) -> str:
    return ",".join(sorted(map(order_of, things)))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def box(items: Things, parts: tuple[Things, ...] | None = None, keys: tuple[str, ...] = ()) -> Box:
    """A container of these values."""
    return Box(items, parts, 1 + deepest(items), _Order(), keys)


def box_of(parts: Sequence[Things]) -> Box:
    """A container of these values, in this order."""
    return box(NEVER.union(*parts), tuple(parts) if len(parts) <= _MAX_PARTS else None)


def dict_of(entries: Sequence[tuple[str, Things]]) -> Box:
    """A dict display with these keys, all of them written out."""
    parts = tuple(values for _, values in entries)
    if len(parts) > _MAX_PARTS:
        return box(NEVER.union(*parts))
    return box(NEVER.union(*parts), parts, tuple(key for key, _ in entries))


def record_of(path: str, entries: Iterable[tuple[str, Things]], open_ended: bool) -> Record:
    """An object literal with these entries, in a file."""
    held = tuple(entries)
    return Record(path, held, open_ended, 1 + deepest(each for _, values in held for each in values), _Order())


def partial_of(function: Thing, args: tuple[Things, ...], keywords: tuple[tuple[str, Things], ...]) -> Partial:
    """A function that is called with these arguments first."""
    held = NEVER.union(only(function), *args, *(values for _, values in keywords))
    return Partial(function, args, keywords, 1 + deepest(held), _Order())


def deepest(things: Iterable[Thing]) -> int:
    """The greatest ``depth_of`` among things."""
    return max(map(depth_of, things), default=0)


def depth_of(thing: Thing) -> int:
    """How many activations and containers are nested in a value; it bounds what is followed.

    Containers count too: a function that calls itself with ``{ parent: options }`` would nest them for ever.
    """
    match thing:
        case Instance(made=Activation() as made):
            return made.depth
        case Closure(home=home, bound=bound):
            return max(home.depth if home else 0, depth_of(bound) if bound else 0)
        case Box(depth=depth) | Record(depth=depth) | Partial(depth=depth):
            return depth
        case Super(receiver=receiver):
            return depth_of(receiver)
        case _:
            return 0


def functions_among(things: Things) -> list[tuple[Closure, tuple[Things, ...]]]:
    """The project's functions among values, with the arguments that partials hold for them."""
    found: list[tuple[Closure, tuple[Things, ...]]] = []
    for thing in in_order(things):
        held: tuple[Things, ...] = ()
        function: Thing = thing
        while isinstance(function, Partial):
            held = function.args + held
            function = function.function
        if isinstance(function, Closure):
            found.append((function, held))
    return found

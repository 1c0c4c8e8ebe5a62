"""What a symbolic expression can turn out to be once the whole project is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Environment:
    """One activation of a flow: which values its parameters hold, and the activation that encloses it.

    Activations are interned (``Evaluator.activation``), so identity is equality and hashing is cheap.
    """

    __slots__ = ("bindings", "depth", "flow", "parent", "path")

    def __init__(self, path: str, flow: str, bindings: Bindings, parent: Environment | None) -> None:
        self.path = path
        self.flow = flow
        self.bindings = bindings
        self.parent = parent
        self.depth: int = 1 + max(
            [parent.depth if parent else 0, *(depth_of(each) for _, values in bindings for each in values)]
        )

    def __repr__(self) -> str:
        """The same in every run, so that things can be sorted by it."""
        return f"{self.path}:{self.flow}({self.bindings!r}) in {self.parent!r}"


class String(NamedTuple):
    value: str


class FromVariable(NamedTuple):
    """An environment variable; ``default`` is the literal it falls back to."""

    variable: str
    default: str | None


class Sdk(NamedTuple):
    """A module, class, function or constant of a LiveKit package, by its dotted name."""

    name: str


class SdkObject(NamedTuple):
    """An instance of an SDK class, by the class's own name: ``JobContext``, ``AgentSession``, ``Room``."""

    kind: str


class SdkMethod(NamedTuple):
    kind: str
    name: str


class Library(NamedTuple):
    """A name of the standard library or a builtin, dotted, or something made by one (``made``)."""

    name: str
    made: bool = False


class Foreign(NamedTuple):
    """Something of a package that is neither the project's nor LiveKit's, or made by one."""

    name: str


class ModuleOf(NamedTuple):
    path: str


class ClassOf(NamedTuple):
    path: str
    name: str


class Instance(NamedTuple):
    """An object of a class of the project; ``made`` is the activation of its ``__init__``, None where unseen."""

    path: str
    name: str
    made: Environment | None


class Closure(NamedTuple):
    """A function of the project with the activation it was defined in; ``bound`` is a method's receiver."""

    path: str
    flow: str
    home: Environment | None
    bound: Thing | None = None
    bare: bool = False
    """The function as its decorators are given it: calling it runs none of them."""


class Partial(NamedTuple):
    function: Thing
    args: tuple[Things, ...]
    keywords: tuple[tuple[str, Things], ...]


class Box(NamedTuple):
    """A container that holds these values."""

    items: Things
    parts: tuple[Things, ...] | None = None
    """The same by position, where that is known: of a display, and of what ``*`` collects."""


class Record(NamedTuple):
    """An object literal of ECMAScript; ``open_ended`` if it may hold more than these entries."""

    path: str
    entries: tuple[tuple[str, Things], ...]
    open_ended: bool


class Super(NamedTuple):
    """``super()`` in a method of ``name`` called on ``receiver``."""

    path: str
    name: str
    receiver: Thing


class Nothing(NamedTuple):
    """``None``. Named tuples are equal where their fields are, so the three that hold nothing need a mark."""

    mark: str = "nothing"


class Plain(NamedTuple):
    """A value that cannot matter: a number, a flag, the result of a builtin."""

    mark: str = "plain"


class Unknown(NamedTuple):
    """It could be anything, the job's context included."""

    mark: str = "unknown"


Thing = (
    String
    | FromVariable
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
    return sorted(things, key=repr) if len(things) > 1 else list(things)


def box_of(parts: Sequence[Things]) -> Box:
    """A container of these values, in this order."""
    return Box(NEVER.union(*parts), tuple(parts) if len(parts) <= _MAX_PARTS else None)


def depth_of(thing: Thing) -> int:
    """How many activations and containers are nested in a value; it bounds what is followed.

    Containers count too: a function that calls itself with ``{ parent: options }`` would nest them for ever.
    """
    match thing:
        case Instance(made=Environment() as made) | Closure(home=Environment() as made):
            return made.depth
        case Box(items):
            return 1 + max((depth_of(item) for item in items), default=0)
        case Record(_, entries):
            return 1 + max((depth_of(item) for _, items in entries for item in items), default=0)
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

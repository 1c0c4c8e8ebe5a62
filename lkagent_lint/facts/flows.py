"""Flows: what a function does, as blocks of steps and the edges between them."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import msgspec

from lkagent_lint.facts.values import Expr
from lkagent_lint.text import Span

MODULE = "<module>"
"""The name of the flow that runs when the module is imported."""

ENTRY_BLOCK = 0
EXIT_BLOCK = 1
RAISE_BLOCK = 2


class Use(enum.IntEnum):
    """What becomes of a call's or a read's result at the place where it stands."""

    VALUE = 0
    AWAITED = 1
    """``await call()``"""
    DROPPED = 2
    """An expression statement of its own, or assigned to ``_``."""
    KEPT = 3
    """Stored, returned or handed to asyncio: it may still be awaited."""
    COUNTED = 4
    """Only how much it holds is asked: ``len(read)``, ``read.size``."""


class Call(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One call; its number in ``Flow.calls`` is what ``Result`` refers to."""

    target: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    use: Use
    span: Span | None
    """Of the call expression; None where nothing could ever be said about it."""


class Do(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="c"):
    """Evaluate call number ``call``."""

    call: int


class Await(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="a"):
    """Await a value that is not a call written in place."""

    value: Expr
    span: Span | None


class Read(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="r"):
    """Read an attribute whose reading alone tells something (the room's participants, ``room.sid``)."""

    value: Expr
    use: Use
    span: Span | None


class Leave(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="l"):
    """Leave an ``async with`` block over this value (a task group waits for its tasks there)."""

    value: Expr


class Return(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="e"):
    """An explicit ``return`` of a coroutine function; the edge to where it leads follows."""

    span: Span | None


Step = Do | Await | Read | Leave | Return


class Block(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Steps in order; then one of ``next``. ``raises``: where an exception of any step leads."""

    steps: tuple[Step, ...]
    next: tuple[int, ...]
    raises: tuple[int, ...]


class EndlessLoop(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A loop without a condition that no ``break``, ``return`` or ``raise`` leaves.

    No edge leads from it to what stands behind it, because nothing ever arrives there.
    """

    head: int
    """The block in which it begins."""
    behind: int
    """The block of what stands behind it."""
    span: Span | None


class CountedLoop(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A loop that says itself how often it runs, unless something leaves it."""

    head: int
    """The block in which every round begins."""
    times: Expr
    """A number, or the name of one."""


class Store(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """``base.name = value``."""

    base: Expr
    name: str
    value: Expr
    span: Span | None = None


class Access(enum.IntEnum):
    """What a function does with something that it names."""

    READ = 0
    ASKED = 1
    """It may be missing: ``get``, ``in``, the left side of a fallback."""
    STORED = 2
    WHOLE = 3
    """The container of which it is an entry is used in another way, so that any entry may be read or stored."""
    USED = 4
    """A member of it is read."""


class Look(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An attribute, or the entry of a container, of which some rule asks wherever it is named."""

    value: Expr
    """``base.name``, or ``base.userdata["key"]`` as a subscript in both languages."""
    access: Access
    span: Span | None


class Comparison(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An attribute that is compared with texts that are written out."""

    value: Expr
    texts: tuple[str, ...]
    span: Span | None


class Parameter(msgspec.Struct, frozen=True, gc=False, array_like=True):
    name: str
    annotation: Expr | None = None
    default: Expr | None = None
    kind: str = "positional"
    """``positional``, ``keyword`` (keyword-only), ``*`` or ``**``."""


class Flow(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One function, lambda or module body.

    Block 0 is the entry, block 1 the normal exit, block 2 the exit by exception.
    """

    name: str
    """Qualified in the file: ``entry``, ``Agent.on_enter``, ``main.<locals>.job``, ``<module>``."""
    span: Span
    """Of the function's name in its definition (1-based)."""
    is_async: bool = False
    is_generator: bool = False
    parameters: tuple[Parameter, ...] = ()
    returns: tuple[Expr, ...] = ()
    annotation: Expr | None = None
    """Of the return value."""
    parent: str = ""
    """The flow of the enclosing function; empty at module and class level."""
    owner: str = ""
    """The class whose method this is."""
    binding: str = ""
    """``static``, ``class`` or ``property`` for a method decorated so."""
    decorators: tuple[Expr, ...] = ()
    guarded: bool = False
    """Defined under ``if __name__ == "__main__"``: where the module is imported, it does not exist."""
    variables: dict[str, tuple[Expr, ...]] = {}
    calls: tuple[Call, ...] = ()
    blocks: tuple[Block, ...] = ()
    stores: tuple[Store, ...] = ()
    put: tuple[tuple[Expr, Expr], ...] = ()
    """Where something is put by a key and what, where that may be an object: ``jobs[room] = job``."""
    looks: tuple[Look, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    endless: tuple[EndlessLoop, ...] = ()
    counted: tuple[CountedLoop, ...] = ()
    caught: tuple[tuple[int, int], ...] = ()
    """Python: the calls of a ``try`` of which every ``Exception`` ends in a handler that raises nothing, from the first
    number to before the second."""
    refusable: tuple[tuple[int, int], ...] = ()
    """Python: the calls of a ``try`` that catches ``TypeError`` by its name, which asks whether they take what they are
    given, from the first number to before the second."""
    swallows: tuple[Span, ...] = ()
    """Exception handlers of endless loops that catch a cancellation and let the loop go on: where they name it."""

    @property
    def own_name(self) -> str:
        """The name as its definition writes it."""
        return self.name.rpartition(".")[2].partition("#")[0]

    @property
    def steps(self) -> Iterator[Step]:
        """All that is done in it, block by block."""
        return (step for block in self.blocks for step in block.steps)

    @property
    def is_lambda(self) -> bool:
        return self.own_name == "<lambda>"


class Class(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A class of the file. ``attributes`` are the class level's own; instance ones follow from ``stores``."""

    name: str
    bases: tuple[Expr, ...] = ()
    attributes: dict[str, tuple[Expr, ...]] = {}
    annotations: dict[str, Expr] = {}
    """In the order of the class body, which is a dataclass's field order."""
    scope: str = MODULE
    """The flow in which the class level's expressions stand."""
    decorators: tuple[Expr, ...] = ()

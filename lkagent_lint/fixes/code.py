"""What edits ask of a parsed file, in any language: calls, statements, functions, and where their parts stand.

All offsets are 0-based and in code points of the file's text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from lkagent_lint.sources.splicing import Original


class ImpossibleError(Exception):
    """What stands there is not what the fix is for; ``str()`` says what is in the way."""


class Stretch(NamedTuple):
    """A part of a text."""

    start: int
    end: int


class GivenCode(NamedTuple):
    """One argument of a call, or one entry of an object that is its last argument."""

    part: Stretch
    name: str
    """Empty for one that is given by position."""
    key: Stretch | None
    value: Stretch
    """Where its value stands; where the name is the value too (``{ room }``), that."""
    spreads: bool = False


class CallCode(NamedTuple):
    """A call as it is written."""

    part: Stretch
    callee: Stretch
    inside: Stretch
    """Between its brackets, or between those of the object that holds its options."""
    arguments: tuple[GivenCode, ...]
    positional: tuple[Stretch, ...] = ()
    """In JavaScript: what is given by position before its object, if it has one."""
    has_object: bool = False


class Statement(NamedTuple):
    """A statement among those of its block."""

    part: Stretch
    block: tuple[Stretch, ...]
    position: int
    """Its number in the block."""
    is_plain: bool
    """It is one expression and nothing else, perhaps awaited."""
    stands_alone: bool
    """Nothing else but a comment stands on its lines."""


class NamesOfStatement(NamedTuple):
    """What a statement has to do with names, and with attributes as they are written."""

    bound: frozenset[str]
    used: frozenset[str]
    """When it runs."""
    later: frozenset[str]
    """In functions that stand in it."""


class Bound(NamedTuple):
    """What an import at the top of a file binds, and where more names could be added to it."""

    name: str
    module: str
    of: str
    """What is imported of the module; empty for the module itself."""


class ParsedCode(Protocol):
    """One file, parsed anew. What is asked of a span raises ``ImpossibleError`` where nothing of the kind is there."""

    original: Original
    is_python: bool
    indentation: str
    """Of one level."""

    def call(self, part: Stretch) -> CallCode: ...

    def called(self, part: Stretch) -> Stretch:
        """The whole call of what is called there; in Python the part itself, which is one."""
        ...

    def statement(self, part: Stretch) -> Statement:
        """The innermost statement that holds a part."""
        ...

    def names(self, part: Stretch) -> NamesOfStatement:
        """The names of a statement."""
        ...

    def decorated(self, part: Stretch) -> tuple[Stretch, Stretch, str] | None:
        """The decorator that a call is, the function that it stands on, without it, and the function's name."""
        ...

    def is_last(self, part: Stretch, decorator: str) -> bool:
        """Whether nothing comes behind a statement in its function, but a ``return`` without a value, and the function
        has a decorator of this name.
        """
        ...

    def can_wait(self, part: Stretch) -> bool:
        """Whether ``await`` may stand there."""
        ...

    def awaited(self, part: Stretch) -> Stretch | None:
        """The ``await`` whose operand an expression is, with the operand."""
        ...

    def is_read_of(self, part: Stretch) -> bool:
        """Whether an attribute, an entry or a call is taken of what an expression gives."""
        ...

    def is_expression(self, part: Stretch) -> bool:
        """Whether an expression begins and ends there."""
        ...

    def valued(self, part: Stretch) -> Stretch:
        """The expression that stands there; of an ``export default`` there, what it exports."""
        ...

    def returned(self, part: Stretch, name: str) -> Iterator[Stretch]:
        """Where the function whose name stands there returns what has a name, alone or first among others."""
        ...

    def text_in(self, part: Stretch) -> tuple[Stretch, str]:
        """The inside of the literal that stands there, or is the first argument of the call that does; and its text."""
        ...

    def function(self, part: Stretch) -> tuple[int, bool]:
        """Where the definition begins of the function whose name stands there, and whether it is ``async``."""
        ...

    def bound(self) -> Iterator[Bound]:
        """What imports at the top of the file bind."""
        ...

    def importing(self, module: str, name: str) -> tuple[int, str]:
        """Where one more import goes, and its text."""
        ...

    def importing_first(self, module: str) -> tuple[int, str]:
        """Where an import goes that comes before all others, and its text."""
        ...

    def uses(self, part: Stretch, before: str, after: str) -> Iterator[tuple[Stretch, str]]:
        """An imported name, by its place in the import, and its uses; each with what stands there then."""
        ...

    def moved_import(self, part: Stretch, name: str, module: str) -> Iterator[tuple[Stretch, str]]:
        """What is cut and put in so that an imported name comes from another module."""
        ...

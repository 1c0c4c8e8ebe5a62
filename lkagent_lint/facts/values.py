"""Symbolic expressions: what one file alone says about a value, before other files are known.

Front ends write them, link evaluates them. They name variables instead of resolving them, so that facts follow
from one file's bytes and nothing else.

Records of facts are not tracked by the collector (``gc=False``): they are frozen, so that they make no cycles, and a
file has a thousand of them.
"""

from __future__ import annotations

import msgspec


class Text(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="t"):
    """A string whose value is written out, also through concatenation or an f-string of literals."""

    value: str


class Constant(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="c"):
    """``None``, ``True``, ``False``, ``...`` or a number, as written."""

    value: str


class Name(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="n"):
    """A name as written; ``scopes.lookup`` finds what it means in the flow that holds the expression."""

    name: str


class Import(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="i"):
    """An imported name, dotted in full; leading dots keep a relative import relative."""

    name: str


class ClassName(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="k"):
    """A class of this file, by its qualified name."""

    name: str


class Function(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="d"):
    """A function or a lambda of this file, by the name of its flow."""

    flow: str


class Attribute(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="a"):
    base: Expr
    name: str


class Result(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="r"):
    """What call number ``call`` of the same flow returned (a coroutine, where the callee is one)."""

    call: int


class Subscript(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="x"):
    base: Expr
    key: Expr


class Typed(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="y"):
    """A value with the annotation of the variable that it is assigned to."""

    annotation: Expr
    value: Expr | None = None


class Join(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="j"):
    """A concatenation of strings that are not all literal."""

    parts: tuple[Expr, ...]


class Either(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="e"):
    """One of several values: a conditional expression, ``and``, a union of types."""

    options: tuple[Expr, ...]


class Or(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="o"):
    """``a or b``: the first option that is true."""

    options: tuple[Expr, ...]


class Items(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="s"):
    """A list, tuple, set, or another expression that is made of these values."""

    items: tuple[Expr, ...]


class Mapping(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="m"):
    """A dict display; entries whose key is no literal string have the key ``""``, ``**spread`` has ``"**"``."""

    entries: tuple[tuple[str, Expr], ...]


class Spread(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="*"):
    """``*value`` among positional arguments or list items."""

    value: Expr


class Env(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="v"):
    """A variable of the environment, read in a language other than Python; ``default`` where it is not set."""

    variable: str
    default: Expr | None = None


class External(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="z"):
    """What an ECMAScript import binds: an export of a module, ``*`` for all of it, ``default`` for its default."""

    module: str
    name: str


class Made(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="w"):
    """What an operator, or a call that does nothing else, makes of these values; which value that is, is not known."""

    parts: tuple[Expr, ...]
    by: str = ""
    """The name of the call's function; empty for an operator."""


class Elsewhere(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="l"):
    """A value that another function of this file assigns: the names and results in it mean what they mean there."""

    flow: str
    value: Expr


class Opaque(msgspec.Struct, frozen=True, gc=False, cache_hash=True, array_like=True, tag="?"):
    """An expression that the front end does not follow."""


Expr = (
    Text
    | Constant
    | Name
    | Import
    | ClassName
    | Function
    | Attribute
    | Result
    | Subscript
    | Typed
    | Join
    | Either
    | Or
    | Items
    | Mapping
    | Spread
    | Env
    | External
    | Made
    | Elsewhere
    | Opaque
)

OPAQUE = Opaque()
NONE = Constant("None")

_EVERYWHERE = (Text, Constant, Import, ClassName, Env, External, Opaque)


def may_be_object(value: Expr) -> bool:
    """A value may be an object that something holds, or contain one."""
    return isinstance(value, (Name, Attribute, Result, Subscript, Typed, Either, Or, Items, Mapping))


def carried(value: Expr, flow: str) -> Expr:
    """A value that stands in a flow, as the other functions of the file see it."""
    return value if isinstance(value, _EVERYWHERE) else Elsewhere(flow, value)

"""Symbolic expressions: what one file alone says about a value, before other files are known.

Front ends write them, link evaluates them. They name variables instead of resolving them, so that facts follow
from one file's bytes and nothing else.
"""

from __future__ import annotations

from typing import Union

import msgspec


class _Node(msgspec.Struct, frozen=True, array_like=True):
    pass


class Text(_Node, tag="t"):
    """A string whose value is written out, also through concatenation or an f-string of literals."""

    value: str


class Constant(_Node, tag="c"):
    """``None``, ``True``, ``False``, ``...`` or a number, as written."""

    value: str


class Name(_Node, tag="n"):
    """A name as written; ``scopes.lookup`` finds what it means in the flow that holds the expression."""

    name: str


class Import(_Node, tag="i"):
    """An imported name, dotted in full; leading dots keep a relative import relative."""

    name: str


class ClassName(_Node, tag="k"):
    """A class of this file, by its qualified name."""

    name: str


class Function(_Node, tag="d"):
    """A function or a lambda of this file, by the name of its flow."""

    flow: str


class Attribute(_Node, tag="a"):
    base: Expr
    name: str


class Result(_Node, tag="r"):
    """What call number ``call`` of the same flow returned (a coroutine, where the callee is one)."""

    call: int


class Subscript(_Node, tag="x"):
    base: Expr
    key: Expr


class Typed(_Node, tag="y"):
    """A value with the annotation of the variable that it is assigned to."""

    annotation: Expr
    value: Expr | None = None


class Join(_Node, tag="j"):
    """A concatenation of strings that are not all literal."""

    parts: tuple[Expr, ...]


class Either(_Node, tag="e"):
    """One of several values: a conditional expression, ``and``, a union of types."""

    options: tuple[Expr, ...]


class Or(_Node, tag="o"):
    """``a or b``: the first option that is true."""

    options: tuple[Expr, ...]


class Items(_Node, tag="s"):
    """A list, tuple, set, or another expression that is made of these values."""

    items: tuple[Expr, ...]


class Mapping(_Node, tag="m"):
    """A dict display; entries whose key is no literal string have the key ``""``, ``**spread`` has ``"**"``."""

    entries: tuple[tuple[str, Expr], ...]


class Spread(_Node, tag="*"):
    """``*value`` among positional arguments or list items."""

    value: Expr


class Opaque(_Node, tag="?"):
    """An expression that the front end does not follow."""


Expr = Union[
    Text,
    Constant,
    Name,
    Import,
    ClassName,
    Function,
    Attribute,
    Result,
    Subscript,
    Typed,
    Join,
    Either,
    Or,
    Items,
    Mapping,
    Spread,
    Opaque,
]

OPAQUE = Opaque()
NONE = Constant("None")

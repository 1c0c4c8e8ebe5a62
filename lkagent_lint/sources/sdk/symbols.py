"""What the names and members of the SDKs are, and how the tables write it (``tables.py``)."""

from __future__ import annotations

import enum
from functools import lru_cache
from typing import NamedTuple


class SymbolKind(enum.Enum):
    """What a name of a module, or a member of a class, is. The values are the tables' letters."""

    CLASS = "C"
    FUNCTION = "F"
    MODULE = "M"
    ENUM = "E"
    """Node only; a Python enumeration is a class."""
    TYPE = "T"
    """Node only: an interface or a type, which is gone at run time."""
    VALUE = "V"
    EXTERNAL = "X"
    """Something of another package."""
    COROUTINE = "c"
    METHOD = "m"
    GENERATOR = "g"
    """An asynchronous one."""
    PROPERTY = "p"
    SETTABLE = "w"
    """A property that can be assigned to."""
    ATTRIBUTE = "a"
    MEMBER = "="
    """Of an enumeration of Node."""


class Parameters(NamedTuple):
    """The parameters of a call, without ``self``."""

    positional: tuple[str, ...]
    keyword_only: tuple[str, ...]
    required: frozenset[str]
    var_positional: bool
    var_keyword: bool
    positional_only: frozenset[str] = frozenset()

    def accepts(self, keyword: str) -> bool:
        """Whether a call may give this keyword."""
        return self.var_keyword or keyword in self.keywords

    @property
    def keywords(self) -> frozenset[str]:
        """Every parameter that can be given by its name."""
        return frozenset((*self.positional, *self.keyword_only)) - self.positional_only


class Symbol(NamedTuple):
    """What a name of a module is; ``path`` says where a class or a function is defined, or which module it is."""

    kind: SymbolKind
    path: str = ""


class Member(NamedTuple):
    """A member of a class, or a function of a module."""

    kind: SymbolKind
    parameters: Parameters | None = None
    """None for what is not called, and where it is not known."""
    value: str = ""
    """Of a member of an enumeration."""
    promised: tuple[str, ...] = ()
    """The paths of the classes, one of which it holds, or returns, if it is not None; empty where that is not known."""


_OWN = "livekit.agents."
"""What a path of a table begins with that begins with a dot."""


@lru_cache(maxsize=1024)
def member_of(value: str) -> Member:
    """A member as a table writes it: ``c(agent, *, room=) livekit.rtc.Room``, ``a``, ``= 3``."""
    kind = SymbolKind(value[0])
    if kind is SymbolKind.MEMBER:
        return Member(kind, value=value[2:])
    written, found, promised = value[1:].rpartition(")")
    parameters = parameters_of(written) if found else None
    paths = (_OWN + each[1:] if each[0] == "." else each for each in promised.strip().split("|") if each)
    return Member(kind, parameters, promised=tuple(paths))


@lru_cache(maxsize=1024)
def parameters_of(written: str) -> Parameters:
    """Parameters as a table writes them: ``(agent, *, room=, **)``."""
    positional: list[str] = []
    keyword_only: list[str] = []
    required: set[str] = set()
    before_slash: list[str] = []
    starred = var_positional = var_keyword = False
    for word in filter(None, written.strip("()").split(", ")):
        if word == "**":
            var_keyword = True
        elif word == "/":
            before_slash = list(positional)
        elif word.startswith("*"):
            starred, var_positional = True, word != "*"
        else:
            name = word.rstrip("=")
            (keyword_only if starred else positional).append(name)
            if name == word:
                required.add(name)
    return Parameters(
        tuple(positional),
        tuple(keyword_only),
        frozenset(required),
        var_positional,
        var_keyword,
        frozenset(before_slash),
    )

"""Whether a text is made anew each time, from the clock or from chance, as far as one file says."""

from __future__ import annotations

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Flow
from lkagent_lint.facts.following import given_to, last_name
from lkagent_lint.facts.scopes import assigned
from lkagent_lint.facts.values import (
    Attribute,
    Either,
    Expr,
    Function,
    Join,
    Made,
    Name,
    Or,
    Result,
    Subscript,
    Typed,
)

_SOURCES = frozenset(
    {
        *("uuid1", "uuid4", "uuid7", "token_hex", "token_urlsafe", "token_bytes", "urandom", "getrandbits"),
        *("randint", "randrange", "random", "choices", "time", "time_ns", "now", "utcnow", "timestamp"),
        *("randomUUID", "randomBytes", "randomInt", "nanoid", "uuidv4", "uuidv7", "v4", "v7", "ulid", "cuid"),
        *("createId", "getTime"),
    }
)
"""Functions whose every call gives another value: of ``uuid``, ``secrets``, ``random``, ``time``, and of npm."""
_ROUNDED = frozenset({"strftime", "today", "date"})
"""What makes a day, or less than the moment, of it."""
_MAX_DEPTH = 12


def is_fresh(value: Expr, flow: Flow, facts: FileFacts, depth: int = _MAX_DEPTH) -> bool:
    """Whether every value that an expression can have in a flow is made anew; False where that is not sure."""
    if depth == 0:
        return False

    def fresh(each: Expr) -> bool:
        return is_fresh(each, flow, facts, depth - 1)

    match value:
        case Join(parts):
            return any(map(fresh, parts))
        case Made(parts, by):
            return by not in _ROUNDED and (by in _SOURCES or any(map(fresh, parts)))
        case Either(options) | Or(options):
            return all(map(fresh, options))
        case Attribute(base) | Subscript(base):
            return fresh(base)
        case Typed(_, held):
            return held is not None and fresh(held)
        case Name(name):
            held_by = assigned(facts, flow, name) or ()
            return bool(held_by) and all(is_fresh(each, home, facts, depth - 1) for home, each in held_by)
        case Result(number):
            return _gives_fresh(number, flow, facts, depth)
        case _:
            return False


def _gives_fresh(number: int, flow: Flow, facts: FileFacts, depth: int) -> bool:
    """What a call gives: of a source, of one of the file's own functions, or made from what is fresh."""
    call = flow.calls[number]
    word = last_name(call.target)
    if isinstance(call.target, Name):
        for _, held in assigned(facts, flow, call.target.name) or ():
            if isinstance(held, Function):
                inner = facts.flows[held.flow]
                return bool(inner.returns) and all(is_fresh(each, inner, facts, depth - 1) for each in inner.returns)
    if word in _ROUNDED or word in _SOURCES:
        return word in _SOURCES
    base = (call.target.base,) if isinstance(call.target, Attribute) else ()
    return any(is_fresh(each, flow, facts, depth - 1) for each in (*base, *given_to(call)))

"""Following symbolic expressions within one file: what they are made of, what calls are given, what is written out.

What names mean in the whole project is the evaluator's to say; what is here follows from the expressions and the flows
alone, and means the same to front ends, link, solver and rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.scopes import assigned_once, owner_of, qualified
from lkagent_lint.facts.values import (
    OPAQUE,
    Attribute,
    Constant,
    Either,
    Elsewhere,
    Env,
    Expr,
    Import,
    Items,
    Join,
    Made,
    Mapping,
    Name,
    Or,
    Result,
    Spread,
    Subscript,
    Text,
    Typed,
)

Part = tuple[Flow, Expr]
"""An expression, and the flow in which it stands."""


def last_name(expression: Expr) -> str:
    """``wait_for``, of ``asyncio.wait_for`` as of ``wait_for``; empty where an expression is no name."""
    return expression.name if isinstance(expression, (Name, Attribute)) else ""


# What calls are given


def given_to(call: Call) -> tuple[Expr, ...]:
    """Everything that a call is given, by position and by name; what is spread stands in a ``Spread``."""
    return (*call.args, *(value for _, value in call.keywords))


def parts_of_call(call: Call) -> tuple[Expr, ...]:
    """What is called, and everything that it is given."""
    return (call.target, *given_to(call))


def argument(call: Call, position: int | None = None, name: str = "") -> Expr | None:
    """What a call gives for a parameter, by its position or its name.

    None where it gives nothing for it, ``OPAQUE`` where ``*`` or ``**`` may give it.
    """
    for keyword, value in call.keywords:
        if name and keyword == name:
            return value
    if position is not None:
        if any(isinstance(each, Spread) for each in call.args[: position + 1]):
            return OPAQUE
        if position < len(call.args):
            return call.args[position]
    return OPAQUE if any(keyword == "**" for keyword, _ in call.keywords) else None


# What expressions are made of


def held_by(expression: Expr) -> tuple[Expr, ...]:
    """The values that an expression is one of, or holds: a choice's, a container's, a spread or annotated one."""
    match expression:
        case Items(held) | Either(held) | Or(held):
            return held
        case Mapping(entries):
            return tuple(value for _, value in entries)
        case Spread(value):
            return (value,)
        case Typed(_, value) if value is not None:
            return (value,)
        case _:
            return ()


def parts_of(expression: Expr) -> tuple[Expr, ...]:
    """All that an expression is made of, one level down. Variables and calls stand for themselves, and so does what
    another function assigns, whose parts stand there.
    """
    match expression:
        case Attribute(base):
            return (base,)
        case Subscript(base, key):
            return (base, key)
        case Join(parts) | Made(parts):
            return parts
        case Env(_, default):
            return () if default is None else (default,)
        case _:
            return held_by(expression)


def made_of(*parts: Expr, by: str = "") -> Expr:
    """What is made of values of which nothing but their origin is known; literals have none."""
    if OPAQUE in parts:
        return OPAQUE
    return Made(tuple(each for each in parts if not isinstance(each, (Text, Constant))), by)


EACH = "each"
"""By what a loop's variable is made of what the loop runs through."""


BY_NAME = "**"
"""By what a value is made that ``**`` gives for a keyword; the keyword stands behind the dict."""


def each_of(iterated: Expr) -> Expr:
    """What the variable of a loop holds: one of the values that it runs through."""
    return Made((iterated,), EACH) if isinstance(iterated, (Items, Mapping, Name, Attribute, Made)) else OPAQUE


def walk(*expressions: Expr) -> Iterator[Expr]:
    """Expressions with all their parts, outermost first."""
    stack = list(reversed(expressions))
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(parts_of(here)))


def made_from(
    value: Expr, flow: Flow, facts: FileFacts, more: Callable[[Flow, Name], Iterable[Part]] | None = None
) -> Iterator[Part]:
    """Everything that a value is made from in its file: variables, calls, their receivers and what they are given.

    ``more`` says what else goes into a variable.
    """
    seen: set[tuple[str, Expr]] = set()
    stack: list[Part] = [(flow, value)]
    while stack:
        here, expression = stack.pop()
        if (here.name, expression) in seen:
            continue
        seen.add((here.name, expression))
        yield here, expression
        match expression:
            case Result(number):
                stack.extend((here, part) for part in parts_of_call(here.calls[number]))
            case Name(name):
                home = owner_of(facts, here, name)
                if home is not None:
                    stack.extend((home, each) for each in home.variables.get(name, ()))
                    stack.extend(more(here, expression) if more is not None else ())
            case Elsewhere(inner, assigned):
                stack.append((facts.flows[inner], assigned))
            case _:
                stack.extend((here, part) for part in parts_of(expression))


# What is written out


def number_of(value: Expr | None, facts: FileFacts, flow: Flow) -> float | None:
    """A number that is written out, in place or where the one variable of the file stands that is nothing else.

    None for all else: what is computed, given by callers, or assigned more than once.
    """
    if isinstance(value, Name):
        found = assigned_once(facts, flow, value.name)
        if found is None:
            return None
        flow, value = found
    if isinstance(value, Typed):
        value = value.value
    match value:
        case Attribute() | Import() if qualified(facts, flow, value) == "math.inf":
            return float("inf")
        case Constant(written):
            try:
                return float(written.replace("_", ""))
            except ValueError:
                return None
        case _:
            return None

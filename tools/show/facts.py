"""The facts of a file, a line each, but for its flows (``drawing.py``)."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import TypeGuard, cast

import msgspec

from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Class, Flow
from lkagent_lint.facts.spelling import spelt
from lkagent_lint.facts.values import Expr
from lkagent_lint.text import Span

_EMPTY = FileFacts()
_ELSEWHERE = ("flow", "span", "scope")
"""Fields that say where a fact stands."""


def fact_lines(facts: FileFacts) -> Iterator[str]:
    """Everything that a file says, whatever kind of fact it is; nothing of what it does not say."""
    for field in facts.__struct_fields__:
        held: object = getattr(facts, field)
        if field == "flows" or held == getattr(_EMPTY, field):
            continue
        listed = _parts(held)
        records = [each for each in listed if isinstance(each, msgspec.Struct)]
        if records:
            yield f"{field.replace('_', ' ')}:"
            yield from (f"  {_fact(each, facts)}" for each in records)
        else:
            yield f"{field.replace('_', ' ')}: {_said(held, None)}"


def _parts(held: object) -> tuple[object, ...]:
    """What a tuple, or a dictionary, holds."""
    if isinstance(held, dict):
        return tuple(cast("dict[object, object]", held).values())
    return cast("tuple[object, ...]", held) if isinstance(held, tuple) else ()


def _fact(fact: msgspec.Struct, facts: FileFacts) -> str:
    """Where a fact stands, and every field of it that holds something."""
    flow = facts.flows.get(getattr(fact, "scope" if isinstance(fact, Class) else "flow", MODULE))
    span = getattr(fact, "span", None)
    where = [
        f"line {span.line}" if isinstance(span, Span) else "",
        f"in {flow.name}" if flow and flow.name != MODULE else "",
    ]
    held = ((field, getattr(fact, field)) for field in fact.__struct_fields__ if field not in _ELSEWHERE)
    said = ", ".join(f"{field} {_said(each, flow)}" for field, each in held if not _is_empty(each))
    return f"{' '.join(filter(None, where))}: {said}".removeprefix(": ")


def _is_empty(held: object) -> bool:
    return held is None or held is False or held in ("", (), {})


def _said(held: object, flow: Flow | None) -> str:
    """What a field holds; ``flow`` is the one in whose scope its expressions stand."""
    if _is_expression(held):
        return spelt(held, flow)
    if isinstance(held, tuple):
        return f"({', '.join(_said(each, flow) for each in cast('tuple[object, ...]', held))})"
    match held:
        case enum.Enum():
            return str(held.value)
        case dict():
            entries = cast("dict[object, object]", held).items()
            return f"{{{', '.join(f'{key}: {_said(each, flow)}' for key, each in entries)}}}"
        case msgspec.Struct():
            fields = ((field, getattr(held, field)) for field in held.__struct_fields__)
            return f"({', '.join(f'{field} {_said(each, flow)}' for field, each in fields if not _is_empty(each))})"
        case _:
            return str(held)


def _is_expression(held: object) -> TypeGuard[Expr]:
    return isinstance(held, Expr)

"""Equal parts of many files' facts as one object: most of what facts hold, many files hold.

Facts are frozen, so nobody can tell, and what is looked up by such a part later is found faster.
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
from msgspec.structs import force_setattr

import lkagent_lint.facts.file as files
from lkagent_lint.facts import flows, sdk_names, values
from lkagent_lint.text import Span

_RECORDS = frozenset(
    record
    for module in (files, flows, sdk_names, values)
    for record in vars(module).values()
    if isinstance(record, type) and issubclass(record, msgspec.Struct)
)
_ALONE = frozenset(
    record for record in _RECORDS if "span" in record.__struct_fields__ or record in (files.FileFacts, flows.Class)
)
"""Records that are seldom equal to another, because they say where they stand or hold a whole file or class: their
parts are shared and they are not.
"""
_SHARED = (_RECORDS - _ALONE - {Span}) | {str, tuple}
_PARTS = {
    record: [
        field.name
        for field in msgspec.structs.fields(record)
        if field.type not in (int, bool, Span, Span | None, flows.Use, flows.Access)
    ]
    for record in _RECORDS
}
"""The fields of a record in which parts can be."""


class Sharing:
    """The parts of all facts that were given so far."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def share(self, facts: files.FileFacts) -> None:
        """Put known parts into the places of equal ones. Nobody else may have the facts yet, as after decoding."""
        with contextlib.suppress(RecursionError):  # what has been shared by then is right, and so is what has not
            self._inside(facts)

    def _inside(self, record: msgspec.Struct) -> None:
        """Share the parts of a record."""
        known = self._known
        for name in _PARTS[type(record)]:
            value = getattr(record, name)
            if not value:
                continue
            kind: Any = value.__class__
            if kind is tuple and type(value[0]) in _ALONE:
                for each in value:
                    self._one(each)
            elif kind in _SHARED:
                shared = known.get(value)
                if shared is None:
                    shared = self._new(value, kind)
                if shared is not value:
                    force_setattr(record, name, shared)
            elif kind is dict:
                force_setattr(record, name, {self._one(key): self._one(each) for key, each in value.items()})

    def _one(self, value: Any) -> Any:
        """What stands for a value from now on."""
        kind: Any = value.__class__
        if kind in _ALONE:
            self._inside(value)
        elif kind in _SHARED:
            known = self._known.get(value)
            return self._new(value, kind) if known is None else known
        return value

    def _new(self, value: Any, kind: type[object]) -> Any:
        """A part that is not known yet, made of known ones."""
        if kind is tuple:
            value = tuple(map(self._one, value))
        elif kind is not str:
            self._inside(value)
        self._known[value] = value
        return value

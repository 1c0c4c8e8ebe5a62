"""What a project's own functions do, by their exact dotted names: ``[tool.lkagent-lint.names]``."""

from __future__ import annotations

from typing import Annotated

import msgspec

DottedName = Annotated[str, msgspec.Meta(pattern=r"^[^\s.]\S*\.[^\s.]+$")]
Argument = Annotated[int, msgspec.Meta(ge=0)] | str


class Names(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """Functions and classes of the project or of its packages, each by its exact dotted name."""

    joins_room: tuple[DottedName, ...] = ()
    """Functions that join the job's room, as ``ctx.connect()`` does."""
    starts_session: tuple[DottedName, ...] = ()
    """Functions that start a session. One that stands in ``joins-room`` too starts it with ``room=``."""
    dispatches: dict[DottedName, Argument] = {}
    """Functions that dispatch an agent, and which argument carries its name: a position, from 0, or a keyword."""
    emitters: tuple[DottedName, ...] = ()
    """Classes whose objects are emitters of the SDK's kind: ``on`` takes no async function."""

    blocks: dict[DottedName, str] = {}
    """Functions and methods that hold the event loop up until they return, each with what does the same without; empty
    if there is no such thing."""
    hooks: dict[DottedName, tuple[str, ...]] = {}
    """Base classes of agents, with the methods that they call and that agents override."""

    @property
    def words(self) -> frozenset[str]:
        """The last part of every name: without it in a function, none of them is called there."""
        named = (*self.joins_room, *self.starts_session, *self.dispatches, *self.emitters, *self.blocks, *self.hooks)
        return frozenset(each.rpartition(".")[2] for each in named)

    def may_dispatch(self, data: bytes) -> bool:
        """Whether a file's bytes can call a function that dispatches: they hold its name and that of its module."""
        return any(
            all(part.encode() in data for part in each.replace("/", ".").split(".")[-2:]) for each in self.dispatches
        )


NAMES_KEYS: tuple[str, ...] = tuple(field.encode_name for field in msgspec.structs.fields(Names))

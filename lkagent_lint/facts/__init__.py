"""The frozen, serialisable records that a front end makes of one file, and their codec."""

from __future__ import annotations

import msgspec

from lkagent_lint.facts.file import FileFacts


def encode(facts: FileFacts) -> bytes:
    """The facts as MessagePack; equal facts give equal bytes."""
    return msgspec.msgpack.encode(facts)


def decode(data: bytes) -> FileFacts:
    """The facts of ``encode``'s bytes. Raises ``msgspec.DecodeError`` for anything else."""
    return msgspec.msgpack.decode(data, type=FileFacts)


__all__ = ["FileFacts", "decode", "encode"]

"""The frozen, serialisable records that a front end makes of one file, and their codec."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

import msgspec

from lkagent_lint.facts.file import FileFacts

_SURROGATE = re.compile("[\ud800-\udfff]")
_ENCODER = msgspec.msgpack.Encoder()


@cache
def _decoder() -> msgspec.msgpack.Decoder[FileFacts]:
    """Made where facts are read: looking through the records takes milliseconds, and a first run reads none."""
    return msgspec.msgpack.Decoder(FileFacts)


def encode(facts: FileFacts) -> bytes:
    """The facts as MessagePack; equal facts give equal bytes.

    A lone surrogate, which a literal can spell and UTF-8 cannot, becomes U+FFFD.
    """
    try:
        return _ENCODER.encode(facts)
    except UnicodeEncodeError:
        return _ENCODER.encode(_without_surrogates(msgspec.to_builtins(facts)))


def decode(data: bytes | memoryview) -> FileFacts:
    """The facts of ``encode``'s bytes. Raises ``msgspec.DecodeError`` for anything else."""
    return _decoder().decode(data)


def _without_surrogates(value: object) -> object:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list() | tuple():
            return [_without_surrogates(each) for each in cast("list[object]", value)]
        case dict():
            entries = cast("dict[object, object]", value)
            return {_without_surrogates(key): _without_surrogates(each) for key, each in entries.items()}
        case _:
            return value


__all__ = ["FileFacts", "decode", "encode"]

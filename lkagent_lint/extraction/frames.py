"""Messages on a pipe: a length of four bytes, and so many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO

_LENGTH = struct.Struct("<I")
READY = b"ready"
"""The first message of a worker."""


def write_frame(pipe: BinaryIO, data: bytes) -> None:
    """Raises OSError where the other side has gone."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> bytes | None:
    """The next message; None where the other side has gone, also in the midst of one."""
    try:
        head = pipe.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        data = pipe.read(length)
    except (OSError, ValueError):
        return None
    return data if len(data) == length else None

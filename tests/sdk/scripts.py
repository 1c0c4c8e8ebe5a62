"""Runs a script in an interpreter of its own: one that is started for it, or one forked from a process that has
imported livekit-agents already.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

STAGE = Path(__file__).parent / "stage"


def start(command: list[str], folder: str, environment: dict[str, str], timeout: float) -> bytes:
    """What a command prints on both streams in a folder. Raises subprocess.TimeoutExpired, with what it said, where it
    does not end within ``timeout`` seconds.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    ).stdout


class Forks:
    """A process that has imported livekit-agents, and forks a child for each script (``stage/forks.py``)."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def run(self, file: str, folder: str, environment: dict[str, str], timeout: float) -> bytes:
        """As ``start``, for a script of Python."""
        read, write = os.pipe()
        with closing(os.fdopen(read, "rb", buffering=0)) as output:
            request = {"file": file, "folder": folder, "environment": environment}
            try:
                socket.send_fds(self._channel, [json.dumps(request).encode()], [write])
            finally:
                os.close(write)
            child = int(self._channel.recv(32))
            try:
                said, is_over = _read(output.fileno(), time.monotonic() + timeout)
                if not is_over:
                    os.kill(child, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(file, timeout, said)
            finally:
                self._channel.send(b".")
        return said


def _read(descriptor: int, deadline: float) -> tuple[bytes, bool]:
    """What is written until all writers have closed it, and whether they had before the deadline."""
    said = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if select.select([descriptor], [], [], left)[0]:
            part = os.read(descriptor, 1 << 16)
            if not part:
                return bytes(said), True
            said += part
    return bytes(said), False


@contextmanager
def forks(python: str, environment: dict[str, str]) -> Generator[Forks | None]:
    """Such a process; None where it cannot be told to have one thread only, or has more, and so must not fork."""
    if sys.platform != "linux":
        yield None
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            process = subprocess.Popen(
                [python, "-u", os.fspath(STAGE / "forks.py"), str(theirs.fileno())],
                env={**environment, "OPENBLAS_NUM_THREADS": "1"},  # numpy starts threads where it is imported
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        with process:
            yield Forks(ours) if ours.recv(32) == b"ready" else None
            ours.close()

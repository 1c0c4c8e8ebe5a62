"""A worker process: reads files on standard input, answers with their facts on standard output, in order.

It ends when its input does, so that no worker outlives the run that started it, however that run ended.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from queue import SimpleQueue
from typing import BinaryIO

import msgspec

from lkagent_lint.extraction.frames import READY, read_frame, write_frame
from lkagent_lint.extraction.one import Failed, FrontEnd, Litter, make_facts
from lkagent_lint.stack import run_deep

Task = tuple[FrontEnd, str, bytes]
Reply = tuple[bytes, Failed | None]
_TASKS = msgspec.msgpack.Decoder(Task)
_ENCODER = msgspec.msgpack.Encoder()


def main() -> None:
    """Work until the input ends. An interrupt from the terminal is for the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand among the replies
    tasks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(os.fdopen(0, "rb"), tasks), daemon=True).start()
    write_frame(replies, READY)
    run_deep(lambda: _work(tasks, replies))


def _receive(source: BinaryIO, tasks: SimpleQueue[bytes]) -> None:
    """Take tasks off the pipe as they come: the other side must be able to write while this one does."""
    while (frame := read_frame(source)) is not None:
        tasks.put(frame)
    os._exit(0)


def _work(tasks: SimpleQueue[bytes], replies: BinaryIO) -> None:
    gc.disable()
    litter = Litter()
    while True:
        front_end, name, data = _TASKS.decode(tasks.get())
        made = make_facts(front_end, name, data)
        reply: Reply = (b"", made) if isinstance(made, Failed) else (made, None)
        try:
            write_frame(replies, _ENCODER.encode(reply))
        except OSError:
            os._exit(1)
        litter.after(len(data))

"""The language server: ``lkagent-lint server``, for every editor that speaks the protocol."""

from __future__ import annotations

import gc
import logging
import os
import sys


def serve() -> int:
    """Serve one client over standard input and output until it goes; returns the exit code.

    Raises ImportError where the libraries of the extra ``lsp`` are not installed.
    """
    from lkagent_lint.server.features import new_server

    # What goes wrong is told in the protocol. A standard error that an editor does not read would fill up, and stop us.
    own = logging.getLogger("pygls")
    own.addHandler(logging.NullHandler())
    own.propagate = False
    gc.enable()  # a run of the command ends before cycles count, and this process stays
    # What anything prints must not get among the messages.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server = new_server()
    try:
        server.start_io(sys.stdin.buffer, output)
    finally:
        server.end()
    return 0 if server.was_shut_down else 1

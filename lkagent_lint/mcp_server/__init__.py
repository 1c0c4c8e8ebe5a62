"""The surface for coding agents that speak the Model Context Protocol: ``serve`` runs it over a process's own streams,
or over HTTP on the loopback interface.

It looks at nothing outside of the roots that its client names, and of the working directory where the client names
none; the answers are bounded and have cursors.
"""

from __future__ import annotations

import gc
from importlib.util import find_spec


class LibraryMissing(Exception):
    """The package ``mcp`` is not installed: it comes with ``lkagent-lint[mcp]``."""


def serve(directory: str, port: int | None = None) -> None:
    """Answer one client on standard input and output, or with a port many over HTTP on 127.0.0.1, until they are gone.

    ``directory`` (absolute) is what may be looked at for a client that names no roots. Raises LibraryMissing.
    """
    if find_spec("mcp") is None:
        raise LibraryMissing
    from lkagent_lint.mcp_server.server import server_for

    gc.enable()  # the command switches it off, because it ends soon
    server = server_for(directory)
    if port is None:
        server.run("stdio")
    else:
        server.run("streamable-http", host="127.0.0.1", port=port)

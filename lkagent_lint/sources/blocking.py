"""Libraries of Python whose calls hold up the event loop until they return, and what does the same without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Blocking(NamedTuple):
    """Calls of one module that block."""

    module: str
    names: tuple[str, ...]
    """Dotted, below the module."""
    instead: str
    """What to do, in words."""


_THREAD = "await asyncio.to_thread()"
_EXECUTE = f"await asyncio.create_subprocess_exec() or {_THREAD.removeprefix('await ')}"
_FETCH = f"use an asynchronous client (aiohttp), or {_THREAD}"
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")

TABLE = (
    Blocking("time", ("sleep",), "await asyncio.sleep() instead"),
    Blocking("urllib.request", ("urlopen", "urlretrieve"), _FETCH),
    Blocking("subprocess", ("run", "call", "check_call", "check_output"), _EXECUTE),
    Blocking(
        "smtplib", ("SMTP", "SMTP_SSL", "SMTP.connect", "SMTP_SSL.connect"), "send the mail in asyncio.to_thread()"
    ),
    Blocking(
        "requests",
        tuple(
            f"{owner}{verb}"
            for owner in ("", "api.", "Session.", "session.", "sessions.Session.", "sessions.session.")
            for verb in _VERBS
        ),
        f"use an asynchronous client (aiohttp, httpx.AsyncClient), or {_THREAD}",
    ),
)

CALLS: Mapping[str, str] = {f"{each.module}.{name}": each.instead for each in TABLE for name in each.names}
"""What to do instead, by the full names of the calls."""
MODULES = frozenset(each.module.partition(".")[0] for each in TABLE)
"""The top-level modules."""

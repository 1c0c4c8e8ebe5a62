"""How long clients of HTTP wait for an answer that are given no limit."""

from __future__ import annotations

import re
from math import inf
from typing import NamedTuple

_VERBS = "get|post|put|patch|delete|head|options|request"


class _Client(NamedTuple):
    call: re.Pattern[str]
    """The full name of what sends a request."""
    seconds: float


_PATIENT = (
    _Client(re.compile(rf"aiohttp\.(?:client\.)?ClientSession\.(?:__aenter__\.)?(?:{_VERBS})"), 300),
    _Client(re.compile(r"aiohttp\.request"), 300),
    _Client(re.compile(rf"requests\.(?:api\.|[sS]ession\.(?:__enter__\.)?)?(?:{_VERBS})"), inf),
    _Client(re.compile(r"urllib\.request\.urlopen"), inf),
    _Client(re.compile(r"ecmascript\.fetch"), 300),
)
"""aiohttp 3.13, ``client.py`` 184 (``DEFAULT_TIMEOUT``: total 5 minutes); requests 2.32, ``sessions.py`` (None);
Python's ``urllib.request`` (``socket._GLOBAL_DEFAULT_TIMEOUT``: none); undici 7, ``lib/dispatcher/client.js``
(``headersTimeout``: 5 minutes). httpx gives up after 5 seconds and is not here.
"""
CLIENTS = frozenset({"ClientSession", "Session", "session"})
"""What makes a client that may be given a limit for all its requests."""


def patience(name: str) -> tuple[str, float] | None:
    """What messages call a call that sends a request, and the seconds after which it gives up by itself; None for all
    other calls, by their full names.
    """
    for client in _PATIENT:
        if client.call.fullmatch(name):
            return name.replace("__aenter__.", "").replace("__enter__.", "").removeprefix("ecmascript."), client.seconds
    return None

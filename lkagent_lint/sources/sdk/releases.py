"""The released versions of the SDKs' packages, as ``tools/sdk_tables`` found them in the registries."""

from __future__ import annotations

import os
from typing import NamedTuple

import msgspec


class Package(NamedTuple):
    """A package of an SDK: its name and its stable releases, oldest first.

    From 1.0.0 on all of them (livekit-server-sdk: 2.0.0), of each older series the last.
    """

    package: str
    releases: tuple[str, ...]

    @property
    def newest(self) -> str:
        return self.releases[-1]


def _read() -> dict[str, tuple[str, ...]]:
    with open(os.path.join(os.path.dirname(__file__), "tables", "releases.json"), "rb") as stream:
        return msgspec.json.decode(stream.read(), type=dict[str, tuple[str, ...]])


_RELEASES = _read()

PYTHON = Package("livekit-agents", _RELEASES["livekit-agents"])
RTC = Package("livekit", _RELEASES["livekit"])
API = Package("livekit-api", _RELEASES["livekit-api"])
PROTOCOL = Package("livekit-protocol", _RELEASES["livekit-protocol"])
NODE = Package("@livekit/agents", _RELEASES["@livekit/agents"])
RTC_NODE = Package("@livekit/rtc-node", _RELEASES["@livekit/rtc-node"])
SERVER_NODE = Package("livekit-server-sdk", _RELEASES["livekit-server-sdk"])

PACKAGES = {each.package: each for each in (PYTHON, RTC, API, PROTOCOL, NODE, RTC_NODE, SERVER_NODE)}
"""By their names."""
NODE_PACKAGES = frozenset({NODE.package, RTC_NODE.package, SERVER_NODE.package})

KNOWN_RELEASES = PYTHON.releases
NEWEST = PYTHON.newest

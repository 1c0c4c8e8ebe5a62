"""The released versions of the SDKs' packages, as ``tools/sdk_tables`` found them in the registries."""

from __future__ import annotations

import enum
import os
from functools import lru_cache
from typing import NamedTuple

import msgspec

from lkagent_lint.sources.sdk.order import Order, is_prerelease, major, order

NODE_PACKAGES = frozenset({"@livekit/agents", "@livekit/rtc-node", "livekit-server-sdk"})


class Package(NamedTuple):
    """A package of an SDK: its name and its known releases, oldest first.

    The stable ones from 1.0.0 on (livekit-server-sdk: 2.0.0), of each older series the last; and pre-releases of a
    release that is still to come.
    """

    package: str
    releases: tuple[str, ...]

    @property
    def npm(self) -> bool:
        return self.package in NODE_PACKAGES

    @property
    def stable(self) -> tuple[str, ...]:
        """Without the pre-releases."""
        return _stable(self)

    @property
    def prereleases(self) -> tuple[str, ...]:
        stable = _stable(self)
        return tuple(each for each in self.releases if each not in stable)

    @property
    def newest(self) -> str:
        """The newest stable release: what an installer takes where nothing else is said."""
        return _stable(self)[-1]

    def newest_of(self, version: str) -> str:
        """The release that stands in for a version which is newer than all of its major that are known: the newest of
        that major, or of all where none of it is known.
        """
        number = major(order(version, npm=self.npm))
        own = [each for each in self.releases if major(order(each, npm=self.npm)) == number]
        return own[-1] if own else self.releases[-1]


class Standing(enum.Enum):
    """How much is known of a version."""

    KNOWN = "known"
    """A release that is known, or one between two that are: what it offers is known, and what it does not."""
    NEWER = "newer"
    """Newer than every known release of its major: the order of the lifecycle and what is present are those of the
    newest known one, and nothing can be said to be absent."""
    ANOTHER_MAJOR = "another major"
    """Of a major of which no release is known: only what holds for every release holds for it."""


class Basis(enum.Enum):
    """What a finding rests on, and so how much must be known of the release for which it is made."""

    NOTHING = "nothing"
    """It holds whatever the release is, or the rule asks for itself of which release it holds."""
    ORDER = "order"
    """The order of the lifecycle, and what is there: it holds until the next major release."""
    TABLES = "tables"
    """What the tables say of a release, which the rule asks for itself, package by package."""
    REFUSAL = "refusal"
    """Something that the release does not have, or refuses: a later one may have it."""


@lru_cache(maxsize=256)
def standing(version: str, package: Package) -> Standing:
    """How much is known of a version of a package. Raises ValueError if it is no version."""
    here = order(version, npm=package.npm)
    known = _orders(package)
    own = [each for each in known if major(each) == major(here)]
    if here in known or here < (own[-1] if own else known[-1]):
        return Standing.KNOWN
    return Standing.NEWER if own else Standing.ANOTHER_MAJOR


@lru_cache(maxsize=16)
def _orders(package: Package) -> tuple[Order, ...]:
    return tuple(order(each, npm=package.npm) for each in package.releases)


@lru_cache(maxsize=16)
def _stable(package: Package) -> tuple[str, ...]:
    return tuple(each for each in package.releases if not is_prerelease(each, npm=package.npm))


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

KNOWN_RELEASES = PYTHON.releases
NEWEST = PYTHON.newest

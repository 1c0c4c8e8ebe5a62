"""Which livekit-agents a file is written for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import msgspec

from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.locks import LOCK_FILES, locked_versions
from lkagent_lint.sources.sdk.ranges import Declaration, known, newest_allowed, release_of
from lkagent_lint.sources.sdk.releases import NEWEST

_MAX_LOCK_BYTES = 50_000_000
_SINCE = {change: release_of(change.since) for change in Change}


class Sdk(msgspec.Struct, frozen=True):
    """The livekit-agents that a file is judged by."""

    version: str
    """A normalised release, never newer than the newest known one."""
    declared: str = ""
    """What the project says, in its own words: ``~=1.2``, ``1.5.3``; empty where it says nothing."""
    source: str | None = None
    """The absolute path of the file that says so; None if nothing does or it was given from outside."""

    def has(self, change: Change) -> bool:
        """Whether this release has a change."""
        return release_of(self.version) >= _SINCE[change]

    def label(self, root: str) -> str:
        """``livekit-agents 1.5.3 (uv.lock)``, the file relative to a root and with ``/`` separators."""
        if self.source is not None:
            origin = os.path.relpath(self.source, root).replace(os.sep, "/")
        else:
            origin = "given" if self.declared else "assumed: newest known"
        return f"livekit-agents {self.version} ({origin})"


ASSUMED = Sdk(NEWEST)
"""What a project is judged by that says nothing."""


class SdkFinder:
    """Versions by file, for one root (an absolute path); every file of the project is read at most once."""

    def __init__(self, root: str, finder: SettingsFinder, overlays: Overlays | None = None) -> None:
        self._root = root
        self._finder = finder
        self._overlays = overlays or Overlays()
        self._names: dict[str, frozenset[str]] = {}
        self._locked: dict[str, Sdk | None] = {}
        self._declared: dict[str, Sdk | None] = {}

    def for_file(self, path: str, data: bytes | None = None) -> Sdk:
        """The version for a file, an absolute path. ``data`` is its content, for a script's inline metadata.

        The ``sdk-version`` setting decides; else the nearest lock file that pins the SDK; else the nearest
        declaration, the file's own first; else the newest known release. Raises ConfigError as the finder does.
        """
        directory = os.path.dirname(path)
        setting = self._from_settings(directory)
        if setting is not None:
            return setting
        locked = self._nearest(directory, self._locked, self._locked_in)
        if locked is not None:
            return locked
        if data is not None:
            from lkagent_lint.sources.sdk.declarations import in_script

            own = _chosen((path, declaration) for declaration in in_script(data))
            if own is not None:
                return own
        return self._nearest(directory, self._declared, self._declared_in) or ASSUMED

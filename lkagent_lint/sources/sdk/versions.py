"""Which livekit-agents a file is written for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import msgspec

from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.sources.packages import is_requirements
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
        declaration, the file's own first; else the newest known release. Raises ConfigError as the
        settings finder does.
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

    def _from_settings(self, directory: str) -> Sdk | None:
        setting = self._finder.for_directory(directory).sdk_version
        version = None if setting is None else known(setting)
        return None if version is None else Sdk(version, setting or "", self._finder.origin(directory))

    def _nearest(self, directory: str, cache: dict[str, Sdk | None], look: Callable[[str], Sdk | None]) -> Sdk | None:
        """The first answer from a directory up to the root; outside the root, of that directory alone."""
        inside = directory == self._root or directory.startswith(os.path.join(self._root, ""))
        passed: list[str] = []
        found: Sdk | None = None
        while directory not in cache:
            passed.append(directory)
            found = look(directory)
            if found is not None or directory == self._root or not inside:
                break
            directory = os.path.dirname(directory)
        else:
            found = cache[directory]
        cache.update(dict.fromkeys(passed, found))
        return found

    def _names_in(self, directory: str) -> frozenset[str]:
        if directory not in self._names:
            try:
                names = os.listdir(directory)
            except OSError:
                names = []
            self._names[directory] = frozenset(names).union(self._overlays.names_in(directory))
        return self._names[directory]

    def _locked_in(self, directory: str) -> Sdk | None:
        for name in LOCK_FILES:
            if name not in self._names_in(directory):
                continue
            path = os.path.join(directory, name)
            data = self._overlays.read(path, _MAX_LOCK_BYTES)
            pins = [] if isinstance(data, Unreadable) else locked_versions(name, data)
            usable = [(version, pin) for pin in pins if (version := known(pin)) is not None]
            if usable:
                version, pin = max(usable, key=_release)
                return Sdk(version, pin, path)
        return None

    def _declared_in(self, directory: str) -> Sdk | None:
        names = self._names_in(directory)
        if not any(map(_declares, names)):
            return None
        from lkagent_lint.sources.sdk.declarations import in_directory

        return _chosen(in_directory(directory, names, self._overlays, self._root))


def _declares(name: str) -> bool:
    """Whether a file (or directory) of this name can declare dependencies."""
    return name in ("pyproject.toml", "setup.cfg", "Pipfile", "requirements") or is_requirements(name)


def _chosen(declarations: Iterable[tuple[str, Declaration]]) -> Sdk | None:
    """The first declaration that can be understood; one that says a version goes before one that does not."""
    any_release: Sdk | None = None
    for path, declaration in declarations:
        version = newest_allowed(declaration)
        if version is None:
            continue
        sdk = Sdk(version, declaration.text, path)
        if declaration.alternatives != ("",):
            return sdk
        any_release = any_release or sdk
    return any_release


def _release(usable: tuple[str, str]) -> tuple[int, ...]:
    return release_of(usable[0])

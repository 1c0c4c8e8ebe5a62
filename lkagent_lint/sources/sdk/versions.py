"""Which release of the SDK a file is written for: livekit-agents for Python, @livekit/agents for Node."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.sources.packages import is_requirements
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.sdk import node
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.locks import LOCK_FILES, locked_versions
from lkagent_lint.sources.sdk.ranges import Declaration, known, newest_allowed, release_of
from lkagent_lint.sources.sdk.releases import NODE, NODE_PACKAGES, PYTHON, Package

_MAX_LOCK_BYTES = 50_000_000
_SINCE = {
    PYTHON.package: {change: release_of(change.since) for change in Change if change.since},
    NODE.package: {change: release_of(change.since_in_node) for change in Change if change.since_in_node},
}


class SdkVersion(msgspec.Struct, frozen=True):
    """The release of an SDK that a file is judged by."""

    version: str
    """A normalised release, never newer than the newest known one."""
    declared: str = ""
    """What the project says, in its own words: ``~=1.2``, ``1.5.3``; empty where it says nothing."""
    source: str | None = None
    """The absolute path of the file that says so; None if nothing does or it was given from outside."""
    package: str = PYTHON.package

    @property
    def is_node(self) -> bool:
        return self.package in NODE_PACKAGES

    def has(self, change: Change) -> bool:
        """Whether this release has a change."""
        since = _SINCE.get(self.package, {}).get(change)
        return since is not None and release_of(self.version) >= since

    def label(self, root: str) -> str:
        """``livekit-agents 1.5.3 (uv.lock)``, the file relative to a root and with ``/`` separators."""
        if self.source is not None:
            origin = os.path.relpath(self.source, root).replace(os.sep, "/")
        else:
            origin = "given" if self.declared else "assumed: newest known"
        return f"{self.package} {self.version} ({origin})"


ASSUMED = SdkVersion(PYTHON.newest)
"""What a project is judged by that says nothing."""


class SdkFinder:
    """Versions by file, for one root (an absolute path); every file of the project is read at most once."""

    def __init__(self, root: str, finder: SettingsFinder, overlays: Overlays | None = None) -> None:
        self._root = root
        self._finder = finder
        self._overlays = overlays or Overlays()
        self._names: dict[str, frozenset[str]] = {}
        self._locked: dict[tuple[str, str], SdkVersion | None] = {}
        self._declared: dict[tuple[str, str], SdkVersion | None] = {}

    def for_file(self, path: str, data: bytes | None = None) -> SdkVersion:
        """The version for a file, an absolute path. ``data`` is its content, for a script's inline metadata.

        The ``sdk-version`` setting (``node-sdk-version`` for Node) decides; else the nearest lock file that pins the
        SDK; else the nearest declaration, the file's own first; else the newest known release. Raises ConfigError as
        the settings finder does.
        """
        return self.for_package(path, NODE if path.endswith(SCRIPTS) else PYTHON, data)

    def for_package(self, path: str, package: Package, data: bytes | None = None) -> SdkVersion:
        """The same for any package of the SDKs; the settings speak of livekit-agents and @livekit/agents only."""
        directory = os.path.dirname(path)
        setting = self._from_settings(directory, package)
        if setting is not None:
            return setting
        locked = self._nearest(directory, package, self._locked, self._locked_in)
        if locked is not None:
            return locked
        if data is not None and package.package not in NODE_PACKAGES:
            from lkagent_lint.sources.sdk.declarations import in_script

            own = _chosen(((path, declaration) for declaration in in_script(data, package.package)), package)
            if own is not None:
                return own
        declared = self._nearest(directory, package, self._declared, self._declared_in)
        return declared or SdkVersion(package.newest, package=package.package)

    def _from_settings(self, directory: str, package: Package) -> SdkVersion | None:
        if package not in (PYTHON, NODE):
            return None
        configuration = self._finder.configuration(directory)
        settings = configuration.settings
        key = "sdk-version" if package is PYTHON else "node-sdk-version"
        setting = settings.sdk_version if package is PYTHON else settings.node_sdk_version
        version = None if setting is None else known(setting, package)
        return (
            None
            if version is None
            else SdkVersion(version, setting or "", configuration.file_of(key), package=package.package)
        )

    def _nearest(
        self,
        directory: str,
        package: Package,
        cache: dict[tuple[str, str], SdkVersion | None],
        look: Callable[[str, Package], SdkVersion | None],
    ) -> SdkVersion | None:
        """The first answer from a directory up to the root; outside the root, of that directory alone."""
        inside = directory == self._root or directory.startswith(os.path.join(self._root, ""))
        passed: list[tuple[str, str]] = []
        found: SdkVersion | None = None
        while (package.package, directory) not in cache:
            passed.append((package.package, directory))
            found = look(directory, package)
            if found is not None or directory == self._root or not inside:
                break
            directory = os.path.dirname(directory)
        else:
            found = cache[package.package, directory]
        cache.update(dict.fromkeys(passed, found))
        return found

    def _names_in(self, directory: str) -> frozenset[str]:
        if directory not in self._names:
            try:
                names = disk.names(directory)
            except OSError:
                names = ()
            self._names[directory] = frozenset(names).union(self._overlays.names_in(directory))
        return self._names[directory]

    def _locked_in(self, directory: str, package: Package) -> SdkVersion | None:
        of_node = package.package in NODE_PACKAGES
        names, read = (node.LOCK_FILES, node.locked_versions) if of_node else (LOCK_FILES, locked_versions)
        for name in names:
            if name not in self._names_in(directory):
                continue
            path = os.path.join(directory, name)
            data = self._overlays.read(path, _MAX_LOCK_BYTES)
            pins = [] if isinstance(data, Unreadable) else read(name, data, package.package)
            usable = [(version, pin) for pin in pins if (version := known(pin, package)) is not None]
            if usable:
                version, pin = max(usable, key=_release)
                return SdkVersion(version, pin, path, package=package.package)
        return None

    def _declared_in(self, directory: str, package: Package) -> SdkVersion | None:
        names = self._names_in(directory)
        if package.package in NODE_PACKAGES:
            return _chosen(node.in_directory(directory, names, self._overlays, package.package), package)
        if not any(map(_declares, names)):
            return None
        from lkagent_lint.sources.sdk.declarations import in_directory

        return _chosen(in_directory(directory, names, self._overlays, self._root, package.package), package)


def _declares(name: str) -> bool:
    """Whether a file (or directory) of this name can declare dependencies."""
    return name in ("pyproject.toml", "setup.cfg", "Pipfile", "requirements") or is_requirements(name)


def _chosen(declarations: Iterable[tuple[str, Declaration]], package: Package) -> SdkVersion | None:
    """The first declaration that can be understood; one that says a version goes before one that does not."""
    any_release: SdkVersion | None = None
    for path, declaration in declarations:
        version = newest_allowed(declaration, package)
        if version is None:
            continue
        sdk = SdkVersion(version, declaration.text, path, package=package.package)
        if declaration.alternatives != ("",):
            return sdk
        any_release = any_release or sdk
    return any_release


def _release(usable: tuple[str, str]) -> tuple[int, ...]:
    return release_of(usable[0])

"""Which release of the SDK a file is written for: livekit-agents for Python, @livekit/agents for Node."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

import msgspec

from lkagent_lint import disk
from lkagent_lint.config.errors import unquoted
from lkagent_lint.config.loader import SettingsFinder
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.sdk import node
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.locks import LOCK_FILES, locked_versions
from lkagent_lint.sources.sdk.manifests import Declared, Manifest, Other, chosen, contradicted
from lkagent_lint.sources.sdk.order import is_prerelease, is_version, major, normal, order
from lkagent_lint.sources.sdk.ranges import Declaration, allows, newest_allowed
from lkagent_lint.sources.sdk.releases import (
    API,
    NODE,
    NODE_PACKAGES,
    PROTOCOL,
    PYTHON,
    RTC,
    RTC_NODE,
    Basis,
    Package,
    Standing,
    standing,
)
from lkagent_lint.sources.sdk.tables import BUNDLED, Catalog

_MAX_LOCK_BYTES = 50_000_000
_MAX_TABLES_BYTES = 20_000_000
COMPANIONS = {**dict.fromkeys((RTC.package, API.package, PROTOCOL.package), PYTHON), RTC_NODE.package: NODE}
"""Packages whose release follows from another's where nothing says it."""
_Found = TypeVar("_Found")
_Key = tuple[str, str]
"""A package and a directory."""


class SdkVersion(msgspec.Struct, frozen=True):
    """The release of an SDK that a file is judged by."""

    version: str
    """The release that is pinned, as its registry spells it, or the newest known one that is allowed."""
    declared: str = ""
    """What the project says, in its own words: ``~=1.2``, ``1.5.3``; empty where it says nothing."""
    source: str | None = None
    """The absolute path of the file that says so; None if nothing does or it was given from outside."""
    package: str = PYTHON.package
    is_elsewhere: bool = False
    """It comes from no registry, or beside a release that is not known: nothing tells which release it is."""
    others: tuple[Other, ...] = ()
    """Files (absolute paths) that say something else."""
    catalog: Catalog = BUNDLED
    """The tables by which it is judged."""

    @property
    def is_node(self) -> bool:
        return self.package in NODE_PACKAGES

    @property
    def standing(self) -> Standing:
        """How much is known of the release."""
        found = standing(self.version, self.catalog.package(self.package))
        return Standing.NEWER if self.is_elsewhere and found is Standing.KNOWN else found

    @property
    def knows_absence(self) -> bool:
        """Whether what this release does not have, or refuses, is known. The one question of rules that say so."""
        return self.standing is Standing.KNOWN

    @property
    def has_another_major(self) -> bool:
        """Nothing is known of this release or of any like it."""
        return self.standing is Standing.ANOTHER_MAJOR

    def bears(self, basis: Basis) -> bool:
        """Whether enough is known of the release for a finding that rests on this."""
        if basis is Basis.REFUSAL:
            return self.knows_absence
        return basis in (Basis.NOTHING, Basis.TABLES) or not self.has_another_major

    def has(self, change: Change) -> bool | None:
        """Whether this release has a change; None where that is not known."""
        since = change.since_in_node if self.is_node else change.since
        if self.package not in (PYTHON.package, NODE.package) or not since:
            return False
        if self.has_another_major:
            return None
        here, there = order(self.version, npm=self.is_node), order(since, npm=self.is_node)
        if here < there and here[0] == there[0]:
            return None  # an earlier pre-release of the very release
        return here >= there

    def of_major(self, wanted: Callable[[int], bool]) -> SdkVersion:
        """The newest release that the disagreeing files mean and whose major is wanted; this one where none is."""
        found = [each for each in self.others if each.version and wanted(self._major(each.version))]
        if not found or wanted(self._major(self.version)):
            return self
        taken = max(found, key=lambda each: order(each.version, npm=self.is_node))
        others = tuple(each for each in self.others if each is not taken and each.version != taken.version)
        if self.source is not None:
            others = (Other(self.source, self.declared, self.version), *others)
        return msgspec.structs.replace(
            self, version=taken.version, declared=taken.text, source=taken.path, is_elsewhere=False, others=others
        )

    def _major(self, version: str) -> int:
        return major(order(version, npm=self.is_node))

    def label(self, root: str) -> str:
        """``livekit-agents 1.5.3 (uv.lock)``, the file relative to a root and with ``/`` separators; and how far it is
        known, where that is not all."""
        origin = self._origin(root)
        package = self.catalog.package(self.package)
        found = standing(self.version, package)
        known = package.newest_of(self.version)
        if self.is_elsewhere and found is Standing.KNOWN:
            shown = self.declared or "of a release that is not said"
            return f"{self.package} {shown} ({origin}), no release that is known: names are not judged"
        if found is Standing.KNOWN:
            is_early = is_prerelease(self.version, npm=self.is_node)
            return f"{self.package} {self.version} ({origin}){', a pre-release' if is_early else ''}"
        shown = self.version if is_version(self.declared.removeprefix("=="), npm=self.is_node) else self.declared
        shown = f"{self.package} {shown or self.version} ({origin})"
        if found is Standing.NEWER:
            return f"{shown}, newer than {known}, the newest known: names are not judged"
        return f"{shown}, of another major than {known}, the newest known: only what holds for every one is judged"

    def _origin(self, root: str) -> str:
        if self.source is None:
            return "given" if self.declared else "assumed: newest known"
        others = "".join(f"; {_relative(path, root)} says {text}" for path, text, _ in self.others)
        return f"{_relative(self.source, root)}{others}"


def _relative(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


ASSUMED = SdkVersion(PYTHON.newest)
"""What a project is judged by that says nothing."""


class SdkFinder:
    """Versions by file, for one root (an absolute path); every file of the project is read at most once."""

    def __init__(self, root: str, finder: SettingsFinder, overlays: Overlays | None = None) -> None:
        self._root = root
        self._finder = finder
        self._overlays = overlays or Overlays()
        self._names: dict[str, frozenset[str]] = {}
        self._locked: dict[_Key, Declared | None] = {}
        self._declared: dict[_Key, Declared | None] = {}
        self._catalogs: dict[str, Catalog] = {}

    def for_file(self, path: str, data: bytes | None = None) -> SdkVersion:
        """The version for a file, an absolute path. ``data`` is its content, for a script's inline metadata.

        The ``sdk-version`` setting (``node-sdk-version`` for Node) decides; else the nearest lock file that pins the
        SDK, unless a nearer declaration excludes what it pins; else the nearest declaration, the file's own first; else
        the newest known release. Raises ConfigError as the settings finder does.
        """
        return self.for_package(path, NODE if path.endswith(SCRIPTS) else PYTHON, data)

    def for_package(self, path: str, package: Package, data: bytes | None = None) -> SdkVersion:
        """The same for any package of the SDKs; the settings speak of livekit-agents and @livekit/agents only."""
        directory = os.path.dirname(path)
        catalog = self.catalog(directory)
        package = catalog.package(package.package)
        setting = self._from_settings(directory, package, catalog)
        if setting is not None:
            return setting
        said = self._said(path, directory, package, data)
        if said is not None:
            return SdkVersion(
                said.version,
                said.declaration.text,
                said.path,
                package.package,
                is_elsewhere=said.declaration.is_elsewhere,
                others=said.others,
                catalog=catalog,
            )
        main = COMPANIONS.get(package.package)
        if main is None:
            return SdkVersion(package.newest, package=package.package, catalog=catalog)
        return beside(self.for_package(path, main, data), package)

    def catalog(self, directory: str) -> Catalog:
        """The tables by which the files of a directory are judged: the linter's, or with those of a file that its
        settings name. Raises ConfigError where that file cannot be used.
        """
        configuration = self._finder.configuration(directory)
        if configuration.settings.sdk_tables is None:
            return BUNDLED
        layer, name = configuration.parts("sdk-tables")[-1]
        path = os.path.normpath(os.path.join(layer.directory, str(name)))
        if path not in self._catalogs:
            from lkagent_lint.sources.sdk import given_tables

            data = self._overlays.read(path, _MAX_TABLES_BYTES)
            try:
                if isinstance(data, Unreadable):
                    raise ValueError(data.reason)
                self._catalogs[path] = given_tables.read(data)
            except ValueError as error:
                from lkagent_lint.config.disclosure import withheld

                reason = withheld(path, layer.leads_from, ".json")
                if reason is not None and not isinstance(data, Unreadable):
                    raise unquoted(path, "it holds no tables of the SDKs that can be used", reason) from None
                raise layer.error(f'the tables "{name}" cannot be used: {error}', "sdk-tables") from None
        return self._catalogs[path]

    def _said(self, path: str, directory: str, package: Package, data: bytes | None) -> Declared | None:
        """What the project's files say of a package, with those that contradict it."""
        locked = self._nearest(directory, package, self._locked, self._locked_in)
        declared = None if data is None else _in_script(path, data, package)
        declared = declared or self._nearest(directory, package, self._declared, self._declared_in)
        if locked is None or declared is None:
            return locked or (declared and self._with_outer(declared, package))
        declaring, locking = os.path.dirname(declared.path), os.path.dirname(locked.path)
        is_nearer = declared.path == path or (declaring != locking and disk.is_inside(declaring, locking))
        if is_nearer and not allows(declared.declaration, locked.version):
            return contradicted(declared, [locked])
        return locked

    def _with_outer(self, said: Declared, package: Package) -> Declared:
        """The same, with what a directory further out says against it."""
        directory = os.path.dirname(said.path)
        if directory == self._root or not disk.is_inside(directory, self._root):
            return said
        outer = self._nearest(os.path.dirname(directory), package, self._declared, self._declared_in)
        is_against = outer is not None and outer.declaration.says_version and outer.path != said.path
        return contradicted(said, [outer]) if is_against and outer is not None else said

    def _from_settings(self, directory: str, package: Package, catalog: Catalog) -> SdkVersion | None:
        if package.package not in (PYTHON.package, NODE.package):
            return None
        configuration = self._finder.configuration(directory)
        settings = configuration.settings
        key = "node-sdk-version" if package.npm else "sdk-version"
        setting = settings.node_sdk_version if package.npm else settings.sdk_version
        if setting is None or not is_version(setting, npm=package.npm):
            return None
        file = configuration.file_of(key)
        return SdkVersion(normal(setting, npm=package.npm), setting, file, package.package, catalog=catalog)

    def _nearest(
        self,
        directory: str,
        package: Package,
        cache: dict[_Key, _Found | None],
        look: Callable[[str, Package], _Found | None],
    ) -> _Found | None:
        """The first answer from a directory up to the root; outside the root, of that directory alone."""
        inside = disk.is_inside(directory, self._root)
        passed: list[_Key] = []
        found: _Found | None = None
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

    def _locked_in(self, directory: str, package: Package) -> Declared | None:
        names, read = (node.LOCK_FILES, node.locked_versions) if package.npm else (LOCK_FILES, locked_versions)
        for name in names:
            if name not in self._names_in(directory):
                continue
            path = os.path.join(directory, name)
            data = self._overlays.read(path, _MAX_LOCK_BYTES)
            pins = [] if isinstance(data, Unreadable) else read(name, data, package.package)
            usable = [pin for pin in pins if is_version(pin, npm=package.npm)]
            if usable:
                pin = max(usable, key=lambda each: order(each, npm=package.npm))
                return _locked(path, pin, package)
        return None

    def _declared_in(self, directory: str, package: Package) -> Declared | None:
        names = self._names_in(directory)
        if package.npm:
            return chosen(node.in_directory(directory, names, self._overlays, package.package), package)
        from lkagent_lint.sources.sdk import declarations

        if not any(map(declarations.declares, names)):
            return None
        manifests = declarations.in_directory(directory, names, self._overlays, self._root, package.package)
        found = chosen(manifests, package)
        if found is None or not package.prereleases or found.declaration.prereleases:
            return found
        return self._permitted(directory, found, package)

    def _permitted(self, directory: str, said: Declared, package: Package) -> Declared:
        """The same where uv's nearest settings, often those of a workspace further out, permit pre-releases."""
        from lkagent_lint.sources.sdk.declarations import permits_prereleases

        permits = None
        while permits is None:
            permits = permits_prereleases(directory, self._names_in(directory), self._overlays)
            if directory == self._root or not disk.is_inside(directory, self._root):
                break
            directory = os.path.dirname(directory)
        if not permits:
            return said
        declaration = msgspec.structs.replace(said.declaration, prereleases=True)
        return said._replace(declaration=declaration, version=newest_allowed(declaration, package) or said.version)


def _locked(path: str, pin: str, package: Package) -> Declared:
    text = pin if package.npm else f"=={pin}"
    return Declared(path, Declaration(pin, (text,), npm=package.npm), normal(pin, npm=package.npm))


def beside(main: SdkVersion, package: Package) -> SdkVersion:
    """The release of a package of which nothing is said: the newest that the SDK's own release asks for."""
    if not main.knows_absence:
        return SdkVersion(package.newest, package=package.package, is_elsewhere=True, catalog=main.catalog)
    release = main.catalog.release(main.package, main.version)
    asked = None if release is None else release.requires(package.package)
    version = None if asked is None else newest_allowed(Declaration(asked, (asked,)), package)
    return SdkVersion(version or package.newest, package=package.package, catalog=main.catalog)


def _in_script(path: str, data: bytes, package: Package) -> Declared | None:
    """What a script declares in itself."""
    if package.npm or b"# /// script" not in data:
        return None
    from lkagent_lint.sources.sdk.declarations import in_script

    entries = tuple((path, each) for each in in_script(data, package.package))
    return chosen([Manifest(path, entries)], package) if entries else None

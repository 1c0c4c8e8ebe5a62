"""What the SDK's releases offer to the files that are written for them, and which names they do not have."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts.sdk_names import AskedBy, SdkName
from lkagent_lint.languages import PYTHON
from lkagent_lint.project.generations import FIRST, is_since_1
from lkagent_lint.project.node_sdk import GLOBALS
from lkagent_lint.project.records import Project
from lkagent_lint.questions.asked_names import AskedName, Missing
from lkagent_lint.questions.doubts import Doubt
from lkagent_lint.sources.sdk.order import is_version, major, order
from lkagent_lint.sources.sdk.parts import package_of, part_of
from lkagent_lint.sources.sdk.ranges import allows_any
from lkagent_lint.sources.sdk.releases import API, NODE_PACKAGES, PACKAGES, PROTOCOL, RTC, SERVER_NODE, Standing
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Period, Release
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from lkagent_lint.text import START_OF_FILE, Span

_SERVER_APIS = (API.package, PROTOCOL.package, SERVER_NODE.package)
"""What speaks to the server is the same for livekit-agents 0.x."""
_AGENTS = frozenset({"livekit-agents", "@livekit/agents"})
_NODE_EMITTER = frozenset(
    {
        *("on", "once", "off", "emit", "addListener", "removeListener", "removeAllListeners", "prependListener"),
        *("prependOnceListener", "listeners", "rawListeners", "listenerCount", "eventNames", "setMaxListeners"),
        *("getMaxListeners", "toString", "valueOf", "hasOwnProperty", "constructor"),
    }
)
"""Of Node's own EventEmitter (https://nodejs.org/api/events.html) and of every object."""


class Lack(NamedTuple):
    """What the release that holds for a file surely does not have: a member of a class, or a keyword of what it calls.

    Rules share it: what came later, what is gone, and what never was there are three findings.
    """

    release: Release
    owner: str
    """The class, by its path in the tables or by its name."""
    method: str
    """Whose keyword it is: empty for the constructor's, and for a member."""
    name: str
    gone: str
    """The first release without it after those that had it; empty where none had it before."""
    comes: str
    """The first later release of the same major that has it; empty where none is known."""


class Offers:
    """The releases that one project's files are written for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._complete: dict[tuple[str, str], Release | None] = {}
        self._missed: dict[str, list[Missing] | None] = {}
        self._old: dict[str, tuple[Span, str]] = {}
        """What makes a file one that may be meant for 0.x."""
        self._keywords: dict[tuple[Release, str, str], frozenset[str]] = {}
        self._members: dict[tuple[Release, str], frozenset[str]] = {}
        own = (
            (package, next((path for path in project.files if folder in path.replace(os.sep, "/")), None))
            for package, folder in (
                ("livekit-agents", "/livekit/agents/"),
                ("livekit", "/livekit/rtc/"),
                ("livekit-api", "/livekit/api/"),
                ("livekit-protocol", "/livekit/protocol/"),
            )
        )
        self._own = {package: path for package, path in own if path is not None}
        """Packages whose own sources are the project, with one of them: its releases say nothing of them."""

    def release(self, path: str, package: str) -> Release | None:
        """A package at the version that holds for a file: what it offers is there. None where that is not known.

        In a release that is newer than the known ones there may be more, so that nothing of it proves an absence.
        """
        sdk = self.sdk(path, package)
        is_foreign = sdk.has_another_major or (sdk.is_elsewhere and sdk.source is not None)
        return None if is_foreign or package in self._own else sdk.catalog.release(package, sdk.version)

    def complete(self, path: str, package: str) -> Release | None:
        """The same where all is known that it offers and the file is written for it: what is not there is absent. None
        where there is a doubt.
        """
        key = (path, package)
        if key not in self._complete:
            doubted = not self.sdk(path, package).knows_absence or (package not in _SERVER_APIS and self.is_old(path))
            self._complete[key] = None if doubted else self.release(path, package)
        return self._complete[key]

    def doubts(self, path: str, package: str) -> tuple[Doubt, ...]:
        """Why nothing can be said to be absent from a package for a file; empty where ``complete`` gives a release."""
        if self.complete(path, package) is not None:
            return ()
        sdk = self.sdk(path, package)
        at = None if sdk.source is None else Place(sdk.source, START_OF_FILE)
        if package in self._own:
            return (Doubt(Place(self._own[package], START_OF_FILE), f"the project holds the sources of {package}"),)
        known = sdk.catalog.package(sdk.package).newest_of(sdk.version)
        if sdk.is_elsewhere:
            return (Doubt(at, f"which release of {package} holds is not known"),)
        if sdk.standing is Standing.NEWER:
            return (Doubt(at, f"{package} {sdk.declared} may be newer than {known}, the newest known"),)
        if sdk.has_another_major:
            return (Doubt(at, f"{package} {sdk.declared} is of another major than {known}, the newest known"),)
        old = self.old_by(path)
        return () if old is None else (Doubt(old.place, f"the file counts as code of 0.x: {old.why}"),)

    def of_class(self, path: str, kind: str) -> Release | None:
        """The release whose class of that name a file uses. None where it is not known, in code that may be of 0.x, and
        for classes that are not followed or that plugins have too.
        """
        package = _package_in(path, kind)
        is_of_0x = package not in _SERVER_APIS and self.is_old(path)
        return None if not package or is_of_0x else self.release(path, package)

    def all_of_class(self, path: str, kind: str) -> Release | None:
        """The same where all that it offers is known, so that what is not there is absent."""
        package = _package_in(path, kind)
        return self.complete(path, package) if package else None

    def called(self, path: str, kind: str) -> str:
        """What a class that is followed is called in the release that holds for a file."""
        release = self.release(path, package_of_class(kind, node=not path.endswith(PYTHON)))
        return kind if release is None else release.called(kind)

    def sdk(self, path: str, package: str) -> SdkVersion:
        return self._project.pin(path, PACKAGES[package])

    # What a release takes, and what comes after it

    def keywords(self, release: Release, owner: str, method: str = "") -> frozenset[str]:
        """The keywords of a method, or of the constructor, in a release or in a later one of its major."""
        key = (release, owner, method)
        if key not in self._keywords:
            found = filter(None, (each.parameters(owner, method) for each in _from(release)))
            self._keywords[key] = frozenset[str]().union(*(each.keywords for each in found))
        return self._keywords[key]

    def members(self, release: Release, owner: str) -> frozenset[str]:
        """The members of a class in a release or in a later one of its major."""
        key = (release, owner)
        if key not in self._members:
            self._members[key] = frozenset(name for each in _from(release) for name in each.members(owner))
        return self._members[key]

    # What a release lacks

    def lacked_member(self, path: str, kind: str, name: str) -> Lack | None:
        """A member that a class surely does not have in the release for a file; None where it has, or may have."""
        release = self.all_of_class(path, kind)
        return None if release is None else self.lacked_by(release, kind, name)

    @staticmethod
    def lacked_by(release: Release, kind: str, name: str) -> Lack | None:
        """The same of a class in a release of which all is known; the class may be given by its path."""
        if _is_of_0x(release) or not release.has_class(kind):
            return None
        if release.is_open_class(kind) or not release.members(kind):  # a class that this release does not export
            return None
        if release.table.package in NODE_PACKAGES and (name in _NODE_EMITTER or name in GLOBALS):
            return None
        if release.member(kind, name) is not None:
            return None
        return _lack(release, kind, "", name, lambda other: other.member(kind, name) is not None)

    def lacked_keyword(self, path: str, package: str, owner: str, method: str, keyword: str) -> Lack | None:
        """A keyword that a method, or without one the constructor, surely refuses in the release for a file."""
        release = self.complete(path, package)
        own = None if release is None else release.parameters(owner, method)
        if release is None or _is_of_0x(release) or own is None or own.accepts(keyword):
            return None
        return _lack(release, owner, method, keyword, lambda other: _accepts(other, owner, method, keyword))

    # Names

    def missing(self, path: str) -> list[Missing]:
        """Every name that a file asks the SDK for and that the release for it lacks; the first place of each.

        Names that came later than that release are left out, and so are those that may fail. A file that can be
        meant for 0.x is left out whole: what was there in its many releases is not known.
        """
        if path not in self._missed:
            self._missed[path] = self._all_missing(path)
        found = self._missed[path] or ()
        return [each for each in found if self.complete(path, each.release.table.package) is not None]

    def later(self, path: str) -> list[Missing]:
        """Every name that a file asks the SDK for and that came after the one release which is pinned, by a lock or
        exactly, with the period in which it is there; the first place of each.
        """
        if self.is_old(path):
            return []
        found: dict[tuple[str, str], Missing] = {}
        for fact in self._project.files[path].sdk_names:
            each = None if fact.guarded else self._missing(path, fact)
            if each is None or each.name in self._project.files[path].asked_for or not _is_exact(each.sdk):
                continue
            periods = each.release.table.periods(each.module, each.name)
            if periods and not any(_is_over(period, each.release) for period in periods):
                found.setdefault((each.module, each.name), each._replace(gone=periods[0]))
        return list(found.values())

    def is_old(self, path: str) -> bool:
        """The file asks for names that only 0.x had, and what the project declares allows a release of it."""
        if path not in self._missed:
            self._missed[path] = self._all_missing(path)
        return self._missed[path] is None

    def old_by(self, path: str) -> Doubt | None:
        """By which line a file counts as code of 0.x; None where it does not."""
        facts = self._project.files[path]
        if facts.legacy is not None:
            return Doubt(Place(path, facts.legacy), f"line {facts.legacy.line} uses a class that only 0.x had")
        if not self.is_old(path):
            return None
        span, name = self._old[path]
        said = f"line {span.line} asks for {name}, which only 0.x had, and what is declared allows that"
        return Doubt(Place(path, span), said)

    def _all_missing(self, path: str) -> list[Missing] | None:
        """None for a file that may be meant for 0.x."""
        facts = self._project.files[path]
        found: dict[tuple[str, str], Missing] = {}
        for fact in facts.sdk_names:
            each = None if fact.guarded else self._missing(path, fact)
            if each is None or each.name in facts.asked_for:
                continue
            periods = each.release.table.periods(each.module, each.name)
            if not periods:
                found.setdefault((each.module, each.name), each)
                continue
            before = [period for period in periods if _is_over(period, each.release)]
            if before and not self._is_of_1(path) and self._may_be_old(path, each.sdk, periods):
                self._old[path] = (fact.span, each.name or each.module)
                return None
            if before:
                found.setdefault((each.module, each.name), each._replace(gone=before[-1]))
        is_old = facts.legacy is not None and self._may_be_old(path, self._project.sdk(path), None)
        return None if is_old else list(found.values())

    def _is_of_1(self, path: str) -> bool:
        """It uses a name of the agents' package that no release of 0.x had: an old name beside it is dead."""
        for fact in self._project.files[path].sdk_names:
            each = self._reach(path, fact)
            if each is not None and each.known is not None and each.release.table.package in _AGENTS:
                npm = each.release.table.package in NODE_PACKAGES
                if all(is_since_1(period, npm=npm) for period in each.release.table.periods(each.module, each.name)):
                    return True
        return False

    def reached(self, path: str) -> Iterator[AskedName]:
        """Where every name leads that a file surely asks the SDK for, if the release has it."""
        for fact in self._project.files[path].sdk_names:
            found = None if fact.guarded else self._reach(path, fact)
            if found is not None and found.known is not None:
                yield found

    def _missing(self, path: str, fact: SdkName) -> Missing | None:
        found = self._reach(path, fact)
        if found is None or found.known is not None:
            return None
        sdk = self.sdk(path, found.release.table.package)
        return Missing(fact, found.release, sdk, found.module, found.name, None)

    def _reach(self, path: str, fact: SdkName) -> AskedName | None:
        """None for what is not judged: other packages, private names, modules."""
        package, module, name = package_of(fact.module), fact.module, fact.name
        if module in NODE_PACKAGES:
            package = module
        elif module == "livekit" and fact.spelling is AskedBy.ATTRIBUTE and "." in name:
            first, _, name = name.partition(".")
            module = f"livekit.{first}"
            package = package_of(module)
        release = self.release(path, package) if package else None
        if release is None:
            return None
        module = module if fact.spelling is not AskedBy.ATTRIBUTE else _meant(release, module) or ""
        if not module or _is_private(module):
            return None
        if not release.module(module):
            return AskedName(fact, release, module, "", None)
        for part in filter(None, name.split(".")):
            known = release.name(module, part)
            if known is None:
                unsure = part.startswith("_") or (release.is_open(module) and _is_elsewhere(release, module, part))
                return None if unsure else AskedName(fact, release, module, part, None)
            if known.kind is not SymbolKind.MODULE:
                return AskedName(fact, release, module, part, known)
            if _is_private(known.path):
                return None
            module = known.path
        return None

    def _may_be_old(self, path: str, sdk: SdkVersion, periods: tuple[Period, ...] | None) -> bool:
        """Whether what the project declares allows a release of 0.x that had a name; without a name, any of 0.x."""
        if sdk.package in (RTC.package, API.package, PROTOCOL.package):  # the packages of the SDK became 1.0 together
            agents = self._project.sdk(path)
            if sdk.source is None:
                sdk, periods = agents, None
            elif agents.source is not None and not self._may_be_old(path, agents, None):
                return False
        table = sdk.catalog.table(sdk.package)
        old = [
            release
            for release in table.releases
            if major(order(release, npm=sdk.is_node)) < FIRST
            and (periods is None or any(_holds(each, release, sdk) for each in periods))
        ]
        return bool(old) and (not sdk.declared or allows_any(sdk.declared, old))


def _from(release: Release) -> Iterator[Release]:
    """A release and every later one before the next major."""
    table = release.table
    for version in table.releases[table.index(release.version) :]:
        found = table.catalog.release(table.package, version)
        if found is not None and found.major == release.major:
            yield found


def _accepts(release: Release, owner: str, method: str, keyword: str) -> bool:
    known = release.parameters(owner, method) or release.parameters(owner.rpartition(".")[2], method)
    return known is not None and known.accepts(keyword)


def _lack(release: Release, owner: str, method: str, name: str, has: Callable[[Release], bool]) -> Lack:
    """What a release does not have, with when other releases had it, or have."""
    table, comes = release.table, ""
    here = table.index(release.version)
    gone = release.version
    for version in reversed(table.releases[:here]):
        before = table.at(version)
        if before is not None and has(before):
            break
        gone = version
    else:
        gone = ""
    for later in _from(release):
        if later.version != release.version and has(later):
            comes = later.version
            break
    return Lack(release, owner, method, name, gone, comes)


def _is_of_0x(release: Release) -> bool:
    """The release is of the SDK before 1.0, whose classes are not judged. Node's other packages never left 0.x."""
    package = release.table.package
    return release.major < FIRST and (package in _AGENTS or package not in NODE_PACKAGES)


def _package_in(path: str, kind: str) -> str:
    return package_of_class(kind, node=not path.endswith(PYTHON))


def package_of_class(kind: str, *, node: bool) -> str:
    """The package of a class that is followed; empty for others, and for those that plugins have too."""
    known = CLASSES.get(kind)
    part = None if known is None or known.in_plugins else part_of(known.home)
    return "" if part is None else part.package(node=node)


def _is_private(module: str) -> bool:
    return any(part.startswith("_") for part in module.split("."))


def _is_elsewhere(release: Release, module: str, name: str) -> bool:
    """A module with names of its own making, or one that has the name from another package."""
    stars = release.stars(module)
    return not stars or any(release.table.catalog.table(package_of(star)).periods(star, name) for star in stars)


def _is_exact(sdk: SdkVersion) -> bool:
    """Exactly this release is installed: a lock file says so, or the declaration allows no other."""
    return sdk.knows_absence and sdk.source is not None and is_version(sdk.declared.removeprefix("=="), npm=sdk.is_node)


def _is_over(period: Period, release: Release) -> bool:
    return bool(period.until) and release.is_at_least(period.until)


def _holds(period: Period, release: str, sdk: SdkVersion) -> bool:
    since, here = order(period.since, npm=sdk.is_node), order(release, npm=sdk.is_node)
    return since <= here and (not period.until or here < order(period.until, npm=sdk.is_node))


def _meant(release: Release, module: str) -> str | None:
    """The module that a dotted name reaches through names of modules; None if it is no module, or not to be found."""
    if release.module(module):
        return module
    parent, _, name = module.rpartition(".")
    inner = _meant(release, parent) if parent.count(".") else None
    found = None if inner is None else release.name(inner, name)
    return found.path if found is not None and found.kind is SymbolKind.MODULE else None

"""What each release of the SDKs offers: names, members, keywords and events, read from the released packages.

The tables stand in ``tables/`` as JSON, one file a package, written by ``tools/sdk_tables`` (its ``surface.py`` says
what the values mean). They are read when they are first asked, section by section.

    >>> agents = release("livekit-agents", "1.8.9")
    >>> agents.parameters("AgentServer").accepts("agent_name")
    False
    >>> agents.member("AgentServer", "rtc_session").parameters.accepts("agent_name")
    True
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import NamedTuple

import msgspec

from lkagent_lint.sources.sdk.order import major, order
from lkagent_lint.sources.sdk.parts import PARTS
from lkagent_lint.sources.sdk.releases import NODE_PACKAGES, PACKAGES, Package, Standing, standing
from lkagent_lint.sources.sdk.symbols import Member, Parameters, Symbol, SymbolKind, member_of, parameters_of
from lkagent_lint.sources.sdk.vocabulary import CLASSES

_FOLDER = os.path.join(os.path.dirname(__file__), "tables")
_PACKAGES = tuple(each.python for each in PARTS)
_NODE_PACKAGES = tuple(each.node for each in PARTS if each.node in NODE_PACKAGES)
_HOMES = {
    "livekit-agents": ("livekit.agents", "livekit.agents.voice", "livekit.agents.worker", "livekit.agents.job"),
    "livekit": ("livekit.rtc",),
    "livekit-api": ("livekit.api",),
    "livekit-protocol": (),
    "@livekit/agents": ("@livekit/agents", "@livekit/agents.voice"),
    "@livekit/rtc-node": ("@livekit/rtc-node",),
    "livekit-server-sdk": ("livekit-server-sdk",),
}
"""The modules in which a class is looked for by its own name, in this order."""
_SERVICES = ("agent_dispatch_service", "room_service", "sip_service", "egress_service", "ingress_service")


_FOREIGN = {
    "pydantic.BaseModel": frozenset(
        {
            *("construct", "copy", "dict", "from_orm", "json", "model_computed_fields", "model_config"),
            *("model_construct", "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields"),
            *("model_fields_set", "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild"),
            *("model_validate", "model_validate_json", "model_validate_strings", "parse_file", "parse_obj"),
            *("parse_raw", "schema", "schema_json", "update_forward_refs", "validate"),
        }
    )
}
"""Bases of other packages, and the public members that they give (pydantic 2.12)."""


class Period(NamedTuple):
    """A range of releases. ``until`` is the first release that is outside again; empty if none is."""

    since: str
    until: str


_Spans = str | int | list[int | str]
"""A value in all releases; triples of the first release, the first without it (-1: none) and the value; or the place of
either among those that are shared.
"""


class _File(msgspec.Struct):
    package: str
    releases: tuple[str, ...]
    names: msgspec.Raw
    members: msgspec.Raw
    events: msgspec.Raw
    deprecated: msgspec.Raw
    requires: msgspec.Raw = msgspec.Raw(b"{}")
    shared: msgspec.Raw = msgspec.Raw(b"[]")


class Table:
    """The table of one package over all its releases."""

    def __init__(self, data: bytes | msgspec.Raw, catalog: Catalog) -> None:
        self._file = msgspec.json.decode(data, type=_File)
        self.catalog = catalog
        """The tables among which it stands."""
        self.package = self._file.package
        self.releases = self._file.releases
        self._orders = [order(each, npm=self.package in _NODE_PACKAGES) for each in self.releases]
        self._periods: dict[tuple[str, str], tuple[Period, ...]] = {}

    def value(self, spans: _Spans, index: int) -> str | None:
        """What holds in a release; None where nothing does."""
        if isinstance(spans, int):
            spans = self._shared[spans]
        if isinstance(spans, str):
            return spans
        for position in range(0, len(spans), 3):
            since, until, value = spans[position : position + 3]
            if isinstance(since, int) and isinstance(until, int) and since <= index and (until < 0 or index < until):
                return str(value)
        return None

    @cached_property
    def _shared(self) -> list[str | list[int | str]]:
        return msgspec.json.decode(self._file.shared, type=list[str | list[int | str]])

    @cached_property
    def names(self) -> Mapping[str, dict[str, _Spans]]:
        return _decoded(self._file.names)

    @cached_property
    def members(self) -> Mapping[str, dict[str, _Spans]]:
        return _decoded(self._file.members)

    @cached_property
    def events(self) -> Mapping[str, dict[str, _Spans]]:
        return _decoded(self._file.events)

    @cached_property
    def deprecated(self) -> Mapping[str, dict[str, _Spans]]:
        return _decoded(self._file.deprecated)

    @cached_property
    def requires(self) -> Mapping[str, dict[str, _Spans]]:
        return _decoded(self._file.requires)

    def index(self, version: str) -> int:
        """The newest release that is no newer than a version; -1 if the table begins later."""
        return bisect_right(self._orders, order(version, npm=self.package in _NODE_PACKAGES)) - 1

    def at(self, version: str) -> Release | None:
        """The release of a version; None for one that is older than the table.

        One that the table does not hold, but whose neighbours it does, offers what either of them offers.
        """
        index = self.index(version)
        if index < 0:
            return None
        is_unlisted = self._orders[index] != order(version, npm=self.package in _NODE_PACKAGES)
        is_between = is_unlisted and standing(version, self.catalog.package(self.package)) is Standing.KNOWN
        other = min(index + int(is_between), len(self.releases) - 1)
        return Release(self, index, other, version if is_between else "")

    def periods(self, module: str, name: str) -> tuple[Period, ...]:
        """When a module had a name, the oldest time first. With an empty name, when there was the module."""
        if (module, name) not in self._periods:
            self._periods[module, name] = self._periods_of(module, name)
        return self._periods[module, name]

    def _periods_of(self, module: str, name: str) -> tuple[Period, ...]:
        owned = self.names.get(module, {})
        spans = [owned[name]] if name in owned else list(owned.values()) if not name else []
        inside = [any(self.value(each, index) is not None for each in spans) for index in range(len(self.releases))]
        found: list[Period] = []
        for index, here in enumerate(inside):
            if here and (index == 0 or not inside[index - 1]):
                found.append(Period(self.releases[index], ""))
            elif not here and index and inside[index - 1]:
                found[-1] = Period(found[-1].since, self.releases[index])
        return tuple(found)


class Release:
    """One package at one release. Classes are given by their own name (``AgentSession``) or by their full path."""

    def __init__(self, table: Table, index: int, other: int | None = None, label: str = "") -> None:
        """``other`` is the index of a second release whose offers count too, ``label`` the version between the two."""
        self.table = table
        self.version = table.releases[index]
        self.label = label or self.version
        """What messages call it: the version that was asked for, where the table holds only its neighbours."""
        self._index = index
        self._other = index if other is None else other
        self._modules: dict[str, bool] = {}
        self._names: dict[tuple[str, str], Symbol | None] = {}
        self._events: dict[str, dict[str, int | None]] = {}
        self._paths: dict[str, str] = {}
        self._kin: dict[str, tuple[tuple[str, Release], ...]] = {}
        self._all: dict[str, Mapping[str, Member]] = {}
        self._single: dict[tuple[str, str], Member | None] = {}

    @property
    def major(self) -> int:
        return major(order(self.version, npm=self.table.package in _NODE_PACKAGES))

    def is_at_least(self, version: str) -> bool:
        """Whether this release is of that version or newer."""
        npm = self.table.package in _NODE_PACKAGES
        return order(self.version, npm=npm) >= order(version, npm=npm)

    def module(self, module: str) -> bool:
        """Whether there is a public module of this name."""
        found = self._modules.get(module)
        if found is None:
            found = self._modules[module] = any(True for _ in self.names(module))
        return found

    def names(self, module: str) -> Iterator[str]:
        """The public names that can be imported from a module."""
        for name, spans in self.table.names.get(module, {}).items():
            if name not in "*?" and self._at(spans) is not None:
                yield name

    def name(self, module: str, name: str) -> Symbol | None:
        """What a name of a module is; None if the module does not have it."""
        key = (module, name)
        if key not in self._names:
            value = self._value(self.table.names, module, name)
            self._names[key] = None if value is None else Symbol(SymbolKind(value[0]), value[2:])
        return self._names[key]

    def is_open(self, module: str) -> bool:
        """The module makes up names when they are asked for, or has all names of another package's module."""
        return any(self._value(self.table.names, module, mark) is not None for mark in "?*")

    def stars(self, module: str) -> tuple[str, ...]:
        """The modules of other LiveKit packages whose public names a module has too."""
        return tuple((self._value(self.table.names, module, "*") or "").split())

    def path(self, owner: str) -> str:
        """The path of a class given by its name, or by one that the vocabulary has for it; empty if there is none."""
        found = self._paths.get(owner)
        if found is None:
            found = self._paths[owner] = self._path(owner)
        return found

    def _path(self, owner: str) -> str:
        if "." in owner:
            return owner if owner in self.table.members else ""
        for module in _HOMES[self.table.package]:
            for name in spelt(owner):
                found = self.name(module, name)
                if found is not None and found.kind in (SymbolKind.CLASS, SymbolKind.ENUM):
                    return found.path
        for service in _SERVICES if self.table.package == "livekit-api" else ():
            path = f"livekit.api.{service}.{owner}"
            if self._value(self.table.members, path, "()") is not None:
                return path
        return ""

    def called(self, owner: str) -> str:
        """What a class is called in this release."""
        return self.path(owner).rpartition(".")[2] or owner

    def member(self, owner: str, name: str) -> Member | None:
        """A member of a class, its bases' included, or a function of a module; None if it has none of that name."""
        key = (owner, name)
        if key not in self._single:
            self._single[key] = self._member(owner, name)
        return self._single[key]

    def _member(self, owner: str, name: str) -> Member | None:
        for path, home in self._homes(owner):
            value = home._value(home.table.members, path, name)
            if value is not None:
                return member_of(value)
        is_foreign = any(name in _FOREIGN.get(each, ()) for each in self._bases(owner))
        return Member(SymbolKind.ATTRIBUTE) if is_foreign else None

    def members(self, owner: str) -> Mapping[str, Member]:
        """All public members of a class, or functions of a module."""
        known = self._all.get(owner)
        if known is None:
            known = self._all[owner] = self._members(owner)
        return known

    def _members(self, owner: str) -> dict[str, Member]:
        found: dict[str, Member] = {}
        for path, home in reversed(self._homes(owner)):
            for name, spans in home.table.members.get(path, {}).items():
                value = home._at(spans)
                if value is not None and name not in ("()", "<", "?"):
                    found[name] = member_of(value)
        return found

    def has_class(self, owner: str) -> bool:
        return bool(self.path(owner))

    def is_open_class(self, owner: str) -> bool:
        """The class may have members that the table does not know: it makes them up, or has a foreign base."""
        return any(home._value(home.table.members, path, "?") is not None for path, home in self._homes(owner))

    def parameters(self, owner: str, method: str = "") -> Parameters | None:
        """The parameters of a method, or of the constructor; None where they are not known or nothing is called so."""
        if method:
            member = self.member(owner, method)
            return None if member is None else member.parameters
        value = self._value(self.table.members, self.path(owner), "()")
        return None if value is None else parameters_of(value)

    def events(self, owner: str) -> dict[str, int | None]:
        """The events that a class emits, with the number of arguments, None where it is not known. Empty if it emits
        none, or others than these (``?``).
        """
        known = self._events.get(owner)
        if known is None:
            found = {
                event: None if value == "?" else int(value)
                for event, spans in self.table.events.get(self.path(owner), {}).items()
                if (value := self._at(spans)) is not None
            }
            known = self._events[owner] = {} if "?" in found else found
        return known

    def deprecated(self, path: str, key: str = "") -> str | None:
        """What the SDK says of a deprecated class, function or method, or of one of its parameters."""
        return self._value(self.table.deprecated, path, key)

    def requires(self, package: str) -> str | None:
        """Which releases of another package are installed with this one, as PEP 440 says it; None if none is."""
        return self._value(self.table.requires, package, "")

    def _value(self, section: Mapping[str, dict[str, _Spans]], owner: str, key: str) -> str | None:
        spans = section.get(owner, {}).get(key)
        return None if spans is None else self._at(spans)

    def _at(self, spans: _Spans) -> str | None:
        found = self.table.value(spans, self._index)
        return self.table.value(spans, self._other) if found is None else found

    def _homes(self, owner: str) -> tuple[tuple[str, Release], ...]:
        """The class, or module, and its bases in other LiveKit packages (at their newest releases)."""
        known = self._kin.get(owner)
        if known is None:
            known = self._kin[owner] = tuple(self._kin_of(owner))
        return known

    def _kin_of(self, owner: str) -> Iterator[tuple[str, Release]]:
        path = self.path(owner) or owner
        yield path, self
        for base in self._bases(path):
            for package in _PACKAGES if "." in base else ():
                other = self.table.catalog.newest(package)
                parent, _, name = base.rpartition(".")
                found = other.name(parent, name)
                if found is not None:
                    yield found.path, other

    def _bases(self, owner: str) -> list[str]:
        """The bases of a class in other packages whose members are known."""
        return (self._value(self.table.members, self.path(owner) or owner, "<") or "").split()


def packages(*, node: bool = False) -> tuple[str, ...]:
    """The packages that have tables."""
    return _NODE_PACKAGES if node else _PACKAGES


class Catalog:
    """The tables by which a project is judged: those of the linter, some of them replaced by newer ones."""

    def __init__(self, given: Iterable[bytes | msgspec.Raw] = ()) -> None:
        given = tuple(given)
        tables = (Table(each, self) for each in given)
        self.digest = hashlib.sha256(b"".join(map(bytes, given))).digest() if given else b""
        """Of the tables that were given."""
        self._tables = {each.package: each for each in tables}
        self._given = {name: Package(name, table.releases) for name, table in self._tables.items()}
        self._releases: dict[tuple[str, str], Release | None] = {}

    def package(self, name: str) -> Package:
        """A package with the releases of its table."""
        return self._given.get(name) or PACKAGES[name]

    def table(self, package: str) -> Table:
        """The table of a package. Raises FileNotFoundError for a package without one."""
        if package not in self._tables:
            registry = "npm" if package in _NODE_PACKAGES else "pypi"
            file = f"{registry}-{package.replace('@', '').replace('/', '-')}.json"
            with open(os.path.join(_FOLDER, file), "rb") as stream:
                self._tables[package] = Table(stream.read(), self)
        return self._tables[package]

    def release(self, package: str, version: str) -> Release | None:
        """A package at a version, or at the newest release no newer than it; None for one older than its table."""
        key = package, version
        if key not in self._releases:
            self._releases[key] = self.table(package).at(version)
        return self._releases[key]

    def newest(self, package: str) -> Release:
        """A package at its newest stable release that is known."""
        found = self.release(package, self.package(package).newest)
        assert found is not None
        return found


BUNDLED = Catalog()
"""The tables that the linter comes with."""


def table(package: str) -> Table:
    """The bundled table of a package."""
    return BUNDLED.table(package)


def release(package: str, version: str) -> Release | None:
    """The same at a version, as ``Catalog.release`` has it."""
    return BUNDLED.release(package, version)


def newest(package: str) -> Release:
    """The same at the newest stable release that it knows."""
    return BUNDLED.newest(package)


@cache
def spelt(owner: str) -> tuple[str, ...]:
    """The names of a class of Python's SDK, its own first: ``AgentSession`` is ``LiveSession`` in 2.0."""
    found = CLASSES.get(owner)
    return (owner,) if found is None else tuple(dict.fromkeys((owner, *(each.name for each in found.python))))


def _decoded(raw: msgspec.Raw) -> dict[str, dict[str, _Spans]]:
    return msgspec.json.decode(raw, type=dict[str, dict[str, _Spans]])

"""Where the tables of one package hold a name: as a name of a module, a member, an event or a keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, cast

from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release, Table
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.sources.sdk.vocabulary import CLASSES

_KINDS = {
    SymbolKind.CLASS: "class",
    SymbolKind.FUNCTION: "function",
    SymbolKind.MODULE: "module",
    SymbolKind.ENUM: "enumeration",
    SymbolKind.TYPE: "type",
    SymbolKind.VALUE: "value",
    SymbolKind.EXTERNAL: "name of another package",
    SymbolKind.COROUTINE: "coroutine",
    SymbolKind.METHOD: "method",
    SymbolKind.GENERATOR: "asynchronous generator",
    SymbolKind.PROPERTY: "property",
    SymbolKind.SETTABLE: "property that can be set",
    SymbolKind.ATTRIBUTE: "attribute",
    SymbolKind.MEMBER: "member of an enumeration",
}
_MARKS = frozenset({"()", "<", "?", "*"})
"""Keys of a class's row that are no members."""
_VARIABLES = {
    **{each.spoken: name for name, each in CLASSES.items() if each.spoken},
    "room": "Room",
    "agent": "Agent",
    "self": "Agent",
    "this": "Agent",
    "context": "RunContext",
    "local_participant": "LocalParticipant",
    "localParticipant": "LocalParticipant",
    "lkapi": "LiveKitAPI",
}
"""What code calls objects of the SDK: whoever asks for ``session.say`` means the class."""
_MOST_OWNERS = 12
"""Classes that are looked at of those that have a member, an event or a keyword of one name."""
_SPELLINGS = {each.name: name for name, term in CLASSES.items() for each in (*term.python, *term.node)}
"""Classes that are followed, by every name that they have or had."""


class WantedName(NamedTuple):
    """A name, and of what it is asked."""

    owner: str
    """A class, a module, a variable as code calls it, what is called; empty where only the name is said."""
    name: str
    is_keyword: bool = False
    """A keyword of what ``owner`` calls."""

    def anywhere(self) -> WantedName:
        """The same name of whatever owner."""
        return WantedName("", self.name)


class InTable(NamedTuple):
    """One thing in the table of a package."""

    name: str
    kind: str
    state: str
    """``here`` in the release that holds, ``gone`` from it, or there ``later``."""
    since: str
    until: str
    signature: str = ""
    deprecated: str = ""


def found_in(wanted: WantedName, sdk: SdkVersion) -> Iterator[InTable]:
    """Everything that a package has, had or will have of that name; the likeliest first, each once."""
    table = sdk.catalog.table(sdk.package)
    here = sdk.catalog.release(sdk.package, sdk.version)
    search = _Search(table, here)
    if not wanted.name:
        return
    if wanted.is_keyword:
        yield from search.keyword_of(wanted.owner, wanted.name)
    elif not wanted.owner:
        yield from search.plain(wanted.name)
    else:
        yield from search.named(wanted.owner, wanted.name)
        yield from search.module(f"{wanted.owner}.{wanted.name}")
        yield from search.of_class(wanted.owner, wanted.name)


def owner_in(owner: str, release: Release) -> str:
    """The class of a release that an owner means, by its name, its path or what code calls an object of it; empty where
    there is none.
    """
    last = owner.rpartition(".")[2]
    for each in dict.fromkeys((owner, last, _VARIABLES.get(last, ""))):
        if each and release.has_class(each):
            return _SPELLINGS.get(each, each)
    return next(iter(_paths(release.table).get(last, ())), "")


@lru_cache(maxsize=16)
def _paths(table: Table) -> dict[str, tuple[str, ...]]:
    """The classes of a table by their names, public ones, the shortest path first."""
    found: dict[str, list[str]] = {}
    for path in table.members:
        if path not in table.names:
            found.setdefault(path.rpartition(".")[2], []).append(path)
    return {name: tuple(sorted(paths, key=lambda each: (each.count("."), each))) for name, paths in found.items()}


@lru_cache(maxsize=16)
def _depths(table: Table) -> dict[str, int]:
    """How many dots stand in the shortest module that has a class, or had, by the class's path."""
    found: dict[str, int] = {}
    for module, own in table.names.items():
        for spans in own.values():
            for path in (value[2:] for value in _values(spans) if value[:1] in ("C", "E")):
                found[path] = min(found.get(path, 99), module.count("."))
    return found


@lru_cache(maxsize=16)
def _followed(table: Table) -> dict[str, str]:
    """The classes of a table that are followed, by their paths in all releases: what the vocabulary calls them."""
    found: dict[str, str] = {}
    for version in table.releases:
        release = table.at(version)
        for name in CLASSES if release is not None else ():
            path = release.path(name) if release is not None else ""
            if path:
                found[path] = name
    return found


class _Search:
    """In one table, with the release that holds; None where that is older than the table."""

    def __init__(self, table: Table, here: Release | None) -> None:
        self._table = table
        self._here = here
        found = (table.at(each) for each in table.releases)
        self._releases = [each for each in found if each is not None]

    def named(self, module: str, name: str) -> Iterator[InTable]:
        """A name of a module, which may be given by its end: ``llm.ChatContext``."""
        homes = [each for each in self._table.names if each == module or each.endswith(f".{module}")]
        yield from self._name(homes, name)

    def plain(self, name: str) -> Iterator[InTable]:
        """The name in whatever place: as a name, an event, a member, a keyword."""
        yield from self._name([each for each, own in self._table.names.items() if name in own], name)
        yield from self.module(name)
        for owner in self._owners(self._table.events, lambda own: name in own):
            yield from self._event(owner, name)
        for owner in self._owners(self._table.members, lambda own: name in own and name not in _MARKS):
            yield from self._member(owner, name)
        for owner in self._owners(self._table.members, lambda own: _takes(own, name)):
            yield from self._keywords(owner, name)

    def module(self, module: str) -> Iterator[InTable]:
        if module in self._table.names:
            yield from self._entry(module, "module", lambda release: release.module(module))

    def of_class(self, owner: str, name: str) -> Iterator[InTable]:
        """A member, an event, or a keyword of the constructor."""
        for found in self._meant(owner):
            yield from self._member(found, name)
            yield from self._event(found, name)
            yield from self._keyword(found, "", name)

    def keyword_of(self, called: str, name: str) -> Iterator[InTable]:
        """A keyword of a constructor, a method or a function of a module."""
        for found in self._meant(called):
            yield from self._keyword(found, "", name)
        owner, _, method = called.rpartition(".")
        for found in self._meant(owner) if owner else ():
            yield from self._keyword(found, method, name)

    def _meant(self, owner: str) -> list[str]:
        known = (owner_in(owner, each) for each in ([self._here] if self._here else []) + self._releases[::-1])
        return [*dict.fromkeys(filter(None, known))][:1]

    def _owners(
        self, section: Mapping[str, Mapping[str, object]], holds: Callable[[Mapping[str, object]], bool]
    ) -> list[str]:
        """The classes of a section whose rows hold something: those that are followed first, then by how near to the
        top they can be imported.
        """
        depths, followed = _depths(self._table), _followed(self._table)
        found = [path for path, own in section.items() if path not in self._table.names and holds(own)]
        found = [path for path in found if path in depths or path in followed]
        found.sort(key=lambda path: (path not in followed, depths.get(path, 0), path))
        return list(dict.fromkeys(followed.get(path, path) for path in found))[:_MOST_OWNERS]

    def _name(self, homes: list[str], name: str) -> Iterator[InTable]:
        """One entry: of the module that has the name here, the shortest, else that which had it last."""
        homes.sort(key=lambda each: (not self._has(each, name), each.count("."), len(each), each))
        module = homes[0] if homes else ""
        symbol = next((found for each in self._order() if (found := each.name(module, name)) is not None), None)
        if symbol is None:
            return
        signature = ""
        if symbol.kind is SymbolKind.CLASS and self._here is not None:
            signature = _signature(symbol.path, "", self._here)
        yield from self._entry(
            f"{module}.{name}",
            _KINDS[symbol.kind],
            lambda release: release.name(module, name) is not None,
            signature,
            symbol.path,
        )

    def _has(self, module: str, name: str) -> bool:
        return self._here is not None and self._here.name(module, name) is not None

    def _member(self, owner: str, name: str) -> Iterator[InTable]:
        member = next((found for each in self._order() if (found := each.member(owner, name)) is not None), None)
        if member is None:
            return
        signature = "" if self._here is None else _signature(owner, name, self._here)
        yield from self._entry(
            f"{_short(owner)}.{name}",
            _KINDS[member.kind],
            lambda release: release.member(owner, name) is not None,
            signature,
            owner,
            name,
        )

    def _event(self, owner: str, name: str) -> Iterator[InTable]:
        yield from self._entry(f'{_short(owner)}: "{name}"', "event", lambda release: name in release.events(owner))

    def _keywords(self, owner: str, name: str) -> Iterator[InTable]:
        """Everything of a class that takes a keyword."""
        path = next((each.path(owner) for each in self._order() if each.has_class(owner)), owner)
        for method, spans in self._table.members.get(path, {}).items():
            if any(name in each for each in _values(spans)) and (method == "()" or method not in _MARKS):
                yield from self._keyword(owner, "" if method == "()" else method, name)

    def _keyword(self, owner: str, method: str, name: str) -> Iterator[InTable]:
        def takes(release: Release) -> bool:
            found = release.parameters(owner, method)
            return found is not None and name in found.keywords

        shown = f"{_short(owner)}.{method}({name}=)" if method else f"{_short(owner)}({name}=)"
        yield from self._entry(shown, "keyword", takes, "", owner, name)

    def _order(self) -> Iterator[Release]:
        """The release that holds, then all, the newest first."""
        if self._here is not None:
            yield self._here
        yield from reversed(self._releases)

    def _entry(
        self,
        name: str,
        kind: str,
        has: Callable[[Release], bool],
        signature: str = "",
        path: str = "",
        key: str = "",
    ) -> Iterator[InTable]:
        """The last time in which it was there up to the release that holds, else the first one after it."""
        inside = [has(each) for each in self._releases]
        if not any(inside):
            return
        here = self._here is not None and has(self._here)
        limit = len(inside) if self._here is None else self._table.index(self._here.version) + 1
        before = [index for index, there in enumerate(inside[:limit]) if there]
        last = before[-1] if before else inside.index(True)
        first = last
        while first and inside[first - 1]:
            first -= 1
        end = next((index for index in range(last, len(inside)) if not inside[index]), None)
        said = None if self._here is None or not path else self._here.deprecated(self._here.path(path) or path, key)
        versions = self._table.releases
        until = "" if end is None else versions[end]
        state = "here" if here else "gone" if before else "later"
        yield InTable(name, kind, state, versions[first], until, signature if here else "", said or "")


def _takes(own: Mapping[str, object], name: str) -> bool:
    """A row holds a call that may take a keyword of that name."""
    return any(name in value for key, value in own.items() if key != "<" for value in _values(value))


def _values(spans: object) -> Iterator[str]:
    if isinstance(spans, str):
        yield spans
    elif isinstance(spans, list):
        yield from (each for each in cast("list[object]", spans) if isinstance(each, str))


def _short(owner: str) -> str:
    return owner.rpartition(".")[2]


def _signature(owner: str, method: str, release: Release) -> str:
    """The parameters, those with a default with ``=``."""
    parameters = release.parameters(owner, method)
    if parameters is None:
        return ""
    shown = [name if name in parameters.required else f"{name}=" for name in parameters.positional]
    shown += ["*args"] if parameters.var_positional else ["*"] if parameters.keyword_only else []
    shown += [name if name in parameters.required else f"{name}=" for name in parameters.keyword_only]
    shown += ["**"] if parameters.var_keyword else []
    return f"({', '.join(shown)})"

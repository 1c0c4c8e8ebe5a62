"""Names that files ask the SDK for: those that a release does not have, and where a name can be had."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.facts.sdk_names import AskedBy, SdkName
from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.parts import BY_NAME
from lkagent_lint.sources.sdk.releases import NODE_PACKAGES
from lkagent_lint.sources.sdk.symbols import Symbol, SymbolKind
from lkagent_lint.sources.sdk.tables import Period, Release
from lkagent_lint.sources.sdk.versions import SdkVersion

_NO_HOME = (SymbolKind.EXTERNAL, SymbolKind.VALUE, SymbolKind.TYPE, SymbolKind.MODULE)
"""What a module merely imports for itself, or what TypeScript alone knows, is no place to import from."""


class Missing(NamedTuple):
    """A name, or a module, that the release for a file does not have."""

    fact: SdkName
    release: Release
    sdk: SdkVersion
    module: str
    name: str
    """Empty where the module itself is missing."""
    gone: Period | None
    """When it was there last; None if it never was."""

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module

    @property
    def error(self) -> str:
        """What running into the name does, in the runtime's own words."""
        if self.sdk.is_node and self.fact.spelling is AskedBy.ATTRIBUTE:
            return (
                f"it is undefined, and calling it throws TypeError ({self.fact.name} is not a function or constructor)"
            )
        if self.sdk.is_node:
            return no_export(self.name)
        if not self.name:
            return f"importing it raises ModuleNotFoundError (No module named '{self.module}')"
        if self.fact.spelling is AskedBy.ATTRIBUTE:
            return f"reading it raises AttributeError (module '{self.module}' has no attribute '{self.name}')"
        return f"importing it raises ImportError (cannot import name '{self.name}' from '{self.module}')"


class AskedName(NamedTuple):
    """What a name that a file asks for leads to: the first part of it that is no module, or is not there."""

    fact: SdkName
    release: Release
    module: str
    name: str
    """Empty for the module itself."""
    known: Symbol | None
    """None where the release does not have it."""


def no_export(name: str) -> str:
    """What importing a name does in Node that a module does not export."""
    return f"the import fails (\"does not provide an export named '{name}'\")"


def homes(release: Release, name: str) -> list[str]:
    """The modules that a name can be imported from, the shortest first: of this package, else of the others."""
    node = release.table.package in NODE_PACKAGES
    if name in BY_NAME:
        return [BY_NAME[name].node if node else "livekit"]
    for package in (release.table.package, *tables.packages(node=node)):
        here = release if package == release.table.package else release.table.catalog.newest(package)
        found = [
            module
            for module in here.table.names
            if (known := here.name(module, name)) is not None and known.kind not in _NO_HOME
        ]
        if found:
            found.sort(key=lambda each: (each.count("."), len(each), each))
            known = here.name(found[0], name)
            own = "" if known is None else known.path.rpartition(".")[0]
            # Of two that are as short, the one that defines it: the other may merely use it.
            is_as_short = own in found and own.count(".") == found[0].count(".")
            return [own, *found] if is_as_short else found
    return []


def values_in(release: Release, name: str) -> list[str]:
    """The modules of a package that have a value of that name, such as a constant, the shortest first."""
    found = [
        module
        for module in release.table.names
        if (known := release.name(module, name)) is not None and known.kind is SymbolKind.VALUE
    ]
    return sorted((each for each in found if "._" not in each), key=lambda each: (each.count("."), each))


def spelt(module: str) -> str:
    """A module as its users write it: a namespace of a package of Node is no path."""
    package, _, namespace = module.partition(".")
    return f"{namespace} of {package}" if package in NODE_PACKAGES and namespace else module

"""What the manifests of one directory say together of a package: which of them holds, and which contradict it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from lkagent_lint.sources.sdk.ranges import Declaration, allows, both, newest_allowed
from lkagent_lint.sources.sdk.releases import Package

_REFINING = ("requirements.txt", "constraints.txt")
"""Files that often hold what another manifest's ranges were resolved to."""


class Manifest(NamedTuple):
    """A file that declares a package, with what it includes."""

    path: str
    entries: tuple[tuple[str, Declaration], ...]
    """Each declaration with the file in which it stands."""


class Other(NamedTuple):
    """A file that says something else of a package than the declaration that holds."""

    path: str
    text: str
    """Its own words."""
    version: str
    """The release that it means; empty where that cannot be told."""


class Declared(NamedTuple):
    """The declaration that holds in a directory."""

    path: str
    declaration: Declaration
    version: str
    others: tuple[Other, ...] = ()
    """Files that say something else."""


def chosen(manifests: Iterable[Manifest], package: Package) -> Declared | None:
    """The first manifest that says a version, else the first that declares the package at all.

    An exact pin in a requirements file beside it counts where it allows that: it is what the ranges were resolved to.
    """
    found = [said for each in manifests if (said := _said(each, package)) is not None]
    telling = [each for each in found if each.declaration.says_version]
    if not telling:
        return found[0] if found else None
    first = telling[0]
    if not first.declaration.is_exact:
        pins = (each for each in telling[1:] if os.path.basename(each.path) in _REFINING and each.declaration.is_exact)
        first = next((each for each in pins if allows(first.declaration, each.version)), first)
    return contradicted(first, telling)


def contradicted(said: Declared, others: Iterable[Declared]) -> Declared:
    """The same, with those of the others that do not allow its version."""
    against = (each for each in others if not (each is said or allows(each.declaration, said.version)))
    return said._replace(others=said.others + tuple(map(_other, against)))


def _other(said: Declared) -> Other:
    return Other(said.path, said.declaration.text, "" if said.declaration.is_elsewhere else said.version)


def _said(manifest: Manifest, package: Package) -> Declared | None:
    """What a manifest says: all its declarations together, or the first that can be understood alone."""
    declarations = [each for _, each in manifest.entries]
    for declaration in (reduce(both, declarations), *declarations):
        version = newest_allowed(declaration, package)
        if version is not None:
            path = next((path for path, each in manifest.entries if each.text == declaration.text), manifest.path)
            return Declared(path, declaration, version)
    return None

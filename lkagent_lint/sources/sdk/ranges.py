"""From what a declaration allows to the one release that an installer would take today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import msgspec

from lkagent_lint.sources.sdk.order import is_prerelease, is_version, normal, order
from lkagent_lint.sources.sdk.releases import PYTHON, Package

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})*")
_EXACT = re.compile(r"==\s*(\d{1,9}(?:\.\d{1,9})*(?:(?:a|b|rc)\d{1,9})?)")
_POETRY_TERM = re.compile(r"\s*(\^|~=|~|===?|!=|<=|>=|<|>|=)?\s*([0-9][0-9A-Za-z.*+!-]*|\*)\s*,?")
_ASKING = ("==", "===", "~=", ">=", ">")
"""The operators by which a specifier asks for the version that it names, and does not merely end at it."""


class Declaration(msgspec.Struct, frozen=True):
    """What a file says of an SDK: its own words, and the same as PEP 440 specifier sets, or as ranges of npm.

    One of ``alternatives`` must hold; an empty one allows every release.
    """

    text: str
    alternatives: tuple[str, ...]
    npm: bool = False
    is_elsewhere: bool = False
    """It comes from an address, a repository or a folder, and is of no release that can be told from here."""
    prereleases: bool = False
    """An installer may take a pre-release although nothing names one."""

    @property
    def says_version(self) -> bool:
        return self.is_elsewhere or "" not in self.alternatives

    @property
    def is_exact(self) -> bool:
        return len(self.alternatives) == 1 and _EXACT.fullmatch(self.alternatives[0]) is not None


def both(first: Declaration, second: Declaration) -> Declaration:
    """What two declarations allow that hold together, in the words of the one that says more."""
    teller, other = (second, first) if second.is_exact or not first.says_version else (first, second)
    if first.is_elsewhere or second.is_elsewhere:
        return first if first.is_elsewhere else second
    pairs = product(teller.alternatives, other.alternatives)
    return Declaration(
        teller.text,
        tuple(",".join(filter(None, dict.fromkeys(pair))) for pair in pairs),
        npm=first.npm,
        prereleases=first.prereleases or second.prereleases,
    )


def newest_allowed(declaration: Declaration, package: Package = PYTHON) -> str | None:
    """The newest known release that a declaration allows; None if it cannot be parsed or allows nothing.

    A pre-release counts only where the declaration names one, or permits them. What allows no known release, but some
    that may be unknown (withdrawn, or newer than all of them), means the lowest of those.
    """
    found = [
        version
        for each in declaration.alternatives
        if (version := _newest_in(each, package, declaration.prereleases)) is not None
    ]
    return max(found, key=lambda each: order(each, npm=package.npm), default=None)


def allows(declaration: Declaration, version: str) -> bool:
    """Whether a declaration allows a version. What is not understood allows it."""
    if declaration.is_elsewhere:
        return False
    ranges = [_range(each, declaration.npm) for each in declaration.alternatives]
    return any(each is None or each.allows(version) for each in ranges)


def allows_any(text: str, releases: Iterable[str]) -> bool:
    """Whether a declaration, in its own words, may allow one of these releases. What is not understood allows all."""
    if _PLAIN.fullmatch(text):
        return text in releases
    found = _range(text, npm=False)
    declaration = Declaration(text, (text,)) if found is not None else from_poetry(text)
    return declaration is None or any(allows(declaration, each) for each in releases)


class _Allowing(NamedTuple):
    """A specifier set, or a range of npm."""

    allows: Callable[[str], bool]
    bounds: tuple[str, ...]
    """The versions that it names, those that it only excludes aside."""
    names_prerelease: bool


@lru_cache(maxsize=256)
def _newest_in(text: str, package: Package, permitted: bool) -> str | None:
    if not text:
        return package.releases[-1] if permitted else package.newest
    exact = _EXACT.fullmatch(text)
    if exact is not None:
        return exact[1]
    found = _range(text, package.npm)
    if found is None:
        return None
    known = package.releases if permitted or found.names_prerelease else package.stable
    for release in reversed(known):
        if found.allows(release):
            return release
    probes = {probe for bound in found.bounds for probe in (bound, _next(bound)) if is_version(probe, npm=package.npm)}
    for probe in sorted(probes, key=lambda each: order(each, npm=package.npm)):
        if found.allows(probe):
            return normal(probe, npm=package.npm)
    return None


def _next(version: str) -> str:
    """The first release behind a version: ``>1.9.0`` means it at the least."""
    numbers = _PLAIN.match(version)
    first, _, last = (numbers[0] if numbers else "0").rpartition(".")
    return f"{first}.{int(last) + 1}" if first else f"{last}.0.1"


@lru_cache(maxsize=256)
def _range(text: str, npm: bool) -> _Allowing | None:
    """What a text allows; None if it cannot be parsed."""
    return _range_of_npm(text) if npm else _range_of_pypi(text)


def _range_of_pypi(text: str) -> _Allowing | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        found = SpecifierSet(text)
    except InvalidSpecifier:
        return None
    # Whether pre-releases count is said each time: what the library does by itself changed with its release 26.
    named = tuple(each.version.removesuffix(".*") for each in found if each.operator != "!=")
    if not all(is_version(each.version.removesuffix(".*")) for each in found):
        return None
    asked = (each.version.removesuffix(".*") for each in found if each.operator in _ASKING)
    names_prerelease = any(is_version(each) and is_prerelease(each) for each in asked)

    def allows(version: str) -> bool:
        return found.contains(version, prereleases=True)

    return _Allowing(allows, named, names_prerelease)


_OPERATOR_WITH_SPACE = re.compile(r"(<=|>=|[<>=^~])\s+(?=\d)")
_MAX_LENGTH = 100
"""Of a version: what is longer is none, and would keep the library busy."""
_VERSION_IN_RANGE = re.compile(r"\d+(?:\.\d+)*(?:-[0-9A-Za-z.-]+)?")


def _range_of_npm(text: str) -> _Allowing | None:
    from semantic_version import NpmSpec, Version  # pyright: ignore[reportMissingTypeStubs]

    try:
        found = NpmSpec(_OPERATOR_WITH_SPACE.sub(r"\1", text))
    except ValueError:
        return None
    named = tuple(_VERSION_IN_RANGE.findall(text))
    if any(len(each) > _MAX_LENGTH for each in named):
        return None

    def allows(version: str) -> bool:
        return Version.coerce(version) in found  # pyright: ignore[reportUnknownMemberType]

    return _Allowing(allows, named, any("-" in each for each in named))


def from_poetry(text: str) -> Declaration | None:
    """A Poetry constraint (``^1.2``, ``~1.2``, ``>=1,<2 || ^3``) as a declaration; None if it is none.

    Source: https://python-poetry.org/docs/dependency-specification/
    """
    alternatives: list[str] = []
    for part in text.split("||"):
        terms: list[str] = []
        position = 0
        part = part.strip()
        while position < len(part):
            term = _POETRY_TERM.match(part, position)
            if term is None:
                return None
            terms += _from_poetry_term(term[1] or "", term[2])
            position = term.end()
        alternatives.append(",".join(terms))
    return Declaration(text, tuple(alternatives))


def _from_poetry_term(operator: str, version: str) -> list[str]:
    if version == "*":
        return []
    if operator in ("^", "~"):
        numbers = re.match(_PLAIN, version)
        if numbers is None:
            return [operator + version]  # no specifier, so the whole declaration is ignored
        release = tuple(map(int, numbers[0].split(".")))
        return [f">={version}", f"<{_bumped(release, _kept(operator, release))}"]
    return [("==" if operator in ("", "=") else operator) + version]


def _kept(operator: str, release: tuple[int, ...]) -> int:
    """The index of the number that the upper bound raises."""
    if operator == "~":
        return min(1, len(release) - 1)
    return next((index for index, number in enumerate(release) if number), len(release) - 1)


def _bumped(release: tuple[int, ...], index: int) -> str:
    return ".".join(map(str, (*release[:index], release[index] + 1)))

"""From what a declaration allows to the one release that rules judge by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from lkagent_lint.sources.sdk.releases import PYTHON, Package

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})*")
_EXACT = re.compile(r"==\s*(\d{1,9}(?:\.\d{1,9})*)")
_POETRY_TERM = re.compile(r"\s*(\^|~=|~|===?|!=|<=|>=|<|>|=)?\s*([0-9][0-9A-Za-z.*+!-]*|\*)\s*,?")


class Declaration(msgspec.Struct, frozen=True):
    """What a file says of an SDK: its own words, and the same as PEP 440 specifier sets.

    One of ``alternatives`` must hold; an empty specifier set allows every release.
    """

    text: str
    alternatives: tuple[str, ...]


@lru_cache(maxsize=256)
def release_of(version: str) -> tuple[int, ...]:
    """The numbers of a PEP 440 version, at least three: ``(1, 5, 0)`` for ``1.5`` and for ``1.5rc1``.

    Raises ValueError if it is no version.
    """
    if _PLAIN.fullmatch(version):
        numbers = tuple(map(int, version.split(".")))
    else:
        from packaging.version import Version

        numbers = Version(version).release
    return numbers + (0,) * (3 - len(numbers))


def known(version: str, package: Package = PYTHON) -> str | None:
    """A single version, normalised; the newest known release if it is newer; None if it is no version."""
    try:
        if release_of(version) > release_of(package.newest):
            return package.newest
        if _PLAIN.fullmatch(version):
            return version
        from packaging.version import Version

        return str(Version(version))
    except ValueError:
        return None


def newest_allowed(declaration: Declaration, package: Package = PYTHON) -> str | None:
    """The newest known release that a declaration allows; None if it cannot be parsed or allows nothing.

    What only allows releases newer than the newest known one means that one, and a pin to a release that
    is not known (withdrawn, or a pre-release) means the pin.
    """
    found = [version for each in declaration.alternatives if (version := _newest_in(each, package)) is not None]
    return max(found, key=release_of, default=None)


def allows_any(text: str, releases: Iterable[str]) -> bool:
    """Whether a declaration, in its own words, may allow one of these releases. What is not understood allows all."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if _PLAIN.fullmatch(text):
        return text in releases
    try:
        allowed = [SpecifierSet(text)]
    except InvalidSpecifier:
        declaration = from_poetry(text)
        if declaration is None:
            return True
        try:
            allowed = [SpecifierSet(each) for each in declaration.alternatives]
        except InvalidSpecifier:
            return True
    return any(each.contains(release, prereleases=True) for each in allowed for release in releases)


def _newest_in(specifiers: str, package: Package) -> str | None:
    if not specifiers:
        return package.newest
    exact = _EXACT.fullmatch(specifiers)
    if exact is not None:
        return known(exact[1], package)
    from packaging.specifiers import SpecifierSet

    try:
        allowed = SpecifierSet(specifiers)
        for release in reversed(package.releases):
            if allowed.contains(release):
                return release
        bounds = [each.version for each in allowed if each.operator in ("==", "===", "~=", ">=", ">")]
        lower = max((bound.removesuffix(".*") for bound in bounds), key=release_of, default=None)
        if lower is None or not (
            allowed.contains(lower, prereleases=True) or release_of(lower) >= release_of(package.newest)
        ):
            return None
        return known(lower, package)
    except ValueError:
        return None


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

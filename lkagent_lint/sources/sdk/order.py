"""The order of versions: which of two releases is the newer one, by the rules of PyPI (PEP 440) and of npm (semver)."""

from __future__ import annotations

import re
from functools import lru_cache

_PLAIN = re.compile(r"\d{1,9}(?:\.\d{1,9})*")
_SEMVER = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")

Order = tuple[tuple[int, ...], tuple[tuple[int, int, str], ...]]
"""Compared as it is: the numbers without trailing zeros, then what stands behind them."""

_FINAL = (3, 0, "")
_LETTERS = {"a": 0, "b": 1, "rc": 2}


def order(version: str, *, npm: bool = False) -> Order:
    """The place of a version among others of its registry: 2.0.0b1 < 2.0.0rc1 < 2.0.0 = 2.0 < 2.0.1.

    A local version (``1.8.9+patched``) is the release that it says it is. Raises ValueError if it is no version.
    """
    return _of_npm(version) if npm else _of_pypi(version)


def is_version(version: str, *, npm: bool = False) -> bool:
    try:
        order(version, npm=npm)
    except ValueError:
        return False
    return True


def is_prerelease(version: str, *, npm: bool = False) -> bool:
    """Whether a version is a pre-release of one to come. Raises ValueError if it is no version."""
    return order(version, npm=npm)[1][0] < _FINAL


def major(place: Order) -> int:
    """The first number of a version."""
    return place[0][0]


def normal(version: str, *, npm: bool = False) -> str:
    """A version as its registry spells it: ``2.0.0b1`` for ``v2.0.0-b1``. Raises ValueError if it is no version."""
    if npm:
        _of_npm(version)
        return version.removeprefix("v")
    if _PLAIN.fullmatch(version):
        return version
    from packaging.version import Version

    return Version(version).public


@lru_cache(maxsize=1024)
def _of_pypi(version: str) -> Order:
    if _PLAIN.fullmatch(version):
        return _numbers(tuple(map(int, version.split(".")))), (_FINAL,)
    # Few versions are not plain, and the library takes its time to import.
    from packaging.version import Version

    parsed = Version(version)
    behind = [(_LETTERS[parsed.pre[0]], parsed.pre[1], "")] if parsed.pre is not None else []
    if parsed.post is not None:
        behind.append((4, parsed.post, ""))
    behind.append(_FINAL if parsed.dev is None else (-1, parsed.dev, ""))
    return _numbers(parsed.release), tuple(behind)


@lru_cache(maxsize=1024)
def _of_npm(version: str) -> Order:
    # Source: https://semver.org/#spec-item-11
    found = _SEMVER.fullmatch(version)
    if found is None and _PLAIN.fullmatch(version) is None:
        raise ValueError(version)
    if found is None:
        return _numbers(tuple(map(int, version.split(".")))), (_FINAL,)
    numbers = _numbers((int(found[1]), int(found[2]), int(found[3])))
    if not found[4]:
        return numbers, (_FINAL,)
    return numbers, tuple((0, int(each), "") if each.isdigit() else (1, 0, each) for each in found[4].split("."))


def _numbers(release: tuple[int, ...]) -> tuple[int, ...]:
    while len(release) > 1 and not release[-1]:
        release = release[:-1]
    return release

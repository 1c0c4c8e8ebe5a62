"""The version of an SDK package that a lock file pins, read without parsing files of megabytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from lkagent_lint.sources.sdk.distributions import DistributionName
from lkagent_lint.sources.sdk.releases import PYTHON

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
"""Looked at in this order within one directory."""

_VERSION = re.compile(rb"(?m)^version[ \t]*=[ \t]*[\"']([^\"'\r\n]+)[\"']")
_TABLE_START = re.compile(rb"(?m)^\[")


@lru_cache(maxsize=8)
def _entry(package: str) -> re.Pattern[bytes]:
    name = b"[-_.]+".join(re.escape(part) for part in package.encode().split(b"-"))
    return re.compile(rb"(?mi)^name[ \t]*=[ \t]*[\"']" + name + rb"[\"']")


def locked_versions(name: str, data: bytes, package: str = PYTHON.package) -> list[str]:
    """Every version that a lock file pins a Python package to, as it spells them; empty for a broken file.

    ``name`` is the file's base name. A lock that resolves for several platforms can pin several versions.
    """
    if not DistributionName.of(package).mention.search(data):
        return []
    return list(_in_pipfile_lock(data, package) if name == "Pipfile.lock" else _in_toml(data, package))


def _in_toml(data: bytes, package: str) -> Iterator[str]:
    """All TOML locks have one ``[[package]]`` table a package, with its name and version on own lines."""
    for found in _entry(package).finditer(data):
        start = data.rfind(b"\n[", 0, found.start()) + 1
        end = _TABLE_START.search(data, found.end())
        version = _VERSION.search(data, start, len(data) if end is None else end.start())
        if version is not None:
            yield version[1].decode("utf-8", "replace")


def _in_pipfile_lock(data: bytes, package: str) -> Iterator[str]:
    import msgspec

    try:
        document: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    for section in ("default", "develop"):
        for name, entry in _object(_object(document).get(section)).items():
            version = _object(entry).get("version")
            if DistributionName.of(package).name.fullmatch(name) and isinstance(version, str):
                yield version.removeprefix("==")


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

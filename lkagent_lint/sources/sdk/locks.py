"""The version of an SDK package that a lock file pins, read without parsing files of megabytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, cast

from lkagent_lint.sources.sdk.releases import PYTHON

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
"""Looked at in this order within one directory."""

_VERSION = re.compile(rb"(?m)^version[ \t]*=[ \t]*[\"']([^\"'\r\n]+)[\"']")
_TABLE_START = re.compile(rb"(?m)^\[")


class _LockPatterns(NamedTuple):
    name: re.Pattern[bytes]
    """The distribution's name in any spelling (PEP 503)."""
    entry: re.Pattern[bytes]


@lru_cache(maxsize=8)
def _patterns(package: str) -> _LockPatterns:
    name = b"[-_.]+".join(re.escape(part) for part in package.encode().split(b"-"))
    entry = rb"(?mi)^name[ \t]*=[ \t]*[\"']" + name + rb"[\"']"
    return _LockPatterns(re.compile(rb"(?i)" + name), re.compile(entry))


def locked_versions(name: str, data: bytes, package: str = PYTHON.package) -> list[str]:
    """Every version that a lock file pins a Python package to, as it spells them; empty for a broken file.

    ``name`` is the file's base name. A lock that resolves for several platforms can pin several versions.
    """
    patterns = _patterns(package)
    if not patterns.name.search(data):
        return []
    return list(_in_pipfile_lock(data, patterns) if name == "Pipfile.lock" else _in_toml(data, patterns))


def _in_toml(data: bytes, patterns: _LockPatterns) -> Iterator[str]:
    """All TOML locks have one ``[[package]]`` table a package, with its name and version on own lines."""
    for found in patterns.entry.finditer(data):
        start = data.rfind(b"\n[", 0, found.start()) + 1
        end = _TABLE_START.search(data, found.end())
        version = _VERSION.search(data, start, len(data) if end is None else end.start())
        if version is not None:
            yield version[1].decode("utf-8", "replace")


def _in_pipfile_lock(data: bytes, patterns: _LockPatterns) -> Iterator[str]:
    import msgspec

    try:
        document: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    for section in ("default", "develop"):
        for name, package in _object(_object(document).get(section)).items():
            version = _object(package).get("version")
            if patterns.name.fullmatch(name.encode("utf-8", "replace")) and isinstance(version, str):
                yield version.removeprefix("==")


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

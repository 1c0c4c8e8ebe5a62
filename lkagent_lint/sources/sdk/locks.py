"""The livekit-agents version that a lock file pins, read without parsing files of megabytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
"""Looked at in this order within one directory."""

_NAME = re.compile(rb"(?mi)^name[ \t]*=[ \t]*[\"']livekit[-_.]+agents[\"']")
_VERSION = re.compile(rb"(?m)^version[ \t]*=[ \t]*[\"']([^\"'\r\n]+)[\"']")
_TABLE_START = re.compile(rb"(?m)^\[")
_MENTION = re.compile(rb"(?i)livekit[-_.]+agents")


def locked_versions(name: str, data: bytes) -> list[str]:
    """Every version that a lock file pins livekit-agents to, as it spells them; empty for a broken file.

    ``name`` is the file's base name. A lock that resolves for several platforms can pin several versions.
    """
    if not _MENTION.search(data):
        return []
    return list(_in_pipfile_lock(data) if name == "Pipfile.lock" else _in_toml(data))


def _in_toml(data: bytes) -> Iterator[str]:
    """All TOML locks have one ``[[package]]`` table a package, with its name and version on own lines."""
    for found in _NAME.finditer(data):
        start = data.rfind(b"\n[", 0, found.start()) + 1
        end = _TABLE_START.search(data, found.end())
        version = _VERSION.search(data, start, len(data) if end is None else end.start())
        if version is not None:
            yield version[1].decode("utf-8", "replace")


def _in_pipfile_lock(data: bytes) -> Iterator[str]:
    import msgspec

    try:
        document: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    for section in ("default", "develop"):
        for name, package in _object(_object(document).get(section)).items():
            version = _object(package).get("version")
            if _MENTION.fullmatch(name.encode("utf-8", "replace")) and isinstance(version, str):
                yield version.removeprefix("==")


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

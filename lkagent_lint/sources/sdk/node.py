"""Which release of a Node package a file is written for: what lock files pin and what package.json declares."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import cast

from lkagent_lint.sources.reading import Overlays, Unreadable
from lkagent_lint.sources.sdk.manifests import Manifest
from lkagent_lint.sources.sdk.ranges import Declaration
from lkagent_lint.sources.sdk.releases import NODE

LOCK_FILES = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock")
"""Looked at in this order within one directory."""

_MANIFEST = "package.json"
_MAX_MANIFEST_BYTES = 1_000_000
_SECTIONS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_RANGE = re.compile(r"[\d^~<>=v]")
_ANY = ("", "*", "^", "~", "x", "X", "latest")


@lru_cache(maxsize=8)
def _pins(package: str) -> dict[str, re.Pattern[bytes]]:
    name = re.escape(package.encode())
    pins = {
        # "node_modules/@livekit/agents": { "version": "1.7.0"; the first lock format has no "node_modules/".
        "package-lock.json": re.compile(rb'"(?:[^"]*node_modules/)?' + name + rb'":\s*\{\s*"version":\s*"([^"]+)"'),
        # '@livekit/agents@1.7.0(peer@2)': and, before version 6, /@livekit/agents/1.7.0:
        "pnpm-lock.yaml": re.compile(rb"(?m)^ +['\"]?/?" + name + rb"[@/](\d[^'\"(:\s]*)"),
        # "@livekit/agents@^1.0.0": and, on the next line, version "1.7.0"; yarn 2 writes npm:^1.0.0 and version: 1.7.0
        "yarn.lock": re.compile(rb'(?m)^"?' + name + rb'@[^\n]*:\r?\n\s+version:?\s+"?([^"\s]+)'),
        "bun.lock": re.compile(rb'"' + name + rb'@(\d[^"]*)"'),
    }
    pins["npm-shrinkwrap.json"] = pins["package-lock.json"]
    return pins


def locked_versions(name: str, data: bytes, package: str = NODE.package) -> list[str]:
    """Every version that a lock file pins a Node package to, as it spells them. ``name`` is the file's base name."""
    return [each.decode("utf-8", "replace") for each in _pins(package)[name].findall(data)]


def in_directory(
    directory: str, names: Collection[str], overlays: Overlays, package: str = NODE.package
) -> Iterator[Manifest]:
    """What a directory's package.json declares. A broken one declares nothing."""
    if _MANIFEST not in names:
        return
    import msgspec

    path = os.path.join(directory, _MANIFEST)
    data = overlays.read(path, _MAX_MANIFEST_BYTES)
    if isinstance(data, Unreadable):
        return
    try:
        document: object = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return
    for given in (*_overridden(_object(document), package), *_declared(_object(document), package)):
        yield Manifest(path, ((path, from_npm(given, package)),))


def _overridden(document: dict[str, object], package: str) -> Iterator[str]:
    """What is installed whatever the dependencies ask for: npm's overrides, yarn's resolutions, pnpm's overrides."""
    for section in (
        document.get("overrides"),
        document.get("resolutions"),
        _object(document.get("pnpm")).get("overrides"),
    ):
        for key in (package, f"**/{package}"):
            given = _object(section).get(key)
            if isinstance(given, str) and not given.startswith("$"):  # which refers to the dependencies
                yield given


def _declared(document: dict[str, object], package: str) -> Iterator[str]:
    for section in _SECTIONS:
        given = _object(document.get(section)).get(package)
        if isinstance(given, str):
            yield given


def from_npm(text: str, package: str = NODE.package) -> Declaration:
    """What package.json says of a dependency: a range, a tag, or where it is taken from.

    Source: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies
    """
    written = text.strip().removeprefix("npm:").removeprefix(f"{package}@")
    if written in _ANY or written.startswith("catalog:"):
        return Declaration(text, ("",), npm=True)
    if _RANGE.match(written) and not written.startswith("~/"):
        return Declaration(text, (written,), npm=True)
    # A tag beside "latest" means releases that are not known either.
    return Declaration(text, ("",), npm=True, is_elsewhere=True)


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}

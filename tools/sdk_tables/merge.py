"""From surfaces of single releases to one table of a package, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tools.sdk_tables.surface import SECTIONS, Section, Surface, empty

Spans = str | list[int | str]
"""A value in all releases, or triples: index of the first release, of the first without it (-1: none), value."""


class Release(NamedTuple):
    version: str
    surface: Surface


def merged(package: str, releases: Iterable[Release]) -> bytes:
    """The table of releases, oldest first, as JSON. The same releases give the same bytes."""
    versions: list[str] = []
    found: dict[str, dict[str, dict[str, list[int | str]]]] = {section: {} for section in SECTIONS}
    for index, (version, surface) in enumerate(releases):
        versions.append(version)
        for section in SECTIONS:
            _add(found[section], surface[section], index)
    shown = {
        section: {
            owner: {key: _shortened(spans) for key, spans in sorted(keys.items())}
            for owner, keys in sorted(owners.items())
        }
        for section, owners in found.items()
    }
    lines = [f'"package":{_json(package)}', f'"releases":{_json(versions)}']
    for section, owners in shown.items():
        rows = ",\n".join(f"{_json(owner)}:{_json(keys)}" for owner, keys in owners.items())
        lines.append(f'"{section}":{{\n{rows}\n}}')
    return ("{" + ",\n".join(lines) + "}\n").encode()


def _add(into: dict[str, dict[str, list[int | str]]], section: Section, index: int) -> None:
    for owner, keys in section.items():
        known = into.setdefault(owner, {})
        for key, value in keys.items():
            spans = known.setdefault(key, [])
            if not spans or spans[-1] != value or spans[-2] != -1:
                if spans and spans[-2] == -1:
                    spans[-2] = index
                spans += [index, -1, value]
    for owner, known in into.items():
        present = section.get(owner, {})
        for key, spans in known.items():
            if spans[-2] == -1 and key not in present:
                spans[-2] = index


def _shortened(spans: list[int | str]) -> Spans:
    return str(spans[2]) if spans[:2] == [0, -1] else spans


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


class Stored(msgspec.Struct):
    """A table as it stands in the package."""

    package: str
    releases: list[str]
    names: dict[str, dict[str, Spans]]
    members: dict[str, dict[str, Spans]]
    events: dict[str, dict[str, Spans]]
    deprecated: dict[str, dict[str, Spans]]
    requires: dict[str, dict[str, Spans]] = {}

    def surface(self, version: str) -> Surface:
        """The surface of one release. Raises ValueError if the table does not hold it."""
        index = self.releases.index(version)
        found = empty()
        for section in SECTIONS:
            for owner, keys in getattr(self, section).items():
                for key, spans in keys.items():
                    value = _at(spans, index)
                    if value is not None:
                        found[section].setdefault(owner, {})[key] = value
        return found


def decode(data: bytes) -> Stored:
    return msgspec.json.decode(data, type=Stored)


def without_empty(surface: Surface) -> Surface:
    """A surface without owners that own nothing: a table cannot tell them from absent ones."""
    return {section: {owner: keys for owner, keys in owners.items() if keys} for section, owners in surface.items()}


def _at(spans: Spans, index: int) -> str | None:
    if isinstance(spans, str):
        return spans
    for position in range(0, len(spans), 3):
        since, until, value = spans[position : position + 3]
        if isinstance(since, int) and isinstance(until, int) and since <= index and (until == -1 or index < until):
            return str(value)
    return None

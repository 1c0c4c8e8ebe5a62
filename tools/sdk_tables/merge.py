"""From surfaces of single releases to one table of a package, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
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
    shared = list(_shared(spans for owners in shown.values() for keys in owners.values() for spans in keys.values()))
    number = {text: index for index, text in enumerate(shared)}
    lines = [f'"package":{_json(package)}', f'"releases":{_json(versions)}']
    lines.append('"shared":[\n' + ",\n".join(shared) + "\n]")
    for section, owners in shown.items():
        rows = ",\n".join(f"{_json(owner)}:{_json(_numbered(keys, number))}" for owner, keys in owners.items())
        lines.append(f'"{section}":{{\n{rows}\n}}')
    return ("{" + ",\n".join(lines) + "}\n").encode()


def _shared(all_spans: Iterable[Spans]) -> Iterator[str]:
    """What stands so often, or is so long, that it is written once; the most frequent first, so that they have the
    shortest numbers.
    """
    counted = sorted(Counter(map(_json, all_spans)).items(), key=lambda each: (-each[1], each[0]))
    number = 0
    for text, uses in counted:
        if (uses - 1) * len(text) > uses * len(str(number)) + 1:
            yield text
            number += 1


def _numbered(keys: dict[str, Spans], number: dict[str, int]) -> dict[str, Spans | int]:
    return {key: number.get(_json(spans), spans) for key, spans in keys.items()}


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
    """A table as it stands in the package. What is shared stands as its number."""

    package: str
    releases: list[str]
    names: dict[str, dict[str, Spans | int]]
    members: dict[str, dict[str, Spans | int]]
    events: dict[str, dict[str, Spans | int]]
    deprecated: dict[str, dict[str, Spans | int]]
    requires: dict[str, dict[str, Spans | int]] = {}
    shared: list[Spans] = []

    def surface(self, version: str) -> Surface:
        """The surface of one release. Raises ValueError if the table does not hold it."""
        index = self.releases.index(version)
        found = empty()
        for section in SECTIONS:
            for owner, keys in getattr(self, section).items():
                for key, spans in keys.items():
                    value = _at(self.shared[spans] if isinstance(spans, int) else spans, index)
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

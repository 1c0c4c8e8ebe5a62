"""Tables of the SDKs from a file, for a linter that is older than the releases that a project is written for.

The file holds tables as they stand in ``tables/``: one, or a list of them (``python -m tools.sdk_tables --export``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from lkagent_lint.sources.sdk.order import is_version, order
from lkagent_lint.sources.sdk.releases import PACKAGES
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Catalog

Spans = str | list[int | str]
_Written = dict[str, dict[str, Spans | int]]
_MARKS = frozenset({"()", "<", "?", "*"})
"""Keys whose values are no kinds."""
_KINDS = frozenset(kind.value for kind in SymbolKind)


class TableFile(msgspec.Struct, forbid_unknown_fields=True):
    """What one package offers in its releases. A fact stands once: as its value where it holds in all of them, else as
    triples of the index of the first release, of the first without it (-1: none), and the value.
    """

    package: str
    releases: tuple[str, ...]
    """Oldest first."""
    names: _Written
    """Module, name, and what it is."""
    members: _Written
    """Class or module, member or function, and how it is called."""
    events: _Written
    """Class, event, and the number of its arguments."""
    deprecated: _Written
    """Class, function or module, parameter or member, and what the SDK says of it."""
    requires: _Written = {}
    """Another package of the SDK, and which of its releases are asked for."""
    shared: tuple[Spans, ...] = ()
    """What stands once for many: where a number takes the place of a value or of triples, it is one of these."""


def read(data: bytes) -> Catalog:
    """The bundled tables with those of a file in their places. Raises ValueError, with what is wrong with the file."""
    try:
        found: TableFile | list[TableFile] = msgspec.json.decode(data, type=TableFile | list[TableFile])
    except msgspec.ValidationError as error:
        raise ValueError(f"it is no table of the SDKs ({error})") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from None
    tables = found if isinstance(found, list) else [found]
    for each in tables:
        problem = next(_problems(each), None)
        if problem is not None:
            raise ValueError(f"its table of {each.package or 'a package without a name'} {problem}")
    names = [each.package for each in tables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"it holds two tables of {twice}")
    return Catalog(map(msgspec.json.encode, tables))


def _problems(table: TableFile) -> Iterator[str]:
    """What is wrong with a table, as the end of a sentence about it."""
    package = PACKAGES.get(table.package)
    if package is None:
        yield f"is of no package that has one: {', '.join(PACKAGES)}"
        return
    wrong = next((each for each in table.releases if not is_version(each, npm=package.npm)), None)
    if wrong is not None:
        yield f'names a release "{wrong}", which is no version'
        return
    places = [order(each, npm=package.npm) for each in table.releases]
    if not places or places != sorted(set(places)):
        yield "must name its releases once each, the oldest first, and at least one"
        return
    for section in ("names", "members", "events", "deprecated", "requires"):
        for owner, keys in getattr(table, section).items():
            yield from _problems_of(f"{section} of {owner}", keys, table, kinds=section in ("names", "members"))


def _problems_of(where: str, keys: Mapping[str, Spans | int], table: TableFile, *, kinds: bool) -> Iterator[str]:
    releases = len(table.releases)
    for key, written in keys.items():
        if isinstance(written, int) and not 0 <= written < len(table.shared):
            yield f'has nothing shared of the number {written} for "{key}" ({where})'
            continue
        spans = table.shared[written] if isinstance(written, int) else written
        triples = [spans[number : number + 3] for number in range(0, len(spans), 3)] if isinstance(spans, list) else []
        if not all(_is_triple(each, releases) for each in triples):
            yield f'has no triples of a first release, an end and a value for "{key}" ({where})'
        values = [spans] if isinstance(spans, str) else [each[-1] for each in triples]
        if kinds and key not in _MARKS and not all(str(each)[:1] in _KINDS for each in values):
            yield f'says of "{key}" what it is in a letter that is not known ({where})'


def _is_triple(triple: list[int | str], releases: int) -> bool:
    match triple:
        case [int(first), int(end), str()]:
            return 0 <= first < releases and (end == -1 or first < end <= releases)
        case _:
            return False

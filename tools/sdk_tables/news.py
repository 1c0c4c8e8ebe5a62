"""What a release has that the one before it has not, and the other way round, in words of its table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.sources.sdk.vocabulary import CLASSES
from tools.sdk_tables.surface import Section, Surface

_RENAMED = {each.name: one.name for one in CLASSES.values() for each in one.python}
"""A class that has got another name is the same class."""
_SPECIAL = frozenset({"*", "?", "<", "()"})


class News(NamedTuple):
    """What came, what went and what has become deprecated, each sorted."""

    came: tuple[str, ...]
    went: tuple[str, ...]
    deprecated: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.deprecated)


def between(before: Surface, after: Surface) -> News:
    """What is new in a surface beside another one."""
    old, new = set(spelt(before)), set(spelt(after))
    was, now = set(_deprecated(before)), set(_deprecated(after))
    return News(_whole(new - old), _whole(old - new), tuple(sorted(now - was)))


def _whole(found: set[str]) -> tuple[str, ...]:
    """Without the keywords, members and events of what is itself among them."""
    return tuple(sorted(each for each in found if _holder(each) not in found))


def _holder(what: str) -> str:
    """What a keyword, a member or an event belongs to."""
    for mark in ("(", " event "):
        before, found, _ = what.partition(mark)
        if found:
            return before
    owner = what.rpartition(".")[0]
    return "" if what.startswith("livekit") else owner


def spelt(surface: Surface) -> Iterator[str]:
    """Everything that code can ask for: names of modules, members, keywords and events."""
    homes: dict[tuple[str, str], str] = {}
    for module, names in sorted(surface["names"].items(), key=lambda each: (each[0].count("."), each[0])):
        for name in names.keys() - _SPECIAL:
            # What can be imported from several modules is said of the shortest.
            homes.setdefault((name, names[name] if names[name][1:] else module), f"{module}.{name}")
    yield from homes.values()
    for owner, members in surface["members"].items():
        shown = _shown(owner, surface["names"])
        yield shown
        for name, value in members.items():
            member = shown if name == "()" else f"{shown}.{name}"
            if name not in _SPECIAL:
                yield member
            parameters = value if name == "()" else value[1:]
            yield from (f"{member}({keyword}=)" for keyword in _keywords(parameters))
    for owner, events in surface["events"].items():
        yield from (f'{_shown(owner, surface["names"])} event "{event}"' for event in events.keys() - {"?"})


def _shown(owner: str, names: Section) -> str:
    """A class by its own name, the one that the vocabulary has for it, a module by its dotted one."""
    name = owner.rpartition(".")[2]
    return owner if owner in names else _RENAMED.get(name, name)


def _keywords(written: str) -> Iterator[str]:
    if written.startswith("("):
        for word in filter(None, written.strip("()").split(", ")):
            if word[:1].isalpha():
                yield word.rstrip("=")


def _deprecated(surface: Surface) -> Iterator[str]:
    for path, keys in surface["deprecated"].items():
        for key, said in keys.items():
            yield f"{path.rpartition('.')[2]}{f'({key}=)' if key else ''}: {said}"

"""The page that says of each release of the SDKs what came, went and was deprecated, from the tables alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lkagent_lint.sources.sdk.order import is_prerelease, order
from lkagent_lint.sources.sdk.successors import MADE_FROM
from lkagent_lint.sources.sdk.vocabulary import CLASSES
from tools.sdk_tables import merge, news
from tools.sdk_tables.packages import PACKAGES, Package
from tools.sdk_tables.surface import Surface

_INTRODUCTION = """\
# What the SDKs' releases offer

Made from the tables by which the linter judges (`python -m tools.sdk_tables`, then `python tools/generate.py`): classes
and functions that can be imported, and members, keywords and events of the classes that rules follow. The newest
release stands first; one that changed nothing of that is left out. Messages of the protocol are not listed.

A project is judged by the release that it pins, locks or allows ([settings](settings.md#sdk-version)). What a newer
file of tables says takes the place of all this ([`sdk-tables`](settings.md#sdk-tables)).
"""
_OWN = frozenset(
    {*CLASSES, *(each.name for one in CLASSES.values() for each in one.python), "WorkerOptions", "ServerOptions"}
)
_SHOWN = 40
"""More than so many of a kind are counted."""
_DEPTH = 2
"""Modules below ``livekit.agents.llm`` are where things are made, not where they are imported from."""
_HIDDEN = ("livekit-protocol",)


def rendered(tables: Path) -> str:
    """The page."""
    parts = [_INTRODUCTION]
    for package in PACKAGES:
        if package.name not in _HIDDEN:
            parts.append(f"## {package.name}\n")
            parts += _releases(package, merge.decode((tables / f"{package.file}.json").read_bytes()))
    return "\n".join(parts)


def _releases(package: Package, stored: merge.Stored) -> Iterator[str]:
    first = order(package.first, npm=package.npm)
    for number in range(len(stored.releases) - 1, 0, -1):
        version, before = stored.releases[number], stored.releases[number - 1]
        if order(version, npm=package.npm) <= first:
            continue
        after = _followed(stored.surface(version))
        found = news.between(_followed(stored.surface(before)), after)
        made_from = _made_from(stored, number, after) if is_prerelease(version, npm=package.npm) else ""
        known = set(news.spelt(_followed(stored.surface(made_from)))) if made_from else set(found.went)
        rows = (
            ("Came", found.came),
            ("Went", [each for each in found.went if each in known]),
            (f"Not in it, and younger than {made_from}", [each for each in found.went if each not in known]),
            ("Deprecated", found.deprecated),
        )
        if found:
            yield f"### {version}\n"
            if made_from:
                about = made_from if version in MADE_FROM else f"what was {made_from} or little more"
                yield f"A pre-release, made from {about}; shown beside {before}.\n"
            yield from (f"- {word}: {_listed(lines)}" for word, lines in rows if lines)
            yield ""


def _made_from(stored: merge.Stored, number: int, early: Surface) -> str:
    """The release from which a pre-release was made, or the newest of which it has something that was new in it."""
    if stored.releases[number] in MADE_FROM:
        return MADE_FROM[stored.releases[number]]
    offered = set(news.spelt(early))
    for index in range(number - 1, 0, -1):
        new = set(news.spelt(_followed(stored.surface(stored.releases[index]))))
        if (new - set(news.spelt(_followed(stored.surface(stored.releases[index - 1]))))) & offered:
            return stored.releases[index]
    return stored.releases[0]


def _is_class_or_function(name: str, kind: str) -> bool:
    """A value that is named like a class is an alias of one."""
    return kind[:1] in "CFE" or (kind == "V" and name[:1].isupper() and not name.isupper())


def _followed(surface: Surface) -> Surface:
    """A surface with the members of the classes that rules follow, and no modules of the SDK's insides."""
    members = {owner: keys for owner, keys in surface["members"].items() if owner.rpartition(".")[2] in _OWN}
    names = {
        module: {name: kind for name, kind in keys.items() if _is_class_or_function(name, kind)}
        for module, keys in surface["names"].items()
        if module.count(".") <= _DEPTH
    }
    return {**surface, "names": names, "members": members}


def _listed(lines: Iterable[str]) -> str:
    shown = [f"`{_plain(each)}`" if ": " not in each else _said(each) for each in lines]
    more = len(shown) - _SHOWN
    return ", ".join(shown[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _said(line: str) -> str:
    what, _, said = line.partition(": ")
    return f"`{what}` ({_plain(said)})"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("`", "'").replace("|", "\\|").strip()

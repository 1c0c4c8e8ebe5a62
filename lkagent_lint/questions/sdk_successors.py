"""What does the work of a name that the SDK does not have: what took its place, or the nearest that there is."""

from __future__ import annotations

from lkagent_lint.likeness import most_alike
from lkagent_lint.sources.sdk.releases import NODE_PACKAGES
from lkagent_lint.sources.sdk.searching import WantedName, owner_in
from lkagent_lint.sources.sdk.successors import (
    ATTRIBUTES,
    EVENTS,
    INVENTED,
    INVENTED_KEYWORDS,
    KEYWORDS,
    METHODS,
    OPTIONS,
    REMOVED,
    invented,
)
from lkagent_lint.sources.sdk.tables import Release
from lkagent_lint.sources.sdk.versions import SdkVersion
from lkagent_lint.sources.sdk.vocabulary import CLASSES, snake


def successor_of(wanted: WantedName, had: list[str], here: list[SdkVersion]) -> str:
    """What took its place, as half a sentence; empty where nobody knows. ``had`` are dotted names of what was meant, in
    other releases.
    """
    releases = _releases(here)
    name, owners = wanted.name, _owners(wanted, releases)
    node = all(each.table.package in NODE_PACKAGES for each in releases)
    of_methods = {} if wanted.is_keyword else {**METHODS, **ATTRIBUTES}
    for (kind, member), said in (INVENTED_KEYWORDS if wanted.is_keyword else of_methods).items():
        if member == name and (kind in owners or not wanted.owner):
            return said
    for kind in () if wanted.is_keyword else owners or dict.fromkeys(each for each, _ in INVENTED):
        if kind in owners or not wanted.owner:
            said = invented(kind, name, node=node)
            if said:
                return said
    event = EVENTS.get(snake(name))
    for release in releases:
        if event and any(event in release.events(kind) for kind in (owners or CLASSES)):
            return f'the event "{event}" tells of it'
    of_python = any(each.table.package not in NODE_PACKAGES for each in releases)
    dotted = f"{wanted.owner}.{name}" if wanted.owner else name
    if of_python and (wanted.is_keyword or not wanted.owner):
        moved = OPTIONS.get((wanted.owner.rpartition(".")[2], name))
        if moved:
            return f"write {moved}"
    for path, said in REMOVED.items() if of_python else ():
        if path == dotted or path.endswith(f".{dotted}") or any(f"{each}.".startswith(f"{path}.") for each in had):
            return f"use {said}"
    return KEYWORDS.get(name, "") if wanted.is_keyword or wanted.owner else ""


def _owners(wanted: WantedName, releases: list[Release]) -> set[str]:
    """The classes that an owner may mean, by all their names."""
    owner = wanted.owner
    if wanted.is_keyword and "." in owner and not any(owner_in(owner, each) for each in releases):
        owner = owner.rpartition(".")[0]
    found = {owner_in(owner, each).rpartition(".")[2] for each in releases} if owner else set[str]()
    terms = [term for term in CLASSES.values() if found & {each.name for each in (*term.python, *term.node)}]
    return found | {term.name for term in terms} | {term.base for term in terms if term.base}


def nearest_to(wanted: WantedName, here: list[SdkVersion]) -> str:
    """The nearest name of the owner, or without one of what modules export; empty if none is near."""
    releases = _releases(here)
    for release in releases:
        owner = owner_in(wanted.owner, release) if wanted.owner else ""
        if owner:
            parameters = release.parameters(owner)
            keywords = set[str]() if parameters is None else set(parameters.keywords)
            known = keywords if wanted.is_keyword else {*release.members(owner), *release.events(owner)}
            near = most_alike(wanted.name, known, 0.66)
            if near:
                return f"the nearest that {owner.rpartition('.')[2]} has is {near}"
    names = {name for release in releases for module in release.table.names for name in release.names(module)}
    near = "" if wanted.owner and not wanted.owner[:1].islower() else most_alike(wanted.name, names, 0.8)
    return f"the nearest name is {near}" if near else ""


def _releases(here: list[SdkVersion]) -> list[Release]:
    found = (each.catalog.release(each.package, each.version) for each in here)
    return [each for each in found if each is not None]

"""What the SDK has under a name that somebody asks for: since when, until when, and what took its place.

Everything follows from the tables, so the answer is one of the release by which a project is judged. It is what
generated code needs before it is written, and what a rule says afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from lkagent_lint.questions.sdk_successors import nearest_to, successor_of
from lkagent_lint.sources.sdk.releases import PACKAGES, Package, Standing
from lkagent_lint.sources.sdk.searching import WantedName, found_in, owner_in
from lkagent_lint.sources.sdk.tables import packages
from lkagent_lint.sources.sdk.versions import SdkVersion

MOST = 8
"""Things in an answer, the likeliest first."""
_ELSEWHERE = 4
LONGEST = 200
"""Characters of a name that is asked for."""

_CALL = re.compile(r"(?P<owner>[^()]+)\((?P<keyword>\w*)\s*=?[^()]*\)")
_QUOTES = "`'\" \t"


class SdkEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a package of the SDK has, had or will have."""

    name: str
    """As it is told: ``livekit.agents.AgentSession``, ``AgentSession.start(room=)``, ``AgentSession: "close"``."""
    kind: str
    """``class``, ``coroutine``, ``keyword``, ``event`` and so on."""
    package: str
    state: str
    """``here`` in the release that holds, ``gone`` from it, or there ``later``."""
    since: str
    """The first known release that has it."""
    until: str
    """The first one after those that has it no more; empty where there is none."""
    signature: str = ""
    """The parameters, as far as they are known."""
    deprecated: str = ""
    """What the SDK says of it instead."""


class SdkAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of one name."""

    asked: str
    verdict: str
    """``yes``, ``gone``, ``later``, ``no``, or ``unknown`` where the release is not known."""
    judged_by: tuple[str, ...]
    """The releases that hold here, with the files that say so."""
    entries: tuple[SdkEntry, ...] = ()
    more: int = 0
    """How many others there are."""
    elsewhere: bool = False
    """The entries are of the same name, and of other owners than the one that was asked for."""
    instead: str = ""
    """What does the work of what is not there."""
    doubt: str = ""
    """Why it is not known, where it is not."""


Versions = Callable[[Package], SdkVersion]


def looked_up(asked: str, versions: Versions, label: Callable[[SdkVersion], str], *, node: bool | None) -> SdkAnswer:
    """The answer for a name as it is written in code: ``AgentSession``, ``session.say``, ``AgentSession(agent=)``,
    ``"user_message"``, ``livekit.agents.llm.ChatContext``.

    ``versions`` tells which release of a package holds, and ``label`` how it is called. ``node`` is the language, None
    for those of which the project says anything, and Python where it says nothing.
    """
    wanted = wanted_of(asked[:LONGEST])
    here = [versions(PACKAGES[each]) for of_node in _languages(versions, node) for each in packages(node=of_node)]
    found = _entries(wanted, here)
    verdict = _verdict(found)
    doubt = "" if verdict == "yes" else _doubt(wanted, found, here)
    verdict = "unknown" if doubt else verdict
    instead = "" if verdict == "yes" else successor_of(wanted, [each.name for each in found], here)
    elsewhere = _entries(wanted.anywhere(), here) if wanted.owner and not found and not instead else []
    shown = found or [each for each in elsewhere if each.state == "here"][:_ELSEWHERE]
    instead = instead or ("" if shown else nearest_to(wanted, here))
    return SdkAnswer(
        asked=asked[:LONGEST],
        verdict=verdict,
        judged_by=tuple(dict.fromkeys(label(each) for each in here if _speaks(each, wanted, found))),
        entries=tuple(shown[:MOST]),
        more=max(0, len(shown) - MOST),
        elsewhere=bool(shown) and not found,
        instead=instead,
        doubt=doubt,
    )


def wanted_of(asked: str) -> WantedName:
    """What a name asks for, as somebody writes it."""
    text = asked.strip(_QUOTES).removeprefix("await ").strip(_QUOTES)
    text = text if text.startswith("@livekit/") else text.removeprefix("@")
    call = _CALL.fullmatch(text)
    if call is not None:
        owner = call["owner"].strip(_QUOTES)
        if call["keyword"]:
            return WantedName(owner, call["keyword"], is_keyword=True)
        text = owner
    owner, _, name = text.rpartition(".")
    return WantedName(owner, name.strip(_QUOTES))


def _languages(versions: Versions, node: bool | None) -> tuple[bool, ...]:
    if node is not None:
        return (node,)
    said = tuple(of_node for of_node in (False, True) if versions(PACKAGES[packages(node=of_node)[0]]).source)
    return said or (False,)


def _entries(wanted: WantedName, here: list[SdkVersion]) -> list[SdkEntry]:
    """What is there, then what is not, each group as ``found_in`` orders it; a name that is told once."""
    made: dict[tuple[str, str], SdkEntry] = {}
    for sdk in here:
        for each in found_in(wanted, sdk):
            entry = SdkEntry(
                name=each.name,
                kind=each.kind,
                package=sdk.package,
                state=each.state,
                since=each.since,
                until=each.until,
                signature=each.signature,
                deprecated=each.deprecated,
            )
            known = made.setdefault((sdk.package, each.name), entry)
            if each.state == "here" != known.state:
                made[sdk.package, each.name] = entry
    return sorted(made.values(), key=lambda each: each.state != "here")


def _verdict(found: list[SdkEntry]) -> str:
    if any(each.state == "here" for each in found):
        return "yes"
    if not found:
        return "no"
    return "gone" if any(each.state == "gone" for each in found) else "later"


def _doubt(wanted: WantedName, found: list[SdkEntry], here: list[SdkVersion]) -> str:
    """Why what the tables do not hold may be there all the same; empty where they hold all."""
    if any(part.startswith("_") for part in (wanted.name, *wanted.owner.split("."))):
        return "the tables hold no private names"
    if wanted.owner.startswith(_PLUGINS) or f"{wanted.owner}.{wanted.name}".startswith(_PLUGINS):
        return "the tables hold no plugins"
    speaking = [sdk for sdk in here if _speaks(sdk, wanted, found)]
    for sdk in speaking:
        if sdk.standing is not Standing.KNOWN:
            known = sdk.catalog.package(sdk.package).newest_of(sdk.version)
            declared = (sdk.declared or sdk.version).removeprefix("==")
            return f"{sdk.package} {declared} is newer than {known}, the newest that is known"
    for sdk in speaking if wanted.owner and not found else ():
        release = sdk.catalog.release(sdk.package, sdk.version)
        owner = "" if release is None else owner_in(wanted.owner, release)
        if release is not None and owner and not wanted.is_keyword and release.is_open_class(owner):
            return f"{owner} may have names that nobody wrote down"
    return ""


_PLUGINS = ("livekit.plugins", "@livekit/agents-plugin-")


def _speaks(sdk: SdkVersion, wanted: WantedName, found: list[SdkEntry]) -> bool:
    """Whether an answer rests on this package: it has what is asked for, or the owner of what nobody has."""
    if found:
        return any(each.package == sdk.package for each in found)
    release = sdk.catalog.release(sdk.package, sdk.version)
    owner = wanted.owner if release is not None else ""
    return (
        sdk.package in _MAIN if not owner or release is None else bool(owner_in(owner, release)) or sdk.package in _MAIN
    )


_MAIN = frozenset({"livekit-agents", "@livekit/agents"})

"""Something is used that still works and has a successor.

## What it does

Reports imports, methods, keywords and events that the release calls deprecated, or whose place something else has
taken, with what the SDK says to use. A name is reported once a file.

## Why it is bad

It works today. `AgentSession` is the same class as `LiveSession` in livekit-agents 2.0.0b1, and "will be removed in the
next release". Most of it logs a warning when it is used, and the SDK announces to remove it in a later major release.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

In releases that do not have the successor yet. For imports in a `try` or under a condition on a version. For packages
whose own sources are part of the project, as `package.json` says with `workspace:` or `link:`. Code for livekit-agents
0.x is not judged, and of Node only names.

## Evidence

What the released packages themselves say, read by `tools/sdk_tables`: the decorator `deprecate_params`, functions that
begin with such a warning, and `@deprecated` in the declarations of Node. livekit-agents 1.8.9, run:
`RoomInputOptions` in `session.start` logs "RoomInputOptions and RoomOutputOptions are deprecated, use RoomOptions
instead".

## Fix safety

An alias, as `AgentSession` is since livekit-agents 2.0, gives way to the name that it stands for, in the import and
wherever the file uses it: safe. An import under a name of its own keeps that, and names in texts stay, but for
annotations. Methods and keywords that have only another name are safe too, as `e2ee=`, which becomes `encryption=`.
What has a successor that works in another way has no fix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call
from lkagent_lint.facts.sdk_names import AskedBy
from lkagent_lint.intents import Fix, Rename, RenameArgument, RenameCallee, RenameImported, safe
from lkagent_lint.project.things import Activation, Sdk, SdkMethod
from lkagent_lint.questions.asked_names import AskedName
from lkagent_lint.questions.offers import Offers
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, shortened
from lkagent_lint.rules._base import Default, Meta, Said
from lkagent_lint.sources.sdk.parts import package_of
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.successors import ALIASES, DEPRECATED_EVENTS, DEPRECATED_NAMES, DEPRECATED_PARAMETERS
from lkagent_lint.sources.sdk.symbols import SymbolKind
from lkagent_lint.sources.sdk.tables import Release

META = Meta(
    "LKA502",
    "deprecated-api",
    Severity.INFO,
    "something that still works and has a successor",
    Default.PREVIEW,
    basis=Basis.TABLES,
)

_SILENT = frozenset({"WorkerOptions", "ServerOptions"})
"""The SDK itself says nothing of them."""
_REPEATED = re.compile(r"^\w+ is deprecated[.,]\s*")
_ONE_NAME = re.compile(r"[Uu]se `?(\w+)`? instead")
_ALIAS = re.compile(r"^Use \{@link (\w+)\} instead\. This alias ")
_MARKUP = re.compile(r"\{@link\s+(\S+?)\s*\}")
Deprecated = tuple[str, str]
"""What is deprecated, and what the SDK says of it."""


def check(subject: Subject) -> Iterator[Diagnostic]:
    offers = subject.offers
    for path in subject.project.files:
        if not offers.is_old(path):
            yield from _names(offers, path)
    for place, function, (what, said) in _calls(subject, offers):
        culprit = (what.partition("=")[0],)
        fix = _respelled(place, what, said)
        yield META.at(place, _words(what, said), culprit=culprit, subject=function, key=(what,), fix=fix)


def _respelled(place: Place, what: str, said: str) -> Fix | None:
    """Where nothing but a name has changed: of a method, or of a keyword."""
    found = _ONE_NAME.search(said)
    if found is None:
        return None
    keyword, _, owner = what.partition("= of ")
    method = what.removesuffix("()").rpartition(".")[2]
    if owner:
        return safe(f"write {found[1]}=", RenameArgument(place, keyword, found[1]))
    if what.endswith("()"):
        return safe(f"call {found[1]}()", RenameCallee(place, method, found[1]))
    return None


def _words(what: str, said: str) -> Said:
    """What the SDK says, without what is said already and without the markup of its documentation."""
    plain = _MARKUP.sub(r"\1", _REPEATED.sub("", said)).rstrip(".")
    verb = "has a successor" if what in _SILENT else "is deprecated"
    first = plain.partition(" ")[0]
    begins_sentence = first[1:].islower()  # else it is the name of a class
    advice = f"{plain[:1].lower() if begins_sentence else plain[:1]}{plain[1:]}"
    return Said(f"{shortened(what, 56)} {verb}", "", advice, "it still works")


def _names(offers: Offers, path: str) -> Iterator[Diagnostic]:
    found: dict[str, list[AskedName]] = {}
    for reached in offers.reached(path):
        if _said_of_name(reached):
            found.setdefault(reached.name, []).append(reached)
    for name, ways in found.items():
        place, words = Place(path, ways[0].fact.span), _words(name, _said_of_name(ways[0]))
        yield META.at(place, words, culprit=(name,), key=(name,), fix=_renamed(path, name, ways))


def _renamed(path: str, name: str, ways: list[AskedName]) -> Fix | None:
    """Wherever the file uses an alias, it uses the name that it stands for: both mean the same object."""
    _, meant = ALIASES.get(f"{ways[0].module}.{ways[0].name}", ("", ""))
    if not meant:
        alias = _ALIAS.search(_said_of_name(ways[0]))
        meant = "" if alias is None else alias[1]
    if not meant:
        return None
    intents = [
        RenameImported(Place(path, each.fact.span), name, meant)
        if each.fact.spelling is AskedBy.FROM
        else Rename(Place(path, each.fact.span), name, meant)
        for each in ways
    ]
    return safe(f"use {meant}", *intents)


def _said_of_name(reached: AskedName) -> str:
    known, release = reached.known, reached.release
    since, meant = ALIASES.get(f"{reached.module}.{reached.name}", ("", ""))
    if since and release.is_at_least(since):
        return f"use {meant}, which it is an alias of; the next release is to remove it"
    if known is None or not known.path:
        return ""
    since, use = DEPRECATED_NAMES.get(known.path, ("", ""))
    if since and release.is_at_least(since):
        return use
    alias = f"{known.path.rpartition('.')[0]}.{reached.name}"
    return release.deprecated(known.path) or release.deprecated(alias) or ""


def _calls(subject: Subject, offers: Offers) -> Iterator[tuple[Place, str, Deprecated]]:
    callers = subject.methods.activations(lambda flow: bool(flow.calls))
    for activation in subject.methods.best(callers):
        if activation.is_node or offers.is_old(activation.path):
            continue
        for call in activation.flow.calls:
            if call.span is not None and isinstance(call.target, (v.Attribute, v.Name)):
                for said in _said_of_call(offers, call, activation):
                    yield activation.place(call.span), activation.name, said


def _said_of_call(offers: Offers, call: Call, activation: Activation) -> list[Deprecated]:
    targets = activation.targets(call)
    if len(targets) != 1:
        return []
    (target,) = targets
    match target:
        case SdkMethod(kind, name):
            return _said_of_method(offers, call, activation.path, kind, name)
        case Sdk(dotted):
            package = package_of(dotted)
            release = offers.release(activation.path, package) if package else None
            module, _, name = dotted.rpartition(".")
            known = None if release is None else release.name(module, name)
            if release is None or known is None:
                return []
            # An alias that is made when it is asked for says nothing of its class.
            owner = known.path if known.kind is SymbolKind.CLASS else release.path(name) if dotted in ALIASES else ""
            return _said_of_keywords(release, call, owner, name) if owner else []
        case _:
            return []


def _said_of_method(offers: Offers, call: Call, path: str, kind: str, name: str) -> list[Deprecated]:
    release = offers.of_class(path, kind)
    if release is None or not release.has_class(kind):
        return []
    if name in ("on", "once"):
        return _said_of_event(release, call, kind)
    owner = f"{release.path(kind)}.{name}"
    said = release.deprecated(owner)
    found = [(f"{kind}.{name}()", said)] if said else []
    return found + _said_of_keywords(release, call, owner, f"{kind}.{name}")


def _said_of_keywords(release: Release, call: Call, owner: str, shown: str) -> list[Deprecated]:
    found: list[Deprecated] = []
    for keyword, _ in call.keywords:
        since, use = DEPRECATED_PARAMETERS.get((shown, keyword), ("", ""))
        said = use if since and release.is_at_least(since) else release.deprecated(owner, keyword)
        if said and keyword != "**":
            found.append((f"{keyword}= of {shown}", said))
    return found


def _said_of_event(release: Release, call: Call, kind: str) -> list[Deprecated]:
    match call.args[:1]:
        case (v.Text(event),):
            successor = DEPRECATED_EVENTS.get((kind, event), "")
            known = release.events(kind)
            return [(f"the event {quoted(event)}", f"use {quoted(successor)}")] if successor in known else []
        case _:
            return []

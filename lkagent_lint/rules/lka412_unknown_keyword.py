"""A class or a method of the SDK is given a keyword that it does not take.

## What it does

Reports keywords that constructors and methods of livekit-agents do not take in this release: of `Agent`,
`AgentSession`, `AgentTask`, `RoomOptions` and its parts, and of methods of sessions, contexts and agents. A class of
the project's own counts where it leaves the constructor to the SDK's, and so does `super().__init__()`. In Node these
are the keys of the object that comes last, `new voice.AgentSession({ … })`, `session.say(text, { … })`.

## Why it is bad

The call raises: "TypeError: got an unexpected keyword argument 'chat_ctx'". In an entry the job ends before anybody
is heard, and in a tool that hands over to another agent nobody sees it. Node drops a key that it does not read, so the
option does nothing, and in JavaScript nobody says so.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For keywords in `**options`, and keys of an object that is spread; for classes of the project with a constructor of
their own, unless it hands on what it is given; for a class that is not surely the SDK's; in a `try` with `except
TypeError`, which asks what is taken; for options of servers (LKA307), for what earlier releases took (LKA501), for
messages of the protocol; and in Node for objects that may have other keys than their declared types name.

## Evidence

The parameters of every release are read from the packages on the registry by `tools/sdk_tables`. livekit-agents
1.8.9, run.

## Fix safety

Safe: a keyword that is spelled almost like one that the call takes is spelled so. For all others there is no fix: what
was meant is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.intents import Fix, RenameArgument, safe
from lkagent_lint.likeness import misspelled
from lkagent_lint.project.things import Activation, SdkMethod
from lkagent_lint.questions.constructions import constructed, constructed_in_node
from lkagent_lint.questions.offers import Lack
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis
from lkagent_lint.sources.sdk.successors import INVENTED_KEYWORDS, KEYWORDS
from lkagent_lint.sources.sdk.tables import Release

META = Meta(
    "LKA412",
    "unknown-keyword",
    Severity.ERROR,
    "a keyword that the SDK's class or method does not take",
    basis=Basis.TABLES,
)

_SERVERS = frozenset({"AgentServer", "WorkerOptions", "ServerOptions"})
_OTHERS = ("Agent", "AgentSession", "RoomOptions", "RoomInputOptions", "RoomOutputOptions")
"""Classes that may have been meant, by whether they take the keyword."""
_REFUSED_ELSEWHERE = {("AgentSession", "start"): frozenset({"participant"})}
"""LKA408 says more of them."""


class _Refused(NamedTuple):
    """A keyword that what is surely called refuses."""

    title: str
    """What is called, as the error says it."""
    lack: Lack


def check(subject: Subject) -> Iterator[Diagnostic]:
    seen: set[tuple[Place, str]] = set()
    for activation in subject.methods.activations(_gives_keywords):
        in_node = activation.facts.language != "python"
        release = subject.offers.complete(activation.path, (NODE if in_node else PYTHON).package)
        if release is None:
            continue
        refusing = _dropping if in_node else _refusing
        for call in _unguarded(activation.flow):
            place = None if call.span is None else activation.place(call.span)
            for name in _given(call, in_node=in_node) if place is not None else ():
                found = refusing(subject, call, activation, release, name)
                if place is not None and found is not None and (place, name) not in seen:
                    seen.add((place, name))
                    yield _finding(place, found, activation.name)


def _unguarded(flow: Flow) -> Iterator[Call]:
    """Calls outside of what catches a refusal."""
    for number, call in enumerate(flow.calls):
        if not any(first <= number < behind for first, behind in flow.refusable):
            yield call


def _gives_keywords(flow: Flow) -> bool:
    return any(call.keywords or _last_of(call) is not None for call in flow.calls)


def _given(call: Call, *, in_node: bool) -> Iterator[str]:
    """The keywords of a call; in Node the keys of the object that comes last. A dictionary of Python is an argument."""
    last = _last_of(call) if in_node else None
    yield from (name for name, _ in (call.keywords if last is None else last.entries) if name != "**")


def _last_of(call: Call) -> v.Mapping | None:
    """What Node's functions take in the place of keywords."""
    last = call.args[-1] if call.args and not any(isinstance(each, v.Spread) for each in call.args) else None
    return last if isinstance(last, v.Mapping) else None


def _dropping(subject: Subject, call: Call, activation: Activation, release: Release, key: str) -> _Refused | None:
    """The same of Node, where what is not read is dropped without a word."""
    targets = activation.targets(call)
    target = next(iter(targets)) if len(targets) == 1 else None
    if isinstance(target, SdkMethod) and target.name != "__init__" and isinstance(call.target, v.Attribute):
        owner, method = target.kind, call.target.name
    else:
        owner, method = constructed_in_node(call, activation, subject.project.evaluator, release, key), ""
    kind = owner.rpartition(".")[2]
    own = release.parameters(owner, method) if owner else None
    if own is None or not own.keyword_only or len(call.args) != len(own.positional) or kind in _SERVERS:
        return None
    if key in _REFUSED_ELSEWHERE.get((kind, method), ()):
        return None
    lack = subject.offers.lacked_keyword(activation.path, NODE.package, owner, method, key)
    return None if lack is None else _Refused(f"{kind}.{method}()" if method else kind, lack)


def _refusing(subject: Subject, call: Call, activation: Activation, release: Release, keyword: str) -> _Refused | None:
    """What is surely called and refuses the keyword; None where there is no such thing, or another rule says so."""
    evaluator = subject.project.evaluator
    targets = activation.targets(call)
    target = next(iter(targets)) if len(targets) == 1 else None
    if isinstance(target, SdkMethod) and target.name != "__init__":
        if target.kind in _SERVERS or keyword in _REFUSED_ELSEWHERE.get((target.kind, target.name), ()):
            return None
        lack = subject.offers.lacked_keyword(activation.path, PYTHON.package, target.kind, target.name, keyword)
        return None if lack is None else _Refused(f"{release.called(target.kind)}.{target.name}()", lack)
    owner = constructed(call, activation, evaluator, release, keyword)
    kind = owner.rpartition(".")[2]
    if not owner.startswith("livekit.agents.") or kind in _SERVERS:
        return None
    lack = subject.offers.lacked_keyword(activation.path, PYTHON.package, owner, "", keyword)
    is_said = lack is None or (keyword in KEYWORDS and lack.gone)  # LKA501 speaks of what is gone
    return None if lack is None or is_said else _Refused(f"{kind}.__init__()", lack)


def _finding(place: Place, found: _Refused, function: str) -> Diagnostic:
    keyword = found.lack.name
    return META.at(
        place,
        f"{shortened(found.title, 36)} takes no {shortened(keyword, 24)}",
        note=_so(found.lack),
        help=_hint(found.lack) or "take it away",
        label="not taken",
        culprit=(keyword,),
        subject=function,
        key=(found.title, keyword),
        fix=_fix(place, found.lack),
    )


def _so(lack: Lack) -> str:
    """What follows."""
    label = f"{lack.release.table.package} {lack.release.label}"
    if lack.release.table.package == NODE.package:
        return f"{label} reads no such key, so it is dropped without a word"
    return f"it does not in {label}, so this raises TypeError (got an unexpected keyword argument '{lack.name}')"


def _fix(place: Place, lack: Lack) -> Fix | None:
    """The keyword that is spelled almost so."""
    own = lack.release.parameters(lack.owner, lack.method)
    meant = None if own is None or lack.comes else misspelled(lack.name, own.keywords)
    sign = ":" if lack.release.table.package == NODE.package else "="
    return None if meant is None else safe(f"write {meant}{sign}", RenameArgument(place, lack.name, meant))


def _hint(lack: Lack) -> str:
    """Since when it does, what was meant, or who takes it; empty where nobody knows."""
    if lack.comes:
        return f"upgrade: it does since {lack.comes}"
    release, keyword = lack.release, lack.name
    said = "" if lack.method else INVENTED_KEYWORDS.get((lack.owner.rpartition(".")[2], keyword))
    if said:
        return said
    own = release.parameters(lack.owner, lack.method)
    meant = misspelled(keyword, own.keywords) if own is not None else None
    if meant is not None:
        return f"write {meant}="
    for other in _OTHERS:
        parameters = release.parameters(other)
        if parameters is not None and not parameters.var_keyword and parameters.accepts(keyword):
            return f"give it to {other}, which takes it"
    return ""

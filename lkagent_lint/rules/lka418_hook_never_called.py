"""A method of an agent looks like a hook, and nothing calls it.

## What it does

Reports a method of a class of agents that is called like the SDK's hooks (`on_…`, `…_node`; in Node `on…`, `…Node`)
or like callbacks that there were (`before_llm_…`, `after_tts_…`, `before_…_cb`), is none in this release, and that
nothing in the project calls, registers or mentions; and in Python a hook that needs other arguments than the SDK gives
it.

## Why it is bad

The SDK calls the hooks that it knows by their names, and passes over everything else without a word: what stands in
the method never happens. A hook with other parameters raises when its turn comes: "missing 1 required positional
argument".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the class has a base that is not known, or one of the project's own that has the method (`names.hooks` in the
settings says of a base what it calls); when anything in the
project mentions the name; when the method is decorated; for names that a later release has.

## Evidence

livekit-agents 1.8.9, `voice/agent.py` (the hooks of `Agent`); the members of every release are read from the packages
on the registry by `tools/sdk_tables`.

## Fix safety

A method that is called nearly like a hook gets the hook's name: unsafe, because it runs then. Where the names are less
alike that is a suggestion, and a hook with other parameters has no fix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Class, Flow
from lkagent_lint.intents import Fix, Rename, suggestion, unsafe
from lkagent_lint.languages import PYTHON as PYTHON_SUFFIXES
from lkagent_lint.likeness import misspelled, most_alike
from lkagent_lint.project.things import ClassOf, SdkObject
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import NODE, PYTHON, Basis
from lkagent_lint.sources.sdk.tables import Release

META = Meta(
    "LKA418",
    "hook-never-called",
    Severity.WARNING,
    "a method that looks like a hook and is none, or takes other arguments",
    basis=Basis.REFUSAL,
)

_AGENTS = frozenset({"Agent", "AgentTask"})
_LIKE_HOOK = re.compile(r"on_[a-z]\w*|[a-z]\w*_node|(?:before|after)_(?:\w+_cb|(?:llm|tts|stt)(?:_\w+)?)")
_LIKE_HOOK_IN_NODE = re.compile(r"on[A-Z]\w*|[a-z]\w*Node|before[A-Z]\w*|after[A-Z]\w*")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for path, facts in subject.project.files.items():
        if not facts.classes:
            continue
        in_node = not path.endswith(PYTHON_SUFFIXES)
        release = subject.offers.complete(path, (NODE if in_node else PYTHON).package)
        if release is None:
            continue
        for record in facts.classes.values():
            found = _methods(record, facts.flows, _likeness(in_node))
            hooks = {name: flow for name, flow in found if not flow.decorators}
            kind, own = _agent(subject, path, record) if hooks else ("", frozenset[str]())
            for name, flow in hooks.items() if kind else ():
                if name in own:
                    continue
                wrong = _wrong(subject, release, kind, name, flow)
                if wrong and not subject.project.in_tests(path):
                    place, fix = Place(path, flow.span), _fix(path, release, kind, flow)
                    yield META.at(place, wrong, label="this method", subject=flow.name, key=(name,), fix=fix)


def _likeness(in_node: bool) -> re.Pattern[str]:
    """How hooks are called."""
    return _LIKE_HOOK_IN_NODE if in_node else _LIKE_HOOK


def _methods(record: Class, flows: Mapping[str, Flow], like: re.Pattern[str]) -> Iterator[tuple[str, Flow]]:
    for name, values in record.attributes.items():
        if like.fullmatch(name) and len(values) == 1 and isinstance(values[0], v.Function):
            yield name, flows[values[0].flow]


def _agent(subject: Subject, path: str, record: Class) -> tuple[str, frozenset[str]]:
    """``Agent`` or ``AgentTask`` for a class that has no other bases than these, the project's own, and those of which
    the settings say what they call, with the names that are known of them; nothing for all others.
    """
    evaluator = subject.project.evaluator
    own = ClassOf(path, record.name)
    scope = evaluator.usual(path, evaluator.files[path].flows[record.scope])
    said = [evaluator.wrappers.hooks(each, path) for base in record.bases for each in evaluator.value(base, scope)]
    if said and None not in said:
        return "Agent", frozenset(name for names in said for name in names or ())
    if not evaluator.classes.is_closed(own):
        return "", frozenset()
    above = evaluator.classes.lineage(own)[1:]
    kinds = {each.kind for each in above if isinstance(each, SdkObject)}
    bases = [each for each in above if isinstance(each, ClassOf)]
    is_all = len(above) == len(kinds) + len(bases)
    taken = (evaluator.files[each.path].classes[each.name].attributes for each in bases)
    return (min(kinds) if kinds and kinds <= _AGENTS and is_all else ""), frozenset[str]().union(*taken)


def _wrong(subject: Subject, release: Release, kind: str, name: str, flow: Flow) -> Said | None:
    """What is wrong with a method; None where nothing surely is."""
    member = release.member(kind, name)
    in_node = release.table.package == NODE.package
    if member is not None and in_node:
        return None  # ECMAScript leaves what is not given undefined
    if member is not None:
        given = None if member.parameters is None else len(member.parameters.positional)
        needed = _needed(flow)
        if given is None or member.parameters is None or member.parameters.var_positional or needed <= given:
            return None
        return Said(
            f"{shortened(name, 40)}() takes more than the SDK gives it",
            f"the SDK gives {name}() {given or 'no'} argument{'s' if given != 1 else ''}, and this needs {needed}, so "
            "its turn raises TypeError (missing required positional argument)",
            "take what the SDK gives, or give the others a default",
        )
    if name in subject.offers.members(release, kind):
        return None
    from lkagent_lint.questions.mentions import is_member_mentioned  # few methods look like hooks

    if is_member_mentioned(subject.project, name):
        return None
    hooks = _hooks(release, kind)
    meant = most_alike(name, hooks, 0.6)
    return Said(
        f"{shortened(name, 40)}() is no hook of {kind}",
        f"{release.table.package} {release.label} has none of that name, and nothing calls it",
        f"did you mean {meant}()?" if meant else f"write one of its hooks, {', '.join(sorted(hooks))}",
    )


def _fix(path: str, release: Release, kind: str, flow: Flow) -> Fix | None:
    """The hook's name, for a method that is none."""
    name, hooks = flow.own_name, _hooks(release, kind)
    sure = misspelled(name, hooks)
    meant = sure or most_alike(name, hooks, 0.6)
    if name in hooks or not meant:
        return None
    return (unsafe if sure else suggestion)(f"call it {meant}()", Rename(Place(path, flow.span), name, meant))


def _hooks(release: Release, kind: str) -> list[str]:
    like = _likeness(release.table.package == NODE.package)
    return [each for each in release.members(kind) if like.fullmatch(each)]


def _needed(flow: Flow) -> int:
    """How many arguments a method needs by position, without ``self``."""
    own = [each for each in flow.parameters if each.kind == "positional"][flow.binding != "static" :]
    return sum(each.default is None for each in own)

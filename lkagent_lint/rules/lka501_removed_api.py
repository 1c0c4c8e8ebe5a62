"""A name is imported that the SDK's release no longer has.

## What it does

Reports names and modules of `livekit.agents`, `livekit.rtc`, `livekit.api` and `@livekit/agents` that a file imports,
or reads from an imported module, and that the release which the project is written for no longer has. Each package is
judged by its own version. A name is reported once a file, at its first place. Also keywords of constructors that
earlier releases took: `chat_ctx=` of agents and tasks, which livekit-agents 2.0 took away, in calls of the class, of
the project's own classes that leave the constructor to it or hand on their `**options`, and in `super().__init__()`. Of
private attributes two that real code uses: `_chat_ctx` and `_activity` of an agent, which livekit-agents 2.0 took away.
A pre-release that was made before a name came does not have it either; then the message says so.

## Why it is bad

The import fails when the process starts: "ImportError: cannot import name 'Worker' from 'livekit.agents'", or
"ModuleNotFoundError: No module named 'livekit.agents.pipeline'". An attribute of a module is an AttributeError where it
is read. A keyword that is gone raises "got an unexpected keyword argument 'chat_ctx'", and in a tool that hands over
to another agent nobody sees it: the handover does not happen.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For what 0.x had and 1.0 has not, unless the project's declaration allows no release that still had it: old code often
stands beside an open pin such as `livekit-agents>=0.12`. For imports in a `try` that catches the error, and under a
condition on a version. For other private names, plugins, and names that came after the release in question. For a class
of the project that takes the keyword itself, or looks for it among its options (`options.pop("chat_ctx")`).

## Evidence

The tables of every release from 1.0.0 on and of the last of each older series, read from the packages on the registries
by `tools/sdk_tables`: `Worker` is in livekit-agents up to 1.2.18 and not in 1.3.1, `llm.FunctionContext` up to 0.12.21,
`livekit.rtc.ChatManager` up to livekit 0.21.3. The errors were seen on livekit-agents 1.8.9, run.

## Fix safety

A name that has only moved is imported from where it is now, and `chat_ctx=self.chat_ctx`, which livekit-agents 2.0 no
longer takes, is taken away, because the history goes on without it: both are safe. For all others there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Flow, Read
from lkagent_lint.facts.sdk_names import AskedBy
from lkagent_lint.intents import Fix, Reimport, RemoveArgument, safe
from lkagent_lint.languages import SCRIPTS
from lkagent_lint.project.things import Instance, Thing
from lkagent_lint.questions.asked_names import Missing, homes
from lkagent_lint.questions.constructions import constructed
from lkagent_lint.questions.offers import Lack
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import PYTHON, Basis
from lkagent_lint.sources.sdk.successors import KEYWORDS, MADE_FROM, PRIVATE, REMOVED, made_before
from lkagent_lint.sources.sdk.tables import Period

META = Meta(
    "LKA501", "removed-api", Severity.ERROR, "a name that this release of the SDK no longer has", basis=Basis.TABLES
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    offers = subject.offers
    for path in subject.project.files:
        for missing in offers.missing(path):
            if missing.gone is not None:
                yield _finding(path, missing, missing.gone)
    yield from _keywords(subject)
    yield from _private(subject)


def _private(subject: Subject) -> Iterator[Diagnostic]:
    """Private attributes of agents that are gone."""
    project, classes = subject.project, subject.project.evaluator.classes
    if not any(project.sdk(path).has(Change.HISTORY_OF_SESSION) for path in project.files):
        return
    for activation in subject.methods.activations(lambda flow: any(_private_reads(flow))):
        sdk = project.sdk(activation.path)
        if not sdk.has(Change.HISTORY_OF_SESSION) or not sdk.knows_absence or activation.is_node:
            continue
        for read, (base, name) in _private_reads(activation.flow):
            bases = frozenset[Thing]() if name in activation.facts.asked_for else activation.value(base)
            own = any(isinstance(each, Instance) and classes.has_own(each, name) for each in bases)
            if bases and not own and all("Agent" in classes.kinds(each) for each in bases):
                yield META.at(
                    activation.place(read.span),
                    f"{name} of an agent is gone since {sdk.package} {Change.HISTORY_OF_SESSION.since}",
                    note=f"{sdk.version} holds here, so this raises AttributeError",
                    help=PRIVATE[name],
                    label="gone",
                    culprit=(name,),
                    subject=activation.name,
                    key=(name,),
                )


def _private_reads(flow: Flow) -> Iterator[tuple[Read, tuple[v.Expr, str]]]:
    """Reads of such attributes, each with what it is read from."""
    for step in flow.steps:
        if isinstance(step, Read) and isinstance(step.value, v.Attribute) and step.value.name in PRIVATE:
            yield step, (step.value.base, step.value.name)


def _keywords(subject: Subject) -> Iterator[Diagnostic]:
    """Keywords of constructors that an earlier release took."""
    offers, evaluator = subject.offers, subject.project.evaluator
    for activation in subject.methods.activations(_gives_one):
        release = offers.complete(activation.path, PYTHON.package)
        if release is None or activation.path.endswith(SCRIPTS):
            continue
        for call in activation.flow.calls:
            given = [name for name, _ in call.keywords if name in KEYWORDS]
            if not given or call.span is None:
                continue
            owner = constructed(call, activation, evaluator, release, given[0])
            lack = offers.lacked_keyword(activation.path, PYTHON.package, owner, "", given[0]) if owner else None
            if lack is not None and lack.gone:
                goes_on = _goes_on(dict(call.keywords)[given[0]])
                yield _refused(activation.place(call.span), lack, activation.name, goes_on=goes_on)


def _gives_one(flow: Flow) -> bool:
    return any(name in KEYWORDS for call in flow.calls for name, _ in call.keywords)


def _goes_on(value: v.Expr) -> bool:
    """It is the agent's own history, which the next agent has anyhow."""
    return value == v.Attribute(v.Name("self"), "chat_ctx")


def _refused(place: Place, lack: Lack, function: str, *, goes_on: bool) -> Diagnostic:
    kind, keyword, release = lack.owner.rpartition(".")[2], lack.name, lack.release
    return META.at(
        place,
        f"{kind} takes no {keyword} since {release.table.package} {lack.gone}",
        note=f"{release.label} holds here, so this raises TypeError ({kind}.__init__() got an unexpected keyword "
        f"argument '{keyword}')",
        help=KEYWORDS[keyword],
        label="not taken any more",
        culprit=(keyword,),
        subject=function,
        key=(kind, keyword),
        fix=safe("take it away", RemoveArgument(place, keyword)) if goes_on else None,
    )


def _short(missing: Missing) -> str:
    """Its last name, where the whole is too long for a title."""
    dotted = missing.dotted
    return dotted if len(dotted) <= 32 else shortened(missing.name or dotted, 32)


def _finding(path: str, missing: Missing, gone: Period) -> Diagnostic:
    if made_before(gone.until, gone.since):
        return _not_yet(path, missing, gone)
    successor = REMOVED.get(missing.dotted) or REMOVED.get(missing.module)
    if successor is None and missing.name:
        elsewhere = homes(missing.release, missing.name)
        successor = f"{missing.name} of {elsewhere[0]}" if elsewhere else None
    return META.at(
        Place(path, missing.fact.span),
        f"{_short(missing)} is gone since {missing.release.table.package} {gone.until}",
        note=f"{missing.release.label} holds here, and has no {missing.dotted}, so {missing.error}",
        help=f"use {successor}" if successor else "do without it, or pin a release that has it",
        label="gone",
        culprit=(missing.name or missing.module,),
        key=(missing.dotted,),
        fix=_fix(path, missing),
    )


def _fix(path: str, missing: Missing) -> Fix | None:
    """The name is imported from where it is now."""
    moved = homes(missing.release, missing.name) if missing.name and missing.dotted not in REMOVED else []
    if missing.fact.spelling is not AskedBy.FROM or not moved or moved[0].startswith("_"):
        return None
    place = Place(path, missing.fact.span)
    return safe(f"import it from {moved[0]}", Reimport(place, missing.name, moved[0]))


def _not_yet(path: str, missing: Missing, gone: Period) -> Diagnostic:
    """Of a pre-release that was made before the name came, nobody took the name away."""
    package, version = missing.release.table.package, missing.release.label
    return META.at(
        Place(path, missing.fact.span),
        f"{_short(missing)} is not in {package} {version}",
        note=f"{version} was made from {MADE_FROM[gone.until]}, so {missing.error}",
        help=f"wait for the next release, or use {gone.since}: {gone.since} has it, and so may what follows {version}",
        label="not there",
        culprit=(missing.name or missing.module,),
        key=(missing.dotted,),
    )

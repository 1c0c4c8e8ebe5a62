"""A name is imported from where it never was.

## What it does

Reports names of the SDK that a file imports, or reads, from a module which has never had them, in any release:
`ServerType` and `RoomOptions` of `livekit.agents`, anything of `livekit.agents.room_io`, which is an attribute and no
module. In Node also what is called of a namespace, as in `new cli.ServerOptions()`. It says where the name can be
imported from, if anywhere. Also plugins of Node that are imported by their names: `import { silero } from
'@livekit/agents-plugin-silero'`.

## Why it is bad

The import fails when the process starts: "ImportError: cannot import name 'ServerType' from 'livekit.agents'". In Node
a namespace has `undefined` in its place, and calling that throws: "TypeError: cli.ServerOptions is not a constructor".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For imports in a `try` that catches the error, and under a condition on a version. For private names, other names of
plugins, types of TypeScript, and names that a file of TypeScript imports and uses as types only. For packages whose own
sources are part of the project. For names that a newer release has: then the version is what is wrong.

## Evidence

livekit-agents 1.8.9, run: `from livekit.agents import ServerType` and `RoomOptions` raise ImportError,
`livekit.agents.worker` and `livekit.agents.voice.room_io` have them; `import livekit.agents.room_io` raises
ModuleNotFoundError. The tables of all releases are read from the registries' packages by `tools/sdk_tables`.

## Fix safety

Safe: the name is imported from the module that the message names, where it means the object that was wanted, and keeps
the name that the file has given it. What is read as an attribute of a module has no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.sdk_names import AskedBy
from lkagent_lint.intents import Fix, Reimport, safe
from lkagent_lint.questions.asked_names import Missing, homes, no_export, spelt, values_in
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.parts import BY_NAME, own_name_of_plugin
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import CLASSES

META = Meta(
    "LKA503",
    "wrong-import-path",
    Severity.ERROR,
    "a name that the module it is imported from never had",
    basis=Basis.TABLES,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    offers = subject.offers
    for path in subject.project.files:
        for missing in offers.missing(path):
            if missing.gone is None:
                yield _finding(path, missing)
        yield from _plugins(path, subject.project.files[path])


def _finding(path: str, missing: Missing) -> Diagnostic:
    what = f"{shortened(spelt(missing.module), 28)} has no {shortened(missing.name, 28)}"
    return META.at(
        Place(path, missing.fact.span),
        what if missing.name else f"there is no module {shortened(missing.module, 48)}",
        note=missing.error,
        help=_cure(missing),
        label="not there",
        culprit=(missing.name or missing.module,),
        key=(missing.dotted,),
        fix=_fix(path, missing),
    )


def _plugins(path: str, facts: FileFacts) -> Iterator[Diagnostic]:
    """Plugins of Node that are imported by their names, as if their packages exported themselves."""
    for fact in facts.sdk_names:
        own = own_name_of_plugin(fact.module)
        if own and fact.name == own and fact.spelling is AskedBy.FROM and not fact.guarded:
            yield META.at(
                Place(path, fact.span),
                f"{shortened(fact.module, 40)} has no {shortened(own, 24)}",
                note=no_export(own),
                help=f"write import * as {own} from '{fact.module}'",
                label="not there",
                culprit=(own,),
                key=(fact.module,),
            )


def _fix(path: str, missing: Missing) -> Fix | None:
    """The name is imported from where it is: the same object, under the name that the file has given it."""
    elsewhere = homes(missing.release, missing.name) if missing.name else []
    if missing.fact.spelling is not AskedBy.FROM or not elsewhere or missing.name in BY_NAME:
        return None
    place = Place(path, missing.fact.span)
    return safe(f"import it from {spelt(elsewhere[0])}", Reimport(place, missing.name, elsewhere[0]))


def _cure(missing: Missing) -> str:
    """Where the name is, or what it is called."""
    wanted = missing.name or missing.fact.name.partition(".")[0]
    elsewhere = homes(missing.release, wanted) if wanted else []
    if missing.sdk.is_node and wanted in BY_NAME:
        return f"write import * as {wanted} from '{elsewhere[0]}'"
    if elsewhere:
        return (
            f"import it from {spelt(elsewhere[0])}" if missing.name else f"import {wanted} from {spelt(elsewhere[0])}"
        )
    own = CLASSES[wanted].node if missing.sdk.is_node and wanted in CLASSES else ()
    if own and (found := homes(missing.release, own[-1].name)):
        return f"use that: in Node it is {own[-1].name} of {spelt(found[0])}"
    values = values_in(missing.release, wanted) if wanted else []
    if values:
        return f"import it from there: {wanted} is in {spelt(values[0])}"
    return f"do without it: no release of {missing.sdk.package} has it"

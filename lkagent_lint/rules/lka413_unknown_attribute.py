"""An attribute of an object of the SDK is used that the object does not have.

## What it does

Reports attributes that are read of the SDK's objects and are not there in this release: of the run context that a tool
gets, of the job's context, sessions, agents, participants, tokens, the server API's clients, and of what events hold.
It also reports attributes that are assigned though the SDK lets nobody set them (`self.session = session` in an agent),
and those that are assigned to an object which is only handed over, does not have them, and of which nothing reads them
(`token.video_grants = ...`). The metadata of jobs and rooms is a text, which has none of a dictionary's methods
(`ctx.job.metadata.get("name")`).

## Why it is bad

Reading raises "AttributeError: 'RunContext' object has no attribute 'chat_ctx'". In a tool the model hears of an
internal error, in a listener the exception is logged, and the conversation goes on without what was meant. In Node the
value is undefined. A token whose grants were assigned to an attribute of another name has no grants: nobody can join
with it.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where it is not known what an object is; for names that the project stores on any object but its own (`ctx.call_id =
...`), or that a class of its own below the SDK's has; where the file asks first (`hasattr`, `getattr`, `except
AttributeError`; in Node a condition, `typeof`, `?.`); for classes that make their attributes up, and for messages of
the protocol; for private names (LKA421); for methods that LKA406 speaks of; in tests with doubles. What an attribute
holds is known as far as the SDK's own annotations say it: of a union the attribute has to be missing everywhere. Where
an annotated parameter lacks several of the attributes that are read of it, the annotation is taken for the mistake.

## Evidence

The attributes of every release are read from the packages on the registries by `tools/sdk_tables`. livekit-agents
1.8.9 and livekit-api 1.2.2, run: the AttributeError above; `AccessToken().video_grants = ...` leaves the token without
a "video" claim; "AttributeError: property 'session' of 'Agent' object has no setter".

## Fix safety

Unsafe: an attribute that is spelled almost like one that the object has gets its name. What is less alike is a
suggestion, and what the SDK names in another way has no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Fix, Rename, suggestion, unsafe
from lkagent_lint.likeness import misspelled, most_alike, strange_letters
from lkagent_lint.questions.attributes import Wrong, WrongAttribute
from lkagent_lint.questions.held import Held
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.successors import ATTRIBUTES, invented

META = Meta(
    "LKA413",
    "unknown-attribute",
    Severity.ERROR,
    "an attribute that the SDK's object does not have, or that cannot be set",
    basis=Basis.TABLES,
)

_SHOWN = 2


def check(subject: Subject) -> Iterator[Diagnostic]:
    seen: set[tuple[str, int, int, str]] = set()
    for found in subject.attributes.wrong():
        start = (found.place.path, found.place.span.line, found.place.span.column, found.name)
        if start not in seen:  # a chain of attributes may be read, and called
            seen.add(start)
            owner = found.owners[0].name if found.owners else "str"
            yield META.at(found.place, _said(found), subject=found.function, key=(owner, found.name), fix=_fix(found))


def _fix(found: WrongAttribute) -> Fix | None:
    if found.wrong in (Wrong.TEXT, Wrong.FIXED) or any(_known(owner, found) for owner in found.owners):
        return None
    if found.lack is not None and (found.lack.comes or found.lack.gone):
        return None
    meant = misspelled(found.name, _names(found))
    near = meant or most_alike(found.name, _names(found))
    return (unsafe if meant else suggestion)(f"write {near}", Rename(found.place, found.name, near)) if near else None


def _said(found: WrongAttribute) -> Said:
    if found.wrong is Wrong.TEXT:
        return Said(
            f"a text has no attribute {shortened(found.name, 40)}",
            f"the SDK gives a str here, so this raises AttributeError ('str' object has no attribute '{found.name}')",
            "read it with json.loads() first, if it holds JSON",
            "of a text",
        )
    owner, node, name = found.owners[0].name, is_node(found.place), shortened(found.name, 40)
    release = found.owners[0].release
    lacking = f"{release.table.package} {release.label} does not have it"
    if found.wrong is Wrong.FIXED:
        raised = (
            f"TypeError (Cannot set property {found.name} of #<{owner}> which has only a getter)"
            if node
            else f"AttributeError (property '{found.name}' of '{owner}' object has no setter)"
        )
        note = f"it is read-only in {release.table.package} {release.label}, so this assignment raises {raised}"
        return Said(f"{name} of {owner} cannot be set", note, "keep the value under another name", "read-only")
    if found.wrong is Wrong.UNREAD:
        note = f"{lacking}, so nothing ever reads what is assigned here"
        return Said(f"{_lacking(found.owners)} attribute {name}", note, _advice(found), "no such attribute")
    if found.wrong is Wrong.CALLED:
        raised = f"TypeError ({found.name} is not a function)" if node else _raised(found)
        note = f"{lacking}, so this call raises {raised}"
        return Said(f"{_lacking(found.owners)} method {name}", note, _advice(found), "no such method")
    note = f"{lacking}, so {'it is undefined' if node else f'reading it raises {_raised(found)}'}"
    return Said(f"{_lacking(found.owners)} attribute {name}", note, _advice(found), "no such attribute")


def _raised(found: WrongAttribute) -> str:
    return f"AttributeError ('{found.owners[0].name}' object has no attribute '{found.name}')"


def _lacking(owners: tuple[Held, ...]) -> str:
    """The beginning of a sentence: who lacks something."""
    names = list(dict.fromkeys(each.name for each in owners))
    if len(names) == 1:
        return f"{names[0]} has no"
    return f"none of {', '.join(names[:_SHOWN])}{' and others' if len(names) > _SHOWN else ''} has the"


def _known(owner: Held, found: WrongAttribute) -> str | None:
    """What the SDK has instead."""
    said = ATTRIBUTES.get((owner.name, found.name)) or ATTRIBUTES.get((owner.name, ""))
    return said or invented(owner.name, found.name, node=is_node(found.place))


def _names(found: WrongAttribute) -> list[str]:
    """What the objects have."""
    return sorted({name for each in found.owners for name in each.release.members(each.path)})


def _advice(found: WrongAttribute) -> str:
    for owner in found.owners:
        said = _known(owner, found)
        if said:
            return said
    if found.lack is not None and found.lack.comes:
        return f"{found.owners[0].package} has it since {found.lack.comes}: upgrade it"
    if found.lack is not None and found.lack.gone:
        return f"{found.owners[0].package} has it no more since {found.lack.gone}: use what took its place"
    near = most_alike(found.name, _names(found), 0.66)
    return f"the nearest that it has is {near}{strange_letters(found.name, near)}" if near else "use what it has"

"""What a job reads was never stored, or what was stored is never read.

## What it does

Reports

- an entry of `proc.userdata` (Node: `proc.userData`) that is read in a job and that nothing in the project stores: a
  warning;
- `userdata` of a session, or of a tool's context, where no session of the project is given any: an error;
- an entry that a setup function stores and nothing in the project reads: an info.

## Why it is bad

A key that nobody stored raises KeyError in the middle of the job; in Node it is undefined, and the session runs without
the model. `session.userdata` raises "ValueError: AgentSession userdata is not set". A model that is loaded in the setup
function and read nowhere costs every process its memory and its start, and as a rule it is loaded once more in every
job.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For `get`, `in` and what has a fallback or stands in a `try`; when an entry of a computed name is read or stored, or
the whole is handed on; when a setup function is not followed, or the process goes to code that is not; when a session
is made in a way that is not followed, is given `**` options, or is assigned its userdata later.

## Evidence

livekit-agents 1.8.9, `voice/agent_session.py` 786 and `job.py` (`JobProcess.userdata` is a plain dict); run.
@livekit/agents 1.9.0, `voice/agent_session.js` 369 ("Voice agent userData is not set"); run.

## Fix safety

There is no fix: what was meant to be stored is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.userdata import KeptEntry
from lkagent_lint.questions.wording import quoted, words
from lkagent_lint.rules._base import Meta

META = Meta("LKA315", "unset-userdata", Severity.ERROR, "userdata is read and never stored, or stored and never read")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for entry in subject.userdata.missing:
        yield _missing(entry)
    for place, function in subject.userdata.unset:
        yield _unset(place, function)
    for entry in subject.userdata.unread:
        yield _unread(entry)


def _missing(entry: KeptEntry) -> Diagnostic:
    keeper = words(entry.place)
    what = "is undefined" if keeper.spells_camel else "raises KeyError"
    userdata = _userdata(entry.place)
    return META.at(
        entry.place,
        f"nothing stores {quoted(entry.key, 24)} in the process's {userdata}",
        note=f"nothing in the project does, so reading it {what}",
        help="store it in the setup function",
        label="read here",
        culprit=(entry.key,),
        subject=entry.function,
        key=(entry.key,),
        severity=Severity.WARNING,
    )


def _unset(place: Place, function: str) -> Diagnostic:
    in_node = words(place).spells_camel
    raises = (
        'throws "Voice agent userData is not set"'
        if in_node
        else "raises ValueError (AgentSession userdata is not set)"
    )
    given = "new AgentSession({ userData: … })" if in_node else "AgentSession(userdata=...)"
    return META.at(
        place,
        f"no session of the project is given any {_userdata(place)}",
        note=f"this {raises}",
        help=f"give it, {given}",
        label="read here",
        subject=function,
        key=("session",),
    )


def _unread(entry: KeptEntry) -> Diagnostic:
    return META.at(
        entry.place,
        f"{quoted(entry.key, 24)} is stored for the process's jobs and never read",
        note="nothing in the project reads it",
        help="give it to the session, or do not load it",
        label="stored here",
        culprit=(entry.key,),
        subject=entry.function,
        key=(entry.key,),
        severity=Severity.INFO,
    )


def _userdata(place: Place) -> str:
    return "userData" if words(place).spells_camel else "userdata"

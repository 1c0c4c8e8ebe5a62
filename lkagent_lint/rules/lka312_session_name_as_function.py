"""A name is given to `rtc_session` where the entry function belongs.

## What it does

Reports `@server.rtc_session("name")`: a string as the positional argument; in livekit-agents 2.0 also of a handler's
`rtc_session`, and of the function of that name.

## Why it is bad

The one positional argument is the entry function. The string is registered in its place and returned, and then the
decorator calls it: "TypeError: 'str' object is not callable", while the module is imported. The function `rtc_session`
of livekit-agents 2.0 takes no positional argument at all: "TypeError: rtc_session() takes 0 positional arguments but 1
was given".

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the argument is not known to be a string, or the receiver not known to be the SDK's server or handler; and in
test files.

## Evidence

livekit-agents 1.8.9, `worker.py` 505-531; 2.0.0b1, `worker.py` 318-394 and 805-850; run.

## Fix safety

Safe: the text becomes `agent_name=`. Since livekit-agents 2.0 the name is the server's, and there is no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Fix, NameArguments, safe
from lkagent_lint.project.records import Worker
from lkagent_lint.questions.registrations import REGISTERS
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.versions import SdkVersion

META = Meta(
    "LKA312",
    "session-name-as-function",
    Severity.ERROR,
    '`@server.rtc_session("name")`',
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.AGENT_SERVER,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for worker in project.here.workers:
        if worker.entry_text is None or worker.site is None or worker.in_tests:
            continue
        owner = REGISTERS.get(project.targets(worker.site))
        if owner is not None:
            yield META.at(
                worker.place,
                _said(owner, worker.entry_text, project.sdk(worker.place.path)),
                culprit=(worker.entry_text,),
                key=(worker.entry_text,),
                fix=_fix(worker, worker.entry_text, project.sdk(worker.place.path)),
            )


def _fix(worker: Worker, text: str, sdk: SdkVersion) -> Fix | None:
    """The text is the agent's name, where the registration takes that."""
    if sdk.has(Change.NAME_ON_SERVER) is not False:
        return None
    return safe(f"write agent_name={quoted(text)}", NameArguments(worker.place, ("agent_name",)))


def _said(owner: str, text: str, sdk: SdkVersion) -> Said:
    name = f"agent_name={quoted(text)}"
    moved = sdk.has(Change.NAME_ON_SERVER)
    cure = f"give the name to the server, AgentServer({name})" if moved else f"write {name}"
    if "." in owner:
        error = "rtc_session() takes 0 positional arguments but 1 was given"
        return Said(
            f"rtc_session takes keywords only, and {quoted(text, 24)} is none",
            f'"TypeError: {error}"',
            cure,
            "a string",
        )
    return Said(
        f"rtc_session takes the entry function here, and {quoted(text, 16)} is a string",
        "\"TypeError: 'str' object is not callable\"",
        cure,
        "a string",
    )

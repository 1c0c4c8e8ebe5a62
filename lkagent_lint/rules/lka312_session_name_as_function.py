"""A name is given to `rtc_session` where the entry function belongs.

## What it does

Reports `@server.rtc_session("name")`: a string as the positional argument.

## Why it is bad

The one positional argument is the entry function. The string is registered in its place and returned, and then the
decorator calls it: "TypeError: 'str' object is not callable", while the module is imported.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the argument is not known to be a string, or the receiver not known to be the SDK's server; and in test
files.

## Evidence

livekit-agents 1.8.9, `worker.py` 505-531; run.

## Fix safety

There is no fix yet; `agent_name=` before the string is always right.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.project.things import SdkMethod, only
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted
from lkagent_lint.rules._base import Meta
from lkagent_lint.sources.sdk.releases import Basis

META = Meta("LKA312", "session-name-as-function", Severity.ERROR, '`@server.rtc_session("name")`', basis=Basis.REFUSAL)


_REGISTERS = only(SdkMethod("AgentServer", "rtc_session"))


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for worker in project.workers:
        if worker.entry_text is None or worker.site is None or worker.in_tests:
            continue
        if project.targets(worker.site) == _REGISTERS:
            yield META.at(
                worker.place,
                f'rtc_session takes the entry function here, and {quoted(worker.entry_text)} is a string ("TypeError: '
                f"'str' object is not callable\"): write agent_name={quoted(worker.entry_text)}",
                key=(worker.entry_text,),
            )

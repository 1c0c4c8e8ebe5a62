"""A job's metadata is parsed although nobody sends any.

## What it does

Reports `json.loads(ctx.job.metadata)`, in Node `JSON.parse(ctx.job.metadata)`, in an entry function and in helpers that
it always calls, where the worker has no name, so that it is dispatched automatically, or where no dispatch of it that
the project holds gives metadata.

## Why it is bad

The metadata of an automatic dispatch is an empty text, and so is that of a job in the console. `json.loads("")` raises
"JSONDecodeError: Expecting value: line 1 column 1 (char 0)", `JSON.parse("")` throws "Unexpected end of JSON input":
the entry ends before anything has started, and the agent never speaks.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

Where the parsing is guarded: by `or "{}"`, `if`, `try`, or something before it that can end the entry. Where some
dispatch gives metadata, or asks for an agent whose name is not known; where the environment may name the worker, or
`dispatched-elsewhere` holds for it; for a named worker that nothing in the project dispatches.

## Evidence

livekit-agents 1.8.9, `worker.py` 992-997 (simulated jobs); livekit-server `pkg/service/agentservice.go`: a job that is
dispatched automatically has no metadata. Run: both errors.

## Fix safety

Unsafe: an empty object is parsed where there is no metadata. What the entry reads of it may be missing then.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity, numbered_argument
from lkagent_lint.intents import SurroundArgument, unsafe
from lkagent_lint.project.records import Dispatch
from lkagent_lint.questions.metadata import ParsedMetadata, parsed, without_metadata
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, where
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA215",
    "undispatched-metadata",
    Severity.WARNING,
    "a job's metadata is parsed although nobody sends any",
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    for job in project.jobs:
        if job.legacy:
            continue
        found = list(parsed(project, job))
        answer = without_metadata(project, job) if found else None
        if answer is not None:
            worker, dispatches = answer
            registered = Related(worker.place, "the worker is registered here")
            for each in found:
                otherwise = f' {"||" if is_node(each.place) else "or"} "{{}}"'
                yield META.at(
                    each.place,
                    _said(each, dispatches),
                    culprit=(numbered_argument(0),),
                    related=[registered, *(Related(one.place, "this asks for it") for one in dispatches)],
                    subject=each.function,
                    fix=unsafe("parse {} where there is none", SurroundArgument(each.place, "", "", otherwise)),
                )


def _said(found: ParsedMetadata, dispatches: tuple[Dispatch, ...]) -> Said:
    if dispatches:
        why = f"what dispatches it ({where(dispatches[0].place, found.place)}) gives none"
    else:
        why = "the worker has no name, so its jobs are dispatched automatically and bring none"
    raises = "throws SyntaxError" if is_node(found.place) else "raises JSONDecodeError"
    return Said(
        "the job's metadata is parsed, and nobody sends any",
        f"it is an empty text here, because {why}: {found.parser}() {raises}",
        f'parse {"ctx.job.metadata ||" if is_node(found.place) else "ctx.job.metadata or"} "{{}}", or send it',
        "an empty text is parsed here",
    )

"""A job type in a form that the registration does not take.

## What it does

Reports, in Python, a `type=` or `worker_type=` that is a member of the protocol's `JobType`, a string, or the
`PARTICIPANT` that `ServerType` does not have. In Node a text where a member of `JobType` is meant, and from
@livekit/agents 1.0.16 on the option `workerType`, whose place `serverType` has taken: an error where it is not the
default, a hint where it is.

## Why it is bad

Python takes anything and fails while it registers: `'int' object has no attribute 'value'`, logged as "failed to
connect to livekit, retrying in 0s" again and again; since livekit-agents 2.0.0b1 such a worker registers as JT_ROOM,
and nothing says so. `ServerType.PARTICIPANT` is an AttributeError.

In Node a text cannot be sent to the server: "invalid int 32: string" is logged with "failed to connect to LiveKit
server" at every attempt. Node drops the unknown option, and the worker is a JT_ROOM worker.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the value is not known; for numbers; in Node when `serverType` is given too.

## Evidence

livekit-agents 1.8.9, `worker.py` 76-78 and 1116-1178, run against a local server; @livekit/agents 1.9.0, run:
`new ServerOptions({ workerType: JobType.JT_PUBLISHER })` has the `serverType` JT_ROOM, and with `serverType: 'JT_ROOM'`
a worker never registers. @livekit/agents 1.1.0 was made from older sources and still has `workerType`
(`dist/worker.js` 131).

## Fix safety

Safe: a type of a job that is given to `@server.rtc_session()` becomes the `ServerType` of the same name, which is
imported, and `workerType` becomes `serverType`. A text in Node, and a type that does not exist, have no fix.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import AddImport, Fix, RenameArgument, ReplaceArgument, safe
from lkagent_lint.project.agent_names import JobType
from lkagent_lint.project.records import Worker
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import is_node, shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.versions import SdkVersion

META = Meta(
    "LKA308",
    "invalid-job-type",
    Severity.ERROR,
    "a job type in a form that the registration does not take",
    basis=Basis.REFUSAL,
)

_KEYWORDS = ("serverType", "workerType", "worker_type", "type")


def check(subject: Subject) -> Iterator[Diagnostic]:
    for worker in subject.project.here.workers:
        if worker.raw_type and is_node(worker.place):
            yield META.at(
                worker.place,
                _text(worker.raw_type)._replace(label="no JobType"),
                culprit=(worker.raw_type, *_KEYWORDS),
                key=(worker.raw_type,),
            )
        elif worker.raw_type:
            is_room = bool(subject.project.sdk(worker.place.path).has(Change.RAW_TYPE_IS_ROOM))
            yield META.at(
                worker.place,
                _raw(worker.raw_type, is_room=is_room)._replace(label="no ServerType"),
                culprit=(worker.raw_type, *_KEYWORDS),
                key=(worker.raw_type,),
                fix=_fix(worker),
            )
        elif worker.dropped_type is not None and _drops(subject.project.sdk(worker.place.path)):
            yield _dropped(worker, worker.dropped_type)


def _fix(worker: Worker) -> Fix | None:
    """The type that the spelling means; where it is given is known of a decorator's keyword."""
    written = worker.raw_type.upper()
    for name in ("PUBLISHER", "ROOM"):
        if written.rpartition(".")[2].removeprefix("JT_").strip("\"'") == name:
            given = ReplaceArgument(worker.place, "type", f"ServerType.{name}")
            imported = AddImport(worker.place.path, "livekit.agents.worker", "ServerType")
            return safe(f"write ServerType.{name}", given, imported)
    return None


def _drops(sdk: SdkVersion) -> bool:
    """The release has ``serverType`` and no ``workerType`` any more. (1.1.0 was made from older sources.)"""
    release = sdk.catalog.release("@livekit/agents", sdk.version)
    has_it = release is not None and release.version == sdk.version and "workerType" in release.members("WorkerOptions")
    return bool(sdk.has(Change.SERVER_TYPE)) and not has_it


_REGISTERS = "use ServerType.ROOM or ServerType.PUBLISHER of livekit.agents.worker"


def _raw(written: str, *, is_room: bool) -> Said:
    if written.endswith(".PARTICIPANT"):
        return Said(
            f"{shortened(written)} does not exist",
            "AttributeError: a Python worker is ServerType.ROOM or ServerType.PUBLISHER",
            _REGISTERS,
        )
    follows = "registers as JT_ROOM, and nothing says so"
    if not is_room:
        follows = 'never registers ("failed to connect to livekit, retrying in 0s")'
    return Said(f"{shortened(written)} is no ServerType", f"the worker {follows}", _REGISTERS)


def _text(written: str) -> Said:
    return Said(
        f"{shortened(written)} is a text and no JobType",
        'the worker never registers ("failed to connect to LiveKit server", retried until it gives up)',
        "use JobType.JT_ROOM or JobType.JT_PUBLISHER of @livekit/protocol",
    )


def _dropped(worker: Worker, kind: JobType) -> Diagnostic:
    is_room = kind is JobType.ROOM
    follows = "JT_ROOM is the default, so nothing changes" if is_room else "so this worker registers as JT_ROOM"
    return META.at(
        worker.place,
        "ServerOptions has no workerType any more",
        note=f"it drops it; {follows}",
        help="write serverType",
        label="this is dropped",
        culprit=("workerType",),
        key=("workerType",),
        severity=Severity.INFO if is_room else None,
        fix=safe("write serverType", RenameArgument(worker.place, "workerType", "serverType")),
    )

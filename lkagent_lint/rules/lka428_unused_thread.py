"""A server has a storage, and its calls are not kept in it.

## What it does

Reports, from livekit-agents 2.0.0b1 on, a session without `thread=` in the job of a server that is made with
`storage=`; and dispatches of such a server's agent, in Python and in Node, whose metadata names the thread by another
key than `thread_id`, gives it no text, or is a dict's `str()`. As an info, metadata that is a text and no JSON object.

## Why it is bad

Before each job a server with a storage finds or makes the call's thread, `ctx.thread`. Only a session that is given
it, `LiveSession(thread=ctx.thread)`, continues it and writes to it; any other is kept in memory, and the storage
fills with threads in which nothing stands. No error and no log says so.

Which thread it is says `thread_id` in the dispatch's metadata, a JSON object. Under another key, `threadId` for one,
or in any other text, the call gets a new thread, and the caller's history is not there.

Where the server has text doors, which need a storage, calls may be left out on purpose: the finding is an info then.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When the session is given a thread or `**options`, is of a class of the project's own, or another session of the job
has the thread; when it is not known which server runs the job, or whether it has a storage. Of metadata, when it is
not written out where the dispatch is, has a `thread_id`, or is an object without any key that is nearly called so,
because a new thread may be meant. In test files.

## Evidence

livekit-agents 2.0.0b1, `worker.py` 72-97 and 946-953, `job.py` 506-511, `voice/agent_session.py` 1060; run.

## Fix safety

There is no fix: whether calls are to be kept is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Severity
from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import argument, last_name
from lkagent_lint.project.agent_names import Known, name_of
from lkagent_lint.project.records import Server
from lkagent_lint.project.things import Nothing, Sdk, SdkMethod, Thing, Things, only
from lkagent_lint.questions.methods import WrittenCall
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import class_name
from lkagent_lint.typestate.automaton import Kind
from lkagent_lint.typestate.solver import Solved

META = Meta(
    "LKA428",
    "unused-thread",
    Severity.WARNING,
    "a session without the thread of a server that has a storage",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)

_KEY = "thread_id"
_NEARLY = frozenset({"threadid", "thread"})
_DISPATCHES = frozenset({"RoomAgentDispatch", "CreateAgentDispatchRequest"})
_CREATES = "createDispatch"
_CREATE = only(SdkMethod("AgentDispatchService", "create_dispatch"))
_WRITERS = frozenset({"dumps", "stringify"})


class _Made(NamedTuple):
    """A session that a job makes."""

    place: Place
    call: Call
    targets: Things


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    asks = any(word in project.words for word in (*_DISPATCHES, *_CREATES))
    # A dispatch may stand anywhere, and ask for a server of other files.
    servers = project.servers if asks else project.here.servers
    if any(project.sdk(each.place.path).has(Change.DOORS) for each in servers):
        for solved in subject.solved:
            yield from _of_job(subject, solved)
        if asks:
            yield from _of_dispatches(subject)


def _of_job(subject: Subject, solved: Solved) -> Iterator[Diagnostic]:
    workers = [each for each in subject.project.here.workers if solved.job.entry in each.entries and not each.in_tests]
    servers = [each.server for each in workers if each.server is not None and _has_storage(subject, each.server)]
    if not workers or len(servers) != len(workers) or not solved.job.sdk.has(Change.DOORS):
        return
    sessions = list(_sessions(solved))
    if not all(map(_has_no_thread, sessions)):
        return
    text = any(made.site == servers[0].site and any(made.called("a2a_session")) for made in subject.doors.servers())
    for each in sessions:
        yield META.at(
            each.place,
            "this session is not given the thread of its call",
            note="the server finds or makes one for every call, and nothing of the call is stored without it",
            help="write LiveSession(thread=ctx.thread)",
            label="made without a thread",
            related=[Related(servers[0].place, "the server with its storage")],
            subject=solved.job.entry.flow,
            severity=Severity.INFO if text else Severity.WARNING,
        )


def _has_storage(subject: Subject, server: Server) -> bool:
    """A server is surely made with a storage."""
    call = subject.project.call(server.site)
    storage = argument(call, None, "storage")
    flow = subject.project.files[server.site.path].flows[server.site.flow]
    if server.kind != "AgentServer" or storage is None or any(name == "**" for name, _ in call.keywords):
        return False
    return not any(
        isinstance(each, Nothing) for each in subject.project.evaluator.usual(server.site.path, flow).value(storage)
    )


def _sessions(solved: Solved) -> Iterator[_Made]:
    """The sessions that a job makes, each with the call that makes it."""
    places = {each.event.place for each in solved.reached if each.event.kind is Kind.SESSION_MADE}
    found: dict[Place, _Made] = {}
    for activation in solved.entered:
        for call in activation.flow.calls:
            place = None if call.span is None else activation.place(call.span)
            if place is not None and place in places:
                found.setdefault(place, _Made(place, call, activation.targets(call)))
    yield from found.values()


def _has_no_thread(made: _Made) -> bool:
    is_plain = all(isinstance(each, Sdk) and class_name(each.name) == "AgentSession" for each in made.targets)
    return bool(made.targets) and is_plain and argument(made.call, None, "thread") is None


def _of_dispatches(subject: Subject) -> Iterator[Diagnostic]:
    stored = {
        name_of(server.name)
        for server in subject.project.servers
        if server.name is not None and not server.in_tests and _has_storage(subject, server)
    }
    for found in subject.methods.best_known(_DISPATCHES | {_CREATES}) if stored else ():
        asked = _asked(found)
        if asked is None or subject.project.in_tests(found.activation.path):
            continue
        fault = _fault(asked.metadata, found.activation.flow)
        name = name_of(found.activation.value(asked.name))
        if fault is not None and isinstance(name, Known) and name in stored:
            yield META.at(
                found.place,
                fault.what,
                note=f"the server takes the thread from {_KEY} of a JSON object: every call that this asks for gets a "
                "new thread, and nothing says so",
                help=f'give a JSON object with "{_KEY}", a text',
                label="no thread is named",
                culprit=(fault.key, "metadata"),
                subject=found.activation.name,
                key=(fault.key,),
                severity=fault.severity,
            )


class _Asked(NamedTuple):
    """What a dispatch says."""

    name: v.Expr
    metadata: v.Expr


def _asked(found: WrittenCall) -> _Asked | None:
    """Whom a dispatch asks for, and with what; None for what is none, or says one of them not."""
    call, given = found.call, dict[str, v.Expr]()
    if found.targets == _CREATE and len(call.args) == 3:  # room, name, options
        given = {"agent_name": call.args[1], **_entries(call.args[2])}
    elif found.targets and all(map(_is_dispatch, found.targets)):
        given = dict(call.keywords) if not found.activation.is_node else _entries(*call.args[:1])
    name, metadata = given.get("agent_name") or given.get("agentName"), given.get("metadata")
    return None if name is None or metadata is None or "**" in given else _Asked(name, metadata)


def _is_dispatch(target: Thing) -> bool:
    return isinstance(target, Sdk) and target.name.rpartition(".")[2] in _DISPATCHES


def _entries(*given: v.Expr) -> dict[str, v.Expr]:
    return {key: value for each in given if isinstance(each, v.Mapping) for key, value in each.entries}


class _Fault(NamedTuple):
    """Why no thread is found by a metadata."""

    what: str
    key: str
    severity: Severity = Severity.WARNING


def _fault(metadata: v.Expr, flow: Flow) -> _Fault | None:
    """What is wrong with metadata that is written out; None where nothing is, or it is not known."""
    match metadata:
        case v.Text(text):
            return _of_text(text)
        case v.Made(made_of, by):
            return _of_made(by, made_of)
        case v.Result(number):
            return _of_made(last_name(flow.calls[number].target), flow.calls[number].args)
        case _:
            return None


def _of_text(text: str) -> _Fault | None:
    try:
        entries = msgspec.json.decode(text, type=dict[str, object])
    except ValueError:  # no JSON, or no object
        return _Fault("the metadata is no JSON object", "", Severity.INFO) if text else None
    if _KEY in entries and not (isinstance(entries[_KEY], str) and entries[_KEY]):
        return _Fault(f"{_KEY} is no text here", _KEY)
    return _of_keys(list(entries))


def _of_made(by: str, parts: tuple[v.Expr, ...]) -> _Fault | None:
    """Of what a function makes of a dict or an object."""
    entries = [(key, value) for each in parts if isinstance(each, v.Mapping) for key, value in each.entries]
    keys = [key for key, _ in entries]
    if by == "str" and _KEY in keys:
        return _Fault("str() makes no JSON of a dict", _KEY)
    return _of_keys(keys) if by in _WRITERS else None


def _of_keys(keys: list[str]) -> _Fault | None:
    if _KEY in keys or "**" in keys or "" in keys:
        return None
    near = (key for key in keys if key.replace("_", "").replace("-", "").casefold() in _NEARLY)
    return next((_Fault(f"the metadata says {key}", key) for key in near), None)

"""An agent's session or history is read where the agent does not run.

## What it does

Reports, from livekit-agents 2.0.0b1 on, `agent.session` and `agent.chat_ctx` in what a job runs outside of the agent's
own hooks and tools: in the entry function and whatever it calls or begins as a task, in the agent's constructor, in
threads and executors, in shutdown callbacks; and, as a warning, in handlers of events.

## Why it is bad

An agent of livekit-agents 2.0 is configuration. Its session and its history are found through a context variable that
the session sets around the agent's hooks and tools; elsewhere both raise "RuntimeError: agent `desk` is not running in
this context; its session and history are only available inside its hooks and tools". In the entry that ends the job. A
thread does not get the variable, so what it does is lost. A handler runs in the context of who emits the event, so
there it works one time and raises the next, and the error is only logged.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

Keep the session in a variable, and read `session.history`. To begin with a history, give it to `session.start(agent,
chat_ctx=)`; in a hook, pass on what was read there.

## When it stays silent

In livekit-agents 1.x, where both can be read while the agent is the current one. In hooks and tools, in what they
call, and in tasks and `asyncio.to_thread` from there, which take the context with them. When the receiver may be
something else than an agent, or its class has a `session` or a `chat_ctx` of its own.

## Evidence

livekit-agents 2.0.0b1, `voice/agent.py` 745-783; run.

## Fix safety

There is no fix: in 1.x `agent.chat_ctx` and `session.history` are two lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Place, Severity
from lkagent_lint.questions.contexts import Apart, Where
from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules._base import IN_PYTHON, Meta, Said, once
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA127",
    "agent-outside-its-context",
    Severity.ERROR,
    "an agent's session or history is read where the agent does not run",
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.HISTORY_OF_SESSION,
)
_ERROR = "RuntimeError (agent … is not running in this context)"
_INSTEAD = {"agent.chat_ctx": "read session.history", "agent.session": "keep the session in a variable"}


def check(subject: Subject) -> Iterator[Diagnostic]:
    yield from once(_each(subject))


def _each(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(path).has(Change.HISTORY_OF_SESSION) for path in project.files):
        return
    in_constructors: set[Place] = set()
    for each in subject.contexts.reads():
        if each.where is Where.CONSTRUCTOR:
            in_constructors.add(each.place)
        elif each.place in in_constructors:
            continue
        if project.sdk(each.place.path).has(Change.HISTORY_OF_SESSION):
            yield META.at(
                each.place,
                _said(each),
                subject=each.function,
                key=(each.what,),
                severity=Severity.WARNING if each.where is Where.HANDLER else Severity.ERROR,
            )


def _said(found: Apart) -> Said:
    instead = _INSTEAD.get(found.what, "read it in a hook or a tool of the agent")
    name = found.begins.rpartition(".")[2].partition("#")[0]
    begins = f"{name}()" if name.isidentifier() else "this function"
    if found.where is Where.CONSTRUCTOR:
        return Said(
            f"{found.what} is read in the agent's constructor",
            f"it raises {_ERROR}: in its constructor no agent runs yet",
            "since livekit-agents 2.0, read it in its hooks and tools only",
            "no agent runs here yet",
        )
    if found.where is Where.HANDLER:
        return Said(
            f"{found.what} is read in a handler, where the agent may not run",
            f"it raises {_ERROR} unless the agent's own code has caused the call: {begins} is a handler, and since "
            "livekit-agents 2.0 an agent's own hooks and tools alone can read it",
            instead,
            "the agent may not run here",
        )
    runs = {
        Where.JOB: f"{begins} is the job's entry" if begins == f"{found.function}()" else f"{begins} leads here",
        Where.THREAD: f"{begins} runs in a thread, which does not have the agent's context",
        Where.SHUTDOWN: f"{begins} is a shutdown callback",
    }[found.where]
    return Said(
        f"{found.what} is read where the agent does not run",
        f"it raises {_ERROR}: {runs}, and since livekit-agents 2.0 an agent's own hooks and tools alone can read it",
        instead,
        "the agent does not run here",
    )

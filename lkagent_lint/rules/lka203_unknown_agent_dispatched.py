"""A dispatch asks for an agent that no worker of the project registers.

## What it does

Reports a dispatch whose name is known and equals no registered name, when the names of all workers are known.

## Why it is bad

The server accepts the dispatch, finds no worker of that name, and nobody is told: the agent just never joins. Names
are compared exactly, case included. In livekit-agents 2.0 the name is the server's, `AgentServer(agent_name="desk")`;
`rtc_session(endpoint="desk")` names a door, of which the server is not told, so a worker that has nothing else has no
name.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

When neither the project nor a manifest (`--with`) registers a worker, or one has a name that is not known (an
environment variable, an argument); when a configuration or a script names the agent, which may then be deployed from
elsewhere; when a file that takes part could not be analysed; for hand-written request bodies; in Markdown and languages
that are only scanned; and in test files.

## Evidence

livekit server 788d4c3, `pkg/service/agentservice.go` 162-167 and 410-413 (exact match), `pkg/agent/client.go` 149-155
(the only trace is a server log at info level: "not dispatching agent job since no worker is available"). livekit-agents
2.0.0b1 with only an `endpoint=`, run: it registers without a name.

## Fix safety

Unsafe, where a worker's name is spelled almost so: everything in the project that dispatches the name takes the
worker's, in every file or in none. The worker may be what is misspelled, and others may dispatch it. Where something
that is not parsed dispatches the name, that is a suggestion; where a place does not hold the name as a text, there is
no fix.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.intents import Fix, Rename, suggestion, unsafe
from lkagent_lint.likeness import misspelled, strange_letters
from lkagent_lint.project.records import Dispatch, Project, Worker
from lkagent_lint.questions.dispatches import is_spoken_of, names_of
from lkagent_lint.questions.registrations import endpoint_of
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import quoted, where
from lkagent_lint.rules._base import Meta

META = Meta(
    "LKA203",
    "unknown-agent-dispatched",
    Severity.ERROR,
    "a dispatch asks for an agent that no worker registers",
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    registered = subject.registered_names
    if not registered:
        return
    for dispatch in project.dispatches:
        names = [each for each in names_of(dispatch) or () if each]
        if is_spoken_of(dispatch) and names and registered.keys().isdisjoint(names):
            if not any(subject.absence.of_worker(each) for each in names):
                yield _finding(project, dispatch, names[0], registered)


def _fix(project: Project, own: Dispatch, name: str, meant: str) -> Fix:
    """Whoever dispatches the name dispatches the other one, all or nobody."""
    alike = [each for each in project.dispatches if names_of(each) == (name,) and not each.in_tests]
    places = sorted({own.place, *(each.place for each in alike)})
    kind = suggestion if any(each.presence for each in alike) or len(names_of(own) or ()) > 1 else unsafe
    everywhere = "" if len(places) == 1 else f" in all {len(places)} places"
    return kind(f"write {quoted(meant)}{everywhere}", *(Rename(place, name, meant) for place in places))


def _where(project: Project, worker: Worker, dispatch: Dispatch) -> str:
    if worker in project.elsewhere:
        return f"{os.path.basename(worker.place.path)}:{worker.place.span.line}"
    return where(worker.place, dispatch.place)


def _finding(project: Project, dispatch: Dispatch, name: str, registered: dict[str, Worker]) -> Diagnostic:
    names = sorted(each for each in registered if each)
    meant = misspelled(name, names)
    reaches = "names are compared exactly, so this dispatch reaches nobody"
    if project.elsewhere:
        reaches = f"neither this project nor a manifest has it; {reaches}"
    door = next((each for each in project.workers if not each.in_tests and endpoint_of(project, each) == name), None)
    if door is not None:
        note = f"endpoint= ({where(door.place, dispatch.place)}) names no agent, so this dispatch reaches nobody"
        help = f"give the name to the server, AgentServer(agent_name={quoted(name)})"
        related = [Related(door.place, f"{quoted(name)} is the endpoint of this door", (name,))]
    elif meant is not None:
        worker = registered[meant]
        letters = strange_letters(name, meant)
        note, help = reaches, f"did you mean {quoted(meant)} ({_where(project, worker, dispatch)})?{letters}"
        related = [Related(worker.place, f"{quoted(meant)} is registered here", (meant,))]
    else:
        listed = ", ".join(quoted(each) for each in names[:4]) + (", ..." if len(names) > 4 else "")
        note = f"{reaches}; registered: {listed}" if names else f"{reaches}; the project's workers have no name"
        help = "ask for a name that is registered" if names else "register the agent by that name"
        related = [Related(registered[each].place, f"{quoted(each)} is registered here", (each,)) for each in names[:4]]
    who = "known worker" if project.elsewhere else "worker of this project"
    return META.at(
        dispatch.place,
        f"no {who} registers the agent {quoted(name, 23)}",
        note=note,
        help=help,
        label="asked for here",
        culprit=(name, "agent_name", "agentName"),
        related=related,
        subject=name,
        fix=None if meant is None else _fix(project, dispatch, name, meant),
    )

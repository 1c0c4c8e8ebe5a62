"""A route or a text door makes the whole worker connect by WebTransport, its voice door included.

## What it does

Reports, from livekit-agents 2.0.0b1 on, as an info, a server that has a voice door (`rtc_session`) and a route
(`server.http`, `server.mount`) or a text door (`a2a_session`), where nothing in the project speaks of WebTransport. It
stands at the first of the routes and text doors.

## Why it is bad

A worker with a voice door alone connects by a WebSocket. One that has anything else to serve connects by WebTransport
and tries nothing else, because requests to its routes come that way. A LiveKit server that speaks only WebSocket never
registers it: the log says "failed to connect to livekit, retrying" again and again, and calls that were answered
before the route was added are answered no more.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

A server that has WebTransport at an address of its own is named by `LIVEKIT_WORKER_URL`; a second worker, without
routes, keeps the calls on a WebSocket.

## When it stays silent

When the word `LIVEKIT_WORKER_URL` or `webtransport` stands somewhere in the project: whoever wrote it knows. When no
voice door of the server is seen, before livekit-agents 2.0, and in test files.

## Evidence

livekit-agents 2.0.0b1, `worker.py` 1408-1431; run against a stand-in that speaks WebSocket: no connection is tried.
Which releases of livekit-server speak WebTransport was not looked at.

## Fix safety

There is no fix: how the worker is to be reached is a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Related, Severity
from lkagent_lint.questions.doors import Served
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import where
from lkagent_lint.rules._base import IN_PYTHON, Default, Meta
from lkagent_lint.sources.sdk.changes import Change
from lkagent_lint.sources.sdk.releases import Basis

META = Meta(
    "LKA317",
    "webtransport-worker",
    Severity.INFO,
    "a route or text door that takes the voice door off its WebSocket",
    default=Default.PREVIEW,
    basis=Basis.REFUSAL,
    sdks=IN_PYTHON,
    since=Change.DOORS,
)

_WORDS = ("LIVEKIT_WORKER_URL", "webtransport")


def check(subject: Subject) -> Iterator[Diagnostic]:
    project = subject.project
    if not any(project.sdk(each.place.path).has(Change.DOORS) for each in project.here.servers):
        return
    for server in subject.doors.servers():
        if project.sdk(server.site.path).has(Change.DOORS):
            finding = _of_server(subject, server)
            if finding is not None and not any(map(project.texts.mentions, _WORDS)):
                yield finding


def _of_server(subject: Subject, server: Served) -> Diagnostic | None:
    voice = subject.doors.served(server, "rtc_session")
    text = subject.doors.served(server, "a2a_session")
    others = [*server.routes, *([text] if text is not None else [])]
    if voice is None or not others:
        return None
    first = min(others, key=lambda each: (each.place.path != server.site.path, each.place.path, each.place.span))
    what = "text door" if first is text else "route"
    return META.at(
        first.place,
        f"with this {what} the worker connects by WebTransport alone",
        note=f"its voice door ({where(voice.place, first.place)}) does, too: a LiveKit server that speaks only "
        "WebSocket never registers it",
        help=f"serve the {what} by a worker of its own, if the server speaks only WebSocket",
        label=f"the {what}",
        related=[Related(voice.place, "the voice door")],
        key=(what,),
    )

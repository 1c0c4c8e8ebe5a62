"""A request that is written by hand goes to a service, a method or a field that no server has.

## What it does

Reports requests to `/twirp/<service>/<method>` where LiveKit's servers have no such service or method, and keys of
their bodies that the message does not have. It says which path or key looks like it.

## Why it is bad

The server answers 404 ("bad_route"), and an agent that was to be dispatched never comes. Keys that a message does not
have are dropped without a word: a dispatch with `agent` for `agent_name` asks for nobody.

## Example

<!-- example: bad -->

## Use instead

<!-- example: good -->

## When it stays silent

For paths that are not written out, services of LiveKit Cloud of which the protocol says nothing, bodies that are put
together elsewhere, and in test files.

## Evidence

livekit/protocol 1.1.27: the proto files of the services, whose methods are all that a server routes. Twirp's
specification: a path that is none is answered with "bad_route" (404), and JSON fields that are unknown are ignored.

## Fix safety

There is no fix yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.likeness import most_alike
from lkagent_lint.questions.service_paths import Handwritten, handwritten
from lkagent_lint.questions.subject import Subject
from lkagent_lint.questions.wording import shortened
from lkagent_lint.rules._base import Meta, Said
from lkagent_lint.sources.sdk.releases import Basis
from lkagent_lint.sources.sdk.vocabulary import snake
from lkagent_lint.sources.twirp import CLOUD, SERVICES, every_path, message_of

META = Meta(
    "LKA214",
    "unknown-service-path",
    Severity.ERROR,
    "a hand-written request to what no server has",
    basis=Basis.NOTHING,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in handwritten(subject.methods):
        if subject.project.in_tests(found.place.path) or found.service in CLOUD:
            continue
        saying = _no_path(found) or _no_key(subject, found)
        if saying:
            yield META.at(found.place, saying, subject=found.function, key=(found.service, found.method))


def _no_path(found: Handwritten) -> Said | None:
    if found.method in SERVICES.get(found.service, {}):
        return None
    path = f"{found.service}/{found.method}"
    near = most_alike(path, every_path(), 0.5)
    what = f"method {shortened(found.method)}" if found.service in SERVICES else f"service {shortened(found.service)}"
    return Said(
        f"no LiveKit server has the {what}",
        f"/twirp/{path} answers 404 (bad_route)",
        f"the nearest is /twirp/{near}" if near else "ask for a path that the server's API has",
        "no such path",
    )


def _no_key(subject: Subject, found: Handwritten) -> Said | None:
    """A key of the body that the message does not have in any release that is known."""
    message = message_of(found.service, found.method)
    fields = subject.api_requests.fields_of(message) if found.keys else frozenset[str]()
    wrong = [key for key in found.keys if fields and snake(key) not in fields]
    if not wrong:
        return None
    near = most_alike(wrong[0], fields, 0.5)
    return Said(
        f"the server drops the key {shortened(wrong[0], 28)} without a word",
        f"{message} has no such field",
        f"write {near}" if near else "leave it out, or write a key that the message has",
        "a key of its body is dropped",
    )

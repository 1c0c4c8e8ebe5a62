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

A path or a key that is spelled almost right, or a method that one service alone has, is replaced where it is written
out in the request: unsafe, because the request does something then. What holds the same words is a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Diagnostic, Severity
from lkagent_lint.intents import Rename, suggestion, unsafe
from lkagent_lint.likeness import misspelled, most_alike
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

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+")
_MOSTLY = 0.8


def check(subject: Subject) -> Iterator[Diagnostic]:
    for found in handwritten(subject.methods):
        if subject.project.in_tests(found.place.path) or found.service in CLOUD:
            continue
        saying = _no_path(found) or _no_key(subject, found)
        if saying:
            said, wrong, right, is_sure = saying
            key = (found.service, found.method)
            fix = (unsafe if is_sure else suggestion)(f"write {right}", Rename(found.place, wrong, right))
            culprit = (f"{found.service}/{found.method}", found.service)
            yield META.at(
                found.place, said, culprit=culprit, subject=found.function, key=key, fix=fix if right else None
            )


class _Wrong(NamedTuple):
    """What is wrong, and what may be meant."""

    said: Said
    wrong: str
    right: str
    is_sure: bool


def _no_path(found: Handwritten) -> _Wrong | None:
    if found.method in SERVICES.get(found.service, {}):
        return None
    path = f"{found.service}/{found.method}"
    of_that_name = [each for each in every_path() if each.endswith(f"/{found.method}")]
    meant = of_that_name[0] if len(of_that_name) == 1 else misspelled(path, every_path())
    alike = max(every_path(), key=lambda each: _shared(path, each))
    near = meant or (alike if _shared(path, alike) > _MOSTLY else most_alike(path, every_path(), 0.5))
    what = f"method {shortened(found.method)}" if found.service in SERVICES else f"service {shortened(found.service)}"
    said = Said(
        f"no LiveKit server has the {what}",
        f"/twirp/{path} answers 404 (bad_route)",
        f"the nearest is /twirp/{near}" if near else "ask for a path that the server's API has",
        "no such path",
    )
    return _Wrong(said, path, near if meant or _shared(path, near) > _MOSTLY else "", meant is not None)


def _shared(one: str, other: str) -> float:
    """How much of the words of two paths is the same."""
    first, second = (frozenset(_WORD.findall(each)) for each in (one, other))
    return len(first & second) / max(1, len(first | second))


def _no_key(subject: Subject, found: Handwritten) -> _Wrong | None:
    """A key of the body that the message does not have in any release that is known."""
    message = message_of(found.service, found.method)
    fields = subject.api_requests.fields_of(message) if found.keys else frozenset[str]()
    wrong = [key for key in found.keys if fields and snake(key) not in fields]
    if not wrong:
        return None
    meant = misspelled(wrong[0], fields)
    near = meant or most_alike(wrong[0], fields, 0.5)
    said = Said(
        f"the server drops the key {shortened(wrong[0], 28)} without a word",
        f"{message} has no such field",
        f"write {near}" if near else "leave it out, or write a key that the message has",
        "a key of its body is dropped",
        (wrong[0],),
    )
    return _Wrong(said, wrong[0], near, meant is not None)

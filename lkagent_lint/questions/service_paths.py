"""Requests to the server that are written by hand: which service and method they go to, and with which keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lkagent_lint.diagnostics import Place
from lkagent_lint.facts import values as v
from lkagent_lint.facts.following import given_to, last_name, made_from
from lkagent_lint.questions.methods import Methods, WrittenCall

SENDS = frozenset(
    {
        *("post", "request", "fetch", "urlopen", "Request", "send", "axios", "ofetch", "$fetch", "ky", "got"),
        *("stream", "ajax"),
    }
)
"""The last word of what sends a request over HTTP."""
_PATH = re.compile(r"/twirp/(?P<service>[A-Za-z_][\w.]*)/(?P<method>\w+)")
_BODY = ("json", "data", "content", "body")


class Handwritten(NamedTuple):
    """One request."""

    place: Place
    function: str
    service: str
    method: str
    keys: tuple[str, ...]
    """Of its body, if that is written out; empty where it is not."""


def handwritten(methods: Methods) -> Iterator[Handwritten]:
    """Every request that is sent to a path of the server's API."""
    for found in methods.written(SENDS):
        here = found.activation
        for value in given_to(found.call):
            for _, part in made_from(value, here.flow, here.facts):
                match = _PATH.search(part.value) if isinstance(part, v.Text) else None
                if match is not None:
                    yield Handwritten(found.place, here.name, match["service"], match["method"], _keys(found))


def _keys(found: WrittenCall) -> tuple[str, ...]:
    body = next(filter(None, (_mapping(each, found) for each in _bodies(found))), None)
    keys = () if body is None else tuple(key for key, _ in body.entries)
    return () if "" in keys or "**" in keys else keys


def _bodies(found: WrittenCall) -> Iterator[v.Expr]:
    """What may be the body of a request: by keyword in Python, in the options or as the second argument in Node."""
    for name, value in found.call.keywords:
        if name in _BODY:
            yield value
    for each in found.call.args[1:]:
        if isinstance(each, v.Mapping) and found.activation.is_node:
            bodies = [value for key, value in each.entries if key in _BODY]
            yield from bodies or ([each] if last_name(found.call.target) == "post" else [])


def _mapping(value: v.Expr, found: WrittenCall) -> v.Mapping | None:
    """The object that a body is, or the text of."""
    for _, part in made_from(value, found.activation.flow, found.activation.facts):
        if isinstance(part, v.Mapping):
            return part
    return None

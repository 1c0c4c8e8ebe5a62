"""Which functions answer the requests of a web server: they run anew for everyone who asks."""

from __future__ import annotations

import os

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import FileFacts
from lkagent_lint.facts.flows import MODULE, Flow
from lkagent_lint.facts.scopes import assigned_once
from lkagent_lint.project.call_words import word_of
from lkagent_lint.project.records import Project

_VERBS = frozenset({"get", "post", "put", "patch", "route", "api_route", "websocket", "all", "add_api_route"})
"""Methods of applications and routers: of Flask, FastAPI, Starlette, aiohttp, Express, Fastify, Hono, Koa."""
_SERVING = _VERBS | {"add_get", "add_post", "add_route", "add_url_rule", "serve", "onRequest", "onCall", "createServer"}
_EXPORTED = frozenset({"GET", "POST", "PUT", "PATCH"})
"""What a file ``route.ts`` (Next), ``+server.ts`` (SvelteKit) exports."""
_ASKED = frozenset({"request", "req"})


def answers_requests(project: Project, path: str, flow: Flow) -> bool:
    """Whether a function surely is one that a web server runs for each request."""
    facts = project.files[path]
    around = facts.flows.get(flow.parent or MODULE, flow)
    if any(_decorates(each, around) for each in flow.decorators):
        return True
    if flow.own_name in _EXPORTED and os.path.basename(path).startswith(("route.", "+server.")):
        return True
    if any(each.name in _ASKED for each in flow.parameters[:2]):
        return True
    return any(
        word_of(call) in _SERVING and any(_held(each, holder, facts) == v.Function(flow.name) for each in call.args)
        for holder in facts.flows.values()
        for call in holder.calls
    )


def _decorates(decorator: v.Expr, around: Flow) -> bool:
    """``around`` is the function in whose calls the decorator's own is, where that is recorded."""
    match decorator:
        case v.Result(number):
            return word_of(around.calls[number]) in _VERBS
        case v.Made(by=name) | v.Attribute(name=name):
            return name in _VERBS
        case _:
            return False


def _held(value: v.Expr, flow: Flow, facts: FileFacts) -> v.Expr:
    """What an argument is, or the one thing that its name holds."""
    found = assigned_once(facts, flow, value.name) if isinstance(value, v.Name) else None
    return value if found is None else found[1]

"""Registrations of Node agents: ``new ServerOptions({...})`` of @livekit/agents, ``WorkerOptions`` before 1.0.16."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import WorkerFact
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.parse import Source, arguments, callee, entries, last_name, text_of, walk
from lkagent_lint.frontends.javascript.scopes import Scope, Scopes

if TYPE_CHECKING:
    from tree_sitter import Node

_SDK = "@livekit/agents"
_OWN_FILE = frozenset({"fileURLToPath(import.meta.url)", "import.meta.filename", "__filename", "import.meta.url"})
_BESIDE = re.compile(
    r"(?:fileURLToPath\()?newURL\([\"'`](?P<path>\.[^\"'`]*)[\"'`],import\.meta\.url\)(?:\.pathname|\.href)?\)?"
)
_OPTIONS = frozenset({"ServerOptions", "WorkerOptions"})


def registrations(source: Source, scopes: Scopes) -> list[Node]:
    """Every ``new ServerOptions(…)``; none in a file that does not import the SDK."""
    if _SDK not in scopes.modules:
        return []
    made = (node for node, _ in walk(source.root) if node.type == "new_expression")
    return [node for node in made if _is_options(callee(node), scopes.of(node))]


def worker_of(node: Node, source: Source, scopes: Scopes) -> WorkerFact:
    """The fact of one registration."""
    scope = scopes.of(node)
    given = next(iter(arguments(node)), None)
    fields, open_ended = _fields(given, scope)
    return WorkerFact(
        flow=scope.name,
        span=source.span(node, node.child_by_field_name("constructor")),
        entry=None,
        name=fields.get("agentName"),
        job_type=_job_type(fields),
        open_ended=open_ended,
        agent_file=_agent_file(given),
    )


def defines_agent(source: Source, scopes: Scopes) -> bool:
    """Whether a file makes an agent: ``defineAgent({ entry })``, under whatever name it is imported."""
    calls = (node for node, _ in walk(source.root) if node.type == "call_expression")
    return _SDK in scopes.modules and any(_is_sdks(callee(node), scopes.of(node), "defineAgent") for node in calls)


def _is_sdks(target: Node | None, scope: Scope, name: str) -> bool:
    if target is None or target.type == "member_expression":
        return last_name(target) == name
    owner = scope.owner(text_of(target))
    values = [] if owner is None else owner.variables.get(text_of(target), [])
    return values in ([v.External(_SDK, name)], [v.Attribute(v.External(_SDK, "*"), name)])


def _agent_file(given: Node | None) -> str | None:
    """What the ``agent`` option names: this file by its own URL or name, or another one beside it."""
    if given is None or given.type != "object":
        return None
    for key, _, value in entries(given):
        if key == "agent":
            written = "".join(text_of(value).split())
            if written in _OWN_FILE:
                return ""
            beside = _BESIDE.fullmatch(written)
            return None if beside is None else beside["path"]
    return None


def _fields(given: Node | None, scope: Scope) -> tuple[dict[str, v.Expr], bool]:
    """The options that are written out, and whether there may be others."""
    if given is None:
        return {}, True
    value = value_of(given)
    if isinstance(value, v.Name):
        owner = scope.owner(value.name)
        values = () if owner is None else owner.variables.get(value.name, ())
        value = values[0] if len(values) == 1 else v.OPAQUE
    if not isinstance(value, v.Mapping):
        return {}, True
    fields = dict(value.entries)
    return fields, "**" in fields


def _is_options(target: Node | None, scope: Scope) -> bool:
    """``ServerOptions``, imported under whatever name, or a constant that is one of the two."""
    if target is None:
        return False
    if target.type == "member_expression":
        return last_name(target) in _OPTIONS
    owner = scope.owner(text_of(target))
    values = () if owner is None else owner.variables.get(text_of(target), ())
    return len(values) == 1 and _spells_options(values[0])


def _spells_options(value: v.Expr) -> bool:
    match value:
        case v.External(module, name):
            return module == _SDK and name in _OPTIONS
        case v.Attribute(_, name):
            return name in _OPTIONS
        case v.Or(options) | v.Either(options):
            return all(map(_spells_options, options))
        case _:
            return False


def _job_type(fields: dict[str, v.Expr]) -> v.Expr | None:
    """``workerType`` counts up to 1.0.15 and is dropped since, so only what is the default either way is known."""
    if "serverType" in fields:
        return fields["serverType"]
    given = fields.get("workerType")
    return given if given is None or (isinstance(given, v.Attribute) and given.name == "JT_ROOM") else v.OPAQUE

"""Registrations of Node agents: ``new ServerOptions({...})`` of @livekit/agents, ``WorkerOptions`` before 1.0.16."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lkagent_lint.facts import values as v
from lkagent_lint.facts.file import AgentFact, WorkerFact
from lkagent_lint.frontends.javascript.drafts import FileDraft, FlowDraft
from lkagent_lint.frontends.javascript.expressions import value_of
from lkagent_lint.frontends.javascript.parse import ParsedFile, arguments, callee, entries, last_name, text_of, walk
from lkagent_lint.text import START_OF_FILE, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_SDK = "@livekit/agents"
_OWN_FILE = frozenset({"fileURLToPath(import.meta.url)", "import.meta.filename", "__filename", "import.meta.url"})
_BESIDE = re.compile(
    r"(?:fileURLToPath\()?newURL\([\"'`](?P<path>\.[^\"'`]*)[\"'`],import\.meta\.url\)(?:\.pathname|\.href)?\)?"
)
_OPTIONS = frozenset({"ServerOptions", "WorkerOptions"})


def registrations(source: ParsedFile, draft: FileDraft) -> list[Node]:
    """Every ``new ServerOptions(…)``; none in a file that does not import the SDK."""
    if _SDK not in draft.modules:
        return []
    made = (node for node, _ in walk(source.root) if node.type == "new_expression")
    return [node for node in made if _is_options(callee(node), draft.flow_of(node))]


def worker_of(node: Node, source: ParsedFile, draft: FileDraft) -> WorkerFact:
    """The fact of one registration."""
    scope = draft.flow_of(node)
    given = next(iter(arguments(node)), None)
    flow, number = draft.recorded.get(node.id, (None, 0))
    options = None if flow is None or not flow.calls[number].args else flow.calls[number].args[0]
    fields, open_ended = _fields(value_of(given) if options is None and given is not None else options, scope)
    return WorkerFact(
        flow=scope.name,
        span=source.span(node, node.child_by_field_name("constructor")),
        entry=None,
        name=fields.get("agentName"),
        job_type=_job_type(fields),
        dropped_type=fields.get("workerType") if "serverType" not in fields else None,
        request=None if options is None else v.Attribute(options, "requestFunc"),
        open_ended=open_ended,
        agent_file=_agent_file(given),
        call=None if flow is None else number,
    )


def agents(source: ParsedFile, draft: FileDraft) -> Iterator[AgentFact]:
    """What the file defines: every ``defineAgent({ entry })``, and a plain object with an entry that it exports."""
    if _SDK not in draft.modules:
        return
    for node, _ in walk(source.root):
        recorded = draft.recorded.get(node.id) if node.type == "call_expression" else None
        if recorded is not None and _is_sdks(callee(node), recorded[0], "defineAgent"):
            flow, number = recorded
            given = flow.calls[number].args
            if given:
                span = source.span(node, node.child_by_field_name("function"))
                yield AgentFact(flow=flow.name, span=span, entry=v.Attribute(given[0], "entry"), defined=True)
    for value in draft.module.variables.get("default", ()):
        if isinstance(value, v.Name) and len(values := draft.module.values(value.name)) == 1:
            value = values[0]
        while isinstance(value, v.Typed) and value.value is not None:
            value = value.value
        if isinstance(value, v.Mapping) and "entry" in dict(value.entries):
            span = _exported_span(source)
            yield AgentFact(span=span, entry=v.Attribute(value, "entry"), defined=False)


def _exported_span(source: ParsedFile) -> Span:
    """Where the module exports its default: ``export default``, ``module.exports =``."""
    for node, _ in walk(source.root):
        if node.type == "export_statement" and any(child.type == "default" for child in node.children):
            return source.span(node, next(child for child in node.children if child.type == "default"))
        if node.type == "assignment_expression":
            target = node.child_by_field_name("left")
            if target is not None and "exports" in text_of(target):
                return source.span(target)
    return START_OF_FILE


def _is_sdks(target: Node | None, scope: FlowDraft, name: str) -> bool:
    """A function of the SDK, under whatever name it is imported."""
    if target is None or target.type == "member_expression":
        return last_name(target) == name
    values = scope.values(text_of(target))
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


def _fields(value: v.Expr | None, scope: FlowDraft, depth: int = 3) -> tuple[dict[str, v.Expr], bool]:
    """The options that are written out, also in an object that is spread, and whether there may be others."""
    if isinstance(value, v.Name):
        values = scope.values(value.name)
        value = values[0] if len(values) == 1 else v.OPAQUE
    while isinstance(value, v.Typed) and value.value is not None:
        value = value.value
    if not isinstance(value, v.Mapping) or not depth:
        return {}, True
    fields: dict[str, v.Expr] = {}
    is_open = False
    for key, each in value.entries:
        inner, open_inside = _fields(each, scope, depth - 1) if key == "**" else ({key: each}, False)
        fields.update(inner)
        is_open = is_open or open_inside
    return fields, is_open


def _is_options(target: Node | None, scope: FlowDraft) -> bool:
    """``ServerOptions``, imported under whatever name, or a constant that is one of the two."""
    if target is None:
        return False
    if target.type == "member_expression":
        return last_name(target) in _OPTIONS
    values = scope.values(text_of(target))
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

"""JavaScript and TypeScript as facts: registrations of agents, dispatches, and what their names are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lkagent_lint.facts.file import DispatchFact, DroppedFact, FileFacts, Problem, ProblemKind
from lkagent_lint.facts.following import last_name
from lkagent_lint.frontends.javascript.parse import MAX_DEPTH, walk
from lkagent_lint.languages import Dialect
from lkagent_lint.text import START_OF_FILE, Span

__all__ = ["extract", "is_generated"]

if TYPE_CHECKING:
    from tree_sitter import Node

    from lkagent_lint.frontends.javascript.drafts import FileDraft

_LEGACY_CLASSES = frozenset({"VoicePipelineAgent", "MultimodalAgent", "VoiceAssistant"})
_LONG_LINE = 5_000
"""Bytes. Nobody writes such a line; a bundler does."""
TOO_DEEP = Problem(ProblemKind.NOT_ANALYSED, "it is nested too deeply", START_OF_FILE)


def is_generated(data: bytes) -> bool:
    """Whether a compiler or a bundler wrote a file: what it says stands in its source too."""
    return b"__awaiter" in data or b"__webpack_require__" in data or _longest_line(data) > _LONG_LINE


def _longest_line(data: bytes) -> int:
    return max(map(len, data.split(b"\n")), default=0)


def extract(data: bytes, dialect: Dialect) -> FileFacts:
    """The facts of one file's bytes. Never raises for bad input; broken parts are passed over."""
    from lkagent_lint.frontends.javascript import imports, workers
    from lkagent_lint.frontends.javascript.dispatches import KINDS, Dispatches, may_dispatch
    from lkagent_lint.frontends.javascript.parse import ParsedFile
    from lkagent_lint.frontends.javascript.walker import Walker

    source = ParsedFile(data, dialect)
    kinds = KINDS if may_dispatch(data) else frozenset[str]()
    nodes: list[Node] = []
    for node, depth in walk(source.root):
        if depth > MAX_DEPTH:
            return FileFacts(language="javascript", problems=(TOO_DEEP,))
        if kinds and node.type in kinds:
            nodes.append(node)
    draft = Walker.walk(source)
    registrations = workers.registrations(source, draft)
    dispatches = Dispatches(source, draft, registrations, nodes)
    found = list(dispatches.find())
    return FileFacts(
        language="javascript",
        modules=tuple(draft.modules),
        stars=tuple(draft.stars),
        classes=draft.classes,
        flows={name: flow.freeze() for name, flow in draft.flows.items()},
        workers=tuple(workers.worker_of(node, source, draft) for node in registrations),
        agents=tuple(workers.agents(source, draft)),
        dispatches=tuple(each for each in found if isinstance(each, DispatchFact)),
        room_sources=tuple(dispatches.room_sources()),
        sip_rules=tuple(dispatches.sip_rules()),
        dropped=tuple(each for each in found if isinstance(each, DroppedFact)),
        legacy=_legacy_use(draft),
        sdk_names=(*draft.sdk_names, *imports.names_of_namespaces(draft)),
        asked_for=tuple(draft.asked_for),
    )


def _legacy_use(draft: FileDraft) -> Span | None:
    """Where it makes an agent of @livekit/agents 0.x: ``pipeline.VoicePipelineAgent``, ``multimodal.MultimodalAgent``;
    None where it makes none, or a session of 1.x besides.
    """
    calls = [call for flow in draft.flows.values() for call in flow.calls]
    if any(last_name(each.target) == "AgentSession" for each in calls):
        return None
    used = (each.span or START_OF_FILE for each in calls if last_name(each.target) in _LEGACY_CLASSES)
    return min(used, default=None)

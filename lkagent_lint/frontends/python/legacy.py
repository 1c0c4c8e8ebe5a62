"""Whether a file is written for livekit-agents 0.x: by the classes that it uses, and not by what it only imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lkagent_lint.frontends.python.host import HostSpans, descendants
from lkagent_lint.text import Span

_MODULES = (
    "livekit.agents.pipeline",
    "livekit.agents.multimodal",
    "livekit.agents.voice_assistant",
    "livekit.agents.voice_pipeline",
)
_NAMES = frozenset({"VoiceAssistant", "VoicePipelineAgent", "MultimodalAgent"})
"""Classes that only livekit-agents 0.x had (removed in 1.0.0)."""
_OF_1 = frozenset({"AgentSession", "AgentServer", "RoomInputOptions", "RoomOptions", "RunContext"})
"""Some of those that no 0.x had, and without which there is no agent of 1.x."""


def may_be_legacy(modules: tuple[str, ...]) -> bool:
    """Whether something that a file imports may be of 0.x."""
    return any(
        module.startswith(_MODULES) or module.rpartition(".")[2] in _NAMES
        for module in modules
        if module.startswith("livekit.")
    )


def legacy_use(tree: ast.Module, spans: HostSpans) -> Span | None:
    """Where a file first uses a class of 0.x; None where it uses none, or classes of 1.x besides."""
    nodes = descendants(tree)
    bound = {name for node in nodes for name in _bound(node)}
    named = (node for node in nodes if isinstance(node, (ast.Name, ast.Attribute)))
    used = [node for node in named if _name(node) in _NAMES or _name(node) in bound]
    if not used or any(_name(node) in _OF_1 for node in nodes):
        return None
    return spans.of(min(used, key=lambda node: (node.lineno, node.col_offset)))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names under which an import binds a class or a module of 0.x."""
    match node:
        case ast.ImportFrom(module=str(module), names=names):
            for each in names:
                if each.name in _NAMES or f"{module}.{each.name}".startswith(_MODULES):
                    yield each.asname or each.name
        case ast.Import(names=names):
            yield from (each.asname for each in names if each.asname and each.name.startswith(_MODULES))
        case _:
            pass


def _name(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""

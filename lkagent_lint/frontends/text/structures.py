"""Dispatches in JSON and YAML documents: SIP rules, room configurations, files for the CLI, presets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint.facts.file import DispatchFact, DispatchKind, SipRuleFact
from lkagent_lint.facts.values import OPAQUE
from lkagent_lint.frontends.text.commands import name_of
from lkagent_lint.frontends.text.documents import DocumentNode, MappingNode, ScalarNode, SequenceNode, mappings

_NAMES = ("agentName", "agent_name")
_CONFIGS = ("roomConfig", "room_config")
_PRESETS = ("roomPreset", "room_preset", "room_configurations")
_LISTS = ("agents", "dispatches")
_RULE = re.compile(r"dispatch_?rule_?(?:individual|direct|callee)", re.IGNORECASE)


def facts_of(documents: tuple[DocumentNode, ...]) -> Iterator[DispatchFact | SipRuleFact]:
    """What documents dispatch. The kind of a list of agents follows from what holds it."""
    for document in documents:
        kind = DispatchKind.SIP if _holds_rule(document) else DispatchKind.CONFIG
        listed: set[int] = set()
        for mapping in mappings(document):  # outer ones first, so a list's items are known when their turn comes
            for key in _LISTS:
                agents = mapping.get(key)
                if isinstance(agents, SequenceNode):
                    listed.update(map(id, agents.items))
                    yield from _of_agents(agents, kind)
            yield from _of_mapping(mapping, is_listed=id(mapping) in listed)


def _of_mapping(mapping: MappingNode, *, is_listed: bool) -> Iterator[DispatchFact | SipRuleFact]:
    rule = mapping.key("rule")
    value = mapping.get("rule")
    if rule is not None and value is not None and _is_rule(value):
        yield SipRuleFact(span=rule.span, has_agents=_has_agents(mapping))
    preset = mapping.key(*_PRESETS)
    if preset is not None:
        yield DispatchFact(kind=DispatchKind.PRESET, span=preset.span, name=OPAQUE, presence=True)
    if is_listed or not _is_agent(mapping):
        return
    name = mapping.get(*_NAMES)
    if isinstance(name, ScalarNode) and mapping.key("room", "room_name", "roomName", "metadata") is not None:
        yield DispatchFact(kind=DispatchKind.REQUEST, span=name.span, name=name_of(name.text), presence=True)
    elif isinstance(name, ScalarNode):  # whatever it is for, it names an agent
        yield DispatchFact(kind=DispatchKind.CONFIG, span=name.span, name=name_of(name.text), presence=True)


def _of_agents(agents: SequenceNode, kind: DispatchKind) -> Iterator[DispatchFact]:
    for item in agents.items:
        if isinstance(item, MappingNode) and _is_agent(item):
            name = item.get(*_NAMES)
            if isinstance(name, ScalarNode):
                yield DispatchFact(kind=kind, span=name.span, name=name_of(name.text))


def _is_agent(mapping: MappingNode) -> bool:
    return mapping.key(*_NAMES) is not None


def _has_agents(rule: MappingNode) -> bool:
    """Whether a rule's room configuration lists an agent, or is not written out here."""
    configuration = rule.get(*_CONFIGS)
    if isinstance(configuration, MappingNode):
        agents = configuration.get("agents")
        return isinstance(agents, ScalarNode) or (isinstance(agents, SequenceNode) and bool(agents.items))
    return configuration is not None or rule.key(*_PRESETS) is not None


def _holds_rule(document: DocumentNode) -> bool:
    return any(
        _is_rule(value) for mapping in mappings(document) for key, value in mapping.entries if key.text == "rule"
    )


def _is_rule(value: DocumentNode) -> bool:
    return isinstance(value, MappingNode) and any(_RULE.fullmatch(key.text) for key, _ in value.entries)

"""Dispatches in JSON and YAML documents: SIP rules, room configurations, files for the CLI, presets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lkagent_lint.facts.file import DispatchFact, DispatchKind, DroppedFact, SipRuleFact, VariableFact
from lkagent_lint.facts.values import OPAQUE, Expr, Text
from lkagent_lint.frontends.text.commands import SERVICE, name_of
from lkagent_lint.sources.documents import DocumentNode, MappingNode, ScalarNode, SequenceNode, mappings, scalars
from lkagent_lint.text import Span

_NAMES = ("agentName", "agent_name")
_CONFIGS = ("roomConfig", "room_config")
_PRESETS = ("roomPreset", "room_preset")
_LISTS = ("agents", "dispatches")
_ENVIRONMENTS = ("environment", "env", "envs", "env_variables", "vars")
_IN_TEXT = re.compile(r"[\"']agent_?name[\"']\s{0,3}:\s{0,3}[\"'](?P<value>[\w.:/@ -]{1,200})[\"']", re.IGNORECASE)
_NAMES_AGENTS = re.compile(r"\w{0,60}(?:AGENT|BOT|ASSISTANT|WORKER|DISPATCH)\w{0,60}")
_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|URL|DSN")
_PLAIN = re.compile(r"[A-Za-z0-9][\w.:@ -]{0,99}")
_RULE = re.compile(r"dispatch_?rule_?(?:individual|direct|callee)", re.IGNORECASE)


_NO_FIELDS = frozenset(
    {
        *("trunks", "trunk", "trunk_id", "trunkId", "sip_trunk_ids", "sipTrunkIds", "sip_trunk_id", "sipTrunkId"),
        *("agents", "agent_name", "agentName", "room_configuration", "roomConfiguration"),
    }
)
"""What people write into a SIP rule and the message does not have; other fields may have come with a later release."""

StructureFact = DispatchFact | SipRuleFact | VariableFact | DroppedFact


def facts_of(documents: tuple[DocumentNode, ...], *, is_example: bool = False) -> Iterator[StructureFact]:
    """What documents dispatch, and which variables of the environment they set.

    A list of agents asks for them where a room's configuration, a SIP rule or the CLI's own file holds it. One that
    stands anywhere else may be meant for a request: its names count, and no finding stands at them.
    """
    for document in documents:
        kind = DispatchKind.SIP if _holds_rule(document) else DispatchKind.CONFIG
        held: dict[int, bool] = {}
        yield from _dropped(document)
        for mapping in mappings(document):  # outer ones first, so a list's items are known when their turn comes
            yield from _of_lists(mapping, kind, certain=held.get(id(mapping), False) or kind is DispatchKind.SIP)
            for key, value in mapping.entries:
                if isinstance(value, MappingNode) and key.text in _CONFIGS:
                    held[id(value)] = True
                elif isinstance(value, MappingNode) and key.text == "room_configurations":
                    held.update((id(each), True) for _, each in value.entries)
            yield from _of_mapping(mapping)
            yield from _variables(mapping, is_example=is_example)
        yield from _of_requests(document)


def _of_lists(mapping: MappingNode, kind: DispatchKind, *, certain: bool) -> Iterator[DispatchFact]:
    for key in _LISTS:
        agents = mapping.get(key)
        if isinstance(agents, SequenceNode):
            yield from _of_agents(agents, kind, presence=not (certain or key == "dispatches"))


def _of_mapping(mapping: MappingNode) -> Iterator[DispatchFact | SipRuleFact]:
    rule = mapping.key("rule")
    value = mapping.get("rule")
    if rule is not None and value is not None and _is_rule(value):
        yield SipRuleFact(span=rule.span, has_agents=_has_agents(mapping))
    preset = mapping.key(*_PRESETS)
    if preset is not None:
        yield DispatchFact(kind=DispatchKind.PRESET, span=preset.span, name=OPAQUE, presence=True)


def _dropped(document: DocumentNode) -> Iterator[DroppedFact]:
    """What is refused in a document that holds a SIP rule: keys that are none, and metadata that is no text."""
    for rule in mappings(document):
        value = rule.get("rule")
        if value is None or not _is_rule(value):
            continue
        for key, _ in rule.entries:
            if key.text in _NO_FIELDS:
                yield DroppedFact(owner="SIP rule", field=key.text, span=key.span)
        configuration = rule.get(*_CONFIGS)
        agents = configuration.get("agents") if isinstance(configuration, MappingNode) else None
        items = agents.items if isinstance(agents, SequenceNode) else ()
        for holder in (rule, configuration, *items):
            metadata = holder.key("metadata") if isinstance(holder, MappingNode) else None
            if (
                metadata is not None
                and isinstance(holder, MappingNode)
                and not isinstance(holder.get("metadata"), ScalarNode)
            ):
                yield DroppedFact(owner="SIP rule", field="metadata", span=metadata.span)


def _of_requests(document: DocumentNode) -> Iterator[DispatchFact]:
    """A request to the real service, such as a step of a workflow: the name may stand in any text of the document."""
    texts = list(scalars(document))
    service = next((each for each in texts if SERVICE in each.text), None)
    if service is None:
        return
    names: list[Expr] = [Text(match["value"]) for each in texts for match in _IN_TEXT.finditer(each.text)]
    if not names:
        given = [mapping.get(*_NAMES) for mapping in mappings(document)]
        names = [name_of(each.text) for each in given if isinstance(each, ScalarNode)] or [OPAQUE]
    for name in names:
        yield DispatchFact(kind=DispatchKind.REQUEST, span=service.span, name=name, presence=True)


def _variables(mapping: MappingNode, *, is_example: bool) -> Iterator[VariableFact]:
    """``environment:`` of Compose as a mapping or a list, ``env:`` of a workflow, ``- name: … value: …`` of a pod."""
    for key, value in mapping.entries:
        if key.text in _ENVIRONMENTS and isinstance(value, MappingNode):
            for name, given in value.entries:
                if isinstance(given, ScalarNode):
                    yield from set_variable(name.text, given.text, given.span, is_example=is_example)
        elif key.text in _ENVIRONMENTS and isinstance(value, SequenceNode):
            for item in value.items:
                if isinstance(item, ScalarNode) and "=" in item.text:
                    variable, _, text = item.text.partition("=")
                    yield from set_variable(variable, text, item.span, is_example=is_example)
    named, set_to = mapping.get("name", "key"), mapping.get("value")
    if isinstance(named, ScalarNode) and isinstance(set_to, ScalarNode):
        yield from set_variable(named.text, set_to.text, set_to.span, is_example=is_example)


def set_variable(variable: str, value: str, span: Span, *, is_example: bool) -> Iterator[VariableFact]:
    """The fact that a variable is set to a literal, if the variable can name an agent: secrets are none of ours."""
    if _NAMES_AGENTS.fullmatch(variable) and not _SECRET.search(variable) and _PLAIN.fullmatch(value):
        yield VariableFact(variable=variable, value=value, span=span, is_example=is_example)


def _of_agents(agents: SequenceNode, kind: DispatchKind, *, presence: bool) -> Iterator[DispatchFact]:
    for item in agents.items:
        if isinstance(item, MappingNode) and _is_agent(item):
            name = item.get(*_NAMES)
            if isinstance(name, ScalarNode) and not (presence and name_of(name.text) == OPAQUE):
                yield DispatchFact(kind=kind, span=name.span, name=name_of(name.text), presence=presence)


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

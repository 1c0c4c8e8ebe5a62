"""Fields that a protocol message does not have, and SIP rules that bring no agent.

Sources: livekit-api 1.2.2 (a field that is not there raises ``ValueError: Protocol message … has no "…" field``);
livekit/protocol, ``livekit_agent_dispatch.proto`` 40-55.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lkagent_lint.facts.cli_commands import MakingRule
from lkagent_lint.facts.file import DroppedFact, FileFacts, RoomSourceFact, SipRuleFact
from lkagent_lint.facts.flows import Call, Flow
from lkagent_lint.facts.following import last_name
from lkagent_lint.facts.values import Attribute, Expr, Mapping, Name, Result
from lkagent_lint.frontends.python.dispatches import commands_in, may_bring_agents, roots
from lkagent_lint.frontends.python.targets import Targets
from lkagent_lint.frontends.python.written_files import written_files

_WRONG = {
    "RoomAgentDispatch": frozenset({"agentName", "name", "room", "room_name", "roomName", "job_type", "jobType"}),
    "CreateAgentDispatchRequest": frozenset({"agentName", "name", "room_name", "roomName", "job_type", "jobType"}),
}
"""What people write instead; other fields may have come with a later release."""
_RULES = frozenset({"CreateSIPDispatchRuleRequest", "SIPDispatchRuleInfo"})
_AGENTS = frozenset({"room_config", "room_preset", "**"})


def dropped(facts: FileFacts, targets: Targets) -> Iterator[DroppedFact]:
    """Keywords that a dispatch message does not have."""
    for flow in facts.flows.values():
        for call in flow.calls:
            message = _message(targets, flow, call)
            for keyword, _ in call.keywords:
                if keyword in _WRONG.get(message, ()) and call.span is not None:
                    yield DroppedFact(owner=f"{message}()", field=keyword, span=call.span)


def sip_rules(facts: FileFacts, targets: Targets) -> Iterator[SipRuleFact]:
    """Every request that creates a SIP rule, and whether it may bring an agent."""
    written = written_files(facts)
    for flow in facts.flows.values():
        for call in flow.calls:
            if call.span is not None and _message(targets, flow, call) == "CreateSIPDispatchRuleRequest":
                yield SipRuleFact(span=call.span, has_agents=_may_bring(targets, flow, call))
        for span, value in roots(flow):
            for each in commands_in(value):
                rule = written.get(os.path.basename(each.file)) if isinstance(each, MakingRule) else None
                if rule is not None:
                    yield SipRuleFact(span=span, has_agents=may_bring_agents(rule))
                elif isinstance(each, MakingRule) and each.is_bare:
                    yield SipRuleFact(span=span, has_agents=False)


def room_sources(facts: FileFacts, targets: Targets) -> Iterator[RoomSourceFact]:
    """Every token and every request that creates a room. A token lists agents if its function configures its room."""
    for flow in facts.flows.values():
        configures = any(last_name(call.target) in ("with_room_config", "with_room_preset") for call in flow.calls)
        configures = configures or any(store.name == "room_config" for store in flow.stores)
        for call in flow.calls:
            message = _message(targets, flow, call)
            if call.span is not None and message in ("AccessToken", "CreateRoomRequest"):
                given = {"agents", "room_preset", "**"} & {keyword for keyword, _ in call.keywords}
                has_agents = configures if message == "AccessToken" else bool(given or call.args)
                yield RoomSourceFact(span=call.span, has_agents=has_agents)


def _may_bring(targets: Targets, flow: Flow, call: Call) -> bool:
    for keyword, value in call.keywords:
        if keyword in _AGENTS:
            return True
        if keyword == "dispatch_rule" and not _lists_no_agents(targets, flow, value):
            return True
    return bool(call.args)


def _lists_no_agents(targets: Targets, flow: Flow, value: Expr) -> bool:
    """A rule that is written out in place, without a room configuration."""
    if isinstance(value, Mapping):
        return not any(key in _AGENTS for key, _ in value.entries)
    if isinstance(value, Result):
        call = flow.calls[value.call]
        return (
            _message(targets, flow, call) in _RULES
            and not call.args
            and not any(k in _AGENTS for k, _ in call.keywords)
        )
    return False


def _message(targets: Targets, flow: Flow, call: Call) -> str:
    """The message of livekit-api that a call builds; empty for every other call."""
    if not isinstance(call.target, (Name, Attribute)):
        return ""
    name = targets.name(flow, call)
    return name.rpartition(".")[2] if name.startswith("livekit.") else ""

"""The byte markers: what must be looked at is, and ordinary text is not."""

from __future__ import annotations

import pytest

from lkagent_lint.sources.prefilter import AGENT_NAME_VARIABLE, FOREIGN_MARKERS, mentions_sdk


def test_an_import_of_the_sdk_is_a_mention() -> None:
    assert mentions_sdk(b"from livekit import agents\n")
    assert mentions_sdk(b"import { AccessToken } from 'livekit-server-sdk'")
    assert not mentions_sdk(b"import LiveKit")


@pytest.mark.parametrize(
    "text",
    [
        "new RoomAgentDispatch({",
        "client.createDispatch(",
        "client.CreateDispatch(ctx, &livekit.CreateAgentDispatchRequest{",
        "create_dispatch(",
        "agentName: 'x'",
        '"agent_name": "x"',
        "AgentName: name",
        ".setAgentName(",
        "roomConfig",
        "room_config",
        "RoomConfiguration()",
        "roomPreset",
        "room_preset: x",
        "lk dispatch list",
        "livekit-cli dispatch create",
        "python agent.py connect --room x",
        "lk token create --join --agent x",
        "lk dispatch create --agent-name x",
        "token.withAgent(",
    ],
)
def test_every_way_to_dispatch_is_marked(text: str) -> None:
    assert FOREIGN_MARKERS.search(text.encode())


@pytest.mark.parametrize("text", ["user-agent: x", "agentname", "dispatch(action)", "--agents", "room.config"])
def test_ordinary_words_are_not_marked(text: str) -> None:
    assert not FOREIGN_MARKERS.search(text.encode())


def test_the_variable_is_a_prefix_of_its_override() -> None:
    assert AGENT_NAME_VARIABLE in b"LIVEKIT_AGENT_NAME_OVERRIDE=x"

"""The byte markers: what must be looked at is, and ordinary text is not."""

from __future__ import annotations

from lkagent_lint.sources.prefilter import AGENT_NAME_VARIABLE, mentions_sdk


def test_an_import_of_the_sdk_is_a_mention() -> None:
    assert mentions_sdk(b"from livekit import agents\n")
    assert mentions_sdk(b"import { AccessToken } from 'livekit-server-sdk'")
    assert not mentions_sdk(b"import LiveKit")


def test_the_variable_is_a_prefix_of_its_override() -> None:
    assert AGENT_NAME_VARIABLE in b"LIVEKIT_AGENT_NAME_OVERRIDE=x"

"""Small agents that ``upgrade`` has rewritten for livekit-agents 2.0 are imported there, and do what they say.

Each stands for one row of what 2.0 changed (``fixtures/upgrades``). What is left for a person, and marked so, does in
2.0 what the finding says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.harness import Sdk
from tests.sdk.test_next import NEXT

UPGRADES = Path(__file__).resolve().parents[2] / "fixtures" / "upgrades"
_CLAIMS = {
    "01-session-class": ("stage.run(main())", "SAID LiveSession, AgentSession True"),
    "02-session-of-an-agent": ("stage.run(main())", "SAID initializing"),
    "03-userdata": ('stage.run(heard(session(Scripted(Call("who"))), Desk()))', "HEARD [None, 'it is Ada', 'ok']"),
    "04-history-at-the-start": (
        "try:\n    desk()\nexcept TypeError as error:\n    stage.said(error)",
        "TypeError: Agent.__init__() got an unexpected keyword argument 'chat_ctx'",
    ),
    "04-history-of-a-handoff": (
        'stage.run(heard(session(Scripted(Call("billing"), "Which bill?")), Desk()))',
        "'hello']",
    ),
    "05-end-of-a-task": ('stage.run(heard(session(Scripted(Call("named"))), Desk()))', "SAID Ada"),
    "06-name-of-an-agent": ('print("SAID", desk.id)', "SAID reception"),
    "07-name-of-a-worker": ('print("SAID", server._agent_name)', "SAID front-desk"),
    "08-history-that-is-read": ("stage.run(main())", "SAID True"),
    "09-history-of-a-task": ("stage.run(main())", "SAID GetEmailTask"),
    "10-history-that-is-changed": (
        "stage.run(main())",
        "AttributeError: 'Desk' object has no attribute 'update_chat_ctx'",
    ),
    "11-agent-that-follows": ("stage.run(main())", "SAID Survey"),
    "12-private-history": ("stage.run(main())", "AttributeError: 'Desk' object has no attribute '_chat_ctx'"),
    "13-history-outside": (
        'desk = Agent(instructions="")\ntry:\n    desk.chat_ctx\nexcept RuntimeError as error:\n    stage.said(error)',
        "RuntimeError: agent `desk` is not running in this context",
    ),
    "14-instructions-that-change": (
        "stage.run(main())",
        "AttributeError: 'Desk' object has no attribute 'update_instructions'",
    ),
    "15-tools-that-change": ("stage.run(main())", "AttributeError: 'Desk' object has no attribute 'update_tools'"),
    "16-parameter-of-on-enter": ("stage.run(main())", "SAID RunContext"),
    "17-modules-to-load": ("", "SAID AgentServer.__init__() got an unexpected keyword argument 'preload_modules'"),
    "18-tool-before-the-constructor": ('print("SAID", Desk().tools)', "SAID []"),
    "19-state-before-the-constructor": ('print("SAID", Order().state)', "SAID {'order': []}"),
    "20-error-that-moved": ("", "SAID AssignmentTimeoutError"),
    "22-options-from-outside": (
        'desk = Agent(instructions="")\ndesk.update_options(vad=None)\nprint("SAID", desk.vad)',
        "SAID None",
    ),
    "23-type-of-a-worker": ('print("SAID", server._server_type)', "SAID ServerType.PUBLISHER"),
}
"""What is run behind the agent, and what that says."""


def test_every_agent_has_a_claim() -> None:
    assert sorted(each.name for each in UPGRADES.iterdir()) == sorted(_CLAIMS)


@pytest.mark.sdk(since=NEXT, before="", node=False)
@pytest.mark.parametrize("name", _CLAIMS)
def test_an_upgraded_agent_does_what_it_says(sdk: Sdk, name: str) -> None:
    script, said = _CLAIMS[name]
    agent = (UPGRADES / name / "after.py").read_text()
    head = "import stage\nfrom scripted import Call, Scripted, heard\n"
    sdk.run(f"{head}{agent}\n{script}\n").says(said)

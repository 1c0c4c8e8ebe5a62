"""A coding agent writes names that never existed, one edit after another, and the hook's answer names each of them with
what does its work, before the file is run. The names are from reports and from real code, much of it generated.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint.cli._hook import MENDS, answer
from tests.cli.test_hook import PINNED

AGENT = """\
from livekit import api, rtc
from livekit.agents import Agent, AgentServer, AgentSession, JobContext, RunContext, function_tool{imported}

server = AgentServer({server})


class Desk(Agent):
    def __init__(self) -> None:
        super().__init__(instructions="Be brief."{agent})
{method}

@server.rtc_session(agent_name="desk")
async def entry(ctx: JobContext) -> None:
    session = AgentSession({session})
    {before}
    await session.start(agent=Desk(), room=ctx.room{start})
    {after}
"""
TOOL = (
    '@function_tool\n    async def look(self, context: RunContext) -> str:\n        """Look."""\n        return str({})'
)
LISTENER = '@session.on("user_input_transcribed")\n    def heard(event) -> None:\n        print({})'

EDITS: list[tuple[dict[str, str], str, str]] = [
    ({"after": "await ctx.wait_for_disconnect()"}, "wait_for_disconnect", "ctx.add_shutdown_callback()"),
    ({"after": "await ctx.wait_for_shutdown()"}, "wait_for_shutdown", "ctx.add_shutdown_callback()"),
    ({"after": "await ctx.disconnect()"}, "disconnect", "the room has a method of that name"),
    ({"after": "await session.wait_for_close()"}, "wait_for_close", 'the event "close"'),
    ({"after": "await session.wait_for_complete()"}, "wait_for_complete", 'the event "close"'),
    ({"after": "await session.wait()"}, "wait", 'the event "close"'),
    ({"after": "await session.run_forever()"}, "run_forever", 'the event "close"'),
    ({"after": "await session.close()"}, "close", "aclose()"),
    ({"after": "await session.stop()"}, "stop", "session.shutdown()"),
    ({"after": 'await session.speak("Hello.")'}, "speak", "session.say()"),
    ({"after": 'await session.generate(instructions="Greet.")'}, "generate", "generate_reply()"),
    ({"after": "await ctx.wait_for_participants()"}, "wait_for_participants", "wait_for_participant()"),
    ({"after": 'await ctx.room.local_participant.send_message("x")'}, "send_message", "send_text()"),
    ({"before": 'session.on("user_speech_committed", print)'}, "user_speech_committed", "user_input_transcribed"),
    ({"before": 'session.on("agent_started_speaking", print)'}, "agent_started_speaking", "agent_state_changed"),
    ({"before": 'ctx.room.on("participant_joined", print)'}, "participant_joined", "participant_connected"),
    ({"before": 'ctx.room.on("track_added", print)'}, "track_added", "track_subscribed"),
    ({"session": "agent=Desk()"}, "agent", "session.start(agent=)"),
    ({"session": "fnc_ctx=None"}, "fnc_ctx", "@function_tool"),
    ({"agent": ", text_enabled=True"}, "text_enabled", "RoomInputOptions"),
    ({"after": 'session.say("x", resume_false_interruption=True)'}, "resume_false_interrup", "AgentSession, which"),
    ({"start": ", participant=None"}, "participant", "room_options"),
    ({"server": 'agent_name="desk"'}, "agent_name", "rtc_session(agent_name=)"),
    ({"server": "prewarm_fnc=None"}, "prewarm_fnc", "setup_fnc"),
    ({"method": TOOL.format("context.chat_ctx")}, "chat_ctx", "context.session.history"),
    ({"method": TOOL.format("context.agent")}, "agent", "context.session.current_agent"),
    ({"after": "print(session.chat_ctx)"}, "chat_ctx", "session.history"),
    ({"after": "print(session.room)"}, "room", "ctx.room"),
    ({"after": "print(ctx.agent.session)"}, "session", "ctx.primary_session"),
    ({"after": "print(api.LiveKitAPI().agent)"}, "agent", "agent_dispatch"),
    ({"before": LISTENER.format("event.text")}, "text", "transcript"),
    ({"after": "api.AccessToken().video_grants = api.VideoGrants()"}, "video_grants", "with_grants()"),
    ({"after": 'await ctx.api.agent_dispatch.create_dispatch(agent_name="desk")'}, "agent_name", "one request"),
    (
        {"method": "async def on_agent_turn_completed(self) -> None: ..."},
        "on_agent_turn_comp",
        "on_user_turn_completed",
    ),
    ({"method": "async def before_llm_inference(self) -> None: ..."}, "before_llm_inference", "llm_node"),
    (
        {"imported": "\nfrom livekit.agents.pipeline import VoicePipelineAgent"},
        "pipeline",
        "use AgentSession and Agent",
    ),
    ({"imported": "\nfrom livekit.agents.multimodal import MultimodalAgent"}, "multimodal", "RealtimeModel"),
    ({"imported": "\nfrom livekit.agents.llm import FunctionContext"}, "FunctionContext", "@function_tool"),
    ({"imported": "\nfrom livekit.agents.llm import ai_callable"}, "ai_callable", "use function_tool"),
    ({"imported": "\nfrom livekit.agents import AgentRunner"}, "AgentRunner", "no release of livekit-agents has it"),
]
"""What is written where, the name that the answer has to say, and what it has to say instead."""


def test_each_invented_name_is_told_with_what_does_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(PINNED)
    (tmp_path / "backend.py").write_text(
        'from livekit import api\n\nAGENT = api.RoomAgentDispatch(agent_name="desk")\n'
    )
    monkeypatch.chdir(tmp_path)
    assert len(EDITS) >= 30
    file = tmp_path / "agent.py"
    event = json.dumps(
        {"hook_event_name": "PostToolUse", "cwd": str(tmp_path), "tool_input": {"file_path": str(file)}}
    ).encode()
    parts = dict.fromkeys(("imported", "server", "agent", "method", "session", "before", "start", "after"), "")
    missed: list[tuple[str, str]] = []
    for edit, name, instead in EDITS:
        written = {key: f"    {text}\n" if key == "method" else text for key, text in edit.items()}
        file.write_text(AGENT.format(**{**parts, "before": "pass", "after": "pass", **written}))
        code, said = answer(event), capsys.readouterr().err
        named = [line for line in said.splitlines() if " LKA" in line and name in line]
        if code != MENDS or not named or instead not in said:
            missed.append((name, said))
    assert missed == []
    file.write_text(AGENT.format(**{**parts, "before": "pass", "after": "pass"}))
    assert answer(event) == 0
    assert capsys.readouterr() == ("", "")

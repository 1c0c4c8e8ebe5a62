"""What took the place of names that the SDKs had once, or of those that they call deprecated.

The names themselves, and when they were there, come from the tables; this says in words what the tables cannot.
"""

from __future__ import annotations

import re

from lkagent_lint.sources.sdk.order import order
from lkagent_lint.sources.sdk.vocabulary import snake
from lkagent_lint.sources.sdk.vocabulary.records import camel

_TRANSCRIPTION = "the session's transcription output (RoomOptions(text_output=...))"

REMOVED = {
    "livekit.agents.Worker": "AgentServer",
    "livekit.agents.worker.Worker": "AgentServer",
    "livekit.agents.pipeline": "AgentSession and Agent",
    "livekit.agents.multimodal": "AgentSession and Agent with a RealtimeModel",
    "livekit.agents.voice_assistant": "AgentSession and Agent",
    "livekit.agents.transcription": _TRANSCRIPTION,
    "livekit.agents.llm.FunctionContext": "methods of the Agent with @function_tool",
    "livekit.agents.llm.ai_callable": "function_tool",
    "livekit.agents.llm.TypeInfo": "the tool's docstring, or pydantic's Field in Annotated",
    "livekit.agents.llm.CalledFunction": "FunctionCall",
    "livekit.agents.llm.FunctionInfo": "FunctionTool",
    "livekit.agents.llm.FunctionCallInfo": "FunctionCall",
    "livekit.agents.llm.ChatImage": "ImageContent",
    "livekit.agents.llm.ChatAudio": "AudioContent",
    "livekit.agents.voice.InlineTask": "AgentTask",
    "livekit.agents.SimulateJobInfo": "AgentServer.simulate_job()",
    "livekit.agents.worker.SimulateJobInfo": "AgentServer.simulate_job()",
    "livekit.agents.tts.SynthesizedAudioEmitter": "AudioEmitter",
    "livekit.agents.metrics.PipelineEOUMetrics": "EOUMetrics",
    "livekit.agents.metrics.PipelineLLMMetrics": "LLMMetrics",
    "livekit.agents.metrics.PipelineSTTMetrics": "STTMetrics",
    "livekit.agents.metrics.PipelineTTSMetrics": "TTSMetrics",
    "livekit.agents.metrics.PipelineVADMetrics": "VADMetrics",
    "livekit.agents.utils.hw": "AgentServer without load_fnc=, which measures the load itself",
    "livekit.agents.worker.ATTRIBUTE_AGENT_NAME": "ATTRIBUTE_AGENT_NAME of livekit.agents.types",
    "livekit.rtc.ChatManager": "local_participant.send_text() and register_text_stream_handler()",
    "livekit.rtc.ChatMessage": "text streams",
}
"""Names of Python that are gone, and what does their work now."""

EVENTS = {
    "user_speech_committed": "user_input_transcribed",
    "user_message": "user_input_transcribed",
    "user_transcript": "user_input_transcribed",
    "user_started_speaking": "user_state_changed",
    "user_stopped_speaking": "user_state_changed",
    "agent_speech_committed": "conversation_item_added",
    "agent_speech_interrupted": "conversation_item_added",
    "agent_message": "conversation_item_added",
    "agent_started_speaking": "agent_state_changed",
    "agent_stopped_speaking": "agent_state_changed",
    "user_speech_started": "user_state_changed",
    "user_speech_stopped": "user_state_changed",
    "agent_speech_started": "agent_state_changed",
    "agent_speech_stopped": "agent_state_changed",
    "function_calls_collected": "function_tools_executed",
    "function_calls_finished": "function_tools_executed",
    "session_disconnected": "close",
    "data": "data_received",
    "message_received": "data_received",
    "participant_joined": "participant_connected",
    "participant_left": "participant_disconnected",
    "track_added": "track_subscribed",
    "transcription": "transcription_received",
}
"""Events of 0.x agents, and others that were found in real code, with those of 1.x that tell the same."""

DEPRECATED_NAMES = {
    "livekit.agents.voice.room_io.types.RoomInputOptions": ("1.3.1", "use RoomOptions of livekit.agents.voice.room_io"),
    "livekit.agents.voice.room_io.types.RoomOutputOptions": (
        "1.3.1",
        "use RoomOptions of livekit.agents.voice.room_io",
    ),
    "livekit.agents.worker.ServerOptions": ("1.3.1", "use AgentServer and @server.rtc_session()"),
    "livekit.agents.cli.cli.run_app": ("1.6.0", "start the worker with `python -m livekit.agents` or `lk agent`"),
}
"""Definitions of livekit-agents that still work, the release since which something takes their place, and what does.

Source: livekit-agents 1.8.9, ``voice/room_io/types.py`` 172 and 238 (a warning is logged), ``cli/_legacy.py`` 1985 (a
DeprecationWarning); ``WorkerOptions`` says nothing, and AgentServer does its work (1.3.1).
"""

DEPRECATED_PARAMETERS = {
    ("AgentSession.start", "room_input_options"): ("1.3.1", "use room_options=RoomOptions(...)"),
    ("AgentSession.start", "room_output_options"): ("1.3.1", "use room_options=RoomOptions(...)"),
}
"""The same for keywords that the SDK marks by comments alone (``voice/agent_session.py`` 915)."""

DEPRECATED_EVENTS = {("AgentSession", "metrics_collected"): "session_usage_updated"}
"""Events that are logged as deprecated once there is their successor (``voice/agent_session.py`` 773)."""

_HISTORY = (
    "the history is the session's now, and goes on in the next agent: give another one to "
    "session.start(agent, chat_ctx=) or session.update_agent(agent, chat_ctx=)"
)

METHODS = {
    ("Agent", "update_chat_ctx"): f"{_HISTORY}; in on_user_turn_completed change turn_ctx",
    ("Agent", "update_instructions"): "give the agent a function for its instructions (@agent.instructions)",
    (
        "Agent",
        "update_tools",
    ): "hand over to an agent that has the tools, or use @agent.tool before it starts",
    ("AgentTask", "complete"): "return Completed(value) from the tool",
}
"""Methods that livekit-agents 2.0 took away, and what does their work now (2.0.0b1, ``voice/agent.py``)."""
METHODS.update({("AgentTask", name): use for (kind, name), use in METHODS.items() if kind == "Agent"})

_CONVERSATION = "the conversation is context.session.history, and self.chat_ctx in an agent"

ATTRIBUTES = {
    ("RunContext", "chat_ctx"): _CONVERSATION,
    ("RunContext", "chatCtx"): _CONVERSATION.replace("self.chat_ctx", "this.chatCtx"),
    ("RunContext", "agent"): "the agent that runs is context.session.current_agent",
    ("RunContext", "room"): "the room is that of the job's context, get_job_context().room",
    ("AgentSession", "chat_ctx"): "the conversation is session.history",
    ("AgentSession", "room"): "the room is that of the job's context, ctx.room",
    ("AgentSession", "agent"): "the agent that runs is session.current_agent",
    ("LocalParticipant", "session"): "ctx.agent is the local participant; the session is ctx.primary_session",
    ("AccessToken", "video_grants"): "give them to with_grants()",
    ("AccessToken", "grants"): "give them to with_grants()",
    ("AccessToken", "room_config"): "give it to with_room_config()",
    ("LiveKitAPI", "agent"): "dispatches are made by agent_dispatch",
    ("UserInputTranscribedEvent", "text"): "what was said is transcript",
}
"""Attributes of which real code thinks that they are there, and what holds what was meant (livekit-agents 1.8.9,
livekit-api 1.2.2).
"""

_ENDED = 'do not wait: the job goes on after its entry has returned; the event "close" of the session tells of its end'
_LEFT = "do not wait: the job goes on after its entry has returned; ctx.add_shutdown_callback() is told of its end"

INVENTED = {
    ("JobContext", "wait_for_disconnect"): _LEFT,
    ("JobContext", "wait_for_shutdown"): _LEFT,
    ("JobContext", "wait_until_disconnected"): _LEFT,
    ("JobContext", "close"): "end the job with ctx.shutdown()",
    ("JobContext", "aclose"): "end the job with ctx.shutdown()",
    ("JobContext", "stop"): "end the job with ctx.shutdown()",
    ("AgentSession", "wait_for_close"): _ENDED,
    ("AgentSession", "wait_for_complete"): _ENDED,
    ("AgentSession", "wait_for_completion"): _ENDED,
    ("AgentSession", "wait_until_done"): _ENDED,
    ("AgentSession", "wait_closed"): _ENDED,
    ("AgentSession", "wait"): _ENDED,
    ("AgentSession", "join"): _ENDED,
    ("AgentSession", "run_forever"): _ENDED,
    ("AgentSession", "stop"): "end it with session.shutdown(), or at once with await session.aclose()",
    ("AgentSession", "end"): "end it with session.shutdown(), or at once with await session.aclose()",
    ("AgentSession", "speak"): "call session.say(), or session.generate_reply() for words of the model's own",
    ("AgentSession", "send_text"): "call session.say(), or session.generate_reply() to have it answered",
    (
        "LocalParticipant",
        "send_message",
    ): "send a text with local_participant.send_text()",
    (
        "LocalParticipant",
        "send_data",
    ): "send data with local_participant.publish_data()",
}
"""Methods that no release had and that real or generated code calls, as Python would spell them, and what does their
work (livekit-agents 1.8.9, @livekit/agents 1.9.0). Their nearest neighbours by spelling do something else.
"""


def invented(kind: str, name: str, *, node: bool) -> str:
    """What does the work of a method that there never was, in the spelling of one language; empty for every other."""
    said = INVENTED.get((kind, snake(name) if node else name), "")
    if not node:
        return said
    return _SNAKE.sub(lambda found: camel(found[0]), said).replace("aclose()", "close()")


_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+(?=[.(])")

INVENTED_KEYWORDS = {
    ("AgentSession", "agent"): "give it to session.start(agent=)",
    ("AgentSession", "room"): "give it to session.start(room=)",
    ("AgentSession", "instructions"): "give them to the Agent",
    ("AgentSession", "fnc_ctx"): "make tools methods of the Agent with @function_tool, or give tools= to it",
    ("AgentSession", "before_llm_cb"): "override llm_node of the Agent",
    ("AgentSession", "before_tts_cb"): "override tts_node of the Agent",
    ("Agent", "fnc_ctx"): "make tools methods with @function_tool, or give tools=",
    ("Agent", "functions"): "make tools methods with @function_tool, or give tools=",
    ("Agent", "room"): "give it to session.start(room=)",
}
"""The same for keywords of constructors."""

OPTIONS = {
    ("AgentServer", "prewarm_fnc"): "setup_fnc",
    ("AgentServer", "request_fnc"): "rtc_session(on_request=)",
    ("AgentServer", "on_request"): "rtc_session(on_request=)",
    ("AgentServer", "entrypoint_fnc"): "rtc_session",
    ("AgentServer", "agent_name"): "rtc_session(agent_name=)",
    ("AgentServer", "worker_type"): "rtc_session(type=)",
    ("AgentServer", "type"): "rtc_session(type=)",
    ("AgentServer", "on_session_end"): "rtc_session(on_session_end=)",
    ("rtc_session", "agent_name"): "AgentServer(agent_name=)",
    ("rtc_session", "request_fnc"): "on_request",
    ("rtc_session", "worker_type"): "type",
    ("rtc_session", "server_type"): "type",
    ("rtc_session", "name"): "agent_name",
    ("rtc_session", "prewarm_fnc"): "AgentServer(setup_fnc=)",
    ("rtc_session", "setup_fnc"): "AgentServer(setup_fnc=)",
    ("WorkerOptions", "setup_fnc"): "prewarm_fnc",
    ("WorkerOptions", "on_request"): "request_fnc",
    ("WorkerOptions", "type"): "worker_type",
    ("WorkerOptions", "name"): "agent_name",
    ("ServerOptions", "entry"): "an option of defineAgent",
    ("ServerOptions", "prewarm"): "an option of defineAgent",
}
"""What takes the place of an option of servers and registrations, by who does not have it."""

PRIVATE = {
    "_chat_ctx": "read self.chat_ctx in a hook or a tool, and session.history elsewhere",
    "_activity": "an agent no longer holds what runs it",
}
"""Private attributes of agents that real code uses and livekit-agents 2.0 no longer has (``voice/agent.py``)."""

KEYWORDS = {"chat_ctx": _HISTORY}
"""The same for keywords of constructors."""

ALIASES = {
    "livekit.agents.AgentSession": ("2.0.0b1", "LiveSession"),
    "livekit.agents.voice.AgentSession": ("2.0.0b1", "LiveSession"),
    "livekit.agents.voice.agent_session.AgentSession": ("2.0.0b1", "LiveSession"),
}
"""Names that became aliases which the SDK announces to remove, the release since which, and what they mean now."""

MADE_FROM = {"2.0.0b1": "1.8.6"}
"""Pre-releases of livekit-agents, and the release from whose sources they were made: what came between the two by
number is not in them, and nobody took it away (2.0.0b1 beside 1.8.6 and 1.8.9).
"""


def made_before(release: str, since: str) -> bool:
    """A release is a pre-release that was made before what has been there since another one."""
    return release in MADE_FROM and order(since) > order(MADE_FROM[release])

"""The rows of the vocabulary. ``python -m pytest tests/sources/test_vocabulary.py`` holds them against the tables."""

from __future__ import annotations

from functools import partial

from lkagent_lint.sources.sdk.vocabulary.records import (
    INHERITED,
    Form,
    Hands,
    Outside,
    Role,
    class_term,
    term,
)

COROUTINE, PLAIN, GIVES, VALUE = Form.COROUTINE, Form.PLAIN, Form.GIVES, Form.VALUE

CLASSES = (
    class_term("JobContext", "0.7.2", "0.3.5", spoken="ctx", carries=True),
    class_term("JobRequest", "0.7.2", "0.3.5", spoken="request", carries=True),
    class_term("JobProcess", "0.8.12", "0.3.5", spoken="proc", tells=True),
    class_term("AgentServer", "1.3.1", "1.0.17", spoken="server", emits=True, tells=True),
    class_term("AgentHandler", "2.0.0b1", spoken="handler", tells=True),
    class_term(
        *("AgentHttp", "2.0.0b1"), home="livekit.agents.http", spoken="http", path="livekit.agents.http.AgentHttp"
    ),
    class_term("AgentSession", "1.0.0, LiveSession 2.0.0b1", "1.0.51", spoken="session", emits=True, carries=True),
    class_term("Agent", "1.0.0", "1.0.51"),
    class_term("AgentTask", "1.2.0", "1.0.51", base="Agent"),
    class_term("Graph", "2.0.0b1", base="Agent", home="livekit.agents.graph", path="livekit.agents.graph.Graph"),
    class_term("RunContext", "1.0.0", "1.0.51"),
    class_term("Thread", "2.0.0b1", home="livekit.agents.storage", path="livekit.agents.storage.resolve.Thread"),
    class_term(
        *("A2ASessionContext", "2.0.0b1"),
        home="livekit.agents.a2a",
        path="livekit.agents.storage.context.A2ASessionContext",
    ),
    class_term(
        *("AvatarSession", "1.5.5", "1.4.0"),
        spoken="avatar",
        emits=True,
        in_plugins=True,
        tells=True,
        path="livekit.agents.voice.avatar._types.AvatarSession",
    ),
    class_term("RoomIO", "1.0.0", "1.0.51"),
    class_term("BackgroundAudioPlayer", "1.0.0", "1.0.51", spoken="background_audio", tells=True),
    class_term("Room", "0.12.1", "0.11.1", home="livekit.rtc", emits=True),
    class_term("LocalParticipant", "0.12.1", "0.11.1", home="livekit.rtc"),
    class_term("LiveKitAPI", "0.5.1", home="livekit.api"),
    class_term("AgentDispatchService", "0.8.2", "AgentDispatchClient 2.8.1", home="livekit.api"),
    class_term("RoomService", "0.5.1", "RoomServiceClient 1.0.3", home="livekit.api"),
    class_term("SipService", "0.5.1", "SipClient 2.3.0", home="livekit.api"),
)

_CONTEXT = partial(term, "JobContext")
_REQUEST = partial(term, "JobRequest")
_SESSION = partial(term, "AgentSession")
_AGENT = partial(term, "Agent")
_RUN = partial(term, "RunContext")
_AVATAR = partial(term, "AvatarSession")
_ROOM = partial(term, "Room")
_LOCAL = partial(term, "LocalParticipant")
_SERVER = partial(term, "AgentServer")
_API = partial(term, "LiveKitAPI")
_LISTENER = Hands(Role.LISTENER, 1, "callback", decorates=True)
_STREAM = Hands(Role.STREAM, 1, "handler")
_RPC = Hands(Role.RPC, 1, "handler", decorates=True)
_SHUTDOWN = Hands(Role.SHUTDOWN, 0, "callback")
_PARTICIPANT = Hands(Role.PARTICIPANT, 0, "entrypoint_fnc")
_TOOL = Hands(Role.TOOL, 0, "f", decorates=True)
_HOOK = Hands(Role.HOOK, 0, "f", decorates=True)
_ENTRY = Hands(Role.ENTRY, 0, "func", decorates=True)
_TEXT = Hands(Role.TEXT, 1, "", decorates=True)
_ROUTE = Hands(Role.ROUTE, 1, "endpoint", decorates=True)

TERMS = (
    # The job
    _CONTEXT(
        "connect", COROUTINE, "0.8.12", "0.3.5", event="CONNECT", dropped="the room is not joined", needed_in_node=True
    ),
    _CONTEXT(
        "wait_for_participant",
        COROUTINE,
        "0.8.12",
        "0.3.5",
        event="WAIT",
        dropped="nobody is waited for",
        needed_in_node=True,
        waits=True,
    ),
    _CONTEXT("shutdown", PLAIN, "0.7.2", "0.3.5", event="SHUTDOWN"),
    _CONTEXT("add_shutdown_callback", PLAIN, "0.8.12", "0.3.5", event="CALLBACK", hands=_SHUTDOWN),
    _CONTEXT("add_participant_entrypoint", PLAIN, "0.8.12", "0.3.5", event="ENTRYPOINT", hands=_PARTICIPANT),
    _CONTEXT("delete_room", GIVES, "1.0.17", "1.4.4", form_in_node=COROUTINE, event="LEAVE"),
    _CONTEXT("add_sip_participant", GIVES, "1.0.17"),
    _CONTEXT("transfer_sip_participant", GIVES, "1.0.17"),
    _CONTEXT("init_recording", PLAIN, "1.3.1", "1.0.24", form_in_node=COROUTINE),
    _CONTEXT("room", VALUE, "0.7.2", "0.3.5", gives="Room"),
    _CONTEXT("agent", VALUE, "0.7.2", "0.3.5", event="ROOM_USE", gives="LocalParticipant", outside=Outside.RAISES),
    _CONTEXT("api", VALUE, "0.12.21", gives="LiveKitAPI"),
    _CONTEXT("proc", VALUE, "0.8.12", "0.3.5", gives="JobProcess"),
    _CONTEXT("job", VALUE, "0.7.2", "0.3.5", gives="Job"),
    _CONTEXT("thread", VALUE, "2.0.0b1", gives="Thread"),
    term("Thread", "cancel", COROUTINE, "2.0.0b1", dropped="nothing is cancelled", written_on="thread"),
    term("Thread", "update", COROUTINE, "2.0.0b1", dropped="the thread stays as it was", written_on="thread"),
    term("A2ASessionContext", "thread", VALUE, "2.0.0b1", gives="Thread"),
    term("A2ASessionContext", "update", COROUTINE, "2.0.0b1", dropped="who asked is told nothing", written_on="ctx"),
    term("A2ASessionContext", "stream", COROUTINE, "2.0.0b1", dropped="nothing is streamed", written_on="ctx"),
    _CONTEXT("primary_session", VALUE, "1.4.0", gives="AgentSession"),
    _REQUEST("accept", COROUTINE, "0.7.2", "0.3.5", event="ANSWER", dropped="the job is rejected in the end"),
    _REQUEST("reject", COROUTINE, "0.7.2", "0.3.5", event="ANSWER", dropped="the job is not answered"),
    _REQUEST("job", VALUE, "0.7.2", "0.3.5", gives="Job"),
    _REQUEST("room", VALUE, "0.7.2", "0.3.5", gives="RoomInfo"),
    # The session. What raises on one that has not started is a use of it: "AgentSession isn't running" (livekit-agents
    # 1.8.9), "AgentSession is not running" (@livekit/agents 1.7.0, voice/agent_session.ts 1092-1287).
    _SESSION(
        "start", COROUTINE, "1.0.0", "1.0.51", event="START", dropped="the session does not start", needed_in_node=True
    ),
    _SESSION("say", GIVES, "1.0.0", "1.0.51", event="SESSION_USE"),
    _SESSION("generate_reply", GIVES, "1.0.0", "1.0.51", event="SESSION_USE"),
    _SESSION("interrupt", GIVES, "1.0.0", "1.0.51", event="SESSION_USE"),
    _SESSION("run", GIVES, "1.2.0", "1.0.51", event="SESSION_USE", event_in_node=""),
    _SESSION("commit_user_turn", GIVES, "1.0.0", "1.0.51", event="SESSION_USE"),
    _SESSION("clear_user_turn", PLAIN, "1.0.0", "1.0.51", event="SESSION_USE"),
    _SESSION("drain", COROUTINE, "1.0.0", event="SESSION_USE", dropped="the session is not drained"),
    _SESSION("aclose", COROUTINE, "1.0.0", "close 1.0.51", event="SESSION_CLOSE", dropped="the session is not closed"),
    _SESSION("shutdown", PLAIN, "1.2.10", "1.0.51"),
    _SESSION("update_agent", PLAIN, "1.0.0", "1.0.51"),
    _SESSION("update_options", PLAIN, "1.0.0", "1.4.5"),
    _SESSION("on", GIVES, "1.0.0", INHERITED, event="SESSION_LISTEN", hands=_LISTENER),
    _SESSION("once", GIVES, "1.0.0", INHERITED, event="SESSION_LISTEN", hands=_LISTENER),
    _SESSION("current_agent", VALUE, "1.0.0", "1.0.51", gives="Agent"),
    _SESSION("current_speech", VALUE, "1.0.0"),
    _SESSION("room_io", VALUE, "1.3.1", gives="RoomIO"),
    _RUN("session", VALUE, "1.0.0", "1.0.51", gives="AgentSession"),
    _RUN("speech_handle", VALUE, "1.0.0", "1.0.51"),
    _RUN("wait_for_playout", COROUTINE, "1.2.2", "1.0.51"),
    _RUN("update", COROUTINE, "1.6.0", "1.5.0"),
    _RUN("disallow_interruptions", PLAIN, "1.2.0", "1.5.0"),
    _AVATAR(
        "start",
        COROUTINE,
        "1.5.5",
        "1.4.0",
        event="AVATAR_START",
        dropped="the avatar does not start",
        needed_in_node=True,
    ),
    _AVATAR("create", GIVES, INHERITED, gives="AvatarSession"),
    _AVATAR("on", GIVES, "1.5.11", INHERITED, hands=_LISTENER),
    _AVATAR("once", GIVES, "1.5.11", INHERITED, hands=_LISTENER),
    # Agents
    _AGENT("session", VALUE, "1.0.0", "1.0.51", gives="AgentSession", event="AGENT_READ", event_in_node=""),
    _AGENT("chat_ctx", VALUE, "1.0.0", "1.0.51", event="AGENT_READ", event_in_node=""),
    _AGENT("update_options", PLAIN, "1.6.6", event="AGENT_OPTIONS"),
    _AGENT("update_instructions", COROUTINE, "1.0.0..1.8.9", "1.5.0", dropped="the instructions stay as they were"),
    _AGENT("update_tools", COROUTINE, "1.0.0..1.8.9", "1.0.51", dropped="the tools stay as they were"),
    _AGENT("update_chat_ctx", COROUTINE, "1.0.0..1.8.9", "1.0.51", dropped="the chat context stays as it was"),
    _AGENT("run", COROUTINE, "2.0.0b1", dropped="the agent does not answer"),
    term("AgentTask", "complete", PLAIN, "1.2.0..1.8.9", "1.0.51"),
    term("Graph", "run", COROUTINE, "2.0.0b1", dropped="the graph does not run"),
    _AGENT("tool", GIVES, "2.0.0b1", hands=_TOOL),
    _AGENT("instructions", VALUE, "1.0.0", "1.0.51", hands=_HOOK),
    _AGENT("output_validator", GIVES, "2.0.0b1", hands=_HOOK),
    _AGENT("on_enter", COROUTINE, "1.0.0", "1.0.51", is_hook=True, hands=_HOOK),
    _AGENT("on_exit", COROUTINE, "1.0.0", "1.0.51", is_hook=True),
    _AGENT("on_user_turn_completed", COROUTINE, "1.0.0", "1.0.51", is_hook=True),
    _AGENT("stt_node", GIVES, "1.0.0", "1.0.51", form_in_node=COROUTINE, is_hook=True),
    _AGENT("llm_node", GIVES, "1.0.0", "1.0.51", form_in_node=COROUTINE, is_hook=True),
    _AGENT("tts_node", GIVES, "1.0.0", "1.0.51", form_in_node=COROUTINE, is_hook=True),
    _AGENT("transcription_node", GIVES, "1.0.0", "1.0.51", form_in_node=COROUTINE, is_hook=True),
    _AGENT("realtime_audio_output_node", GIVES, "1.0.0", "1.0.51", form_in_node=COROUTINE, is_hook=True),
    # The room. What asks whether it is joined, or joins it by the entry's own hands, decides what the code does next.
    _ROOM("connect", COROUTINE, "0.12.1", "0.11.1", event="ASKED"),
    _ROOM("disconnect", COROUTINE, "0.12.1", "0.11.1", event="LEAVE"),
    _ROOM("isconnected", GIVES, "0.12.1", "isConnected 0.11.1", form_in_node=VALUE, event="ASKED", unawaitable="bool"),
    _ROOM("connection_state", VALUE, "0.12.1", "0.11.1", event="ASKED"),
    term("RoomIO", "start", COROUTINE, "1.0.0", "1.0.51", form_in_node=GIVES, event="ASKED"),  # by version
    term("RoomIO", "room", VALUE, "1.3.1", "1.0.51", gives="Room"),
    term("BackgroundAudioPlayer", "start", COROUTINE, "1.0.0", "1.0.51", event="ROOM_USE", outside=Outside.REFUSES),
    _ROOM("on", GIVES, "0.12.1", INHERITED, event="LISTEN", hands=_LISTENER),
    _ROOM("once", GIVES, "0.12.1", INHERITED, event="LISTEN", hands=_LISTENER),
    _ROOM(
        "register_text_stream_handler", PLAIN, "0.20.5", "0.13.7", event="LISTEN", hands=_STREAM, topic="text stream"
    ),
    _ROOM(
        "register_byte_stream_handler", PLAIN, "0.20.5", "0.13.7", event="LISTEN", hands=_STREAM, topic="byte stream"
    ),
    _ROOM(
        "local_participant",
        VALUE,
        "0.12.1",
        "0.11.1",
        event="ROOM_USE",
        gives="LocalParticipant",
        outside=Outside.RAISES,
    ),
    _ROOM("remote_participants", VALUE, "0.12.1", "0.11.1", event="ROOM_USE", outside=Outside.EMPTY),
    _ROOM("num_participants", VALUE, "1.0.10", "0.13.18", event="ROOM_USE"),
    _ROOM("sid", VALUE, "0.12.1", event="ROOM_USE"),
    _ROOM("name", VALUE, "0.12.1", "0.11.1", event_in_node="ROOM_USE", outside=Outside.UNDEFINED, written_on="room"),
    _ROOM("metadata", VALUE, "0.12.1", "0.11.1", event="ROOM_USE", outside=Outside.BLANK, written_on="room"),
    _LOCAL("register_rpc_method", GIVES, "0.18.3", "0.11.1", hands=_RPC),
    _LOCAL("publish_data", COROUTINE, "0.12.1", "0.11.1", event="PUBLISH"),
    _LOCAL("publish_dtmf", COROUTINE, "0.17.6", "0.11.1", event="PUBLISH"),
    _LOCAL("publish_track", COROUTINE, "0.12.1", "0.11.1", event="PUBLISH"),
    _LOCAL("publish_transcription", COROUTINE, "0.12.1", "0.11.1", event="PUBLISH"),
    _LOCAL("perform_rpc", COROUTINE, "0.18.3", "0.11.1", event="PUBLISH"),
    _LOCAL("send_text", COROUTINE, "0.20.5", "0.13.7", event="PUBLISH"),
    _LOCAL("send_file", COROUTINE, "0.20.5", "0.13.7", event="PUBLISH"),
    _LOCAL("stream_text", COROUTINE, "0.20.5", "0.13.7", event="PUBLISH"),
    _LOCAL("stream_bytes", COROUTINE, "0.20.5", "0.13.7", event="PUBLISH"),
    _LOCAL("set_attributes", COROUTINE, "0.12.1", "0.11.1", event="PUBLISH"),
    _LOCAL("set_metadata", COROUTINE, "0.12.1", "updateMetadata 0.11.1", event="PUBLISH"),
    _LOCAL("set_name", COROUTINE, "0.12.1", "updateName 0.11.1", event="PUBLISH"),
    _LOCAL("publish_data_track", COROUTINE, "1.1.4", event="PUBLISH"),
    _LOCAL("send_bytes", COROUTINE, "1.1.21", event="PUBLISH"),
    _LOCAL("send_chat_message", COROUTINE, "", "0.11.1", event="PUBLISH"),
    _LOCAL("edit_chat_message", COROUTINE, "", "0.11.1", event="PUBLISH"),
    # The server, and the clients of its API
    _SERVER("rtc_session", GIVES, "1.3.1", hands=_ENTRY),
    term("AgentHandler", "rtc_session", GIVES, "2.0.0b1", hands=_ENTRY),
    _SERVER("add", GIVES, "2.0.0b1"),
    _SERVER("mount", PLAIN, "2.0.0b1"),
    _SERVER("configure_endpoint", PLAIN, "2.0.0b1"),
    _SERVER("a2a_session", GIVES, "2.0.0b1", hands=_TEXT),
    term("AgentHandler", "a2a_session", GIVES, "2.0.0b1", hands=_TEXT),
    term("livekit.agents", "a2a_session", GIVES, "2.0.0b1", hands=_TEXT),
    _SERVER("http", VALUE, "2.0.0b1", gives="AgentHttp"),
    *(
        term("AgentHttp", name, GIVES, "2.0.0b1", hands=_ROUTE, written_on="http")
        for name in ("get", "post", "put", "patch", "delete", "route", "websocket", "add_route", "add_websocket_route")
    ),
    _SERVER("on", GIVES, "1.3.1", hands=_LISTENER),
    _SERVER("once", GIVES, "1.3.1", hands=_LISTENER),
    _API("agent_dispatch", VALUE, "0.8.2", gives="AgentDispatchService"),
    _API("room", VALUE, "0.5.1", gives="RoomService"),
    _API("sip", VALUE, "0.5.1", gives="SipService"),
    term("RoomService", "delete_room", COROUTINE, "0.5.1", "1.0.3", event="LEAVE"),
    term("SipService", "create_sip_participant", COROUTINE, "0.5.1", "2.3.0", event="DIAL"),
    term("AgentDispatchService", "create_dispatch", COROUTINE, "0.8.2", "2.8.1", dropped="no agent is dispatched"),
    # Functions
    term(
        "livekit.agents.utils",
        "wait_for_participant",
        COROUTINE,
        "1.0.14",
        "1.0.12",
        event="WAIT_IN_ROOM",
        dropped="nobody is waited for",
        needed_in_node=True,
        waits=True,
    ),
    term("livekit.agents.utils", "wait_for_agent", COROUTINE, "1.4.0", waits=True),
    term("livekit.agents.utils", "wait_for_track_publication", COROUTINE, "1.1.3", "1.0.12", waits=True),
    term("livekit.plugins.silero.VAD", "load", GIVES, INHERITED, unawaitable="VAD"),
    term("livekit.agents", "function_tool", GIVES, "1.0.0", "tool 1.5.0", hands=_TOOL),
    term("livekit.agents", "get_job_context", GIVES, "1.0.0", "1.0.12", gives="JobContext"),
    term("livekit.agents.job", "get_current_job_context", GIVES, "0.12.21", gives="JobContext"),
)

MODELS = ("LLM", "STT", "TTS", "VAD", "RealtimeModel")
"""Classes of models, in every plugin and in ``livekit.agents.inference``. Calling ``load`` of one makes it too."""
EMITTING_MODELS = ("LLM", "STT", "TTS", "VAD")
"""Those whose objects emit events (livekit-agents 1.8.9, ``llm/llm.py``, ``stt/stt.py``, …)."""

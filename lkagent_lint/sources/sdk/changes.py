"""What changed in livekit-agents and @livekit/agents, and in which release: the one table that rules ask."""

from __future__ import annotations

import enum

FROM_THE_START = "0.0.0"
"""Of what a package has always had."""


class Change(enum.Enum):
    """A change that decides what a rule says: first release of livekit-agents, what changed, first of @livekit/agents.

    An empty release, or none, means that the SDK has not changed so.

    The release is the one that the sources bear which first have the change, or, if it was only a release
    candidate, the first stable one after it. A number names the pull request in
    https://github.com/livekit/agents; the other rows were read in the released sources.
    """

    ENTRY_IN_OPTIONS = (
        "0.8.0",
        "WorkerOptions takes the entrypoint first; before, it took the request function, whose accept() named it",
        FROM_THE_START,
    )
    AGENT_SESSION = (
        "1.0.0",
        "AgentSession and Agent; VoicePipelineAgent, MultimodalAgent, VoiceAssistant are gone",
        "1.0.0",
    )
    ROOM_IO_BEFORE_CONNECT = (
        "1.0.19",
        "session.start(room=) works on a room that is not connected yet (#2167)",
    )
    PRE_CONNECT_AUDIO = "1.0.22", "audio sent before the agent joined is buffered (#2171)"
    START_CONNECTS = "1.1.0", "session.start(room=) connects the job by itself (#2505)", "1.0.3"
    CONNECT_IDEMPOTENT = "1.1.0", "a second ctx.connect() does nothing; there was no guard before", "1.0.3"
    CLOSE_ON_DISCONNECT = "1.1.0", "the session closes when its participant leaves (close_on_disconnect)"
    BOUND_SHUTDOWN_CALLBACKS = "1.1.0", "ctx.add_shutdown_callback accepts bound methods"
    CIRCULAR_WAIT_RAISES = "1.2.2", "a tool that waits for the speech that owns it raises"
    AGENT_SERVER = (
        "1.3.1",
        "AgentServer, rtc_session and ServerType; Worker is gone, WorkerOptions still works",
        "1.0.16",
    )
    SESSION_END_CALLBACK = "1.3.1", "rtc_session(on_session_end=)"
    SHUTDOWN_TIMEOUT_10 = "1.3.1", "shutdown_process_timeout is 10 s by default; it was 60 s"
    SESSION_CLOSED_BEFORE_CALLBACKS = (
        "1.3.1",
        "the session is closed before shutdown callbacks run, not beside them",
        "1.0.0",
    )
    ROOM_OPTIONS = (
        "1.3.1",
        "room_options=RoomOptions(); room_input_options and room_output_options are deprecated",
    )
    SETUP_FNC_SETTER = "1.3.2", "server.setup_fnc = f and server.load_fnc = f"
    IDENTITY_BEFORE_CONNECT = "1.3.4", "ctx.local_participant_identity can be read before connect"
    REJECT_TERMINATES = "1.3.7", "JobRequest.reject(terminate=True)"
    CRASH_ENDS_JOB = "1.4.2", "an entrypoint that raises ends its job; before, one not connected yet hung"
    WAIT_CONNECTS = (
        "1.5.2",
        "ctx.wait_for_participant() connects the job by itself; before, it raised (#5271)",
    )
    ENTRY_CANCELLED_ON_SHUTDOWN = "1.5.2", "the entrypoint is cancelled 15 s after shutdown began"
    SESSION_END_TIMEOUT = "1.5.2", "session_end_timeout bounds on_session_end"
    CONNECT_ENCRYPTION = "1.5.3", "ctx.connect(encryption=); e2ee= is deprecated"
    NAME_FROM_ENVIRONMENT = "1.5.7", "LIVEKIT_AGENT_NAME names a worker whose code does not (#5571)", "1.3.2"
    SESSION_CLOSE_BOUNDED = "1.5.15", "AgentSession.aclose is bounded to 60 s when the job shuts down"
    FUTURE_ERRORS_LOGGED = "1.6.0", "errors of delete_room and the SIP calls that nobody awaits are logged"
    DRAIN_AN_HOUR = "1.6.5", "drain_timeout is 3600 s by default; it was 1800 s", "1.5.0"
    RUN_APP_DEPRECATED = "1.6.0", "cli.run_app warns; python -m livekit.agents start replaces it"
    NAME_OVERRIDE = "1.6.0", "LIVEKIT_AGENT_NAME_OVERRIDE wins over the name in code", "1.4.11"
    LOOP_STALL_MONITOR = "1.8.1", "a blocked event loop is logged with the place that blocks it"

    NAME_ON_SERVER = "2.0.0b1", "AgentServer(agent_name=) names the agent; rtc_session(agent_name=) raises"
    HISTORY_OF_SESSION = "2.0.0b1", "the history is the session's: a handoff continues it, and agents have none to set"
    AGENT_REGISTERS = "2.0.0b1", "@agent.tool, .instructions, .on_enter and .output_validator register on an agent"
    DOORS = "2.0.0b1", "doors and handlers that a server is given (add), text doors (a2a_session), routes (server.http)"
    RUNS_IN_TEXT = "2.0.0b1", "agent.run(): an agent answers in text, without a session"
    TRANSITIONS = "2.0.0b1", "tools return Completed, Failed, InputRequired … to end or hold a task; complete() is gone"
    RAW_TYPE_IS_ROOM = (
        "2.0.0b1",
        "a job type that is none registers JT_ROOM; before, registering failed for ever",
    )

    SERVER_TYPE = "", "Node: workerType is dropped, serverType replaces it", "1.0.16"
    AGENT_MUST_BE_DEFINED = "", "Node: the default export must be made by defineAgent", "1.5.0"
    START_FAILURE_THROWS = "", "Node: a connect that fails within session.start() makes it reject", "1.8.1"

    @property
    def since(self) -> str:
        """The first stable release of livekit-agents that has the change; empty if none has."""
        return str(self.value[0])

    @property
    def since_in_node(self) -> str:
        """The same of @livekit/agents (git tags of livekit/agents-js)."""
        return str(self.value[2]) if len(self.value) > 2 else ""

    @property
    def what(self) -> str:
        """The change in a few words."""
        return str(self.value[1])

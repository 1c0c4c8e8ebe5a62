"""What LKA313 to LKA316 and LKA414 to LKA420 say of livekit-agents: what a job's process has, and what is given."""

from __future__ import annotations

import textwrap

from tests.sdk.harness import Output, Sdk, claim

_ALONE = """\
import asyncio, stage
from livekit import rtc
from livekit.agents import Agent, AgentSession, ChatContext, function_tool, llm, room_io

async def main():
{body}

stage.run(main())
"""


def _alone(sdk: Sdk, body: str) -> Output:
    """What this says where nothing runs around it."""
    return sdk.run(_ALONE.format(body=textwrap.indent(textwrap.dedent(body), "    ")))


@claim("LKA313", "imports the main module as `__mp_main__`")
def test_a_job_does_not_see_what_the_main_guard_binds(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()

        @server.rtc_session()
        async def entry(ctx):
            print("IN", __name__, flush=True)
            try:
                print(MODEL)
            except NameError as error:
                stage.said(error)
            ctx.shutdown("done")

        if __name__ == "__main__":
            MODEL = "there"
            stage.run(stage.serve(server))
        """
    )
    seen.says("IN __mp_main__", "NameError: name 'MODEL' is not defined")


@claim("LKA315", '"ValueError: AgentSession userdata is not set"', before="2.0.0b1")
def test_userdata_that_was_not_given_raises(sdk: Sdk) -> None:
    _alone(sdk, "AgentSession().userdata").says("ValueError:", "userdata is not set")


@claim("LKA315", "`JobProcess.userdata` is a plain dict")
def test_userdata_of_a_process_is_a_dict(sdk: Sdk) -> None:
    _alone(sdk, "ctx = stage.context(); print(type(ctx.proc.userdata)); ctx.proc.userdata['vad']").says(
        "<class 'dict'>", "KeyError: 'vad'"
    )


@claim("LKA316", "`get_job_context()` raises outside of a job")
def test_there_is_no_context_outside_of_a_job(sdk: Sdk) -> None:
    _alone(sdk, "from livekit.agents import get_job_context; get_job_context()").says(
        "RuntimeError: no job context found"
    )


@claim("LKA414", "a parameter without one raises KeyError at every reply")
def test_the_schema_of_a_tool_is_made_of_annotations(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from livekit.agents.llm.utils import build_legacy_openai_schema

        async def seats(flight) -> str:
            return flight

        async def many(*flights: str, **options) -> str:
            return ""

        for each in (seats, many):
            try:
                build_legacy_openai_schema(function_tool(each))
            except Exception as error:
                stage.said(error)
        """,
    )
    seen.says("KeyError: 'flight'", "KeyError: 'options'")


@claim("LKA414", "ValueError: Expected an instance of FunctionTool or RawFunctionTool, got a callable object")
def test_a_plain_function_is_no_tool(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        async def flights(origin: str) -> str:
            return origin

        llm.ToolContext([flights])
        """,
    )
    seen.says("ValueError: Expected an instance of FunctionTool or RawFunctionTool, got a callable object")


@claim("LKA414", "ValueError: duplicate function name")
def test_two_tools_of_one_name_are_refused(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        @function_tool(name="look")
        async def one(city: str) -> str:
            return city

        @function_tool
        async def look(city: str) -> str:
            return city

        llm.ToolContext([one, look])
        """,
    )
    seen.says("ValueError: duplicate function name: look")


@claim("LKA415", "RuntimeError: trying to generate speech from text without a TTS model")
def test_nobody_speaks_a_text_without_a_voice(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        async def entry(ctx):
            session = AgentSession()
            await session.start(agent=Agent(instructions="x"), room=ctx.room)
            try:
                session.say("Welcome.")
            except Exception as error:
                stage.said(error)
            ctx.shutdown("done")

        stage.run(stage.serve(server))
        """
    )
    seen.says("RuntimeError: trying to generate speech from text without a TTS model")


@claim(
    "LKA416",
    "The old options are dropped without a word: only the new ones are looked at",
    since="1.3.6",
    before="2.0.0b1",
)
def test_old_options_beside_new_ones_are_dropped(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from livekit.agents import RoomInputOptions

        made = room_io.RoomOptions._ensure_options(
            room_io.RoomOptions(), room_input_options=RoomInputOptions(close_on_disconnect=False)
        )
        print("CLOSES", made.close_on_disconnect)
        """,
    )
    seen.says("CLOSES True")


@claim("LKA417", "RuntimeError: trying to modify a read-only chat context", before="2.0.0b1")
def test_the_context_of_an_agent_is_read_only(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        agent = Agent(instructions="x")
        for change in (
            lambda: agent.chat_ctx.add_message(role="system", content="x"),
            lambda: agent.chat_ctx.items.append(llm.ChatMessage(role="system", content=["x"])),
        ):
            try:
                change()
            except Exception as error:
                stage.said(error)
        """,
    )
    seen.says(*["RuntimeError: trying to modify a read-only chat context"] * 2)


@claim("LKA419", "the attributes hold values of protobuf enumerations")
def test_the_kind_of_a_track_is_a_number(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        for each in (
            rtc.TrackKind.KIND_AUDIO,
            rtc.TrackSource.SOURCE_CAMERA,
            rtc.ParticipantKind.PARTICIPANT_KIND_SIP,
            rtc.ConnectionState.CONN_CONNECTED,
        ):
            print(type(each), each == "audio")
        """,
    )
    seen.says(*["<class 'int'> False"] * 4)


@claim("LKA420", "AttributeError: 'NotGiven' object has no attribute 'chat'", before="2.0.0b1")
def test_an_agent_has_only_what_it_was_given(sdk: Sdk) -> None:
    _alone(sdk, 'Agent(instructions="x").llm.chat()').says("AttributeError: 'NotGiven' object has no attribute 'chat'")


@claim("LKA314", "jobs run in processes that are started by `multiprocessing`")
def test_what_a_job_writes_stays_in_its_process(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()
        active = 0

        @server.rtc_session()
        async def entry(ctx):
            global active
            active += 1
            print("IN THE JOB", active, flush=True)
            ctx.shutdown("done")

        async def main():
            await stage.serve(server, seconds=40)
            print("IN THE WORKER", active)

        if __name__ == "__main__":
            stage.run(main())
        """
    )
    seen.says("IN THE JOB 1", "IN THE WORKER 0")

"""What LKA120 to LKA126 say of livekit-agents: what becomes of a job, its session and its work."""

from __future__ import annotations

from tests.sdk.harness import Sdk, claim


@claim("LKA120", "The agent stays in the room as a participant until the room is closed or `ctx.shutdown()` is called")
def test_a_job_whose_entry_returns_in_the_room_stays_there(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        async def entry(ctx):
            await ctx.connect()
            print("RETURNED", flush=True)

        stage.run(stage.serve(server, seconds=3))
        """
    )
    seen.says("CONNECTED", "RETURNED", "STILL RUNNING")
    assert "DISCONNECTED" not in seen.text[: seen.text.index("STILL RUNNING")]


@claim("LKA121", "`session.start(room=ctx.room)` does not wait for anybody to be there", since="1.1.0")
def test_a_session_starts_in_an_empty_room(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        async def entry(ctx):
            await AgentSession().start(agent=Agent(instructions="x"), room=ctx.room)
            print("STARTED", len(ctx.room.remote_participants))
            ctx.shutdown("done")

        stage.run(stage.serve(server))
        """
    )
    seen.says("CONNECTED", "STARTED 0")


_ENDED = """\
import asyncio, stage
from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType

server = AgentServer(job_executor_type=JobExecutorType.THREAD)

async def slow():
    await asyncio.sleep(5)
    if False:
        yield None

def speak(session):
    for call in (
        lambda: session.say("x"), lambda: session.generate_reply(), lambda: session.run(user_input="x")
    ):
        try:
            call()
        except Exception as error:
            stage.said(error)

@server.rtc_session()
async def entry(ctx):
    session = AgentSession()

    @session.on("close")
    def closed(event):
        print("CLOSED")
        speak(session)

    async def over(reason):
        print("OVER interrupted", handle.interrupted)
        speak(session)

    ctx.add_shutdown_callback(over)
    await session.start(agent=Agent(instructions="x"), room=ctx.room)
    ctx.shutdown("done")
    handle = session.say("Goodbye.", audio=slow())

stage.run(stage.serve(server))
"""


@claim(
    "LKA122",
    "A session is closed before its job's shutdown callbacks run, and when `close` is emitted it has no agent any more",
    since="1.3.1",
)
def test_nobody_speaks_at_the_end(sdk: Sdk) -> None:
    error = f"RuntimeError: {sdk.session} isn't running"
    sdk.run(_ENDED).says("CLOSED", error, error, error, "OVER", error, error, error)


@claim("LKA122", "A speech that is only begun after `ctx.shutdown()` is interrupted", since="1.3.1")
def test_a_speech_after_the_shutdown_is_interrupted(sdk: Sdk) -> None:
    sdk.run(_ENDED).says("OVER interrupted True")


@claim("LKA122", "after `session.aclose()` (Node: `session.close()`) has been awaited")
def test_a_closed_session_does_not_speak(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, AgentSession

        async def main():
            session = AgentSession()
            await session.start(agent=Agent(instructions="x"))
            await session.aclose()
            session.say("x")

        stage.run(main())
        """
    )
    seen.says(f"RuntimeError: {sdk.session} isn't running")


@claim("LKA123", "The second call returns at once and does nothing, without a word: its agent is never used")
def test_a_second_start_does_nothing(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, AgentSession

        async def main():
            session = AgentSession()
            await session.start(agent=Agent(instructions="one"))
            await session.start(agent=Agent(instructions="two"))
            print("AGENT", session.current_agent.instructions)

        stage.run(main())
        """
    )
    seen.says("AGENT one")


@claim("LKA124", "the constructor of a session starts nothing")
def test_a_session_that_is_made_has_not_started(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio, stage
        from livekit.agents import AgentSession

        async def main():
            session = AgentSession()
            await asyncio.sleep(0.5)
            print("MADE")
            session.say("x")

        stage.run(main())
        """
    )
    seen.says("MADE", f"RuntimeError: {sdk.session} isn't running")


@claim("LKA125", "a task of a `close` listener that took a second never came to its end")
def test_a_task_of_a_listener_is_cut(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio, stage
        from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        async def save():
            print("SAVING")
            await asyncio.sleep(1)
            print("SAVED")

        @server.rtc_session()
        async def entry(ctx):
            session = AgentSession()

            @session.on("close")
            def closed(event):
                asyncio.create_task(save())

            await session.start(agent=Agent(instructions="x"), room=ctx.room)
            ctx.shutdown("done")

        async def main():
            await stage.serve(server)
            print("ENDED")
            await asyncio.sleep(3)

        stage.run(main())
        """
    )
    seen.says("SAVING", "ENDED")
    seen.never_says("SAVED")


@claim(
    "LKA126", "should only be awaited inside tool_functions or the on_enter/on_exit methods of an Agent", since="1.2.0"
)
def test_a_task_is_awaited_in_a_tool_or_a_hook_only(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentTask

        class Consent(AgentTask):
            pass

        async def main():
            await Consent(instructions="x")

        stage.run(main())
        """
    )
    seen.says("RuntimeError: Consent should only be awaited inside")


@claim(
    "LKA126", 'The second `complete()` raises "RuntimeError: Consent is already done"', since="1.2.0", before="2.0.0b1"
)
def test_a_task_is_completed_once(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentTask

        class Consent(AgentTask):
            pass

        async def main():
            task = Consent(instructions="x")
            task.complete(True)
            task.complete(False)

        stage.run(main())
        """
    )
    seen.says("RuntimeError: Consent is already done")

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

"""What rules say of the servers of livekit-agents 2.0, and of what they are given to serve."""

from __future__ import annotations

import pytest

from tests.sdk.harness import Sdk, claim
from tests.sdk.test_next import NEXT


@pytest.mark.parametrize(
    "given", ["entry", "Agent(instructions='')", "AgentServer()", "LiveSession()", "AgentHandler", "'voice'", "[]"]
)
@claim("LKA423", "TypeError: not a door: ", since=NEXT)
def test_a_server_takes_doors_and_handlers(sdk: Sdk, given: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import Agent, AgentHandler, AgentServer, LiveSession, rtc_session

        doors = AgentHandler()

        @doors.rtc_session()
        async def entry(ctx): ...

        AgentServer().add(doors)
        AgentServer().add(rtc_session()(entry))
        print("TAKEN")
        try:
            AgentServer().add({given})
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TAKEN", "TypeError: not a door: ")


@claim("LKA423", "RuntimeError: No RTC session entrypoint has been registered.", since=NEXT)
def test_routes_are_no_door(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer(agent_name="desk")

        @server.http.get("/health")
        async def health(request): ...

        stage.run(server.run(devmode=True, unregistered=True))
        """
    )
    seen.says("RuntimeError: No RTC session entrypoint has been registered.")

"""What rules say of livekit-agents 2.0, as far as its pre-releases show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sdk.harness import Sdk, claim

NEXT = "2.0.0b1"
VALID = sorted((Path(__file__).parents[2] / "fixtures" / "releases" / NEXT / "valid").glob("*.py"))


@pytest.mark.sdk(since=NEXT, before="", node=False)
@pytest.mark.parametrize("file", VALID, ids=[file.stem for file in VALID])
def test_what_is_shown_as_valid_can_be_imported(sdk: Sdk, file: Path) -> None:
    """A fixture that the release itself refuses would prove nothing."""
    seen = sdk.run(file.read_text(encoding="utf-8").replace("__main__", "__nobody__") + '\nprint("IMPORTED")\n')
    seen.says("IMPORTED")


@claim("LKA307", "In livekit-agents 2.0 the name moved on: it belongs to the server", since=NEXT)
def test_the_name_belongs_to_the_server(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer(agent_name="desk")
        print("NAMED", server._agent_name)
        try:
            server.rtc_session(agent_name="desk")
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("NAMED desk", "TypeError: AgentServer.rtc_session() got an unexpected keyword argument 'agent_name'")


@claim("LKA305", "an AgentServer has one rtc_session", since=NEXT)
def test_a_second_door_is_refused_whichever_way_it_comes(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentHandler, AgentServer, rtc_session

        async def entry(ctx): ...

        handler = AgentHandler()
        handler.rtc_session(entry)
        for door in (handler, rtc_session()(entry)):
            server = AgentServer()
            server.rtc_session(entry)
            try:
                server.add(door)
            except RuntimeError as error:
                stage.said(error)
        """
    )
    seen.says("RuntimeError: an AgentServer has one rtc_session", "RuntimeError: an AgentServer has one rtc_session")


@claim("LKA302", "it's not the same object as __main__.voice", since=NEXT)
def test_a_door_under_the_functions_name_cannot_be_sent(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import pickle
        from livekit.agents import AgentHandler, rtc_session

        @rtc_session()
        async def voice(ctx): ...

        async def other(ctx): ...

        bound = rtc_session()(other)
        handler = AgentHandler()

        @handler.rtc_session()
        async def third(ctx): ...

        print("FINE", len(pickle.dumps(bound.entrypoint)) > 0, len(pickle.dumps(third)) > 0)
        try:
            pickle.dumps(voice.entrypoint)
        except pickle.PicklingError as error:
            print("REFUSED", error)
        """
    )
    seen.says("FINE True True", "REFUSED", "it's not the same object as __main__.voice")


@claim("LKA501", "got an unexpected keyword argument 'chat_ctx'", since=NEXT)
@pytest.mark.parametrize(
    "call", ["Agent(instructions='')", "Task()", "GetEmailTask()", "Own()", "HandsOn()", "ByName()"]
)
def test_agents_take_no_history(sdk: Sdk, call: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import Agent, AgentTask, ChatContext
        from livekit.agents.beta.workflows import GetEmailTask

        class Task(AgentTask[str]): ...

        class Own(Agent):
            def __init__(self, chat_ctx):
                super().__init__(instructions="", chat_ctx=chat_ctx)

        class HandsOn(Agent):
            def __init__(self, **options):
                super().__init__(instructions="", **options)

        class ByName(Agent):
            def __init__(self, chat_ctx):
                Agent.__init__(self, instructions="", chat_ctx=chat_ctx)

        try:
            {call[:-1]}{", " if "(i" in call else ""}chat_ctx=ChatContext.empty())
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: ", "got an unexpected keyword argument 'chat_ctx'")


@claim("LKA406", "livekit-agents 2.0 has no `self.complete(...)` of a task any more", since=NEXT)
def test_methods_that_are_gone(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        from livekit.agents import Agent, AgentTask

        class Ask(AgentTask[str]): ...

        gone = ("update_chat_ctx", "update_instructions", "update_tools")
        print("AGENT", [name for name in gone if hasattr(Agent, name)])
        print("TASK", [name for name in (*gone, "complete") if hasattr(Ask, name)])
        """
    )
    seen.says("AGENT []", "TASK []")


@claim("LKA502", "`AgentSession` is the same class as `LiveSession` in livekit-agents 2.0.0b1", since=NEXT)
def test_the_old_name_is_an_alias_that_warns(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import warnings
        warnings.simplefilter("always")
        with warnings.catch_warnings(record=True) as caught:
            from livekit.agents import AgentSession, LiveSession
        print("SAME", AgentSession is LiveSession)
        for each in caught:
            if "AgentSession" in str(each.message):
                print("WARNED", each.message)
        """
    )
    seen.says("SAME True", "WARNED AgentSession is deprecated and will be removed in the next release, use LiveSession")


@claim("LKA308", "since livekit-agents 2.0.0b1 such a worker registers as JT_ROOM, and nothing says so", since=NEXT)
@pytest.mark.parametrize("given", ["api.JobType.JT_PUBLISHER", "'publisher'"])
def test_a_raw_job_type_registers_a_room(sdk: Sdk, given: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit import api
        from livekit.agents import AgentServer

        server = AgentServer()

        @server.rtc_session(type={given})
        async def entry(ctx): ...

        stage.run(stage.offer(server, "other"))
        """
    )
    seen.says("REGISTERED JT_ROOM")
    seen.never_says("has no attribute 'value'")


_PRIVATE = """
import asyncio
from livekit.agents import Agent

async def main():
    desk = Agent(instructions="")
    print("PRIVATE", [name for name in ("_chat_ctx", "_activity") if hasattr(desk, name)])

asyncio.run(main())
"""


@claim("LKA501", "`_chat_ctx` and `_activity` of an agent, which livekit-agents 2.0 took away", since=NEXT)
def test_private_attributes_are_gone(sdk: Sdk) -> None:
    sdk.run(_PRIVATE).says("PRIVATE []")


@claim("LKA501", "`_chat_ctx` and `_activity` of an agent, which livekit-agents 2.0 took away", before=NEXT)
def test_private_attributes_were_there(sdk: Sdk) -> None:
    sdk.run(_PRIVATE).says("PRIVATE ['_chat_ctx', '_activity']")


@claim("LKA501", "A pre-release that was made before a name came does not have it either", since=NEXT, before="2.0.0b2")
def test_a_pre_release_does_not_have_what_came_later(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        try:
            from livekit.agents.llm import CacheBreakpoint
        except ImportError as error:
            stage.said(error)
        """
    )
    seen.says("ImportError: cannot import name 'CacheBreakpoint'")

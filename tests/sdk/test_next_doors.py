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


@claim("LKA301", "the a2a_session handler raised; the task fails", since=NEXT)
def test_a_plain_handler_of_a_text_door_fails_for_every_message(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import logging
        import stage
        from types import SimpleNamespace
        from livekit.agents import ChatMessage
        from livekit.agents.storage.context import TurnHost

        logging.basicConfig(level=logging.INFO)

        def text(ctx):
            print("BODY")
            return "hello"

        async def main():
            turn = SimpleNamespace(
                message=ChatMessage(role="user", content=["hello"]),
                history=[], messages=[], batch=[], task_id="t", tasks=[], state=None,
                caller_history=None, lane="desk", agent_stack=[], answer_tool=None,
            )
            boundary = SimpleNamespace(check=None)
            try:
                given = await TurnHost(text, thread=SimpleNamespace(id="t"), state_type=None).handle(turn, boundary)
                print("ENDED", given.error)
            except Exception as error:
                stage.said(error)

        asyncio.run(main())
        """
    )
    seen.says(
        "BODY", "the a2a_session handler raised; the task fails", "TypeError: object str can't be used in 'await'"
    )


@claim("LKA305", "ValueError: a2a_session(endpoint='text') is already served", since=NEXT)
def test_one_endpoint_is_served_once(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer
        from livekit.agents.storage import AgentDBStorage

        server = AgentServer(agent_name="desk", storage=AgentDBStorage())

        async def handler(ctx):
            return "hello"

        server.a2a_session(endpoint="other", description="Answers.")(handler)
        server.a2a_session(endpoint="text", description="Answers.")(handler)
        print("TWO")
        try:
            server.a2a_session(endpoint="text", description="Answers.")(handler)
        except ValueError as error:
            stage.said(error)
        """
    )
    seen.says("TWO", "ValueError: a2a_session(endpoint='text') is already served")


@claim("LKA307", "takes keywords only", since=NEXT)
@claim("LKA312", "rtc_session() takes 0 positional arguments but 1 was given", since=NEXT)
@pytest.mark.parametrize("given", ["entry", "'desk'"])
def test_the_function_takes_keywords_only(sdk: Sdk, given: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import rtc_session

        async def entry(ctx): ...

        try:
            rtc_session({given})
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: rtc_session() takes 0 positional arguments but 1 was given")


@claim("LKA312", "TypeError: 'str' object is not callable", since=NEXT)
@pytest.mark.parametrize("made", ["AgentServer()", "AgentHandler()"])
def test_a_string_is_given_back_and_called(sdk: Sdk, made: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import AgentHandler, AgentServer

        receiver = {made}
        try:
            @receiver.rtc_session("desk")
            async def entry(ctx): ...
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says("TypeError: 'str' object is not callable")


@claim("LKA203", "it registers without a name", since=NEXT)
@pytest.mark.parametrize(("server", "name"), [("", "''"), ("agent_name='office'", "'office'")])
def test_an_endpoint_is_no_name(sdk: Sdk, server: str, name: str) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import AgentServer

        server = AgentServer({server})

        @server.rtc_session(endpoint="desk")
        async def entry(ctx): ...

        stage.run(stage.offer(server, "other"))
        """
    )
    seen.says(f"REGISTERED JT_ROOM name={name}")


@claim("LKA201", "which are served under the name", since=NEXT)
def test_a_route_needs_the_name(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer

        server = AgentServer()

        @server.rtc_session()
        async def entry(ctx): ...

        @server.http.get("/hours")
        async def hours(request): ...

        async def main():
            try:
                await stage.offer(server, "other")
            except ValueError as error:
                stage.said(error)

        stage.run(main())
        """
    )
    seen.says("ValueError: server.http routes are served at /agents/{agent_name}/..., so they require an agent_name")


@claim("LKA405", "plain functions of http routes (Starlette runs them in threads)", since=NEXT)
def test_only_coroutine_functions_of_routes_run_on_the_loop(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import threading
        import httpx
        from livekit.agents import AgentServer
        from starlette.responses import PlainTextResponse

        server = AgentServer(agent_name="desk")

        def where():
            return PlainTextResponse("loop" if threading.current_thread() is threading.main_thread() else "thread")

        @server.http.get("/plain")
        def plain(request):
            return where()

        @server.http.get("/coroutine")
        async def coroutine(request):
            return where()

        async def main():
            transport = httpx.ASGITransport(app=server.http.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                for path in ("/plain", "/coroutine"):
                    print(path, (await client.get(path)).text)

        asyncio.run(main())
        """
    )
    seen.says("/plain thread", "/coroutine loop")


@claim("LKA405", "`@agent.instructions`, which runs for every reply", since=NEXT)
def test_a_function_for_instructions_runs_on_the_loop_for_every_reply(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import threading
        import stage
        from livekit.agents import Agent, LiveSession
        from scripted import Scripted

        desk = Agent(instructions="", llm=Scripted("one", "two"))

        @desk.instructions
        def dated(ctx):
            print("ASKED", threading.current_thread() is threading.main_thread(), asyncio.get_running_loop() is LOOP)
            return "Help."

        async def main():
            global LOOP
            LOOP = asyncio.get_running_loop()
            session = LiveSession()
            await session.start(desk)
            for _ in range(2):
                await asyncio.wait_for(session.run(user_input="hello"), 10)
            await session.aclose()

        stage.run(main())
        """
    )
    seen.says("ASKED True True", "ASKED True True")


@claim("LKA427", "Nothing is raised and nothing is logged", since=NEXT)
def test_doors_that_nothing_adds_and_policies_for_no_route(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentHandler, AgentServer, rtc_session

        async def entry(ctx): ...

        doors = AgentHandler()
        doors.rtc_session(entry)
        door = rtc_session()(entry)
        server = AgentServer(agent_name="desk")

        @server.http.get("/token")
        async def token(request): ...

        server.configure_endpoint("/tokn", public=True)
        print("ENTRY", server._entrypoint_fnc)
        print("ROUTES", [(each["path"], each["public"]) for each in server.http.manifest()])
        server.configure_endpoint("/token", public=True)
        print("ROUTES", [(each["path"], each["public"]) for each in server.http.manifest()])
        """
    )
    seen.says("ENTRY None", "ROUTES [('/token', False)]", "ROUTES [('/token', True)]")
    seen.never_says("WARNING", "ERROR")


@claim("LKA428", "Before each job a server with a storage finds or makes the call's thread", since=NEXT)
def test_a_thread_is_found_by_its_key_and_kept_by_a_session_that_has_it(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        from types import SimpleNamespace
        import stage
        from livekit.agents import LiveSession
        from livekit.agents.worker import _CallThreadEntrypoint

        class Threads:
            async def create_thread(self, scope=""):
                return SimpleNamespace(thread_id="a new one")

        async def entry(ctx):
            print("THREAD", ctx._thread.id, LiveSession().thread, LiveSession(thread=ctx._thread).thread is ctx._thread)

        async def main():
            storage = SimpleNamespace(holder="h", threads=Threads())
            for metadata in (
                '{"thread_id": "t9"}', '{"threadId": "t9"}', '{"thread": "t9"}', "", "t9", '["t9"]', '{"thread_id": 9}',
                str({"thread_id": "t9"}),
            ):
                job = SimpleNamespace(metadata=metadata, agent_name="desk")
                await _CallThreadEntrypoint(entry, storage)(SimpleNamespace(job=job, worker_id="w"))

        stage.run(main())
        """
    )
    seen.says("THREAD t9 None True", *["THREAD a new one None True"] * 7)
    seen.never_says("WARNING", "ERROR")


@claim("LKA429", "A text door needs no token unless it is told so", since=NEXT)
def test_a_text_door_is_public_and_a_route_is_not(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import inspect
        from livekit.agents import AgentHandler, AgentServer, a2a_session

        class Storage:
            threads = None

        async def text(ctx): ...

        server = AgentServer(agent_name="desk", storage=Storage())
        server.a2a_session(endpoint="open", description="Open.")(text)
        server.a2a_session(endpoint="closed", description="Closed.", public=False)(text)

        @server.http.get("/token")
        async def token(request): ...

        print("ROUTES", [(each["path"], each["public"]) for each in server.http.manifest()])
        for made in (a2a_session, AgentHandler.a2a_session):
            print("PUBLIC", inspect.signature(made).parameters["public"].default)
        """
    )
    seen.says("ROUTES", "('/open/{path:path}', True)", "('/closed/{path:path}', False)", "('/token', False)")
    seen.says("PUBLIC True", "PUBLIC True")


@pytest.mark.parametrize("route", [False, True])
@claim("LKA317", "connects by WebTransport and tries nothing else", since=NEXT)
def test_a_route_takes_the_worker_off_its_websocket(sdk: Sdk, route: bool) -> None:
    seen = sdk.run(
        f"""
        import stage
        from livekit.agents import AgentServer

        server = AgentServer(agent_name="desk")

        @server.rtc_session()
        async def entry(ctx): ...

        if {route}:
            @server.http.get("/hours")
            async def hours(request): ...

        stage.run(stage.offer(server, "other"))
        """
    )
    if route:
        seen.says("serving agent endpoints")
        seen.never_says("REGISTERED")
    else:
        seen.says("REGISTERED JT_ROOM name='desk'")


@claim("LKA319", "two agents registered under one name", since=NEXT)
def test_agents_of_one_name_replace_each_other(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        from livekit.agents import Agent, AgentServer

        class FrontDesk(Agent): ...

        def register(*agents):
            server = AgentServer(agent_name="desk")
            server.register(*agents)
            print("KEPT", {name: each.instructions for name, each in server.agents._agents.items()})

        def local():
            one, two = Agent(instructions="one"), Agent(instructions="two")
            register(one, two)

        local()
        register(FrontDesk(instructions="one"), FrontDesk(instructions="two"))
        register(*[Agent(instructions="one"), Agent(instructions="two")])
        billing = Agent(instructions="one")
        register(billing, Agent(id="billing", instructions="two"))
        """
    )
    seen.says("two agents registered under one name", "KEPT {'default_agent': 'two'}")
    seen.says("two agents registered under one name", "KEPT {'front_desk': 'two'}")
    seen.says("two agents registered under one name", "KEPT {'default_agent': 'two'}")
    seen.says("two agents registered under one name", "KEPT {'billing': 'two'}")
    seen.says("two agents registered under one name")


@claim("LKA319", "has the name of the module's variable that holds it", since=NEXT)
def test_agents_have_the_names_of_their_variables(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        from livekit.agents import Agent, AgentServer

        server = AgentServer(agent_name="desk")
        billing, sales = Agent(instructions="one"), Agent(instructions="two")
        server.register(billing, sales, billing)
        print("KEPT", list(server.agents._agents))
        """
    )
    seen.says("KEPT ['billing', 'sales']")
    seen.never_says("two agents registered")

"""What LKA401 to LKA411 say of livekit-agents: callbacks, events, blocking, and the arguments of start."""

from __future__ import annotations

import textwrap

import pytest

from tests.sdk.harness import Output, Sdk, claim

_JOB = """\
import asyncio, stage
from functools import partial
from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType, RoomInputOptions

server = AgentServer(job_executor_type=JobExecutorType.THREAD)

@server.rtc_session()
async def entry(ctx):
    session, agent = AgentSession(), Agent(instructions="x")
    try:
{body}
    except Exception as error:
        stage.said(error)
    ctx.shutdown("done")

stage.run(stage.serve(server))
"""

_ALONE = """\
import asyncio, stage
from functools import partial
from livekit import rtc
from livekit.agents import Agent, AgentServer, AgentSession, RoomInputOptions

async def tried(function, *given, **named):
    try:
        found = function(*given, **named)
        if asyncio.iscoroutine(found):
            await found
        print("FINE", flush=True)
    except Exception as error:
        stage.said(error)

async def main():
    ctx, session, agent = stage.context(), AgentSession(), Agent(instructions="x")
{body}

stage.run(main())
"""


def _job(sdk: Sdk, body: str) -> Output:
    """What a job says whose entry does this, and then shuts the job down."""
    return sdk.run(_JOB.format(body=textwrap.indent(textwrap.dedent(body), "        ")))


def _alone(sdk: Sdk, body: str) -> Output:
    """What this says with a context, a session and an agent around which nothing runs."""
    return sdk.run(_ALONE.format(body=textwrap.indent(textwrap.dedent(body), "    ")))


@claim(
    "LKA401",
    "ValueError: Cannot register an async callback with `.on()`. Use `asyncio.create_task` within your synchronous "
    "callback instead.",
)
def test_on_refuses_coroutine_functions(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        class Handler:
            async def handle(self, event):
                print(event)

        async def handle(event):
            print(event)

        for emitter in (ctx.room, session, AgentServer()):
            await tried(emitter.on, "x", handle)
        await tried(session.on, "x", partial(handle))
        await tried(session.on, "x", Handler().handle)
        await tried(session.on("x"), handle)
        """,
    )
    words = (
        "ValueError: Cannot register an async callback with `.on()`. Use `asyncio.create_task` within your synchronous "
        "callback instead."
    )
    assert seen.text.count(words) == 6
    seen.never_says("FINE")


@claim("LKA401", "The others take it, and the coroutine that each event makes is thrown away")
def test_once_lambdas_and_objects_are_taken_and_never_run(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        class Handler:
            async def __call__(self, event):
                print("BODY", event)

        async def handle(event):
            print("BODY", event)

        await tried(session.once, "a", handle)
        await tried(session.on, "b", lambda event: handle(event))
        await tried(session.on, "c", Handler())
        for event in "abc":
            session.emit(event, event)
        await asyncio.sleep(0.1)
        """,
    )
    seen.says("FINE", "FINE", "FINE")
    assert seen.text.count("was never awaited") == 3
    seen.never_says("BODY")


@claim("LKA401", "a stream's handler is called and its result dropped", since="1.8.9")
def test_a_streams_handler_is_called_and_its_result_dropped(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from types import SimpleNamespace
        import livekit.rtc.room as rooms

        async def chat(reader, identity):
            print("BODY", identity)

        rooms.TextStreamReader = lambda *given, **named: "reader"
        info = SimpleNamespace(topic="chat")
        reader = SimpleNamespace(info=info, handle=SimpleNamespace(id=1))
        ctx.room.register_text_stream_handler("chat", chat)
        ctx.room._handle_text_stream_opened(SimpleNamespace(reader=reader, participant_identity="someone"))
        await asyncio.sleep(0.1)
        """,
    )
    seen.says("RuntimeWarning: coroutine ", "chat' was never awaited")
    seen.never_says("BODY")


@claim("LKA403", "AttributeError: 'coroutine' object has no attribute '__code__'")
@pytest.mark.parametrize(
    ("given", "kind"),
    [("work()", "coroutine"), ("partial(work)", "functools.partial"), ("Worker()", "Worker"), ("None", "NoneType")],
)
def test_what_has_no_code_is_no_shutdown_callback(sdk: Sdk, given: str, kind: str) -> None:
    seen = _alone(
        sdk,
        f"""
        class Worker:
            async def __call__(self):
                print("BODY")

        async def work():
            print("BODY")

        await tried(ctx.add_shutdown_callback, {given})
        """,
    )
    seen.says(f"AttributeError: '{kind}' object has no attribute '__code__'")


@claim("LKA403", "the shutdown goes on at once, and slower callbacks beside it are cut off")
def test_a_plain_shutdown_callback_cuts_off_the_others(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        def plain():
            print("PLAIN", flush=True)

        async def slow():
            print("SLOW BEGINS", flush=True)
            await asyncio.sleep(2)
            print("SLOW ENDS", flush=True)

        ctx.add_shutdown_callback(slow)
        ctx.add_shutdown_callback(plain)
        await ctx.connect()
        """,
    )
    seen.says("SLOW BEGINS", "PLAIN", "error while shutting down the job", "object NoneType can't be used in 'await'")
    seen.never_says("SLOW ENDS")


@claim("LKA403", "A callback with a positional parameter, default or not, is called with the reason")
def test_a_positional_parameter_is_given_the_reason(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        async def positional(value=42):
            print("POSITIONAL", value, flush=True)

        async def keyword(*, value=42):
            print("KEYWORD", value, flush=True)

        async def none(*values):
            print("NONE", values, flush=True)

        ctx.add_shutdown_callback(positional)
        ctx.add_shutdown_callback(lambda it=42: positional(it))
        ctx.add_shutdown_callback(keyword)
        ctx.add_shutdown_callback(none)
        await ctx.connect()
        """,
    )
    seen.says("POSITIONAL done", "POSITIONAL done")
    seen.says("KEYWORD 42")
    seen.says("NONE ()")


@claim("LKA403", "it raises TypeError at shutdown and never runs")
def test_a_second_argument_is_missing_at_shutdown(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        async def upload(name, reason):
            print("BODY", flush=True)

        ctx.add_shutdown_callback(upload)
        await ctx.connect()
        """,
    )
    seen.says("TypeError: ", "missing 1 required positional argument: 'reason'")
    seen.never_says("BODY")


@claim("LKA403", "For bound methods, which are fine since livekit-agents 1.1.0", since="1.1.0")
def test_bound_methods_are_called_with_what_they_take(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        class Store:
            async def close(self):
                print("CLOSE", flush=True)

            async def flush(self, reason):
                print("FLUSH", reason, flush=True)

        ctx.add_shutdown_callback(Store().close)
        ctx.add_shutdown_callback(Store().flush)
        await ctx.connect()
        """,
    )
    seen.says("CLOSE")
    seen.says("FLUSH done")


@claim("LKA404", "10 seconds since livekit-agents 1.3.1", since="1.3.1")
def test_a_job_has_ten_seconds_to_end(sdk: Sdk) -> None:
    seen = _alone(sdk, 'print("TIMEOUT", AgentServer()._shutdown_process_timeout)')
    seen.says("TIMEOUT 10")


@claim("LKA405", "event loop blocked for", since="1.8.1")
def test_a_blocked_loop_is_logged(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        import time
        await ctx.connect()
        await asyncio.sleep(0.5)
        time.sleep(3)
        await asyncio.sleep(0.5)
        """,
    )
    seen.says("event loop blocked for")


@claim("LKA405", "a plain tool is called on the loop", since="1.8.0")
def test_a_plain_tool_is_called_on_the_loop(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        import threading
        from livekit.agents import function_tool
        from livekit.agents.llm import FunctionCall, ToolContext, execute_function_call

        @function_tool
        def look_up() -> str:
            "Look something up."
            asyncio.get_running_loop()
            print("IN", threading.current_thread() is threading.main_thread(), flush=True)
            return "found"

        call = FunctionCall(call_id="1", name="look_up", arguments="{}")
        await execute_function_call(call, ToolContext([look_up]))
        """,
    )
    seen.says("IN True")


@claim("LKA408", "TypeError: AgentSession.start() takes 2 positional arguments but 3 were given")
def test_start_refuses_the_order_of_before(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        await tried(session.start, ctx.room, agent)
        await tried(session.start, ctx.room, agent=agent)
        await tried(session.start, agent, participant=None)
        await tried(session.start, room=ctx.room)
        """,
    )
    seen.says(
        f"TypeError: {sdk.session}.start() takes 2 positional arguments but 3 were given",
        "got multiple values for argument 'agent'",
        "got an unexpected keyword argument 'participant'",
        "missing 1 required positional argument: 'agent'",
    )
    seen.never_says("FINE")


@claim("LKA408", "a room or a class in its place raises AttributeError once the session has begun to start")
@pytest.mark.parametrize("given", ["ctx.room", "Agent"])
def test_start_fails_with_what_is_no_agent(sdk: Sdk, given: str) -> None:
    seen = _alone(sdk, f"await tried(session.start, {given})")
    seen.says("AttributeError: ")
    seen.never_says("FINE")


@claim("LKA408", 'raises "ValueError: expected RoomOptions"', since="1.3.1")
def test_start_refuses_old_options_under_the_new_name(sdk: Sdk) -> None:
    seen = _alone(sdk, "await tried(session.start, agent, room=ctx.room, room_options=RoomInputOptions())")
    seen.says("ValueError: expected RoomOptions")
    seen.never_says("FINE")


@claim("LKA409", "This creates a circular wait: the speech handle is waiting for the function tool", since="1.2.2")
def test_a_tool_that_waits_for_its_own_speech_raises(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from livekit.agents.llm import FunctionCall
        from livekit.agents.voice.agent import _set_activity_task_info
        from livekit.agents.voice.speech_handle import SpeechHandle

        own = SpeechHandle.create()

        async def tool():
            call = FunctionCall(call_id="1", name="hang_up", arguments="{}")
            _set_activity_task_info(asyncio.current_task(), function_call=call, speech_handle=own)
            await tried(own.wait_for_playout)
            try:
                await own
            except Exception as error:
                stage.said(error)
            later = asyncio.create_task(own.wait_for_playout())
            await asyncio.sleep(0.1)
            print("IN A TASK", later.done())

        await tool()
        """,
    )
    words = "RuntimeError: cannot call `SpeechHandle.wait_for_playout()` from inside the function tool `hang_up`"
    seen.says(words, "This creates a circular wait", words, "IN A TASK False")


@claim("LKA410", "the shutdown callbacks do not run before it ends", since="1.5.2")
def test_a_swallowed_cancellation_holds_the_shutdown_up(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio, stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)
        wait_for = asyncio.wait_for

        async def quick(awaited, timeout=None):
            return await wait_for(awaited, 0.5 if timeout == 15 else timeout)

        @server.rtc_session()
        async def entry(ctx):
            async def goodbye():
                print("CALLBACK", flush=True)

            ctx.add_shutdown_callback(goodbye)
            await ctx.connect()
            ctx.shutdown("done")
            for turn in range(4):
                try:
                    await asyncio.sleep(1)
                except asyncio.CancelledError:
                    print("CANCELLED", flush=True)
            print("LOOP ENDS", flush=True)

        asyncio.wait_for = quick
        stage.run(stage.serve(server))
        """
    )
    seen.says("CANCELLED", "LOOP ENDS", "CALLBACK")


@claim("LKA411", "RuntimeError: asyncio.run() cannot be called from a running event loop")
def test_no_loop_starts_inside_the_jobs(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        async def work():
            print("BODY", flush=True)

        for start in (
            lambda: asyncio.run(work()),
            lambda: asyncio.get_event_loop().run_until_complete(work()),
            lambda: asyncio.new_event_loop().run_until_complete(work()),
        ):
            try:
                start()
            except RuntimeError as error:
                stage.said(error)
        """,
    )
    seen.says(
        "RuntimeError: asyncio.run() cannot be called from a running event loop",
        "RuntimeError: This event loop is already running",
        "RuntimeError: Cannot run the event loop while another loop is running",
    )
    seen.never_says("BODY")


@claim("LKA404", "process did not exit in time, killing process", since="1.5.2")
def test_a_process_that_does_not_end_in_time_is_killed(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio, stage
        from livekit.agents import AgentServer

        server = AgentServer(shutdown_process_timeout=1)

        @server.rtc_session()
        async def entry(ctx):
            async def slow():
                print("BEGINS", flush=True)
                await asyncio.sleep(6)
                print("ENDS", flush=True)

            ctx.add_shutdown_callback(slow)
            await ctx.connect()
            print("JOINED", flush=True)

        async def main():
            running = asyncio.create_task(server.run(devmode=True, unregistered=True))
            await asyncio.sleep(0.5)
            await server.simulate_job("room", fake_job=True, agent_identity="agent")
            await asyncio.sleep(6)
            await server.aclose()

        if __name__ == "__main__":
            stage.run(main())
        """
    )
    seen.says("BEGINS", "process did not exit in time, killing process")
    seen.never_says("ENDS")


@claim("LKA404", "on_session_end timed out after", since="1.5.2")
def test_the_end_of_a_session_is_cancelled_in_time(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio, stage
        from livekit.agents import Agent, AgentServer, AgentSession, JobExecutorType

        server = AgentServer(session_end_timeout=1, job_executor_type=JobExecutorType.THREAD)

        async def slow(ctx):
            print("BEGINS", flush=True)
            await asyncio.sleep(6)
            print("ENDS", flush=True)

        @server.rtc_session(on_session_end=slow)
        async def entry(ctx):
            await AgentSession().start(agent=Agent(instructions="x"), room=ctx.room)
            ctx.shutdown("done")

        stage.run(stage.serve(server))
        """
    )
    seen.says("BEGINS")
    seen.says("on_session_end timed out after 1s")
    seen.never_says("ENDS")


_IN_TOOL = """
import asyncio, stage
from livekit.agents import Agent, AgentSession, function_tool
from scripted import Call, Scripted, heard

class Host(Agent):
    @function_tool
    async def end(self) -> str:
        "Ends the call."
        print("WAITS")
        await self.session.{method}()
        print("WENT ON")
        return "closed"

async def main():
    session = AgentSession(llm=Scripted(Call("end"), "bye"))
    try:
        await asyncio.wait_for(heard(session, Host(instructions="x")), 9)
    except TimeoutError:
        print("STILL WAITING")

stage.run(main())
"""


@claim("LKA409", "`drain()` waits for the same speech, and nothing raises: the tool hangs", since="1.3.1")
def test_a_tool_that_drains_its_session_hangs(sdk: Sdk) -> None:
    seen = sdk.run(_IN_TOOL.format(method="drain"))
    seen.says("WAITS", "STILL WAITING")
    seen.never_says("WENT ON")


@claim("LKA409", "speech not done in time after interruption, cancelling the speech arbitrarily", since="1.6.0")
def test_a_tool_that_closes_its_session_does_not_go_on(sdk: Sdk) -> None:
    seen = sdk.run(_IN_TOOL.format(method="aclose"))
    seen.says("WAITS", "speech not done in time after interruption, cancelling the speech arbitrarily")
    seen.never_says("WENT ON")


@claim("LKA409", "a node that waits for it hangs", since="1.3.1")
@pytest.mark.parametrize("node", ["llm_node", "transcription_node"])
def test_a_node_that_waits_for_another_speech_hangs(sdk: Sdk, node: str) -> None:
    seen = sdk.run(
        f"""
        import asyncio, stage
        from livekit.agents import Agent, AgentSession
        from scripted import Scripted, heard

        class Host(Agent):
            async def {node}(self, *given):
                print("WAITS")
                await self.session.say("one moment")
                print("WENT ON")
                yield "done"

        async def main():
            try:
                await asyncio.wait_for(heard(AgentSession(llm=Scripted("hello")), Host(instructions="x")), 6)
            except TimeoutError:
                print("STILL WAITING")

        stage.run(main())
        """
    )
    seen.says("WAITS", "STILL WAITING")
    seen.never_says("WENT ON")

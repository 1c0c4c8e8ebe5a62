"""What LKA101 to LKA119 and LKA212 say of livekit-agents."""

from __future__ import annotations

import textwrap

from lkagent_lint.sources.sdk.order import Order, order
from lkagent_lint.sources.sdk.vocabulary import TERMS, Form
from lkagent_lint.sources.sdk.vocabulary.records import Spelling
from tests.sdk.harness import Output, Sdk, claim

_JOB = """\
import asyncio, stage
from livekit import rtc
from livekit.agents import Agent, AgentServer, AgentSession, AutoSubscribe, JobExecutorType, utils

server = AgentServer(job_executor_type=JobExecutorType.THREAD)

async def body(ctx, session, agent):
{body}

@server.rtc_session()
async def entry(ctx):
    try:
        await body(ctx, AgentSession(), Agent(instructions="x"))
    except Exception as error:
        stage.said(error)
    ctx.shutdown("done")

stage.run(stage.serve(server))
"""

_ALONE = """\
import asyncio, stage
from livekit.agents import Agent, AgentSession, utils

async def main():
    ctx, session, agent = stage.context(), AgentSession(), Agent(instructions="x")
{body}

stage.run(main())
"""


def _job(sdk: Sdk, body: str) -> Output:
    """What a job says whose entry does this, and then shuts the job down."""
    return sdk.run(_JOB.format(body=textwrap.indent(textwrap.dedent(body), "    ")))


def _alone(sdk: Sdk, body: str) -> Output:
    """What this says with a context, a session and an agent around which nothing runs."""
    return sdk.run(_ALONE.format(body=textwrap.indent(textwrap.dedent(body), "    ")))


@claim(
    "LKA101",
    "`session.start(room=ctx.room)` connects by itself; a `ctx.connect()` after it does nothing",
    since="1.1.0",
)
def test_start_connects_and_a_connect_after_it_does_nothing(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start(agent=agent, room=ctx.room)
        print("STARTED")
        await ctx.connect()
        print("AGAIN")
        """,
    )
    seen.says("CONNECT auto_subscribe=True", "CONNECTED", "STARTED", "AGAIN")
    assert seen.text.count("CONNECTED") - seen.text.count("DISCONNECTED") == 1


@claim(
    "LKA107",
    "A connect in a room that is joined returns at once and looks at none of its arguments. Nothing is logged.",
    since="1.1.0",
)
def test_options_of_a_second_connect_are_dropped(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start(agent=agent, room=ctx.room)
        await ctx.connect(auto_subscribe=AutoSubscribe.SUBSCRIBE_NONE)
        print("AGAIN")
        """,
    )
    seen.says("CONNECT auto_subscribe=True", "AGAIN")
    seen.never_says("auto_subscribe=False")


@claim("LKA107", "by `ctx.wait_for_participant()`", since="1.5.2")
def test_options_after_a_wait_are_dropped(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        waiting = asyncio.create_task(ctx.wait_for_participant())
        await asyncio.sleep(0.5)
        await ctx.connect(auto_subscribe=AutoSubscribe.SUBSCRIBE_NONE)
        print("AGAIN")
        waiting.cancel()
        """,
    )
    seen.says("CONNECT auto_subscribe=True", "CONNECTED", "AGAIN")
    seen.never_says("auto_subscribe=False")


@claim("LKA107", "A connect in a room that is joined returns at once", since="1.1.0")
def test_options_of_the_first_connect_are_taken(sdk: Sdk) -> None:
    """The other order, so that the two tests before cannot pass because options are never seen."""
    seen = _job(
        sdk,
        """
        await ctx.connect(auto_subscribe=AutoSubscribe.SUBSCRIBE_NONE)
        await session.start(agent=agent, room=ctx.room)
        """,
    )
    seen.says("CONNECT auto_subscribe=False")
    seen.never_says("auto_subscribe=True")


@claim("LKA104", "in the free function in every version, the call raises `RuntimeError: room is not connected`")
def test_the_free_wait_raises_outside_the_room(sdk: Sdk) -> None:
    seen = _job(sdk, "await utils.wait_for_participant(ctx.room)")
    seen.says("RuntimeError: room is not connected")


@claim(
    "LKA104", "From 1.5.2 on `ctx.wait_for_participant()` joins the room by itself with default options", since="1.5.2"
)
def test_the_wait_joins_by_itself(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        waiting = asyncio.create_task(ctx.wait_for_participant())
        await asyncio.sleep(0.5)
        waiting.cancel()
        """,
    )
    seen.says("CONNECT auto_subscribe=True encryption=False", "CONNECTED")


@claim("LKA104", "Before livekit-agents 1.5.2", before="1.5.2")
def test_the_wait_raised_outside_the_room(sdk: Sdk) -> None:
    seen = _job(sdk, "await ctx.wait_for_participant()")
    seen.says("RuntimeError: room is not connected")
    seen.never_says("CONNECT")


@claim("LKA106", "RuntimeWarning: coroutine 'JobContext.connect' was never awaited")
def test_a_connect_that_nobody_awaits_does_nothing(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        ctx.connect()
        await asyncio.sleep(0.3)
        print("JOINED", ctx.room.isconnected())
        """,
    )
    seen.says("RuntimeWarning: coroutine 'JobContext.connect' was never awaited", "JOINED False")


@claim("LKA106", "`room.sid` is a coroutine too")
def test_the_rooms_sid_is_a_coroutine(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        sid = ctx.room.sid
        print("IS", type(sid).__name__)
        sid.close()
        """,
    )
    seen.says("IS coroutine")


@claim("LKA106", "`say`, `generate_reply`, `interrupt` and `delete_room`, which do their work without an await")
def test_interrupt_does_its_work_without_an_await(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start(agent=agent, room=ctx.room)
        print("IS", type(session.interrupt()).__name__, "AND", type(ctx.delete_room()).__name__)
        """,
    )
    seen.says("IS Future AND Task")
    seen.never_says("never awaited")


@claim("LKA108", 'The call raises "RuntimeError: AgentSession isn\'t running"')
def test_a_session_that_has_not_started_raises(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        for name, given in {
            "say": ("hello",), "generate_reply": (), "interrupt": (), "commit_user_turn": (), "clear_user_turn": (),
        }.items():
            try:
                getattr(session, name)(*given)
            except RuntimeError as error:
                print(name, error)
        """,
    )
    for name in ("say", "generate_reply", "interrupt", "commit_user_turn", "clear_user_turn"):
        seen.says(f"{name} {sdk.session} isn't running")


@claim("LKA109", "cannot access local participant before connecting")
def test_the_local_participant_does_not_exist_before_the_room_is_joined(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        for read in (lambda: ctx.room.local_participant, lambda: ctx.agent):
            try:
                read()
            except Exception as error:
                stage.said(error)
        """,
    )
    seen.says(*["Exception: cannot access local participant before connecting"] * 2)


@claim("LKA109", "The remote participants are there and empty")
def test_remote_participants_are_empty_before_the_room_is_joined(sdk: Sdk) -> None:
    seen = _alone(sdk, 'print("THERE", dict(ctx.room.remote_participants), repr(ctx.room.name))')
    seen.says("THERE {} ''")


@claim("LKA109", "the room's metadata is an empty text")
def test_the_metadata_is_empty_before_the_room_is_joined(sdk: Sdk) -> None:
    _alone(sdk, 'print("METADATA", repr(ctx.room.metadata))').says("METADATA ''")


@claim("LKA109", "The player publishes its track by it and raises the same")
def test_background_audio_cannot_start_before_the_room_is_joined(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from livekit.agents import BackgroundAudioPlayer
        try:
            await BackgroundAudioPlayer().start(room=ctx.room)
        except Exception as error:
            stage.said(error)
        """,
    )
    seen.says("Exception: cannot access local participant before connecting")


@claim(
    "LKA111", 'the session has already emitted events: the state changes up to "listening", the handoff', since="1.5.2"
)
def test_a_session_has_emitted_when_start_returns(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        session.on("agent_state_changed", lambda event: print("STATE", event.new_state))
        session.on("conversation_item_added", lambda event: print("ITEM", event.item.type))
        await session.start(agent=agent, room=ctx.room)
        print("STARTED")
        """,
    )
    seen.says("ITEM agent_handoff", "STARTED")
    seen.says("STATE listening", "STARTED")


@claim("LKA112", "they are skipped, although the method's own documentation says otherwise")
def test_entrypoints_added_after_joining_skip_those_who_are_there(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        from unittest.mock import create_autospec
        from livekit import rtc
        present = create_autospec(rtc.RemoteParticipant, instance=True)
        present.identity, present.kind = "present", rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD
        ctx.room._remote_participants["present"] = present

        async def early(ctx, participant):
            print("EARLY", participant.identity)

        async def late(ctx, participant):
            print("LATE", participant.identity)

        ctx.add_participant_entrypoint(early)
        await ctx.connect()
        ctx.add_participant_entrypoint(late)
        await asyncio.sleep(0.3)
        """,
    )
    seen.says("EARLY present")
    seen.never_says("LATE present")


@claim("LKA113", "Shutdown callbacks run after the room has been disconnected")
def test_the_room_is_left_before_shutdown_callbacks_run(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start(agent=agent, room=ctx.room)

        async def callback(reason):
            print("CALLBACK", reason, ctx.room.isconnected())

        ctx.add_shutdown_callback(callback)
        """,
    )
    seen.says("DISCONNECTED", "CALLBACK done False")


@claim("LKA115", "Returning from the entry function does not end the job")
def test_a_job_whose_entry_returns_early_goes_on(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        async def entry(ctx):
            print("RETURNED", flush=True)

        stage.run(stage.serve(server, seconds=3))
        """
    )
    seen.says("RETURNED", "STILL RUNNING")


@claim("LKA114", "the agent never appears in the room")
def test_an_entry_that_joins_nothing_is_warned_of_when_it_ends(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import AgentServer, JobExecutorType

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)

        @server.rtc_session()
        async def entry(ctx):
            pass

        stage.run(stage.serve(server, seconds=2))
        """
    )
    seen.says("The job task completed without establishing a connection or performing a proper shutdown")
    seen.never_says("CONNECT")


@claim("LKA116", "Without `room=` the session neither joins the room nor hears or speaks in it")
def test_a_session_without_a_room_joins_nothing(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        await session.start(agent=agent)
        print("STARTED", session.input.audio, session.output.audio)
        """,
    )
    seen.says("STARTED None None")
    seen.never_says("CONNECT")


@claim("LKA118", 'Code after it runs while the session is still starting ("AgentSession isn\'t running")')
def test_a_session_in_a_task_is_not_running_yet(sdk: Sdk) -> None:
    seen = _job(
        sdk,
        """
        started = asyncio.create_task(session.start(agent=agent, room=ctx.room))
        await asyncio.sleep(0)
        session.say("hello")
        """,
    )
    seen.says(f"RuntimeError: {sdk.session} isn't running")


@claim(
    "LKA119", "The call itself does what it should; then the await raises \"TypeError: object NoneType can't be used"
)
def test_awaiting_a_plain_method_raises_after_its_effect(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        async def callback():
            pass

        for call in (
            lambda: ctx.shutdown("now"),
            lambda: ctx.add_shutdown_callback(callback),
            lambda: session.shutdown(),
            lambda: session.update_agent(agent),
        ):
            try:
                await call()
            except TypeError as error:
                stage.said(error)
        """,
    )
    seen.says("SHUTDOWN now", *["TypeError: "] * 4)
    assert seen.text.count("NoneType") == 4


def _is_there(spelt: Spelling, here: Order) -> bool:
    return order(spelt.since) <= here and (not spelt.last or here <= order(spelt.last))


@claim("LKA119", "and other plain methods of the job, its session and its room")
def test_every_plain_method_promises_nothing(sdk: Sdk) -> None:
    here = order(str(sdk.version))
    plain = [
        each
        for each in TERMS.values()
        if each.form is Form.PLAIN and any(_is_there(spelt, here) for spelt in each.python)
    ]
    seen = sdk.run(
        "import inspect\n"
        "from livekit.agents import *\n"
        "from livekit.rtc import Room\n"
        + "\n".join(
            f"print('{each.owner}.{each.name}', inspect.signature({each.owner}.{each.name}).return_annotation)"
            for each in plain
        )
    )
    seen.says(*(f"{each.owner}.{each.name} None" for each in plain))


@claim("LKA119", "These methods return `None`, or an object that cannot be awaited")
def test_what_is_asked_of_a_room_is_no_coroutine(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        try:
            await ctx.room.isconnected()
        except TypeError as error:
            print("RAISED", error)
        """,
    )
    seen.says("RAISED")
    assert "object bool can't be used in 'await' expression" in seen.text or "'bool' object can't be" in seen.text


@claim(
    "LKA212",
    "The decorator runs when the module is imported, and reads the variable there and then",
    since="1.5.7",
    before="2.0.0b1",
)
def test_a_name_is_read_when_the_decorator_runs(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import os
        from livekit.agents import AgentServer

        def named(**given):
            server = AgentServer()

            @server.rtc_session(**given)
            async def entry(ctx): ...

            return server

        before = named()
        os.environ["LIVEKIT_AGENT_NAME"] = "from-environment"
        print("BEFORE", repr(before._agent_name), "AFTER", named()._agent_name, named(agent_name="code")._agent_name)
        """
    )
    seen.says("BEFORE '' AFTER from-environment code")


@claim("LKA212", "Since livekit-agents 2.0.0b1 the server reads it, where it is made", since="2.0.0b1")
def test_a_name_is_read_where_the_server_is_made(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import os
        from livekit.agents import AgentServer

        server = AgentServer()
        os.environ["LIVEKIT_AGENT_NAME"] = "from-environment"

        @server.rtc_session()
        async def entry(ctx): ...

        print("BEFORE", repr(server._agent_name), "AFTER", AgentServer()._agent_name)
        """
    )
    seen.says("BEFORE '' AFTER from-environment")


@claim("LKA215", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)")
def test_a_job_without_metadata_has_an_empty_text(sdk: Sdk) -> None:
    seen = _alone(
        sdk,
        """
        import json
        try:
            json.loads(ctx.job.metadata)
        except ValueError as error:
            stage.said(error)
        """,
    )
    seen.says("JSONDecodeError: Expecting value: line 1 column 1 (char 0)")

"""What rules say of agents in livekit-agents 2.0: where they know their session, and what their constructors keep."""

from __future__ import annotations

import pytest

from tests.sdk.harness import Sdk, claim
from tests.sdk.test_next import NEXT

_READS = """
import asyncio
import threading
import stage
from livekit.agents import Agent, AgentSession

def read(where, agent):
    for name in ("session", "chat_ctx"):
        try:
            getattr(agent, name)
            print(where, name, "fine", flush=True)
        except RuntimeError as error:
            print(where, name, error, flush=True)

class Desk(Agent):
    def __init__(self):
        super().__init__(instructions="")
        read("CONSTRUCTOR", self)

    async def on_enter(self):
        read("HOOK", self)
        await asyncio.to_thread(read, "TO_THREAD", self)
        await asyncio.create_task(self.beside())
        thread = threading.Thread(target=read, args=("THREAD", self))
        thread.start()
        await asyncio.get_running_loop().run_in_executor(None, read, "EXECUTOR", self)
        thread.join()

    async def beside(self):
        read("TASK", self)

async def main():
    desk, session = Desk(), AgentSession()
    session.on("close", lambda event: read("CLOSE", desk))
    await session.start(desk)
    await asyncio.sleep(0.3)
    read("ENTRY", desk)
    await session.aclose()

stage.run(main())
"""
_NOT_RUNNING = "is not running in this context; its session and history are only available inside its hooks and tools"


@claim("LKA127", _NOT_RUNNING, since=NEXT)
def test_an_agent_knows_its_session_in_hooks_alone(sdk: Sdk) -> None:
    seen = sdk.run(_READS)
    for where in ("HOOK", "TO_THREAD", "TASK"):
        seen.says(f"{where} session fine", f"{where} chat_ctx fine")
    for where in ("CONSTRUCTOR", "THREAD", "EXECUTOR", "ENTRY"):
        for name in ("session", "chat_ctx"):
            seen.says(f"{where} {name} agent `desk` {_NOT_RUNNING}")


@claim("LKA127", "In livekit-agents 1.x, where both can be read while the agent is the current one", before=NEXT)
def test_the_current_agent_of_1x_knows_it_everywhere(sdk: Sdk) -> None:
    seen = sdk.run(_READS)
    for where in ("HOOK", "TO_THREAD", "TASK", "THREAD", "EXECUTOR", "ENTRY"):
        seen.says(f"{where} session fine", f"{where} chat_ctx fine")


@claim("LKA127", "A handler runs in the context of who emits the event", since=NEXT)
def test_a_handler_runs_in_the_context_of_who_emits(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import stage
        from livekit.agents import Agent, LiveSession

        def read(where, agent):
            try:
                agent.chat_ctx
                print(where, "fine")
            except RuntimeError as error:
                print(where, "raises")

        class Desk(Agent):
            async def on_enter(self):
                self.session.emit("debug_message", "inside")

        async def main():
            desk, session = Desk(instructions=""), LiveSession()
            session.on("debug_message", lambda event: read(f"HEARD {event}", desk))
            await session.start(desk)
            await asyncio.sleep(0.3)
            session.emit("debug_message", "outside")
            await session.aclose()

        stage.run(main())
        """
    )
    seen.says("HEARD inside fine", "HEARD outside raises")


@claim("LKA127", "in shutdown callbacks", since=NEXT)
def test_a_shutdown_callback_has_no_agent(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import stage
        from livekit.agents import Agent, AgentServer, JobExecutorType, LiveSession

        server = AgentServer(job_executor_type=JobExecutorType.THREAD)
        desk = Agent(instructions="")

        @server.rtc_session()
        async def entry(ctx):
            async def save():
                try:
                    desk.chat_ctx
                    print("SAVE fine", flush=True)
                except RuntimeError as error:
                    print("SAVE", error, flush=True)

            ctx.add_shutdown_callback(save)
            session = LiveSession()
            await session.start(desk)
            await asyncio.sleep(0.3)
            ctx.shutdown()

        stage.run(stage.serve(server))
        """
    )
    seen.says("SAVE agent `desk` is not running in this context")


_TOLD = """
import asyncio
import stage
from livekit.agents import Agent, AgentSession
from livekit.agents.voice.agent_activity import AgentActivity
from scripted import Scripted

TOLD = []
for name in ("_update_models", "update_options"):
    def watch(original):
        def told(self, **options):
            TOLD.append(sorted(options))
            return original(self, **options)
        return told
    setattr(AgentActivity, name, watch(getattr(AgentActivity, name)))

class Desk(Agent):
    async def on_enter(self):
        self.update_options(llm=Scripted())
        print("HOOK", bool(TOLD), flush=True)
        TOLD.clear()

async def main():
    desk, session = Desk(instructions="", llm=Scripted()), AgentSession()
    await session.start(desk)
    await asyncio.sleep(0.3)
    TOLD.clear()
    desk.update_options(llm=Scripted())
    print("ENTRY", bool(TOLD), flush=True)
    TOLD.clear()
    desk.turn_detection = "manual"
    print("DETECTION", bool(TOLD), flush=True)
    await session.aclose()

stage.run(main())
"""


@claim("LKA128", "Elsewhere the new options are stored in the agent and the running activity is not told", since=NEXT)
def test_options_from_outside_are_stored_alone(sdk: Sdk) -> None:
    sdk.run(_TOLD).says("HOOK True", "ENTRY False", "DETECTION False")


@claim("LKA128", "Up to 1.8 the activity was told from anywhere", since="1.6.6", before=NEXT)
def test_options_from_outside_were_told_in_1x(sdk: Sdk) -> None:
    sdk.run(_TOLD).says("HOOK True", "ENTRY True", "DETECTION True")


_KEPT = """
from livekit.agents import Agent, AgentTask, function_tool

async def look_up(name: str) -> str:
    '''Look somebody up.'''
    return name

class Desk(Agent):
    def __init__(self):
        self.look_up = function_tool(look_up)
        super().__init__(instructions="")

class Order(AgentTask[str]):
    def __init__(self):
        self.state = {"items": []}
        super().__init__(instructions="")

class Later(AgentTask[str]):
    def __init__(self):
        super().__init__(instructions="")
        self.state = {"items": []}

import asyncio

async def main():
    print("TOOLS", [tool.info.name if hasattr(tool, "info") else tool.id for tool in Desk().tools])
    print("STATE", Order().state)
    print("LATER", Later().state)

asyncio.run(main())
"""


@claim("LKA129", "Tools are looked up on the class, no longer on the object", since=NEXT)
def test_what_is_stored_before_the_constructor_is_lost(sdk: Sdk) -> None:
    sdk.run(_KEPT).says("TOOLS []", "STATE None", "LATER {'items': []}")


@claim("LKA129", "In livekit-agents 1.x, where tasks have no `state` and such tools are found", before=NEXT)
def test_it_was_kept_in_1x(sdk: Sdk) -> None:
    sdk.run(_KEPT).says("TOOLS ['look_up']", "STATE {'items': []}", "LATER {'items': []}")


_ENTERED = """
import asyncio
import logging
import stage
from livekit.agents import Agent, AgentSession

logging.basicConfig(level=logging.ERROR)

class Desk(Agent):
    async def on_enter(self, {parameters}):
        print("ENTERED", type({name}).__name__, flush=True)

async def main():
    session = AgentSession()
    await session.start(Desk(instructions=""))
    await asyncio.sleep(0.3)
    await session.aclose()
    print("CLOSED")

stage.run(main())
"""


@claim("LKA407", "it is called with a `RunContext` as soon as it has any", since=NEXT)
@pytest.mark.parametrize(
    ("parameters", "name", "says"),
    [
        ("room=None", "room", "ENTERED RunContext"),
        ("*, room=None", "room", "takes 1 positional argument but 2 were given"),
        ("**room", "room", "takes 1 positional argument but 2 were given"),
        ("ctx, room", "room", "missing 1 required positional argument: 'room'"),
    ],
)
def test_a_hook_with_parameters_is_given_a_context(sdk: Sdk, parameters: str, name: str, says: str) -> None:
    seen = sdk.run(_ENTERED.format(parameters=parameters, name=name))
    seen.says(says, "CLOSED")


@claim("LKA407", "was called without arguments up to livekit-agents 1.8", before=NEXT)
def test_a_hook_was_given_nothing_in_1x(sdk: Sdk) -> None:
    sdk.run(_ENTERED.format(parameters="room=None", name="room")).says("ENTERED NoneType", "CLOSED")

"""What rules say of the agents of livekit-agents 2.0: how they are given functions, and what their tools return."""

from __future__ import annotations

import pytest

from tests.sdk.harness import Sdk, claim
from tests.sdk.test_next import NEXT

_AGENTS = """
import stage
from livekit.agents import Agent, AgentTask, LiveSession, RunContext

class Desk(Agent):
    def __init__(self):
        super().__init__(instructions="")

class Greeter(Desk):
    async def on_enter(self): ...

async def function(ctx: RunContext) -> str:
    '''Does something.'''
    return "done"

desk, greeter = Desk(), Greeter()
"""


@claim("LKA422", "`@Agent.tool` and `@Desk.tool` register nothing and raise nothing", since=NEXT)
def test_a_tool_of_a_class_is_none(sdk: Sdk) -> None:
    seen = sdk.run(
        _AGENTS
        + """
given = Agent.tool(function), Desk.tool(function)
print("GIVEN", [each.__qualname__ for each in given])
print("TOOLS", Desk().tools, Agent(instructions="").tools)
"""
    )
    seen.says("GIVEN ['Agent.tool.<locals>.register', 'Agent.tool.<locals>.register']", "TOOLS [] []")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("Desk.tool()", "Agent.tool() missing 1 required positional argument: 'self'"),
        ("Desk.instructions(function)", "'property' object is not callable"),
        ("Desk.on_enter(function)", "'_OnEnterHook' object is not callable"),
        ("Agent.on_enter(desk)", "'_OnEnterHook' object is not callable"),
        ("Desk.output_validator(function)", "Agent.output_validator() missing 1 required positional argument: 'f'"),
        ("desk.on_exit(function)", "Agent.on_exit() takes 1 positional argument but 2 were given"),
        ("greeter.on_enter(function)", "Greeter.on_enter() takes 1 positional argument but 2 were given"),
        ("desk.on_enter()(function)", "'coroutine' object is not callable"),
        ("desk.instructions()(function)", "__call__() missing 1 required positional argument: 'f'"),
        ("desk.output_validator()(function)", "Agent.output_validator() missing 1 required positional argument: 'f'"),
    ],
)
@claim("LKA422", "Agent.on_exit() takes 1 positional argument but 2 were given", since=NEXT)
def test_what_is_no_decorator_raises(sdk: Sdk, call: str, error: str) -> None:
    seen = sdk.run(f"{_AGENTS}\ntry:\n    {call}\nexcept TypeError as error:\n    stage.said(error)\n")
    seen.says("TypeError: ", error)


@claim("LKA422", "agent `desk`: it is already bound to a session", since=NEXT)
def test_nothing_is_registered_after_the_start(sdk: Sdk) -> None:
    seen = sdk.run(
        _AGENTS
        + """
from scripted import Scripted

class Late(Desk):
    async def on_enter(self):
        try:
            self.tool(function)
        except RuntimeError as error:
            stage.said(error)

async def main():
    for agent in (desk, Late()):
        session = LiveSession(llm=Scripted())
        await session.start(agent)
        for register in (agent.tool, agent.instructions, agent.output_validator):
            try:
                register(function)
            except RuntimeError as error:
                stage.said(error)
        await session.aclose()

stage.run(main())
"""
    )
    said = "it is already bound to a session"
    seen.says(f"RuntimeError: cannot register a tool on agent `desk`: {said}", "an instructions function on agent")
    seen.says("RuntimeError: cannot register an output validator on agent `desk`", "a tool on agent `late`")


@claim("LKA422", "ends every reply of the agent before it begins", since=NEXT)
def test_functions_of_other_arguments_raise_when_they_are_called(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, LiveSession
        from scripted import Scripted, heard

        async def no_session(): ...
        def no_context(): return "dated"
        def one_argument(output): return output

        async def main():
            desk = Agent(instructions="", llm=Scripted("hello"))
            desk.on_enter(no_session)
            await heard(LiveSession(), desk)
            desk = Agent(instructions="", llm=Scripted("hello"))
            desk.instructions(no_context)
            await heard(LiveSession(), desk)
            desk = Agent(instructions="", llm=Scripted("hello"))
            desk.output_validator(one_argument)
            try:
                await desk.run("hello")
            except TypeError as error:
                stage.said(error)

        stage.run(main())
        """
    )
    seen.says("TypeError: ", "no_session() takes 0 positional arguments but 1 was given", "HEARD ['hello']")
    seen.says("TypeError: ", "no_context() takes 0 positional arguments but 1 was given", "HEARD []")
    seen.says("TypeError: ", "one_argument() takes 1 positional argument but 2 were given")


@claim("LKA424", "one that is made and dropped does nothing", since=NEXT)
def test_a_task_ends_by_what_its_tool_returns(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import asyncio
        import stage
        from livekit.agents import Agent, AgentTask, Completed, LiveSession, function_tool
        from scripted import Call, Scripted

        class Task(AgentTask[str]):
            def __init__(self, drops):
                super().__init__(instructions="", llm=Scripted(Call("finish"), "after"))
                self.drops = drops

            @function_tool
            async def finish(self):
                '''It is done.'''
                if self.drops:
                    Completed("value")
                    return "goes on"
                return Completed("value")

        class Desk(Agent):
            def __init__(self, drops):
                super().__init__(instructions="", llm=Scripted())
                self.drops, self.got = drops, "nothing"

            async def on_enter(self):
                self.got = await Task(self.drops)

        async def main():
            for drops in (True, False):
                desk, session = Desk(drops), LiveSession()
                await session.start(desk)
                await asyncio.sleep(0.3)
                await asyncio.wait_for(session.run(user_input="hello"), 10)
                await asyncio.sleep(0.3)
                print("GOT", desk.got, type(session.current_agent).__name__)
                await session.aclose()

        stage.run(main())
        """
    )
    seen.says("GOT nothing Task", "GOT value Desk")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("asyncio.run(waits())", "object Completed can't be used in 'await' expression"),
        ("Transition('x')", "Cannot instantiate typing.Union"),
        ("isinstance(1, Transition)", "Subscripted generics cannot be used with class and instance checks"),
        ("issubclass(int, Transition)", "Subscripted generics cannot be used with class and instance checks"),
    ],
)
@claim("LKA424", "Cannot instantiate typing.Union", since=NEXT)
def test_a_transition_is_no_coroutine_and_their_union_no_class(sdk: Sdk, call: str, error: str) -> None:
    seen = sdk.run(
        f"""
        import asyncio
        import stage
        from livekit.agents import Completed, Transition

        async def waits():
            await Completed("x")

        try:
            {call}
        except TypeError as error:
            stage.said(error)
        """
    )
    seen.says(f"TypeError: {error}")


@claim("LKA425", "AssertionError: llm_node called but no LLM node is available", since=NEXT)
def test_an_agent_that_runs_in_text_needs_a_model_of_its_own(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, LiveSession, function_tool
        from scripted import Call, Scripted, heard

        desk = Agent(instructions="")

        class Front(Agent):
            def __init__(self):
                super().__init__(instructions="", llm=Scripted(Call("ask"), "said"))

            @function_tool
            async def ask(self):
                '''Ask the desk.'''
                try:
                    await desk.run("hello")
                except AssertionError as error:
                    stage.said(error)

        async def main():
            await heard(LiveSession(llm=Scripted("hello")), desk)
            await heard(LiveSession(llm=Scripted()), Front())
            print("OWN", (await Agent(instructions="", llm=Scripted("hello")).run("hello")).output)
            await desk.run("hello")

        stage.run(main())
        """
    )
    error = "AssertionError: llm_node called but no LLM node is available"
    seen.says("HEARD ['hello']", error, "OWN hello", error)


_TOOL = """
import stage
from datetime import timedelta
from livekit.agents import Agent, Completed, InputRequired, LiveSession, ModelRetry, RunContext, ToolError, Working
from scripted import Call, Scripted, heard

def agent(act):
    made = Agent(instructions="", llm=Scripted(Call("tool"), "said"), output_type=dict)

    @made.tool
    async def tool(ctx: RunContext):
        '''Does something.'''
        return act(ctx)

    @made.output_validator
    def valid(ctx, output):
        print("VALIDATED")
        return output

    return made

def again(ctx):
    raise ModelRetry("say a name")

def refuse(ctx):
    raise ToolError("nobody")
"""


@claim("LKA426", "On a call `ModelRetry` is an exception like any other", since=NEXT)
def test_what_only_text_has(sdk: Sdk) -> None:
    seen = sdk.run(
        _TOOL
        + """
async def main():
    await heard(LiveSession(), agent(again))
    await heard(LiveSession(), agent(refuse))
    await heard(LiveSession(), agent(lambda ctx: InputRequired("Which?", timeout=timedelta(seconds=9))))
    await heard(LiveSession(), agent(lambda ctx: Working(timeout=timedelta(seconds=9))))
    await heard(LiveSession(), agent(lambda ctx: Completed("done")))

stage.run(main())
"""
    )
    seen.says("HEARD ", "An internal error occurred", "HEARD ", "nobody")
    seen.says("InputRequired(timeout=) is not applied in memory", "Working(tool=, timeout=) is not applied in memory")
    seen.says("a conversation tool returned Completed")
    seen.never_says("VALIDATED")


@claim("LKA426", "RuntimeError: no live session: this RunContext belongs to agent.run()", since=NEXT)
def test_what_only_a_call_has(sdk: Sdk) -> None:
    seen = sdk.run(
        _TOOL
        + """
class Own(Agent):
    async def on_user_turn_completed(self, turn_ctx, new_message):
        print("TURN")

def used(ctx):
    for name in ("session", "userdata", "speech_handle", "disallow_interruptions"):
        try:
            print("GOT", getattr(ctx, name)())
        except RuntimeError as error:
            stage.said(error)
    return ctx.session

async def main():
    made = agent(used)
    made._output_type = str
    made._output_validators.clear()
    result = await made.run("hello")
    print("READ", [each.output for each in result.all_messages() if each.type == "function_call_output"])
    print("RAN", (await Own(instructions="", llm=Scripted("hello")).run("hello")).output)

stage.run(main())
"""
    )
    seen.says(
        "RuntimeError: no live session: this RunContext belongs to agent.run()", "RuntimeError: no speech handle: "
    )
    seen.says("READ", "An internal error occurred", "RAN hello")
    seen.never_says("GOT", "TURN")


@claim("LKA318", "an agent of the module is one object for all of them", since=NEXT)
def test_an_agent_keeps_what_any_run_stored_on_it(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, RunContext, function_tool
        from scripted import Call, Scripted

        class Desk(Agent):
            @function_tool
            async def keep(self, ctx: RunContext):
                '''Keeps what the caller said.'''
                print("BEFORE", getattr(self, "name", None), ctx.state)
                self.name = ctx.state["name"]

        desk = Desk(instructions="", llm=Scripted(Call("keep"), "ok", Call("keep"), "ok"))

        async def main():
            for name in ("ann", "ben"):
                await desk.run("hello", state={"name": name})

        stage.run(main())
        """
    )
    seen.says("BEFORE None {'name': 'ann'}", "BEFORE ann {'name': 'ben'}")


@claim("LKA426", "`except Exception` catches it, and the task never begins", since=NEXT)
def test_a_task_begins_in_text_by_an_exception(sdk: Sdk) -> None:
    seen = sdk.run(
        """
        import stage
        from livekit.agents import Agent, AgentTask, function_tool
        from scripted import Call, Scripted

        class Name(AgentTask[str]):
            async def on_enter(self):
                print("BEGUN")

        class Desk(Agent):
            def __init__(self, *steps):
                super().__init__(instructions="", llm=Scripted(*steps))

            @function_tool
            async def plain(self):
                '''Asks for a name.'''
                return await Name(instructions="Ask.")

            @function_tool
            async def caught(self):
                '''Asks for a name.'''
                try:
                    return await Name(instructions="Ask.")
                except Exception as error:
                    print("CAUGHT", type(error).__name__, error)
                    return "something went wrong"

        async def main():
            for name in ("caught", "plain"):
                print("RUN", name)
                await Desk(Call(name), "said").run("hello")

        stage.run(main())
        """
    )
    seen.says("RUN caught", "CAUGHT TaskAwaited Name takes the conversation", "RUN plain", "BEGUN")
    assert seen.text.count("BEGUN") == 1

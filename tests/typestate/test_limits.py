"""What the solver does with jobs that are long: they are followed; and with endless ones: they end."""

from __future__ import annotations

import gc

from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka101_connect_before_start
from lkagent_lint.stack import run_deep
from lkagent_lint.typestate.solver import Solver
from tests.typestate.solving import project_of

HEAD = """
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
"""
STEP = """
    try:
        if ctx.job.metadata:
            await backend.send({0})
    except TimeoutError:
        await backend.report({0})
"""
TAIL = """
    await session.start(agent=Agent(instructions=""), room=ctx.room)
"""


def _found(body: str) -> int:
    project = project_of({"agent.py": HEAD + body + TAIL})
    return len(run_deep(lambda: list(lka101_connect_before_start.check(Subject(project)))))


def test_an_entry_function_of_two_thousand_lines_is_followed() -> None:
    steps = "".join(STEP.format(number) for number in range(330))
    assert _found(steps + "    await ctx.connect()\n" + steps) == 1


def test_two_functions_that_call_each_other_with_ever_new_arguments_end() -> None:
    body = """
    async def ping(text):
        await pong(text + "a", [text])

    async def pong(text, seen):
        await ping(text + "b") if seen else await ctx.connect()

    await ping("")
"""
    assert _found(body) == 1


def test_a_solved_job_leaves_nothing_behind_for_the_collector() -> None:
    project = project_of({"agent.py": HEAD + STEP.format(1) + TAIL})
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(each, Solver) for each in gc.get_objects())
        assert run_deep(lambda: Subject(project).solved)
        assert sum(isinstance(each, Solver) for each in gc.get_objects()) == before
    finally:
        gc.enable()

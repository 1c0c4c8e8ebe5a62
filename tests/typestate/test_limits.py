"""What the solver does with jobs that are long: they are followed; and with endless ones: they end."""

from __future__ import annotations

import gc

import pytest

from lkagent_lint.questions.subject import Subject
from lkagent_lint.rules import lka101_connect_before_start
from lkagent_lint.stack import run_deep
from lkagent_lint.typestate.lifecycle import START_STATE
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


RING = """
    async def step{0}(seen):
        await pause() if seen else note()
        await step{1}(seen) if seen else await step{2}(seen)
"""


def _steps(body: str) -> int:
    """How many blocks a job has run in the end."""
    project = project_of({"agent.py": HEAD + body + TAIL})
    job = project.jobs[0]
    assert job.runs is not None
    solver = Solver(project.evaluator, job.sdk)
    run_deep(lambda: solver.solve(job.runs, START_STATE))  # type: ignore[arg-type]
    return solver.steps


@pytest.mark.parametrize("last", ["await ctx.connect()", "note()"])
def test_functions_that_all_call_each_other_take_steps_in_proportion(last: str) -> None:
    def ring(size: int) -> str:
        steps = "".join(RING.format(each, (each + 1) % size, (each + size // 2) % size) for each in range(size))
        return f"{steps}\n    await step0([])\n    {last}\n"

    first, second, third = (_steps(ring(size)) for size in (8, 16, 32))
    assert third - second <= 2.2 * (second - first)


def test_a_helper_that_does_nothing_to_a_job_is_run_for_one_state_of_a_kind() -> None:
    helper = "    async def help():" + "\n        await backend.send() if ready else None" * 50
    ways = ("AgentSession()", "ctx.shutdown()", "await ctx.delete_room()")
    body = helper + "".join(f"\n    if ctx.job.metadata: {each}" for each in ways)
    calls = _steps(f"{body}\n    await help()\n") - _steps(f"{body}\n")
    assert calls < 300, "eight states, of which it would take 150 steps each"


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

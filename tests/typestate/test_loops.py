"""What stands behind an endless loop is seen by the one rule that asks for it, and by nothing else."""

from __future__ import annotations

import pytest

from lkagent_lint.questions.subject import Subject
from lkagent_lint.stack import run_deep
from lkagent_lint.typestate.automaton import Kind, Room, Session
from lkagent_lint.typestate.solver import Solved
from tests.typestate.solving import project_of

HEAD = """
import asyncio
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()

async def late(ctx):
    await ctx.connect()

@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
"""
LOOP = """
    while True:
        await asyncio.sleep(1)
"""
STAY = """
    async def stay():
        while True:
            await asyncio.sleep(1)
"""
BEHIND = """
    try:
        await late(ctx)
        await session.start(agent=Agent(instructions=""), room=ctx.room)
    except ValueError:
        session.say("")
    ctx.add_shutdown_callback(print)
    return
"""


def _solved(body: str) -> Solved:
    project = project_of({"agent.py": HEAD + body})
    (solved,) = run_deep(lambda: Subject(project).solved)
    return solved


def _kinds(solved: Solved) -> list[Kind]:
    return [each.event.kind for each in solved.reached]


def test_only_the_callback_behind_a_loop_is_reached() -> None:
    without, behind = _solved(LOOP), _solved(LOOP + BEHIND)
    assert _kinds(behind) == [*_kinds(without), Kind.CALLBACK]
    assert [each.name for each in behind.entered] == [each.name for each in without.entered]
    assert (behind.may_join, behind.ended) == (without.may_join, without.ended) == (False, ())


@pytest.mark.parametrize(
    "helper",
    [
        f"{STAY}    await stay()\n",
        f"{STAY}    async def again():\n        await stay()\n        await ctx.connect()\n    await again()\n",
        "    try:\n        while True:\n            await asyncio.sleep(1)\n    finally:\n        print()\n",
    ],
)
def test_a_loop_that_is_awaited_is_one(helper: str) -> None:
    assert _kinds(_solved(helper + BEHIND)) == [*_kinds(_solved(helper)), Kind.CALLBACK]


@pytest.mark.parametrize("leaves", ["break", "return", "raise ValueError"])
def test_a_loop_that_can_be_left_is_not_endless(leaves: str) -> None:
    body = f"{LOOP}        if session:\n            {leaves}\n    ctx.add_shutdown_callback(print)\n"
    endless = [each.state.endless for each in _solved(body).reached if each.event.kind is Kind.CALLBACK]
    assert endless == ([None] if leaves == "break" else [])


def test_a_break_leaves_the_loop_in_which_it_stands() -> None:
    inner = "        for each in session:\n            break\n        while session:\n            continue\n"
    assert _kinds(_solved(LOOP + inner + BEHIND)) == [*_kinds(_solved(LOOP + inner)), Kind.CALLBACK]


def test_a_loop_in_a_task_stops_nothing() -> None:
    task = f"{STAY}    asyncio.create_task(stay())\n"
    assert {Kind.CONNECT, Kind.START_IN_ROOM, Kind.RETURN} <= set(_kinds(_solved(task + BEHIND)))


def test_a_loop_in_a_task_changes_nothing_of_what_is_known() -> None:
    joined = '    await session.start(agent=Agent(instructions=""), room=ctx.room)\n'
    solved = _solved(f"{STAY}{joined}    asyncio.create_task(stay())\n    ctx.add_shutdown_callback(print)\n")
    states = [each.state for each in solved.reached if each.event.kind is Kind.CALLBACK]
    assert [(each.room, each.session, each.pending) for each in states] == [(Room.JOINED, Session.STARTED, frozenset())]

"""Which call makes what an expression is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from msgspec.structs import replace

from lkagent_lint.facts import values as v
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.frontends.python import extract
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.origins import Origins
from lkagent_lint.project.records import CallRef

_TEXT = """\
from livekit.agents import AgentServer, JobContext

server = AgentServer()


def make(name):
    class Desk:
        @server.rtc_session(agent_name=name())
        async def entry(ctx: JobContext):
            await ctx.connect()

        door = entry

    return Desk
"""
_ENTRY = "make.<locals>.Desk.entry"


def _origins(decorator: v.Expr | None = None) -> tuple[Origins, list[v.Expr]]:
    """The origins of that file, whose decorator may be told otherwise, and the decorators of its entry."""
    facts = extract(_TEXT.encode())
    entry = facts.flows[_ENTRY]
    if decorator is not None:
        entry = replace(entry, decorators=(decorator,))
        facts = replace(facts, flows={**facts.flows, _ENTRY: entry})
    return Origins(cast(Evaluator, SimpleNamespace(files={"a.py": facts}, modules=None))), list(entry.decorators)


def test_a_decorated_function_of_a_class_in_a_function() -> None:
    """What made it is a call of the function around the class, because a class has no flow."""
    origins, (decorator,) = _origins()
    assert isinstance(decorator, v.Result)
    module = extract(_TEXT.encode()).flows[MODULE]
    site = origins.of("a.py", module, v.Function(_ENTRY))
    assert site is not None
    assert site == CallRef("a.py", "make", decorator.call)
    assert origins.door(site) == site


def test_a_call_that_the_flow_around_does_not_hold_is_no_origin() -> None:
    """A decorator's call that was recorded elsewhere has a number of its own there; nobody may look for it here."""
    origins, _ = _origins(v.Result(99))
    module = extract(_TEXT.encode()).flows[MODULE]
    assert origins.of("a.py", module, v.Function(_ENTRY)) is None

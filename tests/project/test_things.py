"""What bounds the values that are followed."""

from __future__ import annotations

from lkagent_lint.project.things import PLAIN, Box, Closure, Environment, Record, depth_of, only


def test_containers_nest_like_activations() -> None:
    """Else a function that hands itself what it was given in a new object would be followed for ever."""
    record = Record("agent.ts", (("parent", only(PLAIN)),), open_ended=False)
    assert depth_of(record) == 1
    assert depth_of(Box(only(record))) == 2
    inside = Environment("agent.ts", "scope", (("options", only(Box(only(record)))),), None)
    assert inside.depth == 3
    assert depth_of(Closure("agent.ts", "scope", inside)) == 3

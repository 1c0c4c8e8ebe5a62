"""What nested ``finally`` bodies make of a flow: each is built once for each way out, up to a limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lkagent_lint.facts import graph
from lkagent_lint.facts.flows import Flow
from lkagent_lint.frontends import javascript
from lkagent_lint.frontends.python import extract
from lkagent_lint.stack import run_deep


def _in_python(levels: int) -> Flow:
    """``try`` in ``finally`` in ``finally``, each left by its end, an exception and a return."""
    lines = ["from livekit.agents import JobContext", "async def entry(ctx: JobContext):"]
    for level in range(1, levels + 1):
        lines += [" " * level + "try:", " " * level + " await ctx.connect()", " " * level + " if a: return"]
        lines += [" " * level + "finally:"]
    lines += [" " * (levels + 1) + "await ctx.connect()"]
    return run_deep(lambda: extract("\n".join(lines).encode())).flows["entry"]


def _in_typescript(levels: int) -> Flow:
    body = "await ctx.connect();"
    for _ in range(levels):
        body = f"try {{ await ctx.connect(); if (a) return; }} finally {{ {body} }}"
    text = f"import {{ defineAgent }} from '@livekit/agents';\nasync function entry(ctx) {{ {body} }}\n"
    return run_deep(lambda: javascript.extract(text.encode(), "ts")).flows["entry"]


@pytest.mark.parametrize("flow_of", [_in_python, _in_typescript])
def test_what_is_built_of_nested_finally_bodies_grows_with_the_code(flow_of: Callable[[int], Flow]) -> None:
    size, twice, again = (len(flow_of(levels).calls) for levels in (10, 20, 40))
    assert (twice - size) * 2 == again - twice
    assert not flow_of(10).blocks


@pytest.mark.parametrize("flow_of", [_in_python, _in_typescript])
def test_a_few_levels_are_followed(flow_of: Callable[[int], Flow]) -> None:
    copies = [len(flow_of(levels).calls) for levels in (1, 2, 3)]
    assert all(flow_of(levels).blocks for levels in (1, 2, 3))
    assert copies == sorted(copies)


def test_many_ways_out_of_nested_bodies_are_too_many() -> None:
    loop = "for (const each of all) {{ try {{ if (a) break; if (b) continue; if (c) return; }} finally {{ {0} }} }}"
    body = "ctx.connect();"
    sizes: list[int] = []
    for _ in range(4):
        body = loop.format(body)
        text = f"import {{ defineAgent }} from '@livekit/agents';\nasync function entry(ctx) {{ {body} }}\n"
        flow = javascript.extract(text.encode(), "ts").flows["entry"]
        sizes.append(len(flow.calls))
    assert sizes[1] > sizes[0]
    assert max(sizes) <= 3 * graph.MAX_FINALLY_COPIES

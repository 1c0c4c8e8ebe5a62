"""Answers that lean on each other: they are those that hold, whichever is asked first, and every question ends."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import pytest

from lkagent_lint.facts import values as v
from lkagent_lint.project import limits
from lkagent_lint.project.evaluate import Evaluator
from lkagent_lint.project.things import (
    ANYTHING,
    NEVER,
    NOTHING,
    Closure,
    Formatted,
    SdkObject,
    String,
    Things,
    order_of,
)
from lkagent_lint.stack import run_deep
from tests.project.asking import growth
from tests.typestate.solving import ROOT, project_of

HEAD = """\
import os
from livekit.agents import AgentServer, AgentSession, JobContext
server = AgentServer()
class Node:
    def __init__(self, held=None):
        self.held = held
    def get(self, x):
        return self.held
def same(x):
    return x
def pick(x, y):
    return x if y else y
def wrap(f):
    def inner(z):
        return f(z)
    return inner
"""
ENTRY = """
@server.rtc_session()
async def entry(ctx: JobContext):
    await ctx.connect()
"""


def evaluator_of(text: str) -> Evaluator:
    return project_of({"agent.py": HEAD + text + ENTRY}).evaluator


def asked(text: str, *names: str) -> list[Things]:
    """What variables of a module are, asked in this order."""
    evaluator = evaluator_of(text)
    module = evaluator.module(f"{ROOT}/agent.py")
    return run_deep(lambda: [module.value(v.Name(each)) for each in names])


def texts(*values: str) -> Things:
    return frozenset(map(String, values))


SESSION = frozenset({SdkObject("AgentSession")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b\nb = a or AgentSession()", SESSION),
        ("a = same(b)\nb = c\nc = a if q else 'x'\nc = same(a)", texts("x")),
        ("a = a", NEVER),
        ("a = same(a)", NEVER),
        ("a = None\na = a or AgentSession()", SESSION | {NOTHING}),
        ("b = []\nb = [*b, AgentSession()]\na = list(b)[0] if q else AgentSession()", None),
        ("b = 'x', c\nc = b[0]\na = c", texts("x")),
        ("b = ('x' if q else c), None\nc = b[0]\na = c", texts("x")),
        ("n = Node(m)\nm = 'x' if q else n.held\na = n.get(n)", texts("x")),
        ("a = 'x'\na = a + 'y'", texts("x") | {Formatted((None, "y"))}),
        ("def f(x):\n    return f(x) if q else x\na = f('x')", texts("x")),
        ("def f(x):\n    return g(x) or x\ndef g(x):\n    return f(x)\na = g('x')", texts("x")),
        ("a = os.getenv('NAME', a)", None),
    ],
)
def test_the_answers_are_the_least_that_hold(text: str, expected: Things | None) -> None:
    (found,) = asked(text, "a")
    if expected is not None:
        assert found == expected
    assert len(found) <= limits.MAX_VALUES


def test_what_is_known_of_one_is_known_of_all_of_its_ring() -> None:
    ring = "".join(f"a{each} = a{(each + 1) % 9}\n" for each in range(9))
    names = [f"a{each}" for each in range(9)]
    for first in range(9):
        found = asked(ring + "a4 = 'x'\n", *names[first:], *names[:first])
        assert found == [texts("x")] * 9


FORMS = (
    *("{0}", "{0} or {1}", "{0} if q else {1}", "[{0}]", "{0}[0]", "same({0})", "pick({0}, {1})", "Node({0})"),
    *("{0}.held", "{0}.get({1})", "wrap({0})", "{0}({1})", "{0} + 'a'", "lambda: {0}", "(*{0}, {1})", "{{'k': {0}}}"),
    *("AgentSession()", "Node()", "'text'", "None", "same", "os.getenv('X', {0})"),
)


def _program(seed: int) -> tuple[str, list[str]]:
    """Variables of a module that are made of each other at random, most of them in cycles."""
    rng = random.Random(seed)
    names = [f"n{each}" for each in range(rng.choice((3, 5, 8, 12, 20)))]
    lines = [
        f"{name} = {rng.choice(FORMS).format(rng.choice(names), rng.choice(names))}\n"
        for name in names
        for _ in range(rng.choice((1, 1, 1, 2, 3)))
    ]
    return "".join(lines), names


@pytest.mark.parametrize("seed", range(60))
def test_they_are_the_same_whichever_is_asked_first(seed: int) -> None:
    text, names = _program(seed)
    expected = _said(text, names)
    for turn in range(1, 4):
        order = names[turn:] + names[:turn]
        random.Random(turn).shuffle(order)
        assert _said(text, order) == expected


def _said(text: str, names: list[str]) -> Mapping[str, list[str]]:
    return {name: sorted(map(order_of, found)) for name, found in sorted(zip(names, asked(text, *names), strict=True))}


def test_a_question_that_met_its_budget_is_unknown_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = "".join(f"a{each} = a{each + 1}\n" for each in range(200)) + "a200 = b = 'x'\n"
    assert asked(chain, "a0") == [texts("x")]
    monkeypatch.setattr(limits, "MAX_STEPS", 100)
    evaluator = evaluator_of(chain)
    module = evaluator.module(f"{ROOT}/agent.py")
    assert not evaluator.answers.unanswered
    steps = evaluator.answers.steps
    assert module.value(v.Name("a0")) == ANYTHING
    assert [each.flow for each in evaluator.answers.unanswered] == ["<module>"]
    assert evaluator.answers.steps - steps <= 101
    assert module.value(v.Name("b")) == texts("x")
    assert module.value(v.Name("a150")) == texts("x")


def test_questions_that_wait_for_each_other_in_a_long_row_end() -> None:
    length = 2 * limits.MAX_NESTED
    chain = "".join(f"a{each} = a{each + 1}\n" for each in range(length)) + f"a{length} = 'x'\n"
    first, late = asked(chain, "a0", f"a{length - 100}")
    assert first == ANYTHING
    assert late == texts("x")


def test_what_a_foreign_function_is_given_is_not_asked() -> None:
    text = "from foreign import f\nb = f(c, key=c)\nc = same('x')\n"
    evaluator = evaluator_of(text)
    module = evaluator.module(f"{ROOT}/agent.py")
    module.value(v.Name("b"))
    assert v.Name("c") not in module.answers


def test_a_text_that_doubles_is_not_followed_for_ever() -> None:
    doubling = "n0 = 'ab'\n" + "".join(f"n{each + 1} = n{each} + n{each}\n" for each in range(40))
    short, long = asked(doubling, "n3", "n40")
    assert short == texts("ab" * 8)
    assert long == ANYTHING


@pytest.mark.parametrize("argument", ["str({})", "lambda: {}", "[{}]", "Node({})", "(x, {})", "x + {}"])
def test_a_function_called_with_ever_new_arguments_has_a_bounded_number_of_activations(argument: str) -> None:
    calls = "".join(f"c{each} = same({argument.format(repr(str(each)))})\n" for each in range(800))
    evaluator = evaluator_of("x = ''\n" + calls)
    module = evaluator.module(f"{ROOT}/agent.py")
    (same,) = module.value(v.Name("same"))
    assert isinstance(same, Closure)
    given = [
        evaluator.results.arguments(each, module)
        for each in module.flow.calls
        if module.targets(each) == frozenset((same,))
    ]
    assert len(given) == 800
    entered = {evaluator.results.enter(same, *each) for each in given}
    assert len(entered) <= 3 * limits.MAX_ACTIVATIONS + 1


def _doubling(size: int) -> Mapping[str, str]:
    names = "".join(f"n{each + 1} = n{each} + n{each}\n" for each in range(size))
    return {"agent.py": HEAD + "n0 = 'ab'\n" + names + f"server.rtc_session(agent_name=n{size})\n" + ENTRY}


def _lambdas(size: int) -> Mapping[str, str]:
    steps = "".join(f"def r{each}(x): return r{each + 1}(lambda: x) if q else r{each + 1}(x)\n" for each in range(size))
    return {"agent.py": f"{HEAD}{steps}def r{size}(x): return x\n{ENTRY}    r0(ctx).connect()\n"}


def _ring(size: int) -> Mapping[str, str]:
    names = "".join(f"a{each} = a{(each * 7 + 1) % size} if q else a{(each * 3 + 2) % size}\n" for each in range(size))
    return {"agent.py": f"{HEAD}{names}a1 = 'x'\n{ENTRY}    a0(ctx)\n"}


def _fallbacks(size: int) -> Mapping[str, str]:
    """Functions that call each other with ever new closures, each from a fallback of its own."""
    functions = "".join(
        f"def f{each}(x, on):\n"
        f"    def fall{each}(y):\n"
        f"        return f{(each + 1) % size}(y, fall{each}) or f{(each + 3) % size}(x, on) or on(y)\n"
        f"    return fall{each}(x) or on(x)\n"
        for each in range(size)
    )
    return {"agent.py": f"{HEAD}{functions}{ENTRY}    f0(ctx, same).connect()\n"}


def _ring_of_node(size: int) -> Mapping[str, str]:
    lines = "".join(f"let n{each} = q ? n{(each * 7 + 1) % size} : n{(each * 3 + 2) % size};\n" for each in range(size))
    head = 'import { WorkerOptions, cli } from "@livekit/agents";\n'
    return {"agent.ts": f'{head}{lines}cli.runApp(new WorkerOptions({{ agent: "x", agentName: n0 }}));\n'}


@pytest.mark.parametrize("make", [_doubling, _lambdas, _ring, _fallbacks, _ring_of_node])
def test_twice_the_code_takes_twice_the_steps(make: Callable[[int], Mapping[str, str]]) -> None:
    assert max(growth(make, 80)) < 2.3

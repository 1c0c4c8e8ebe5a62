"""Names of the SDK that a Python file asks for: what counts, where it stands, and that no text makes it slow."""

from __future__ import annotations

import ast
import time

import pytest

from lkagent_lint.facts.sdk_names import AskedBy
from lkagent_lint.frontends.python.host import HostSpans
from lkagent_lint.frontends.python.sdk_names import members_asked_for, sdk_names
from lkagent_lint.stack import run_deep
from lkagent_lint.text import Lines, Span


def names(text: str) -> list[str]:
    return [
        f"{'?' if each.guarded else ''}{each.module}{':' if each.spelling is AskedBy.FROM else '.'}{each.name}"
        for each in sdk_names(text, ast.parse(text), HostSpans(Lines(text)))
        if each.name
    ]


def test_imports_and_attributes() -> None:
    assert names(
        "from livekit import agents\nfrom livekit.agents import llm as l\nagents.cli.run\nl.X()\nother.Y\n"
    ) == [
        "livekit:agents",
        "livekit.agents:llm",
        "livekit.agents.cli.run",
        "livekit.agents.llm.X",
    ]


def test_inert_code_counts() -> None:
    assert names("def quiet():\n    from livekit.agents import Worker\n    return 1\n") == ["livekit.agents:Worker"]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from livekit.agents import X\nexcept ImportError:\n    pass\n",
        "if version > 1:\n    from livekit.agents import X\n",
        "if TYPE_CHECKING:\n    from livekit.agents import X\n",
        "with suppress(ImportError):\n    from livekit.agents import X\n",
        "import pytest\npytest.importorskip('x')\nfrom livekit.agents import X\n",
    ],
)
def test_what_may_fail_is_guarded(text: str) -> None:
    assert names(text) == ["?livekit.agents:X"]


@pytest.mark.parametrize(
    "text",
    [
        "agents = 1",
        "def f(agents): ...",
        "def agents(): ...",
        "for agents in x: ...",
        "import agents",
        "try: ...\nexcept E as agents: ...",
    ],
)
def test_a_name_with_two_meanings_is_not_followed(text: str) -> None:
    assert names(f"from livekit import agents\n{text}\nagents.Worker\n") == ["livekit:agents"]


def test_columns_are_counted_in_code_points() -> None:
    found = sdk_names(text := 'from livekit import rtc\n"äöü€"; rtc.Room\n', ast.parse(text), HostSpans(Lines(text)))
    assert found[-1].span == Span(2, 9, 2, 17)


def test_members_that_somebody_stores_or_looks_for() -> None:
    text = (
        'hasattr(s, "a")\ns.b = 1\ns.c: int = 2\ns.d, s.e = 1, 2\nwith x as s.f: ...\ns.g()\ns.h == 1\n"i" in dir(s)\n'
    )
    assert tuple(map(set, members_asked_for(text))) == ({"a", "b", "c", "d", "e", "f", "i"},) * 2


def test_what_is_stored_on_self_is_given_to_nobody_else() -> None:
    asked, given = members_asked_for("self.a = 1\nself.b.c = 2\nif x.d: y = 3\nmyself.e = 4\nself.f: int = 5\n")
    assert set(asked) == {"a", "c", "d", "e", "f"}
    assert set(given) == {"c", "e"}


@pytest.mark.parametrize(
    "text",
    [
        "x = [" + ".a," * 100_000 + "]",
        "hasattr(" * 50_000,
        "hasattr(" + "(" * 50_000 + "," * 10,
        "a" + ".b" * 100_000 + ":",
        "as " + "a." * 100_000,
        ".a" + " " * 200_000,
    ],
)
def test_no_text_makes_the_search_slow(text: str) -> None:
    started = time.process_time()
    members_asked_for(text)
    assert time.process_time() - started < 3


@pytest.mark.parametrize("line", ["[" + "rtc.Room, " * 20_000 + "]", "['ä', " + "rtc.Room, " * 20_000 + "]"])
def test_one_long_line_is_no_trap(line: str) -> None:
    text = f"from livekit import rtc\nx = {line}\n"
    started = time.process_time()
    assert len(sdk_names(text, ast.parse(text), HostSpans(Lines(text)))) == 20_001
    assert time.process_time() - started < 5


def test_long_chains_of_elif() -> None:
    text = "from livekit import rtc\nif a:\n    pass\n" + "elif b:\n    rtc.Room\n" * 700
    tree = run_deep(lambda: ast.parse(text))
    assert len(run_deep(lambda: sdk_names(text, tree, HostSpans(Lines(text))))) == 701

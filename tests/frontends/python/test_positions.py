"""Positions by pairing are those by code, and spacing that is taken out means nothing."""

from __future__ import annotations

import ast
import sys
from functools import partial
from pathlib import Path

import libcst as cst
import pytest

from lkagent_lint.facts.file import FileFacts, Problem
from lkagent_lint.frontends.python.drafts import AwaitDraft, ReadDraft, ReturnDraft
from lkagent_lint.frontends.python.host import HostSpans
from lkagent_lint.frontends.python.parse import Parsed, parse
from lkagent_lint.frontends.python.positions import by_code, by_pairing
from lkagent_lint.frontends.python.reading import read
from lkagent_lint.frontends.python.slices import blank_inert
from lkagent_lint.frontends.python.unchecked import parse_module
from lkagent_lint.frontends.python.walker import Walker
from lkagent_lint.stack import run_deep
from lkagent_lint.text import Span

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "lkagent_lint").rglob("*.py"))

EVERYTHING = '''\
#!/usr/bin/env python3
# a comment of the file
"""A docstring
over two lines."""

from livekit import agents  # why


@decorate(first(1),
          second(2))
class Agent(Base, metaclass=make(  # a comment inside
    3
)):
    """Holds nothing."""

    field: Callable[[int], str] = make(4)

    async def \\
            run(self, a, /, b=default(5), *args, c=default(6), **kwargs) -> None:
        """Says nothing."""

        # between
        async with first(a) as one, second(b) as (two, three):
            await one.start(room=self.room, *args, agent=x, **more(kwargs))
        with (third(c)):
            pass; "no docstring"; call(7)
        async for each in self.stream(1)[2:three(3), ::four(4)]:
            each.on("x", lambda y=default(8): y.close())
        else:
            done()
        while (value := take()) and (a or b() or c) and not stop():
            value += add(1) + add(2) * -add(3)
            break
        else:
            never()
        try:
            risky(
                "one"
                "two",
                [item(i) for row in rows() if row for i in row if ok(i)],
                {key(k): val(v) for k, v in pairs()},
                {**spread(), "k": plain()},
                {*members(), single()},
            )
        except (ValueError, kinds()) as error:
            raise wrapped(error) from cause()
        except Exception:
            return (await self.finish()) if asked() else await (other())
        else:
            assert check(), message()
        finally:
            clean(*rest())
        if first() < second() <= third(): one_line(); two_lines()
        elif x:
            yield produce()
        else:
            yield from produce()
        while True:
            try:
                await take()
            except asyncio.CancelledError:
                forget()
        while True:
            try:
                await take()
            except BaseException:
                forget()
        match subject(1):
            case [first, *_] if guard(first):
                matched()
            case _:
                self.state = unmatched()
        text = (
            f"äöü {self.name(1)} {{not}} {a!r:>{width(2)}}"
            "plain " f"{nested(f'{inner(3)}')}"
        )
        x = d[k(1),] = e[f(2)].g = (h(3)
            .i(4)  # a comment in a chain
            .j(5))
        del x[drop()]
        print("ä", log(text), "ö" if cond() else 'ü', 1 if z else call(9))
        return


def nothing(x: str): return x


x = 1; y = made(2)
'''


def spans(text: str, *, spaced: bool) -> list[Span | None]:
    """Where everything that is recorded of a text stands, in the order in which it is."""

    def make() -> list[Span | None]:
        parsed = parse(text.encode(), spaced=spaced)
        assert isinstance(parsed, Parsed), parsed
        assert parsed.host is not None
        draft = Walker.walk(parsed.module)
        wanted = draft.wanted()
        if spaced:
            positions = by_code(parsed.module, wanted)
        else:
            positions = by_pairing(parsed.module, parsed.host, HostSpans(parsed.lines), wanted, parsed.gone)
        nodes = [call.node for flow in draft.flows.values() for call in flow.calls]
        nodes += [node for flow in draft.flows.values() for *_, node in flow.stores]
        nodes += [node for flow in draft.flows.values() for node in flow.swallows]
        nodes += [node for flow in draft.flows.values() for *_, node in flow.endless]
        nodes += [flow.node for flow in draft.flows.values()]
        steps = [step for flow in draft.flows.values() for block in flow.graph.blocks for step in block.steps]
        nodes += [step.node for step in steps if isinstance(step, (AwaitDraft, ReadDraft, ReturnDraft))]
        return [positions.of(node) for node in nodes]

    return run_deep(make)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_construct(newline: str) -> None:
    text = EVERYTHING.replace("\n", newline)
    paired, coded = spans(text, spaced=False), spans(text, spaced=True)
    assert paired == coded
    assert sum(each is not None for each in coded) > 75


def test_a_place_is_what_it_says() -> None:
    lines = EVERYTHING.splitlines()
    found = {lines[each.line - 1][each.column - 1 :] for each in spans(EVERYTHING, spaced=False) if each is not None}
    for start in ("self.name(1)", "inner(3)", "run(self", "default(8)", "two_lines()", 'log(text), "ö"'):
        assert any(each.startswith(start) for each in found), start


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_here(path: Path) -> None:
    data = path.read_bytes()
    parsed = run_deep(lambda: parse(data))
    if isinstance(parsed, Problem) or parsed.host is None:
        pytest.skip("not a file that this Python reads")
    assert not parsed.spaced, "libcst parses it with its spacing taken out"
    assert spans(parsed.lines.text, spaced=False) == spans(parsed.lines.text, spaced=True)


def test_a_bare_handler_ends_with_its_last_statement() -> None:
    text = "while True:\n    try:\n        await x()\n    except:\n        y()\n\n\nz = 1\n"
    assert Span(4, 5, 5, 12) in spans(text, spaced=False)


def test_spacing_means_nothing() -> None:
    host = ast.parse(EVERYTHING)
    part = blank_inert(EVERYTHING, host, spaced=False)
    assert part.text.count("\n") < EVERYTHING.count("\n") - 10
    kept = [each for each in ast.walk(host) if isinstance(each, ast.stmt) and id(each) not in part.gone]
    theirs = [each for each in ast.walk(ast.parse(part.text)) if isinstance(each, ast.stmt)]
    inside = {id(each) for gone in ast.walk(host) if id(gone) in part.gone for each in ast.walk(gone)}
    assert [type(each) for each in kept if id(each) not in inside] == [type(each) for each in theirs]


@pytest.mark.parametrize(
    "text",
    [
        "x = 1 \\\n\n\nawait y.connect()\n",  # the blank line ends a statement: taken out, the two would run together
        "if x:\n    y = connect() \\\n\nz = connect()\n",
    ],
)
def test_a_blank_line_that_counts(text: str) -> None:
    assert read(text.encode(), frozenset()) == facts_by_code(text)


def facts_by_code(text: str) -> FileFacts:
    """The facts with nothing taken out but what is inert."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lkagent_lint.frontends.python.reading.parse", partial(parse, spaced=True))
        return read(text.encode(), frozenset())


def test_libcst_is_left_as_it_was() -> None:
    before = cst.CSTNode.__post_init__, cst.SimpleWhitespace
    module = parse_module(EVERYTHING)
    with pytest.raises(cst.ParserSyntaxError):
        parse_module("x = (\n")
    assert (cst.CSTNode.__post_init__, cst.SimpleWhitespace) == before
    assert module.code == EVERYTHING
    assert module.deep_equals(cst.parse_module(EVERYTHING))
    with pytest.raises(cst.CSTValidationError):
        cst.SimpleWhitespace("x")


def test_depth_of_long_and_deep_texts() -> None:
    chain = "x = " + " + ".join(["a"] * 1_600) + "\n"
    decorated = "@a" + ".b()" * 800 + "\ndef f(): pass\n"
    elifs = "if a:\n    pass\n" + "elif b:\n    pass\n" * 1_600
    flat = "x = [" + ", ".join(["a"] * 5_000) + "]\n" + "y = 1\n" * 5_000
    for text in (chain, decorated, elifs):
        assert isinstance(run_deep(lambda text=text: parse(text.encode())), Problem)  # type: ignore[misc]
    assert isinstance(run_deep(lambda: parse(flat.encode())), Parsed)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="quotes of the same kind inside are new in 3.12")
def test_nested_quotes() -> None:
    text = 'x = f"{call("a", f"{other("b")}")}"\n'
    assert spans(text, spaced=False) == spans(text, spaced=True)

"""The nodes that are made of the host's tree say what those of libcst's own parser say, at the same places."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import libcst as cst
import msgspec
import pytest

from lkagent_lint.facts.file import FileFacts, Problem, ProblemKind
from lkagent_lint.facts.flows import MODULE
from lkagent_lint.facts.values import Attribute, Constant, Items, Join, Made, Name, Spread, Subscript, Text
from lkagent_lint.frontends.python import parse as parsing
from lkagent_lint.frontends.python.inert import NONE_INERT, Inert
from lkagent_lint.frontends.python.parse import Parsed, by_libcst, parse
from lkagent_lint.frontends.python.reading import facts_of, read
from lkagent_lint.stack import run_deep
from lkagent_lint.text import Span

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "lkagent_lint").rglob("*.py"), *(ROOT / "fixtures").rglob("*.py")])

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
                [a async for b in c() for a in d(b) async for e in f(a)],
                (a async for a in g()),
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
            produce()
        else:
            (yielded := produce())
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


def gives(x):
    yield produce()
    yield from produce()


def nothing(x: str): return x


x = 1; y = made(2)
'''


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out as inert."""

    def find(*_: object) -> Inert:
        return NONE_INERT

    monkeypatch.setattr(parsing, "find_inert", find)


def both(source: str | bytes) -> tuple[FileFacts, FileFacts]:
    """The facts of a file by the host's tree and by libcst alone, but for what only the host's tree is asked for."""

    def make() -> tuple[FileFacts, FileFacts]:
        parsed = parse(source.encode() if isinstance(source, str) else source)
        assert isinstance(parsed, Parsed), parsed
        assert parsed.host is not None
        alone = by_libcst(parsed.lines.text, SyntaxError("libcst cannot read it either"))
        assert isinstance(alone, Parsed), alone
        host = facts_of(parsed)
        found = facts_of(alone._replace(reached=parsed.reached))
        return host, msgspec.structs.replace(found, sdk_names=host.sdk_names, legacy=host.legacy)

    return run_deep(make)


def spans_of(facts: FileFacts) -> list[Span]:
    """Where the calls and the steps of a file stand."""
    found: list[Span | None] = []
    for flow in facts.flows.values():
        found += [flow.span, *(call.span for call in flow.calls), *(store.span for store in flow.stores)]
        found += [*(loop.span for loop in flow.endless), *flow.swallows]
        found += [getattr(step, "span", None) for block in flow.blocks for step in block.steps]
    return [each for each in found if each is not None]


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_construct(newline: str) -> None:
    host, alone = both(EVERYTHING.replace("\n", newline))
    assert host == alone
    assert len(spans_of(alone)) > 75


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_here(path: Path) -> None:
    parsed = run_deep(lambda: parse(path.read_bytes()))
    if isinstance(parsed, Problem) or parsed.host is None:
        pytest.skip("not a file that this Python reads")
    host, alone = both(path.read_bytes())
    assert host == alone


def test_a_place_is_what_it_says() -> None:
    lines = EVERYTHING.splitlines()
    facts = read(EVERYTHING.encode(), frozenset())
    found = {lines[each.line - 1][each.column - 1 :] for each in spans_of(facts)}
    for start in ("self.name(1)", "inner(3)", "run(self", "default(8)", "two_lines()", 'log(text), "ö"'):
        assert any(each.startswith(start) for each in found), start


PATTERNS = {
    "_": [],
    "a": ["a"],
    "1 | None | x.y": [],
    "[a, *b]": ["a", "b"],
    "(a, [b, *_] as c)": ["a", "c", "b"],
    '{"k": a, **b}': ["b", "a"],
    "Kind(a, x=b, y=Other(c))": ["a", "b", "c"],
    "[a] | (a, 1)": ["a", "a"],
}
"""Each with the names that it binds, outer ones first."""


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_binds_names(pattern: str) -> None:
    host, alone = both(f"match subject:\n    case {pattern}:\n        one()\nlast()\n")
    assert host == alone
    variables = host.flows[MODULE].variables
    assert [name for name, values in variables.items() for _ in values] == PATTERNS[pattern]


BINARY = ("+", "-", "*", "@", "/", "%", "**", "<<", ">>", "|", "^", "&", "//")
OPERATIONS = [
    *(f"x = a {operator} b()" for operator in (*BINARY, "and", "or")),
    *(f"x {operator}= b()" for operator in BINARY),
    *(f"x = {operator} b()" for operator in ("not", "-", "+", "~")),
    *(f"x = a {operator} b()" for operator in ("==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in")),
    *(f"x: a {operator} b = c()" for operator in BINARY),
    *(f"if __name__ {operator} '__main__':\n    def x(): a()" for operator in ("==", "!=", "is")),
]


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("text", OPERATIONS)
def test_operators(text: str) -> None:
    host, alone = both(f"{text}\n")
    assert host == alone


TOKENS = (
    cst.BaseParenthesizableWhitespace,
    cst.TrailingWhitespace,
    cst.LeftParen,
    cst.RightParen,
    cst.LeftSquareBracket,
    cst.RightSquareBracket,
    cst.Dot,
    cst.Comma,
    cst.Colon,
    cst.AssignEqual,
)
OWN = "lkagent_lint.frontends.python"
KEPT_UNREAD = {
    ("FormattedString", "start"),  # libcst wants them
    ("FormattedString", "end"),
    ("AugAssign", "operator"),
    ("UnaryOperation", "operator"),
    ("MatchList", "patterns"),  # read through ``children``
    ("MatchSequenceElement", "value"),
}


@pytest.mark.usefixtures("whole")
def test_what_is_made_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or it need not be made: every field that holds more than the default is read by the visitor somewhere."""
    read: set[tuple[str, str]] = set()

    def seen(self: cst.CSTNode, name: str) -> object:
        frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        if frame.f_globals["__name__"].startswith(OWN):
            read.add((type(self).__name__, name))
        return object.__getattribute__(self, name)

    def walk() -> set[tuple[str, str]]:
        made: set[tuple[str, str]] = set()
        for data in (EVERYTHING.encode(), *(path.read_bytes() for path in FILES)):
            parsed = parse(data)
            if isinstance(parsed, Parsed) and parsed.host is not None:
                made |= set(filled(parsed.module))
                with monkeypatch.context() as patch:
                    patch.setattr(cst.CSTNode, "__getattribute__", seen, raising=False)
                    facts_of(parsed)
        return made

    assert run_deep(walk) - read == KEPT_UNREAD


def filled(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The fields of a node and of those in it that hold something, tokens aside."""
    for field in dataclasses.fields(node):
        value: object = getattr(node, field.name)
        many = cast("list[object] | tuple[object, ...]", value) if isinstance(value, (list, tuple)) else (value,)
        given = tuple(many)
        values = [each for each in given if each is not None and not isinstance(each, (cst.MaybeSentinel, *TOKENS))]
        if values and not _is_default(field, getattr(node, field.name)):
            yield type(node).__name__, field.name
        for each in values:
            if isinstance(each, cst.CSTNode):
                yield from filled(each)


def _is_default(field: dataclasses.Field[object], value: object) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        default: object = field.default_factory()
        return isinstance(default, cst.CSTNode) and isinstance(value, cst.CSTNode) and default.deep_equals(value)
    return field.default is not dataclasses.MISSING and field.default == value


@pytest.mark.parametrize(
    ("handler", "span"),
    [
        ("except:", Span(4, 5, 5, 12)),  # ends with its last statement
        ("except (KeyError, asyncio.CancelledError):", Span(4, 13, 4, 45)),  # without the brackets
        ("except ( CancelledError , ):", Span(4, 14, 4, 28)),
        ("except BaseException as error:", Span(4, 12, 4, 25)),
    ],
)
def test_a_handler_that_swallows(handler: str, span: Span) -> None:
    text = f"async def f():\n  while True:\n    try:\n        await x()\n    {handler}\n        y()\n\n\nz = 1\n"
    span = Span(span.line + 1, span.column, span.end_line + 1, span.end_column)
    assert span in spans_of(read(text.encode(), frozenset()))


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    "looped", ["(1, 2)", "(1, (2, 3), 4)", "(y() for y in z)", "(y() for y in z if a if b())", "[1]", "z"]
)
def test_what_a_loop_waits_for(looped: str) -> None:
    host, alone = both(f"async def f():\n    async for x in {looped}:\n        pass\n")
    assert host == alone


def test_arguments_stand_in_the_order_of_the_text() -> None:
    host, alone = both("f(g(1), *j, k=h(2), *i(3), **e)\n")
    assert host == alone
    calls = host.flows[MODULE].calls
    assert [call.target for call in calls] == [Name("g"), Name("h"), Name("i"), Name("f")]
    assert calls[3].args[1] == Spread(Name("j"))
    assert [word for word, _ in calls[3].keywords] == ["k", "**"]


LITERALS = {
    '"one"': Text("one"),
    r'"a\"b"': Text('a"b'),
    """'''a 'b' \"\"\" c'''""": Text('a \'b\' """ c'),
    '"""a ""b\\""""': Text('a ""b"'),
    '"one" "two"': Text("onetwo"),
    '("one"  # \'why\'\n   "two")': Text("onetwo"),
    '"" ""': Text(""),
    "b'one'": None,
    'f"a{1}" "b"': None,
    'f"{{a}} {b!r} {c=} {d:>{e}}"': None,
    'f"{a} and {b.c}"': Join((Name("a"), Text(" and "), Attribute(Name("b"), "c"))),
    'f"{a!r} {b:>8} {c:>{d}} {e}"': None,
    'f"{a:{b}{c}}"': None,
    'f"{a.status} - {b.text()} - {c.d} - {e()}"': None,
    'f"{a}" "b"': None,
    "f'{a}' \"b\" 'c'": None,
    'f"{a=}"': None,
    'f"{a = !s}"': None,
    'f"a={b}"': Join((Text("a="), Name("b"))),
    'f"{a.sid} {b}"': None,
    r'f"\t{a}"': None,
    r'rf"\t{a}"': None,
    'f"""{a}\n"b" {c}"""': None,
    'f"""{a}\r\n{c}"""': None,
    "Rf'{a}'": Join((Name("a"),)),
    'f""': Text(""),
    'f"a"': Text("a"),
    "0x_1F": Constant("0x_1F"),
    "1_000.5e3": Constant("1_000.5e3"),
    "2j": None,
    "None": Constant("None"),
    "...": None,
    "x[1, 2]": None,
    "x[(1, 2)]": Subscript(Name("x"), Items((Constant("1"), Constant("2")))),
    "x[1,]": Subscript(Name("x"), Constant("1")),
    "x[1:2, 3]": Made((Name("x"),)),
    "x[()]": Subscript(Name("x"), Items(())),
}
"""Each with what it means; None where that is nothing that is followed."""


@pytest.mark.parametrize("literal", LITERALS)
def test_literals(literal: str) -> None:
    host, alone = both(f"name = {literal}\n")
    assert host == alone
    value = LITERALS[literal]
    assert value is None or host.flows[MODULE].variables["name"] == (value,)


def test_a_name_is_what_python_makes_of_it() -> None:
    """PEP 3131: names that are equal in their normal form are one; the place is still that of what is written."""
    text = "def ｗｉｄｔｈ(a, *, b): return a.start()\nwidth(1)\n"
    facts = read(text.encode(), frozenset())
    assert facts.flows["width"].span == Span(1, 5, 1, 10)
    assert facts.flows[MODULE].calls[0].target == Name("width")


def test_a_string_that_libcst_cannot_read_costs_no_more_than_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> cst.BaseExpression:
        raise cst.ParserSyntaxError("no", lines=("",), raw_line=1, raw_column=1)

    monkeypatch.setattr(cst, "parse_expression", refuse)
    facts = read(b'async def f():\n    await a(f"\\n{b()}")\n    await c()\n', frozenset({"f"}))
    assert [call.target for call in facts.flows["f"].calls] == [Name("a"), Name("c")]
    assert facts.problems == ()


@pytest.mark.parametrize("text", ['x = "a" b"b"\n', "x = (\n", "x = 1 2\n", "f(**a, *b)\n", "for x in *y, *z:\n"])
def test_what_neither_can_read_is_a_syntax_error(text: str) -> None:
    found = run_deep(lambda: parse(text.encode()))
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.SYNTAX


@pytest.mark.parametrize("text", ["x = 1 \\\n\n\ny.connect()\n", "if x:\n    y = connect() \\\n\nz = connect()\n"])
def test_a_blank_line_that_counts(text: str) -> None:
    host, alone = both(text)
    assert host == alone


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
    host, alone = both('x = f"{call("a", f"{other("b")}")}"\n')
    assert host == alone

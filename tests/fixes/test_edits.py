"""Each intent, in Python and in JavaScript: what it makes of a text, what it leaves alone, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lkagent_lint import intents as i
from lkagent_lint.fixes.tidying import tidied
from lkagent_lint.text import Lines, Place
from tests.fixes.editing import PY, TS, at, edited, mended, planned

_Make = Callable[[str], tuple[i.Intent, ...]]


def case(path: str, make: Callable[[Callable[[str], Place]], tuple[i.Intent, ...]]) -> _Make:
    return lambda text: make(lambda wanted: at(path, text, wanted))


AWAIT = case(PY, lambda at: (i.PutAwait(at("x.go()")),))
DROP = case(PY, lambda at: (i.RemoveStatement(at("x.go()")),))
THREAD = case(PY, lambda at: (i.InThread(at("get(u)")),))
SLEEP = case(PY, lambda at: (i.CallInstead(at("time.sleep(1)"), "asyncio.sleep", awaited=True),))


@pytest.mark.parametrize(
    ("make", "before", "after"),
    [
        (AWAIT, "async def f():\n    x.go()\n", "async def f():\n    await x.go()\n"),
        (AWAIT, "async def f():\n    _ = x.go().y\n", "async def f():\n    _ = (await x.go()).y\n"),
        (AWAIT, "async def f():\n    await x.go()\n", None),
        (AWAIT, "def f():\n    x.go()\n", None),
        (AWAIT, "async def f():\n    return lambda: x.go()\n", None),
        (AWAIT, "async def f(a=x.go()):\n    pass\n", None),
        (DROP, "async def f():\n    x.go()  # now\n    y()\n", "async def f():\n    y()\n"),
        (DROP, "async def f():\n    await x.go()\n", "async def f():\n    pass\n"),
        (DROP, "async def f():\n    a(); x.go(); b()\n", "async def f():\n    a(); b()\n"),
        (DROP, "async def f():\n    a(); x.go()\n", "async def f():\n    a()\n"),
        (DROP, "async def f():\n    y = x.go()\n", None),
        (DROP, "async def f():\n    if a: x.go()\n", "async def f():\n    if a: pass\n"),
        (
            THREAD,
            "import asyncio\nasync def f():\n    a = get(u).b\n",
            "import asyncio\nasync def f():\n    a = (await asyncio.to_thread(get, u)).b\n",
        ),
        (
            THREAD,
            "import json\nasync def f():\n    get(u)\n",
            "import asyncio\nimport json\nasync def f():\n    await asyncio.to_thread(get, u)\n",
        ),
        (THREAD, "asyncio = 1\nasync def f():\n    get(u)\n", None),
        (SLEEP, "async def f():\n    time.sleep(1)\n", "async def f():\n    await asyncio.sleep(1)\n"),
        (
            case(PY, lambda at: (i.Move(at("a()"), at("b()"), behind=True),)),
            "if x:\n    # of a\n    a()  # one\n\n    b()\n    c()\n",
            "if x:\n\n    b()\n    # of a\n    a()  # one\n    c()\n",
        ),
        (case(PY, lambda at: (i.Move(at("a()"), at("b()"), behind=True),)), "a()\nif x:\n    b()\n", None),
        (case(PY, lambda at: (i.Move(at("a()"), at("b(x)"), behind=True),)), "x = a()\nb(x)\n", None),
        (case(PY, lambda at: (i.Move(at("f(s.x)"), at("b()")),)), "s.x, y = b()\nf(s.x)\n", None),
        (case(PY, lambda at: (i.Move(at("a()"), at("b()"), behind=True),)), "x = a()\ndef f(): x\nb()\n", None),
        (case(PY, lambda at: (i.Move(at("f(lambda: x)"), at("b()")),)), "x = b()\nf(lambda: x)\n", None),
        (
            case(PY, lambda at: (i.Move(at("f(lambda x: x.y)"), at("b()")),)),
            "y = b()\nf(lambda x: x.y)\n",
            "f(lambda x: x.y)\ny = b()\n",
        ),
        (case(PY, lambda at: (i.Surround(at("a"), "f(", ")"),)), "x = (a)\n", "x = f((a))\n"),
        (case(PY, lambda at: (i.PutInto(at("f(a=1)"), "g"),)), "f(a=1)\n", "f(g(a=1))\n"),
        (case(PY, lambda at: (i.NameArguments(at("f(x, y)"), ("a", "b")),)), "f(x, y)\n", "f(a=x, b=y)\n"),
        (case(PY, lambda at: (i.NameArguments(at("f(x, a=y)"), ("a",)),)), "f(x, a=y)\n", None),
        (case(PY, lambda at: (i.AwaitGiven(at("t(f())")),)), "def g():\n    t(f())\n", None),
        (
            case(PY, lambda at: (i.CallReturned(at("g"), "A"),)),
            "def g():\n    def h(): return A\n    return A, 1\n",
            "def g():\n    def h(): return A\n    return A(), 1\n",
        ),
        (
            case(PY, lambda at: (i.ChangeCopy(at("s.c.add(1)"), "c", "put"),)),
            "async def g(c):\n    s.c.add(1)\n",
            "async def g(c):\n    changed_c = s.c.copy()\n    changed_c.add(1)\n    await s.put(changed_c)\n",
        ),
        (case(PY, lambda at: (i.ChangeCopy(at("s.c.add(1)"), "c", "put"),)), "def g():\n    s.c.add(1)\n", None),
        (
            case(PY, lambda at: (i.Insert(at("a()"), "b()", behind=True),)),
            "if x:\n\ta()",
            "if x:\n\ta()\n\tb()",
        ),
        (case(PY, lambda at: (i.AddArgument(at("f()"), "a", "1"),)), "f()\n", "f(a=1)\n"),
        (case(PY, lambda at: (i.AddArgument(at("f(b, )"), "a", "1"),)), "f(b, )\n", "f(b, a=1, )\n"),
        (case(PY, lambda at: (i.AddArgument(at("f(a=2)"), "a", "1"),)), "f(a=2)\n", None),
        (
            case(PY, lambda at: (i.AddArgument(at("f(\n    b,\n)"), "a", "1"),)),
            "f(\n    b,\n)\n",
            "f(\n    b,\n    a=1,\n)\n",
        ),
        (case(PY, lambda at: (i.RemoveArgument(at("f(a=1, b=2)"), "a"),)), "f(a=1, b=2)\n", "f(b=2)\n"),
        (case(PY, lambda at: (i.RemoveArgument(at("f(a=1, b=2)"), "b"),)), "f(a=1, b=2)\n", "f(a=1)\n"),
        (case(PY, lambda at: (i.RemoveArgument(at("f(a=1)"), "a"),)), "f(a=1)\n", "f()\n"),
        (
            case(PY, lambda at: (i.RemoveArgument(at("f(\n    a=1,  # x\n    b=(2),  # y\n)"), "b"),)),
            "f(\n    a=1,  # x\n    b=(2),  # y\n)\n",
            "f(\n    a=1,  # x\n)\n",
        ),
        (
            case(PY, lambda at: (i.MoveArgument(at("f(a='n')"), "a", at("g()")),)),
            "s = g()\nf(a='n')\n",
            "s = g(a='n')\nf()\n",
        ),
        (case(PY, lambda at: (i.RenameArgument(at("f(a=a)"), "a", "b"),)), "f(a=a)\n", "f(b=a)\n"),
        (case(PY, lambda at: (i.ReplaceText(at("s.on(r'a', x)"), "a", "b"),)), "s.on(r'a', x)\n", "s.on(r'b', x)\n"),
        (case(PY, lambda at: (i.ReplaceText(at("s.on('a' 'c', x)"), "a", "b"),)), "s.on('a' 'c', x)\n", None),
        (case(PY, lambda at: (i.Rename(at("s.on(x)"), "on", "off"),)), "s.on(x)\n", "s.off(x)\n"),
        (case(PY, lambda at: (i.Rename(at("on.on(x)"), "on", "off"),)), "on.on(x)\n", None),
        (case(PY, lambda at: (i.MakeAsync(at("go")),)), "@d\ndef go(): pass\n", "@d\nasync def go(): pass\n"),
        (
            case(PY, lambda at: (i.ReturnInstead(at("self.complete(v)"), "Completed"),)),
            "def f():\n    self.complete(v)\n",
            "def f():\n    return Completed(v)\n",
        ),
    ],
)  # fmt: skip
def test_python(make: _Make, before: str, after: str | None) -> None:
    assert mended(PY, before, *make(before)) == after


@pytest.mark.parametrize(
    ("make", "before", "after"),
    [
        (
            case(TS, lambda at: (i.PutAwait(at("x.go()")),)),
            "const f = async () => {\n  x.go();\n};\n",
            "const f = async () => {\n  await x.go();\n};\n",
        ),
        (case(TS, lambda at: (i.PutAwait(at("x.go()")),)), "const f = () => {\n  x.go();\n};\n", None),
        (case(TS, lambda at: (i.PutAwait(at("x.go()")),)), "x.go();\n", None),
        (
            case(TS, lambda at: (i.RemoveStatement(at("x.go()")),)),
            "async () => {\n  await x.go(); // a\n  y();\n};\n",
            "async () => {\n  y();\n};\n",
        ),
        (case(TS, lambda at: (i.RemoveStatement(at("x.go()")),)), "const y = x.go();\n", None),
        (
            case(TS, lambda at: (i.AddArgument(at("f(a)"), "b", "1"),)),
            "f(a);\n",
            "f(a, { b: 1 });\n",
        ),
        (case(TS, lambda at: (i.AddArgument(at("f({})"), "b", "1"),)), "f({});\n", "f({ b: 1 });\n"),
        (
            case(TS, lambda at: (i.RemoveArgument(at("f({\n  a,\n  b: 2,\n})"), "a"),)),
            "f({\n  a,\n  b: 2,\n});\n",
            "f({\n  b: 2,\n});\n",
        ),
        (case(TS, lambda at: (i.RenameArgument(at("f({ a })"), "a", "b"),)), "f({ a });\n", "f({ b: a });\n"),
        (
            case(TS, lambda at: (i.RenameArgument(at("new F"), "a", "b"),)),
            "x(new F({ a: 1 }));\n",
            "x(new F({ b: 1 }));\n",
        ),
        (case(TS, lambda at: (i.RenameArgument(at("y"), "a", "b"),)), "x(y, { a: 1 });\n", None),
        (case(TS, lambda at: (i.ReplaceText(at("s.on('a', x)"), "a", "b"),)), "s.on('a', x);\n", "s.on('b', x);\n"),
        (case(TS, lambda at: (i.Move(at("a()"), at("b()"), behind=True),)), "a();\nb();\n", "b();\na();\n"),
        (
            case(TS, lambda at: (i.Move(at("a()"), at("b({ x })"), behind=True),)),
            "const { x } = a();\nb({ x });\n",
            None,
        ),
        (case(TS, lambda at: (i.Move(at("f(s.x)"), at("b()")),)), "s.x = b();\nf(s.x);\n", None),
        (
            case(TS, lambda at: (i.Surround(at("export default"), "f(", ")"),)),
            "export default { a } as b;\n",
            "export default f({ a } as b);\n",
        ),
        (case(TS, lambda at: (i.Surround(at("module.exports"), "f(", ")"),)), "module.exports = { a };\n", None),
        (
            case(TS, lambda at: (i.SurroundArgument(at("f(x, { a })"), "a", "g(", ")"),)),
            "f(x, { a });\n",
            "f(x, { a: g(a) });\n",
        ),
        (
            case(TS, lambda _: (i.ImportFirst(TS, "m"),)),
            "// c\nimport a from 'a'\n",
            "// c\nimport 'm'\nimport a from 'a'\n",
        ),
    ],
)
def test_javascript(make: _Make, before: str, after: str | None) -> None:
    assert mended(TS, before, *make(before)) == after


@pytest.mark.parametrize(
    ("before", "module", "name", "after"),
    [
        ('"""D."""\n\nimport json\nx\n', "asyncio", "", '"""D."""\n\nimport asyncio\nimport json\nx\n'),
        ("import json\nx\n", "os", "", "import json\nimport os\nx\n"),
        ("from a import b\nx\n", "os", "", "import os\n\nfrom a import b\nx\n"),
        ("from __future__ import a\nimport json\n", "os", "", "from __future__ import a\nimport json\nimport os\n"),
        ("from __future__ import a\nimport sys\n", "os", "", "from __future__ import a\nimport os\nimport sys\n"),
        ("from a import B, D\n", "a", "C", "from a import B, C, D\n"),
        ("from a import (\n    B,\n    C,\n)\n", "a", "D", "from a import (\n    B,\n    C,\n    D,\n)\n"),
        ("from a.b import C\nx\n", "a.w", "D", "from a.b import C\nfrom a.w import D\nx\n"),
        ("@d\ndef f(): pass\n", "os", "", "import os\n@d\ndef f(): pass\n"),
        ("from b import os\n", "os", "", None),
    ],
)  # fmt: skip
def test_imports(before: str, module: str, name: str, after: str | None) -> None:
    assert mended(PY, before, i.AddImport(PY, module, name)) == after


def test_what_is_imported_is_not_imported_again() -> None:
    assert mended(PY, "import asyncio\nf()\n", i.AddImport(PY, "asyncio"), i.Rename(_word("f", 2), "f", "g")) == (
        "import asyncio\ng()\n"
    )


def _word(word: str, line: int) -> Place:
    return at(PY, "\n" * (line - 1) + word, word)


BEFORE = "async def f():\n    # é\n    x.go()\n    y(a=1, b='ü')\n"
AFTER = "async def f():\n    # é\n    await x.go()\n    y(a=1, b='ü', c=2)\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", ["    ", "\t", "\f    "])
@pytest.mark.parametrize("is_ended", [True, False])
def test_every_other_byte_stays(encoding: str, end: str, indent: str, is_ended: bool) -> None:
    def made(text: str) -> bytes:
        cookie = "" if encoding.startswith("utf") else f"# coding: {encoding}\n"
        text = f"{cookie}{text}".replace("    ", indent).replace("\n", end)
        return (text if is_ended else text.removesuffix(end)).encode(encoding)

    before = made(BEFORE)
    text = before.decode(encoding)
    fix = planned(
        PY, before, i.PutAwait(at(PY, text, "x.go()")), i.AddArgument(at(PY, text, "y(a=1, b='ü')"), "c", "2")
    )
    assert fix is not None
    assert edited(PY, before, fix) == made(AFTER)


@pytest.mark.parametrize("between", ["", "    # no more\n", "    \n"])
def test_what_is_adjacent_is_safe(between: str) -> None:
    text = f"async def f():\n    await x.go()\n{between}    await y.go()\n"
    first, then = at(PY, text, "x.go()"), at(PY, text, "y.go()")
    fix = planned(PY, text.encode(), i.RemoveStatement(first), i.Requires(first, then))
    assert fix is not None
    assert fix.safety is i.Safety.SAFE


@pytest.mark.parametrize("between", ["    z = 1\n", "    if z:\n        pass\n"])
def test_what_is_not_is_unsafe(between: str) -> None:
    text = f"async def f():\n    await x.go()\n{between}    await y.go()\n"
    first, then = at(PY, text, "x.go()"), at(PY, text, "y.go()")
    fix = planned(PY, text.encode(), i.RemoveStatement(first), i.Requires(first, then))
    assert fix is not None
    assert fix.safety is i.Safety.UNSAFE


def test_a_text_that_the_encoding_lacks_is_not_written() -> None:
    text = "# coding: latin-1\nf(a='b')\n"
    fix = planned(PY, text.encode(), i.ReplaceText(at(PY, text, "'b'"), "b", "→"))
    assert fix is not None
    with pytest.raises(AssertionError):
        edited(PY, text.encode(), fix)


@pytest.mark.parametrize("text", ["def f(:\n", "x = 1\0\n"])
def test_what_cannot_be_parsed_is_left_alone(text: str) -> None:
    assert mended(PY, text, i.AddImport(PY, "os")) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('CMD ["python", "agent.py"]', 'CMD ["python", "agent.py", "start"]'),
        ("CMD python agent.py", "CMD python agent.py start"),
        ("command: 'python agent.py'", "command: 'python agent.py start'"),
        ("- python\n  - 'agent.py'", "- python\n  - 'agent.py'\n  - 'start'"),
        ("  - agent.py  # it", "  - agent.py  # it\n  - start"),
        ('["agent.py", "--x"]', None),
        ("agent.py agent.py", None),
    ],
)
def test_a_command_gets_one_more_word(before: str, after: str | None) -> None:
    where = Place("/project/Dockerfile", Lines(before).span(0, len(before.partition("  #")[0])))
    fix = planned(where.path, before.encode(), i.FollowWord(where, "agent.py", "start"))
    assert (None if fix is None else edited(where.path, before.encode(), fix).decode()) == after


def test_a_word_is_put_before_a_command_that_is_written_once() -> None:
    def begin(text: str) -> i.Fix | None:
        where = Place("/a/x", Lines(text).span(0, len(text)))
        return planned(where.path, text.encode(), i.Begin(where, ("a", "b"), "exec"))

    fix = begin("X=1 a  b")
    assert fix is not None
    assert edited("/a/x", b"X=1 a  b", fix) == b"X=1 exec a  b"
    assert begin("a b; a b") is None


@pytest.mark.parametrize(
    ("before", "mended_text", "after"),
    [
        ("import a\n\nimport b\n\na.x(b)\n", "import a\n\nimport b\n\nx(b)\n", "import b\n\nx(b)\n"),
        ("from a import b, c\n\nb(c)\n", "from a import b, c\n\nf(c)\n", "from a import c\n\nf(c)\n"),
        ("from a import b, c\n\nb(c)\n", "from a import b, c\n\nf()\n", "f()\n"),
        ("import a\n\nimport b\n\n\nx(b)\n", "import a\n\nimport b\n\n\nx()\n", "import a\n\n\nx()\n"),
        ("import a\n\na(1)\n", "import a\n\nf('a')\n", "import a\n\nf('a')\n"),
        ("import a\n\nf(1)\n", "import a\n\nf(2)\n", "import a\n\nf(2)\n"),
    ],
)
def test_an_import_goes_that_nothing_uses_any_more(before: str, mended_text: str, after: str) -> None:
    assert tidied(PY, before.encode(), mended_text.encode()).decode() == after
    assert tidied("/project/__init__.py", before.encode(), mended_text.encode()) == mended_text.encode()

"""Edits that put one mistake into a correct entry function, and the rule that has to find it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Entry(NamedTuple):
    """An entry function and the one place in it where the session starts."""

    function: ast.AsyncFunctionDef
    start: ast.stmt
    """The statement, on lines of its own, that awaits ``session.start(room=…)``."""
    call: ast.Call
    context: str
    session: str
    """How the source spells the two."""


class Mutant(NamedTuple):
    operator: str
    rule: str
    text: str
    extra: dict[str, str]
    """Files beside it, by name."""


Lines = list[str]


def entries(source: str, names: set[str]) -> Iterator[Entry]:
    """The entry functions of these names that await exactly one start with ``room=`` in their own body."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef) and node.name in names and node.args.args:
            found = list(_starts(node.body))
            if len(found) == 1:
                statement, call = found[0]
                assert isinstance(call.func, ast.Attribute)
                session = ast.get_source_segment(source, call.func.value) or ""
                if session.isidentifier():
                    yield Entry(node, statement, call, node.args.args[0].arg, session)


def _starts(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.Call]]:
    for statement in body:
        match statement:
            case ast.Expr(ast.Await(ast.Call(func=ast.Attribute(attr="start"), keywords=keywords) as call)):
                if any(each.arg == "room" for each in keywords):
                    yield statement, call
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                for part in ast.iter_child_nodes(statement):
                    if isinstance(part, (ast.stmt, ast.ExceptHandler)):
                        yield from _starts([part] if isinstance(part, ast.stmt) else part.body)


# Edits of lines


def _indent(lines: Lines, number: int) -> str:
    line = lines[number - 1]
    return line[: len(line) - len(line.lstrip())]


def _insert(source: str, number: int, indent: str, code: str) -> str:
    """The code, a line or several, before a 1-based line."""
    lines = source.splitlines(keepends=True)
    block = [f"{indent}{each}\n" for each in code.splitlines()]
    return "".join([*lines[: number - 1], *block, *lines[number - 1 :]])


def _before(source: str, entry: Entry, code: str) -> str:
    number = entry.start.lineno
    return _insert(source, number, _indent(source.splitlines(), number), code)


def _after(source: str, entry: Entry, code: str) -> str:
    indent = _indent(source.splitlines(), entry.start.lineno)
    return _insert(source, (entry.start.end_lineno or entry.start.lineno) + 1, indent, code)


def _first(source: str, entry: Entry, code: str) -> str:
    body = entry.function.body
    first = (
        body[1]
        if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        else body[0]
    )
    number = min([first.lineno, *(each.lineno for each in getattr(first, "decorator_list", []))])
    return _insert(source, number, _indent(source.splitlines(), number), code)


def _last(source: str, entry: Entry, code: str) -> str:
    last = entry.function.body[-1]
    indent = _indent(source.splitlines(), entry.function.body[0].lineno)
    return _insert(source, (last.end_lineno or last.lineno) + 1, indent, code)


def _replace_start(source: str, entry: Entry, edit: Callable[[str], str]) -> str:
    segment = ast.get_source_segment(source, entry.start) or ""
    return source.replace(segment, edit(segment), 1)


def _without_room(source: str, entry: Entry) -> str:
    room = next(each for each in entry.call.keywords if each.arg == "room")
    written = ast.get_source_segment(source, room) or ""
    return _replace_start(source, entry, lambda text: text.replace(written, "record=False", 1))


# The operators

HELPERS = "_mutant_steps"


def mutants(source: str, entry: Entry) -> Iterator[Mutant]:
    """Every mutant of one entry."""
    context, session = entry.context, entry.session
    yield from _early_connects(source, entry)
    yield from (
        Mutant(operator, rule, text, {})
        for operator, rule, text in (
            (
                "drop the start's await",
                "LKA106",
                _replace_start(source, entry, lambda text: text.replace("await ", "", 1)),
            ),
            ("drop a connect's await", "LKA106", _after(source, entry, f"{context}.connect()")),
            ("wait first", "LKA104", _first(source, entry, f"await {context}.wait_for_participant()")),
            ("wait first, with a limit", "LKA104", _first(source, entry, _LIMITED.format(context=context))),
            ("wait first, in a task", "LKA104", _first(source, entry, _TASK.format(context=context))),
            (
                "connect with options after the start",
                "LKA107",
                _after(source, entry, f"await {context}.connect(auto_subscribe='x')"),
            ),
            ("speak before the start", "LKA108", _before(source, entry, f"{session}.generate_reply()")),
            ("read the participant first", "LKA109", _first(source, entry, f"print({context}.room.local_participant)")),
            (
                "room listener after the start",
                "LKA110",
                _after(source, entry, f"{context}.room.on('data_received', print)"),
            ),
            (
                "session listener after the start",
                "LKA111",
                _after(source, entry, f"{session}.on('user_state_changed', print)"),
            ),
            (
                "participant entrypoint after the start",
                "LKA112",
                _after(source, entry, f"{context}.add_participant_entrypoint(print)"),
            ),
            ("return first", "LKA115", _first(source, entry, f"if {context}.job.metadata == 'no':\n    return")),
            *((f"return by {told}", "LKA115", _guarded(source, entry, call, body)) for told, call, body in _GUARDS),
            ("drop room=", "LKA116", _without_room(source, entry)),
            ("await a plain call", "LKA119", _last(source, entry, f"await {context}.shutdown()")),
            ("callback after an endless wait", "LKA105", _last(source, entry, _ENDLESS.format(context=context))),
            ("start in a dropped task", "LKA118", _replace_start(source, entry, _as_task)),
        )
    )


_LIMITED = "import asyncio as _a\nawait _a.wait_for({context}.wait_for_participant(), 30)"
_TASK = "import asyncio as _a\n_t = _a.create_task({context}.wait_for_participant())\nawait _t"
_ENDLESS = "import asyncio as _a\nawait _a.Event().wait()\n{context}.add_shutdown_callback(print)"


def _as_task(statement: str) -> str:
    """``await f(…)`` as a task of its own, whatever lines it takes."""
    return f"__import__('asyncio'); import asyncio as _a; _a.create_task({statement.removeprefix('await ')})"


_GUARDS = (
    ("what a function says", "if not await {guard}:\n    return", "    return c.job.metadata != 'no'"),
    ("None", "if await {guard} is None:\n    return", "    return None if c.job.metadata == 'no' else c.job"),
    (
        "an exception",
        "try:\n    await {guard}\nexcept LookupError:\n    return",
        "    if c.job.metadata == 'no': raise LookupError",
    ),
    (
        "a flag",
        "_no = False\nif await {guard}:\n    _no = True\nif _no:\n    return",
        "    return c.job.metadata == 'no'",
    ),
    (
        "a part of what it says",
        "_ok, _why = await {guard}\nif not _ok:\n    return",
        "    return c.job.metadata != 'no', ''",
    ),
)
"""How a guard that shuts nothing down says no: in words, its call, and what it does."""


def _guarded(source: str, entry: Entry, call: str, body: str) -> str:
    """A return where a function says no, which has shut nothing down."""
    text = _first(source, entry, call.format(guard=f"{HELPERS}_g({entry.context})"))
    return text.rstrip("\n") + f"\n\n\nasync def {HELPERS}_g(c):\n{body}\n"


def _early_connects(source: str, entry: Entry) -> Iterator[Mutant]:
    """A connect before the start, in the ways in which people hide it."""
    context = entry.context
    lines = source.splitlines()[entry.function.lineno : entry.start.lineno]
    if any(".connect(" in line for line in lines):
        return  # the room is joined by then, and a second connect changes nothing
    plain = f"await {context}.connect()"
    helper = f"\n\nasync def {HELPERS}_f(c):\n    await c.connect()\n"
    method = (
        f"\n\nclass {HELPERS}_C:\n    def __init__(self, c):\n        self.c = c\n"
        "\n    async def go(self):\n        await self.c.connect()\n"
    )
    limited = f"import asyncio as _a\nawait _a.wait_for(_a.shield({context}.connect()), 10)"
    thread = f"import asyncio as _a\nawait _a.to_thread(lambda: len('x'))\n{plain}"
    closure = f"import asyncio as _a\n_v = []\ndef _w():\n    return len(_v)\nawait _a.to_thread(_w)\n{plain}"
    waiting = f"import asyncio as _a\n_t = _a.create_task({context}.connect())\nawait _a.wait_for(_t, timeout=10)"
    table = f"{helper}\n\n{HELPERS}_t = {{'go': {HELPERS}_f}}\n"
    foreign = f"import {HELPERS}_others\n_x = {HELPERS}_others.build()\n"
    managed = f"import {HELPERS}_others\nasync with {HELPERS}_others.client() as _x:\n    {plain}"
    for shape, code, end, extra in (
        ("plain", plain, "", {}),
        ("with a limit", limited, "", {}),
        ("as a task with a limit", waiting, "", {}),
        ("behind a thread", thread, "", {}),
        ("behind a closure in a thread", closure, "", {}),
        ("behind a factory of others", f"{foreign}{plain}", "", {}),
        ("behind an awaited factory of others", f"{foreign}await _x.open()\n{plain}", "", {}),
        ("within a client of others", managed, "", {}),
        ("from a table", f"await {HELPERS}_t['go']({context})", table, {}),
        ("in a branch", f"if {context}.job.metadata:\n    {plain}", "", {}),
        ("in a loop", f"for _i in range(2):\n    {plain}", "", {}),
        ("in a try", f"try:\n    {plain}\nfinally:\n    print(1)", "", {}),
        ("in a nested function", f"async def _n():\n    {plain}\nawait _n()", "", {}),
        ("in a helper", f"await {HELPERS}_f({context})", helper, {}),
        ("in a method", f"await {HELPERS}_C({context}).go()", method, {}),
        (
            "in another module",
            f"import {HELPERS}\nawait {HELPERS}.go({context})",
            "",
            {f"{HELPERS}.py": "async def go(c):\n    await c.connect()\n"},
        ),
    ):
        text = _before(source, entry, code)
        yield Mutant(f"connect before the start, {shape}", "LKA101", text.rstrip("\n") + "\n" + end, extra)

"""Edits that put one mistake into the registration of a correct entry function, and the rule that has to find it."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from tools.mutate.operators import Entry, Mutant

_SECOND = "\n\n@{server}.rtc_session()\nasync def _mutant_second(ctx):\n    await ctx.connect()\n"


def registration_mutants(source: str, entry: Entry) -> Iterator[Mutant]:
    """Every mutant of what registers one entry, as far as the file says."""
    function = entry.function
    last = function.body[-1]
    indent = " " * function.body[0].col_offset
    yield Mutant(
        "yield in the entry", "LKA301", _after_line(source, last.end_lineno or last.lineno, f"{indent}yield 1"), {}
    )
    server = _server_of(function)
    if server:
        yield from _of_server(source, server)
    yield from _replaced(
        source,
        "LKA302",
        "lambda as the entry",
        rf"entrypoint_fnc=({function.name})\b",
        r"entrypoint_fnc=lambda c: \1(c)",
    )
    yield from _replaced(
        source, "LKA307", "option of the other API", r"\bWorkerOptions\((?!\))", "WorkerOptions(on_request=print, "
    )
    yield from _replaced(
        source, "LKA308", "string as the type", r"\bWorkerOptions\((?!\))", "WorkerOptions(worker_type='room', "
    )
    prewarm = re.search(r"\b(?:prewarm_fnc|setup_fnc)\s*=\s*([A-Za-z_]\w*)", source)
    if prewarm is not None:
        yield from _replaced(source, "LKA303", "async prewarm", rf"^def ({prewarm[1]})\(", r"async def \1(")
    yield from _without_guard(source)


def _of_server(source: str, server: str) -> Iterator[Mutant]:
    """Mistakes of a server's decorator."""
    called = rf"@{re.escape(server)}\.rtc_session\("
    yield Mutant("second registration", "LKA305", source.rstrip("\n") + _SECOND.format(server=server), {})
    yield from _replaced(
        source, "LKA307", "option of the other API", called, f"@{server}.rtc_session(request_fnc=print, "
    )
    yield from _replaced(
        source, "LKA307", "option that the server lacks", r"\bAgentServer\(", "AgentServer(prewarm_fnc=print, "
    )
    yield from _replaced(source, "LKA308", "string as the type", called, f"@{server}.rtc_session(type='room', ")
    yield from _replaced(source, "LKA312", "name as the function", rf"{called}[^()]*\)", f"@{server}.rtc_session('x')")


def _server_of(function: ast.AsyncFunctionDef) -> str:
    """The variable whose ``rtc_session`` decorates a function at module level; empty if none does."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        match target:
            case ast.Attribute(ast.Name(server), "rtc_session") if function.col_offset == 0:
                return server
            case _:
                pass
    return ""


def _replaced(source: str, rule: str, operator: str, pattern: str, by: str) -> Iterator[Mutant]:
    text, number = re.subn(pattern, by, source, count=1, flags=re.MULTILINE)
    if number:
        yield Mutant(operator, rule, text, {})


def _without_guard(source: str) -> Iterator[Mutant]:
    """The body of the main guard at module level, if it starts the worker."""
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name("__name__")), orelse=[]):
                body = "".join(lines[node.lineno : node.end_lineno])
                if re.search(r"^\s*(?:\w+\.)*run_app\(", body, flags=re.MULTILINE):
                    bare = textwrap.dedent(body)
                    text = "".join([*lines[: node.lineno - 1], bare, *lines[node.end_lineno or node.lineno :]])
                    yield Mutant("no main guard", "LKA304", text, {})
            case _:
                pass


def _after_line(source: str, number: int, code: str) -> str:
    lines = source.splitlines(keepends=True)
    return "".join([*lines[:number], f"{code}\n", *lines[number:]])

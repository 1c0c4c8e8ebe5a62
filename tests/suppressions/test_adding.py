"""Comments that are written: where they stand, what is left alone, and where none can stand. Byte by byte."""

from __future__ import annotations

import pytest

from lkagent_lint.suppressions.adding import with_suppressions

C = "# lkagent: ignore[LKA101] why"
S = "// lkagent: ignore[LKA101] why"


def added(path: str, text: str | bytes, line: int = 2, codes: tuple[str, ...] = ("LKA101",)) -> bytes | None:
    """The bytes with a comment for a line, None where none can be written."""
    data = text if isinstance(text, bytes) else text.encode()
    after, written = with_suppressions(path, data, {line: codes}, "why")
    assert written == (frozenset({line}) if after != data else frozenset())
    return after if written else None


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "a\nb\nc\n", f"a\n{C}\nb\nc\n"),
        ("a.py", "a\nb", f"a\n{C}\nb"),
        ("a.py", "if a:\n\tb\n", f"if a:\n\t{C}\n\tb\n"),
        ("a.py", "x = f(\n    b,\n)\n", f"x = f(\n    {C}\n    b,\n)\n"),
        ("a.py", "a\r\nb\r\nc\n", f"a\r\n{C}\r\nb\r\nc\n"),
        ("a.py", "a\rb\r", f"a\r{C}\rb\r"),
        ("a.py", "a\r\nb", f"a\r\n{C}\r\nb"),
        ("a.py", "\ufeffa\nb\n", f"\ufeffa\n{C}\nb\n"),
        ("a.py", "x = 1; \\\nb\n", f"x = 1; \\\nb  {C}\n"),
        ("a.py", "x = '''\ny'''; b\n", f"x = '''\ny'''; b  {C}\n"),
        ("a.py", "# é\n'\x0c\u2028'\n", f"# é\n{C}\n'\x0c\u2028'\n"),
        ("a.ts", "a();\n  b();\n", f"a();\n  {S}\n  b();\n"),
        ("a.js", "a();\r\nb();\r\n", f"a();\r\n{S}\r\nb();\r\n"),
        ("a.ts", "const x = `\n${b()}`;\n", f"const x = `\n${{b()}}`;  {S}\n"),
        (
            "a.tsx",
            "const x = <p>\n  <B/>\n</p>;\n",
            "const x = <p>\n  {/* lkagent: ignore[LKA101] why */}\n  <B/>\n</p>;\n",
        ),
        ("a.yaml", "a:\n  - b: c\n", f"a:\n  {C}\n  - b: c\n"),
        ("a.sh", "a\nb\n", f"a\n{C}\nb\n"),
        ("a.sh", "a \\\nb\n", f"a \\\nb  {C}\n"),
        ("Makefile", "a:\n\tb\n", f"a:\n\t{C}\n\tb\n"),
        (".env", "A=1\nB=2\n", f"A=1\n{C}\nB=2\n"),
        ("a.jsonc", '{\n  "b": 1\n}\n', f'{{\n  {S}\n  "b": 1\n}}\n'),
    ],
)
def test_a_comment_stands_above_or_else_behind(path: str, before: str, after: str) -> None:
    assert added(path, before) == after.encode()


@pytest.mark.parametrize(
    ("path", "before"),
    [
        ("a.py", "x = '''\nb\n'''\n"),
        ("a.py", "x = 1 + \\\n  b + \\\n  c\n"),
        ("a.py", "x = (\nb\n"),
        ("a.py", "a\n"),
        ("a.ts", "const x = `\nb\n`;\n"),
        ("a.json", '{\n  "b": 1\n}\n'),
        ("a.yml", "run: |\n  lk a\n"),
        ("a.yml", "run: >\n  lk a\n  b\n"),
        ("a.yml", 'run: "a\n  b\n  c"\n'),
        ("a.sh", "a \\\nb \\\nc\n"),
        ("a.sh", "cat <<EOF\nb\nEOF\n"),
        ("a.md", "a\nb\n"),
    ],
)
def test_where_no_comment_can_stand_nothing_is_written(path: str, before: str) -> None:
    assert added(path, before) is None


def test_comments_that_speak_for_the_line_stay_next_to_it() -> None:
    before = "a();\n// @ts-ignore\n// eslint-disable-next-line x\nb();\n"
    assert added("a.ts", before, 4) == before.replace("// @ts", f"{S}\n// @ts").encode()


def test_what_the_system_reads_at_the_top_stays_there() -> None:
    before = "#!/usr/bin/env python\n# coding: latin-1\nb\n".encode("latin-1")
    assert added("a.py", before, 3) == before.replace(b"b\n", f"{C}\nb\n".encode())


def test_the_encoding_of_the_file_is_kept() -> None:
    before = "# coding: shift_jis\nx = '表'\nb\n".encode("shift_jis")
    after, written = with_suppressions("a.py", before, {3: ["LKA101"]}, "理由")
    assert written == {3}
    assert after == before.replace(b"b\n", "# lkagent: ignore[LKA101] 理由\nb\n".encode("shift_jis"))
    assert with_suppressions("a.py", b"# coding: latin-1\nb\n", {2: ["LKA101"]}, "理由")[1] == frozenset()
    assert with_suppressions("a.ts", b"'\xff'\nb\n", {2: ["LKA101"]}, "理由")[1] == frozenset()
    assert added("a.ts", b"'\xff'\nb\n") == f"'\udcff'\n{S}\nb\n".encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("data", [b"\xff\n\n", "a\nb\n".encode("utf-16"), b"a\0\nb\n", b""])
def test_what_is_no_text_is_left_alone(data: bytes) -> None:
    assert added("a.py", data) is None


def test_many_lines_at_once_keep_their_places() -> None:
    after, written = with_suppressions("a.py", b"a\nb\nc\n", {1: ["LKA101", "LKA106"], 3: ["LKA202"], 9: ["LKA1"]}, "")
    assert after == b"# lkagent: ignore[LKA101, LKA106]\na\nb\n# lkagent: ignore[LKA202]\nc\n"
    assert written == {1, 3}

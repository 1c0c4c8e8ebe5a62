"""Where things stand in a TOML document: as complete as what the parser reads from it, and in the right place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from lkagent_lint.config.positions import FoundKey, find
from lkagent_lint.config.toml import array, as_toml, parse_toml, table
from lkagent_lint.text import Lines, Span

DOCUMENTS = [
    "a = 1\n",
    "a = 1",
    "",
    "# only a comment",
    'a.b."c d" = [1, "x]", \'y#\', [2, {z = 3, "q.r" = 4.5}], ] # ]\n',
    "[t]\nx = 1979-05-27 07:32:00 # when\n[t.u]\ny = true\n[v . 'w']\n",
    's = """one "two" \\""" three""""\nt = \'\'\'it\'s \'\'fine\'\'\'\'\nu = 1\n',
    'multi = """\n[not.a.table]\nkey = 1\n"""\nafter = 2\n',
    "list = [ # first\n  1, # one\n\n  2\n]\ninline = { a.b = 1, c = [] }\n",
    "[[x]]\na = 1\n[[x]]\na = 2\n[x.y]\nb = 3\n[[x.z]]\nc = 4\n",
    "'é' = 'ü'\n\"\\u00e9x\" = 1\n",
    "[a]\r\nb = [\r\n 1]\r\n",
    '"" = 1\n',
]


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries: list[tuple[Any, Any]] = [*table(value).items(), *enumerate(array(value))]
    for key, each in entries:
        yield (*path, key)
        yield from paths(each, (*path, key))


@pytest.mark.parametrize("text", DOCUMENTS)
def test_everything_that_the_parser_reads_has_a_place(text: str) -> None:
    assert set(find(text)) == set(paths(parse_toml(text.encode())))


def shown(text: str, span: Span) -> str:
    lines = Lines(text)
    start = lines.starts[span.line - 1] + span.column - 1
    return text[start : lines.starts[span.end_line - 1] + span.end_column - 1]


def test_the_places_are_those_of_keys_and_values() -> None:
    text = '# c\n[tool."x y"]\nlist = ["a", # b\n  \'c\']\nt.u = { v = """\nq"""} # end\nd = 2020-01-01 10:00:00  # d\n'
    found = find(text)

    def at(*rest: str | int) -> FoundKey:
        path = ("tool", "x y", *rest)
        return found[path]

    assert shown(text, at().key) == '"x y"'
    assert shown(text, at("list").key) == "list"
    assert shown(text, at("list", 1).value) == "'c'"
    assert at("list", 1).value == Span(4, 3, 4, 6)
    assert shown(text, at("t", "u", "v").value) == '"""\nq"""'
    assert shown(text, at("d").value) == "2020-01-01 10:00:00"


@pytest.mark.parametrize("text", ["a", "a =", "[", "[a", "= 1", "a = [1 2]", "a = '", "\0", "a = {b", "[" * 100_000])
def test_of_what_is_no_toml_nothing_is_raised(text: str) -> None:
    find(text)


def test_a_large_document_takes_linear_time() -> None:
    text = "a = [\n" + ' "x", # ' + "#" * 100 + "\n" + " 'y',\n" * 50_000 + "]\nb = '" + "z" * 1_000_000 + "'\n"
    assert shown(text, find(text)["b",].key) == "b"


@pytest.mark.parametrize(
    "value", [True, 0, "", 'q"\\\n\x00\x7f\u2028é', ["a", ["b"]], {"a b": {"c": ["d"]}, "e": 1, "": "f"}, {}]
)
def test_values_are_written_as_toml(value: object) -> None:
    assert parse_toml(f"k = {as_toml(value)}".encode()) == {"k": value}


def test_the_stack_is_enough_for_what_the_parser_takes() -> None:
    depth = sys.getrecursionlimit() // 8
    assert ("a", *[0] * depth) in find("a = " + "[" * depth + "1" + "]" * depth)

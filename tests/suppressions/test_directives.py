"""What suppression comments say and cover, in every language that has comments; hostile ones included."""

from __future__ import annotations

import time

import pytest

from lkagent_lint.suppressions import Suppression, comments_of, read_suppressions
from lkagent_lint.text import Span

CODES = {"LKA101": "LKA101", "connect-before-start": "LKA101", "LKA106": "LKA106"}
EVERY = 10**9


def read(text: str, path: str = "a.py") -> list[Suppression]:
    return read_suppressions(path, text.encode("utf-8", "surrogatepass"), CODES)


def only(text: str, path: str = "a.py") -> Suppression:
    (found,) = read(text, path)
    return found


def covered(text: str, path: str = "a.py", last: int = 12) -> dict[str, list[int]]:
    """The lines up to ``last`` that each name of a text's comments covers."""
    found: dict[str, list[int]] = {}
    for each in read(text, path):
        for name, lines in each.covers.items():
            found.setdefault(name, []).extend(line for line in range(1, last + 1) if line in lines)
    return found


def clauses(suppression: Suppression) -> str:
    return " ".join(clause for _, clause in suppression.problems)


# What a comment says


@pytest.mark.parametrize(
    ("comment", "names", "reason"),
    [
        ("# lkagent: ignore[LKA101]", ("LKA101",), ""),
        ("#lkagent:ignore[LKA101]", ("LKA101",), ""),
        ("# lkagent: ignore[LKA101] a reason", ("LKA101",), "a reason"),
        ("# lkagent: ignore[LKA101,LKA106]", ("LKA101", "LKA106"), ""),
        ("# lkagent: ignore[ LKA101 , connect-before-start ] r", ("LKA101", "connect-before-start"), "r"),
        ("# type: ignore  # lkagent: ignore[LKA101] r", ("LKA101",), "r"),
        ("# lkagent: ignore[LKA101] see [1]: \N{PILE OF POO}", ("LKA101",), "see [1]: \N{PILE OF POO}"),
        ("## lkagent: ignore[LKA101]", ("LKA101",), ""),
    ],
)
def test_an_ignore_says_which_rules_and_why(comment: str, names: tuple[str, ...], reason: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert (found.verb, found.names, found.reason, found.problems) == ("ignore", names, reason, ())
    assert set(found.covers) == set(names)


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# lkagent: ignore", "not of the form"),
        ("# lkagent: ignore LKA101", "not of the form"),
        ("# lkagent: ignore[]", "not of the form"),
        ("# lkagent: ignore[LKA101,]", "not of the form"),
        ("# lkagent: ignore[LKA101", "not of the form"),
        ("# lkagent: ignore(LKA101)", "not of the form"),
        ("# lkagent: ignore [LKA101]", "not of the form"),
        ("# lkagent: ignore[[LKA101]]", "not of the form"),
        ("# lkagent: ignore[LKA101]because", "not of the form"),
        ("# lkagent:", "not of the form"),
        ("# lkagent: noqa", "not of the form"),
        ("# lkagent: ingore[LKA101]", "did you mean `ignore[…]`"),
        ("# lkagent: file_ignore[LKA101]", "did you mean `file-ignore[…]`"),
        ("# lkagent: Ignore[LKA101]", "did you mean `ignore[…]`"),
        ("# LKAGENT: ignore[LKA101]", "small letters"),
        ("# lkagent ignore[LKA101]", "colon is missing"),
        ("# lkagent disable[LKA101]", "colon is missing"),
        ("# lkagent: file-ignore[LKA101]", "line of its own"),
        ("# lkagent: disable[LKA101]", "line of its own"),
    ],
)
def test_what_is_malformed_hides_nothing_and_says_why(comment: str, words: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert found.covers == {}
    assert words in clauses(found)


@pytest.mark.parametrize(
    "comment",
    [
        "# lkagent is a linter",
        "# lkagent ignores this [sic]",
        "# see lkagent-lint: ignore[LKA101]",
        "# write `# lkagent: ignore[LKA101]` here",
        "# lkagent-lint[extra]",
        "# https://lkagent: ignore[LKA101]",
        "# noqa: E501",
        "# noqa",
    ],
)
def test_prose_is_no_suppression(comment: str) -> None:
    assert read(f"x = 1  {comment}\n") == []


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("a.py", "# lkagent: ignore[LKA101]\n\nb\n", "take the blank line away, or write `file-ignore[LKA101]`"),
        ("a.py", "# lkagent: ignore[LKA101] r\n# more\n \t\nb\n", "take the blank line away"),
        ("a.ts", "// lkagent: ignore[LKA101, LKA106]\r\n\r\nb();\r\n", "or write `file-ignore[LKA101, LKA106]`"),
        ("a.py", "b\n# lkagent: ignore[LKA101]\n", "nothing stands right below it"),
        (
            "a.py",
            "# flake8: noqa: LKA101\n",
            "hides everything in the file, whatever follows: write `# lkagent: file-ignore",
        ),
        (
            "a.py",
            "b  # flake8: noqa: LKA101\n",
            "is none for flake8, so it hides nothing: write `# lkagent: file-ignore",
        ),
        ("a.py", "# flake8:noqa LKA101\n", "hides everything in the file"),
        ("a.py", "# ruff: noqa: LKA101\n", "`ruff: noqa` speaks to another linter, so it hides nothing here: write"),
        ("a.py", "b  # type: ignore[LKA101]\n", "write `lkagent: ignore[LKA101]`"),
        ("a.py", "b  # pylint: disable=LKA101\n", "write `lkagent: ignore[LKA101]`"),
        ("a.ts", "b(); // eslint-disable-line LKA101\n", "write `lkagent: ignore[LKA101]`"),
        ("a.ts", "// eslint-disable-next-line foo, LKA101 -- r\nb();\n", "write `lkagent: ignore[LKA101]`"),
        ("a.ts", "b(); // noqa: LKA101\n", "`noqa` speaks to another linter"),
        ("a.yaml", "b: c  # noqa: LKA201\n", "`noqa` speaks to another linter"),
    ],
)
def test_what_means_something_else_says_what_to_write(path: str, text: str, words: str) -> None:
    found = only(text, path)
    assert found.covers == {}
    assert words in clauses(found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "# flake8: noqa\n"),
        ("a.ts", "// eslint-disable-next-line foo -- LKA101 says why\nb();\n"),
        ("a.ts", "b(); // see LKA101\n"),
        ("a.py", "# ruff knows LKA101 by lint.external\n"),
    ],
)
def test_a_code_that_is_only_spoken_of_is_no_suppression(path: str, text: str) -> None:
    assert read(text, path) == []


def test_each_name_has_its_place() -> None:
    found = only("x = 1  # see LKA101  # lkagent: ignore[LKA101, LKA106] LKA106\n")
    assert found.spans == {"LKA101": Span(1, 40, 1, 46), "LKA106": Span(1, 48, 1, 54)}


def test_two_directives_in_one_comment_are_two() -> None:
    first, second = read("x = 1  # lkagent: ignore[LKA101] a  # lkagent: ignore[LKA106] b\n")
    assert (first.names, first.reason, second.names, second.reason) == (("LKA101",), "a", ("LKA106",), "b")


# What it covers


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a  # lkagent: ignore[LKA101]\nb\n", [1]),
        ("a\n# lkagent: ignore[LKA101]\nb\nc\n", [2, 3]),
        ("# lkagent: ignore[LKA101]\n# more\n# noqa\nb\nc\n", [1, 2, 3, 4]),
        ("f(\n  a,  # lkagent: ignore[LKA101]\n  b)\n", [2]),
        ("f(\n  # lkagent: ignore[LKA101]\n  b)\n", [2, 3]),
        ("a\n# lkagent: file-ignore[LKA101]\nb\n", list(range(1, 13))),
        ("a\n# lkagent: disable[LKA101]\nb\n# lkagent: enable[LKA101]\nc\n", [2, 3, 4]),
        ("a\r\n# lkagent: ignore[LKA101]\r\nb\r\n", [2, 3]),
        ("a\r# lkagent: ignore[LKA101]\rb\r", [2, 3]),
        ("\ufeff# lkagent: ignore[LKA101]\nb\n", [1, 2]),
        ("a\x0c\n# lkagent: ignore[LKA101]\nb\n", [2, 3]),
        ("x = '\u2028'\n# lkagent: ignore[LKA101]\nb\n", [2, 3]),
    ],
)
def test_the_lines_that_are_covered(text: str, lines: list[int]) -> None:
    assert covered(text) == {"LKA101": lines}


def test_blocks_end_rule_by_rule_whatever_the_rules_are_called() -> None:
    text = (
        "# lkagent: disable[LKA101, LKA106] r\na\n"
        "# lkagent: enable[connect-before-start]\nb\n"
        "# lkagent: enable[LKA106]\n"
    )
    assert covered(text) == {"LKA101": [1, 2, 3], "LKA106": [1, 2, 3, 4, 5]}
    assert all(not each.problems for each in read(text))


def test_blocks_know_no_scopes() -> None:
    text = "def f():\n    # lkagent: disable[LKA101]\n    a\n\ndef g():\n    b\n# lkagent: enable[LKA101]\n"
    assert covered(text) == {"LKA101": [2, 3, 4, 5, 6, 7]}


def test_a_block_that_nothing_ends_ends_with_the_file_and_says_so() -> None:
    found = only("a\n# lkagent: disable[LKA101]\nb\n")
    assert EVERY in found.covers["LKA101"]
    assert 1 not in found.covers["LKA101"]
    assert "to the end of the file" in clauses(found)


def test_blocks_do_not_nest() -> None:
    text = "# lkagent: disable[LKA101]\n" * 2 + "a\n# lkagent: enable[LKA101]\nb\n# lkagent: enable[LKA101]\n"
    assert covered(text) == {"LKA101": [1, 2, 3, 4]}
    assert ["off already" in clauses(each) for each in read(text)] == [False, True, False, False]
    assert "no `disable` above" in clauses(read(text)[3])


@pytest.mark.parametrize(
    "end", ["enable", "enable[LKA1O1", "enable[LKA1O1]", "enabel[LKA101]", "Enable[LKA101]", "enable LKA101"]
)
def test_a_malformed_end_never_makes_a_block_longer(end: str) -> None:
    text = f"# lkagent: disable[LKA101]\na\n# lkagent: {end}\nb\n"
    assert covered(text) == {"LKA101": [1, 2, 3]}


def test_an_unknown_rule_covers_nothing_in_a_block() -> None:
    assert covered("# lkagent: disable[LKA999]\na\n# lkagent: enable[LKA999]\n") == {}


# Languages


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.ts", "const a = 1; // lkagent: ignore[LKA101] r\nb\n", [1]),
        ("a.mjs", "// lkagent: ignore[LKA101]\nb()\n", [1, 2]),
        ("a.js", "/* lkagent: ignore[LKA101] r */\nb()\n", [1, 2]),
        ("a.js", "f(/* lkagent: ignore[LKA101] */ a)\n", [1]),
        ("a.tsx", "const a = <div>\n  {/* lkagent: ignore[LKA101] */}\n  <B/>\n</div>\n", [2, 3]),
        ("a.ts", "/**\n * lkagent: ignore[LKA101]\n */\nb()\n", None),
        ("a.ts", "/** lkagent: file-ignore[LKA101] r */\nb()\n", list(range(1, 13))),
        ("a.ts", "const s = '// lkagent: ignore[LKA101]'\n", None),
        ("a.ts", "const s = `\n// lkagent: ignore[LKA101]\n`\n", None),
        ("a.tsx", "const a = <p>\n// lkagent: ignore[LKA101]\n</p>\n", None),
        ("a.ts", "const r = /\\/\\/ lkagent: ignore[LKA101]/\n", None),
        ("a.yaml", "agents:\n  # lkagent: ignore[LKA101] r\n  - agentName: x\n", [2, 3]),
        ("a.yml", "a: b # lkagent: ignore[LKA101]\n", [1]),
        ("a.yml", "a: 'b # lkagent: ignore[LKA101]'\n", None),
        ("a.yml", 'a: "b\n  # lkagent: ignore[LKA101]"\n', None),
        ("a.yml", "run: |\n  # lkagent: ignore[LKA101]\n  lk dispatch create\n", [2, 3]),
        ("a.yml", "a: b#lkagent: ignore[LKA101]\n", None),
        ("a.sh", "lk dispatch create # lkagent: ignore[LKA101]\n", [1]),
        ("a.sh", "echo 'it # lkagent: ignore[LKA101]'\n", None),
        ("a.sh", 'echo "it # lkagent: ignore[LKA101]"\n', None),
        ("a.sh", "cat <<EOF\n# lkagent: ignore[LKA101]\nEOF\n", None),
        ("a.sh", "cat <<EOF\n{}\nEOF\n# lkagent: ignore[LKA101]\nb\n", [4, 5]),
        ("Makefile", "go:\n\t# lkagent: ignore[LKA101]\n\tlk dispatch create\n", [2, 3]),
        ("Dockerfile", "# lkagent: ignore[LKA101]\nRUN x\n", [1, 2]),
        (".env.local", "# lkagent: ignore[LKA101]\nA=b\n", [1, 2]),
        (".env", "A='b' # lkagent: ignore[LKA101]\n", [1]),
        ("rule.json", '{\n  // lkagent: ignore[LKA101]\n  "a": 1\n}\n', [2, 3]),
        ("rule.json", '{"a": "// lkagent: ignore[LKA101]"}\n', None),
        ("notes.md", "# lkagent: ignore[LKA101]\n", None),
    ],
)
def test_comments_of_every_language(path: str, text: str, lines: list[int] | None) -> None:
    assert covered(text, path) == ({} if lines is None else {"LKA101": lines})
    assert covered(text.replace("\n", "\r\n"), path) == covered(text, path)


@pytest.mark.parametrize(
    "text",
    [
        "s = '# lkagent: ignore[LKA101]'\n",
        's = """\n# lkagent: ignore[LKA101]\n"""\n',
        "def f():\n    '''Doc.\n\n    # lkagent: file-ignore[LKA101]\n    '''\n",
        's = f"# lkagent: ignore[LKA101] {1}"\n',
        "s = rb'# lkagent: ignore[LKA101]'\n",
    ],
)
def test_strings_are_no_comments(text: str) -> None:
    assert read(text) == []


def test_a_file_that_ends_too_early_keeps_the_comments_before() -> None:
    assert covered("a  # lkagent: ignore[LKA101]\nx = (\n") == {"LKA101": [1]}
    assert covered("if a:\n    b  # lkagent: ignore[LKA101]\n  c\n") == {"LKA101": [2]}


@pytest.mark.parametrize("data", [b"\xff# lkagent: ignore[LKA101]\n", b"\0# lkagent: ignore[LKA101]\n"])
def test_a_file_that_is_no_text_has_no_comments(data: bytes) -> None:
    assert read_suppressions("a.py", data, CODES) == []


def test_the_encoding_of_a_file_is_respected() -> None:
    data = "# coding: latin-1\n\xe9 = 1  # lkagent: ignore[LKA101] \xe9t\xe9\n".encode("latin-1")
    (found,) = read_suppressions("a.py", data, CODES)
    assert (found.reason, found.span.column) == ("\xe9t\xe9", 8)


@pytest.mark.parametrize(
    "comment",
    [
        "#" * 50_000,
        "# " * 50_000,
        "#" + " " * 100_000 + "lkagent",
        "# lkagent: ignore[" + "," * 100_000,
        "# lkagent: ignore[" + "LKA101," * 30_000 + "]",
        "# lkagent: " * 20_000,
        "# noqa: " + "LKA101," * 30_000,
        "# noqa:" + " " * 100_000 + "LKA",
        "# lkagent:" + "\t" * 100_000 + "ignore",
        "# lkagent: ignore[" + "[" * 100_000,
    ],
)
@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.sh", "a.yml", "a.json"])
def test_a_comment_built_to_hurt_takes_no_time(path: str, comment: str) -> None:
    if path in ("a.ts", "a.json"):
        comment = comment.replace("#", "//")
    text = f"lkagent\n{comment}\n"
    started = time.process_time()
    read(text, path)
    assert time.process_time() - started < 2


def test_many_comments_take_linear_time() -> None:
    started = time.process_time()
    for path, line in {
        "a.py": "a  # lkagent: disable[LKA101]\n",
        "a.yml": "- 'a' # lkagent: ignore[LKA101]\n",
        "a.sh": "a 'b' # lkagent: ignore[LKA101]\ncat <<E\nE\n",
    }.items():
        assert len(read(line * 5_000, path)) == 5_000
    assert time.process_time() - started < 10


def test_comments_say_whether_they_stand_alone() -> None:
    assert [each.alone for each in comments_of("a.ts", b"a // x\n// y\n/* z */ b\n")] == [False, True, False]

"""The grammar of marks: what is read, and that nothing that looks like a mark is passed over."""

from __future__ import annotations

import pytest

from lkagent_lint.diagnostics import Severity
from tests.harness.marks import Mark, MarkError, Verb, read_marks, read_sidecar


def one(comment: str, path: str = "agent.py") -> Mark:
    (mark,) = read_marks(path, f"first()\nsecond()  {comment}\nthird()\n")
    assert (mark.path, mark.line, mark.in_comment) == (path, 2, True)
    return mark


@pytest.mark.parametrize(
    ("comment", "verb", "severity", "words", "reason"),
    [
        ('# expect LKA101 "too early"', Verb.EXPECT, None, "too early", ""),
        ('#expect  LKA101\t"too early"  ', Verb.EXPECT, None, "too early", ""),
        ('# expect LKA101 warning "a;b # c"', Verb.EXPECT, Severity.WARNING, "a;b # c", ""),
        ('# expect LKA101 error "error"', Verb.EXPECT, Severity.ERROR, "error", ""),
        ("# ok LKA101 it has options, see #4390", Verb.OK, None, "", "it has options, see #4390"),
        ('# todo-expect LKA101 info "a" not yet', Verb.TODO_EXPECT, Severity.INFO, "a", "not yet"),
        ("# todo-ok LKA101 error is no severity here", Verb.TODO_OK, None, "", "error is no severity here"),
        ('# joins too early  # expect LKA101 "a"', Verb.EXPECT, None, "a", ""),
        ('# noqa: LKA106  # expect LKA101 "a"', Verb.EXPECT, None, "a", ""),
        ('# noqa LKA106 # expect LKA101 "a"', Verb.EXPECT, None, "a", ""),
    ],
)
def test_a_mark(comment: str, verb: Verb, severity: Severity | None, words: str, reason: str) -> None:
    mark = one(comment)
    assert (mark.verb, mark.code, mark.severity) == (verb, "LKA101", severity)
    assert (mark.words, mark.reason) == (words, reason)


def test_several_marks_on_a_line() -> None:
    marks = read_marks("a.py", 'x()  # expect LKA101 "a;b"; ok LKA106 awaited; expect LKA101 "c"\n')
    assert [(mark.verb, mark.code, mark.words or mark.reason) for mark in marks] == [
        (Verb.EXPECT, "LKA101", "a;b"),
        (Verb.OK, "LKA106", "awaited"),
        (Verb.EXPECT, "LKA101", "c"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_in_python(end: str) -> None:
    text = end.join(["a()\f\u2028", "", "b()  # ok LKA101 why", ""])
    assert [(mark.line, mark.reason) for mark in read_marks("a.py", text)] == [(3, "why")]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("web/token.ts", "token()  // ok LKA203 why"),
        ("deploy/agent.yaml", "name: x  # ok LKA203 why"),
        (".env.example", "NAME=x  # ok LKA203 why"),
        ("Dockerfile", "RUN x  # ok LKA203 why"),
        ("requirements-dev.txt", "x  # ok LKA203 why"),
        ("README.md", "x <!-- ok LKA203 why -->"),
    ],
)
def test_each_format_has_its_comments(path: str, line: str) -> None:
    (mark,) = read_marks(path, line)
    assert (mark.code, mark.reason) == ("LKA203", "why")


@pytest.mark.parametrize(("path", "line"), [("data.json", "# ok LKA203 why"), ("web/token.ts", "# ok LKA203 why")])
def test_what_is_no_comment_is_no_mark(path: str, line: str) -> None:
    assert read_marks(path, line) == []


@pytest.mark.parametrize(
    "comment",
    [
        "# LKA101 is about this",
        "# Why LKA101 is silent here",
        "# what it does, and LKA101",
        "# noqa: LKA101",
        "# noqa: LKA101, LKA106",
        "# noqa LKA101",
        "# lkagent: ignore[LKA101] a reason",
        "# expectations",
        "# okay",
        "",
    ],
)
def test_other_comments_are_no_marks(comment: str) -> None:
    assert read_marks("a.py", f"x()  {comment}") == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ('# expects LKA101 "a"', 'unknown mark "expects"'),
        ('# tödo-ok LKA101 "a"', ""),
        ("# silent LKA101 because", 'unknown mark "silent"'),
        ('# Expect LKA101 "a"', 'unknown mark "Expect"'),
        ("# EXPECT", 'unknown mark "EXPECT"'),
        ("# expect", '"expect" needs a code'),
        ('# expect: LKA101 "a"', 'unknown mark "expect:"'),
        ('# expect LKA1O1 "a"', '"expect" needs a code'),
        ('# expect LKA1011 "a"', '"expect" needs a code'),
        ('# expect "a" LKA101', '"expect" needs a code'),
        ("# expect LKA101", "must be followed by words in quotes"),
        ("# expect LKA101 too early", "must be followed by words in quotes"),
        ("# expect LKA101 'too early'", "must be followed by words in quotes"),
        ('# expect LKA101 "too early', "must be followed by words in quotes"),
        ('# expect LKA101 ""', "must be followed by words in quotes"),
        ('# expect LKA101 " "', "must be followed by words in quotes"),
        ('# expect LKA101 fatal "a"', "must be followed by words in quotes"),
        ('# expect LKA101 "a" and more', "nothing may follow the words: and more"),
        ('# expect LKA101 "a"  # noqa: LKA106', "nothing may follow the words"),
        ("# ok LKA101", '"ok" needs a reason'),
        ("# ok then", '"ok" needs a code'),
        ('# todo-expect LKA101 "a"', '"todo-expect" needs a reason'),
        ("# todo-ok LKA101", '"todo-ok" needs a reason'),
        ('# expect LKA101 "a";', 'unknown mark ""'),
        ('# expect LKA101 "a"; and so on', 'unknown mark "and"'),
        ("# ok LKA101 one; two", 'unknown mark "two"'),
        ('# ok LKA101 why; expect LKA101 "a"', '"ok LKA101" contradicts "expect LKA101"'),
        ("# todo-ok LKA101 why; ok LKA101 why", '"ok LKA101" contradicts "todo-ok LKA101"'),
    ],
)
def test_a_mark_that_cannot_be_read_is_an_error(comment: str, message: str) -> None:
    if not message:
        # Not a word of the alphabet that marks are spelt in: prose in another language.
        assert read_marks("a.py", f"x()  {comment}") == []
        return
    with pytest.raises(MarkError) as caught:
        read_marks("app/a.py", f"\nx()  {comment}\n")
    assert str(caught.value).startswith("app/a.py:2: ")
    assert message in str(caught.value)


def test_a_sidecar() -> None:
    text = '# Cannot be decoded.\n\n1: expect LKA004 "not analysed"; ok LKA001 no text\n7: ok LKA101 why\n'
    assert [(mark.path, mark.line, mark.code, mark.in_comment) for mark in read_sidecar("a/b.py", text)] == [
        ("a/b.py", 1, "LKA004", False),
        ("a/b.py", 1, "LKA001", False),
        ("a/b.py", 7, "LKA101", False),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("expect LKA004 x", 'write "LINE: MARK"'),
        ("one: ok LKA004 x", 'write "LINE: MARK"'),
        ("1: expects LKA004", 'unknown mark "expects"'),
        ("1: LKA004", 'unknown mark "LKA004"'),
        ("1:", 'unknown mark ""'),
    ],
)
def test_a_wrong_line_of_a_sidecar(line: str, message: str) -> None:
    with pytest.raises(MarkError) as caught:
        read_sidecar("a/b.py", f"# Why.\n{line}\n")
    assert str(caught.value).startswith("a/b.py.marks:2: ")
    assert message in str(caught.value)


def test_a_contradiction_in_a_sidecar() -> None:
    with pytest.raises(MarkError, match="contradicts"):
        read_sidecar("a.py", '3: ok LKA004 why\n3: expect LKA004 "a"\n')


@pytest.mark.parametrize(
    ("code", "severity", "message", "fits"),
    [
        ("LKA101", Severity.WARNING, "it joins too early here", True),
        ("LKA102", Severity.WARNING, "it joins too early here", False),
        ("LKA101", Severity.ERROR, "it joins too early here", False),
        ("LKA101", Severity.WARNING, "it joins early", False),
    ],
)
def test_what_a_mark_speaks_of(code: str, severity: Severity, message: str, fits: bool) -> None:
    assert one('# expect LKA101 warning "too early"').fits(code, severity, message) is fits


def test_a_mark_without_a_severity_speaks_of_any() -> None:
    assert one('# expect LKA101 "too early"').fits("LKA101", Severity.ERROR, "too early")
    assert not one('# expect LKA101 "too early"').fits("LKA102", Severity.ERROR, "too early")

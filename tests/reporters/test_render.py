"""The formats, to the character."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable

import pytest

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Report, Severity, Summary
from lkagent_lint.formats import REPORTS, names
from lkagent_lint.reporters import render
from lkagent_lint.reporters.escape import width_of
from lkagent_lint.text import START_OF_FILE, Span

CWD = os.path.join(os.path.abspath(os.sep), "work", "project")
AGENT = os.path.join(CWD, "agent.py")
BOOT = os.path.join(CWD, "app", "boot.py")
TEXT = "async def entry(ctx):\n    await ctx.connect()\n    await begin(\n        ctx,\n        1,\n    )\n"


@pytest.fixture(autouse=True)
def outside_github(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "TERM_PROGRAM", "TERM", "WT_SESSION", "KONSOLE_VERSION", "VTE_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("FORCE_HYPERLINK", raising=False)


CALL = Span(2, 11, 2, 24)


def finding(
    span: Span = CALL,
    *,
    path: str = AGENT,
    title: str = "joins the room too early",
    note: str = "",
    help: str = "",
    label: str = "",
    culprit: tuple[str, ...] = (),
    severity: Severity = Severity.WARNING,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    return Diagnostic(
        code="LKA101",
        name="connect-before-start",
        severity=severity,
        title=title,
        note=note,
        help=help,
        label=label,
        culprit=culprit,
        place=Place(path, span),
        related=related,
        fingerprint="0123456789abcdef",
    )


def related(path: str, span: Span, message: str = "the session starts here") -> Related:
    return Related(Place(path, span), message)


def report(*diagnostics: Diagnostic, files: int = 0) -> Report:
    return Report(diagnostics=diagnostics, summary=Summary(files=files))


def from_texts(texts: dict[str, str]) -> Callable[[str], str | None]:
    return texts.get


def full(*diagnostics: Diagnostic, texts: dict[str, str] | None = None, width: int = 80, terminal: bool = False) -> str:
    """The full format without its last line."""
    source = from_texts({AGENT: TEXT} if texts is None else texts)
    text = render("full", report(*diagnostics), source, CWD, False, width=width, terminal=terminal)
    body, end, rest = text.rpartition("\n0 files")
    assert (end, rest[-1]) == ("\n0 files", "\n")
    return body


def frame_of(line: str, start: int, end: int) -> str:
    """The two lines that show a one-line text with 0-based code points ``start`` to ``end`` underlined."""
    span = Span(1, start + 1, 1, end + 1)
    # The first line of a file is only shown where the finding is not about the file as a whole.
    assert span != START_OF_FILE
    rows = full(finding(span, title="early"), texts={AGENT: line}).splitlines()
    assert rows[1] == "  |"
    return "\n".join(rows[2:])


def test_concise() -> None:
    found = (finding(note="why", help="start first"), finding(path=BOOT, severity=Severity.ERROR))
    text = render("concise", report(*found, files=2), from_texts({}), CWD, colour=False)
    assert text == (
        "agent.py:2:11: warning LKA101 joins the room too early [start first]\n"
        "app/boot.py:2:11: error LKA101 joins the room too early\n"
        "2 files, 0 workers, 0 jobs, 0 dispatches: 2 findings (1 error, 1 warning), none fails\n"
    )


HEAD = "agent.py:2:11: warning[LKA101] connect-before-start: joins the room too early\n"


def test_full_shows_every_place_of_a_file_in_its_lines_order_then_other_files() -> None:
    other = related(BOOT, Span(1, 1, 1, 6))
    same_line = related(AGENT, Span(2, 5, 2, 10), "and here")
    same_file = related(AGENT, Span(6, 5, 6, 6), "then this")
    above = related(AGENT, Span(1, 11, 1, 16), "of this entry")
    diagnostic = finding(
        related=(other, same_line, same_file, above), label="joins the room", note="events are lost", help="start first"
    )
    assert full(diagnostic, texts={AGENT: TEXT, BOOT: "start = 1\n"}) == (
        f"{HEAD}"
        "  |\n"
        "1 | async def entry(ctx):\n"
        "  |           ----- of this entry\n"
        "2 |     await ctx.connect()\n"
        "  |           ^^^^^^^^^^^ joins the room\n"
        "  |     ----- and here\n"
        "...\n"
        "6 |     )\n"
        "  |     - then this\n"
        " --> app/boot.py:1:1\n"
        "  |\n"
        "1 | start = 1\n"
        "  | ----- the session starts here\n"
        "  |\n"
        "  = note: events are lost\n"
        "  = help: start first\n"
    )


def test_on_a_terminal_the_place_stands_below_what_happened() -> None:
    assert full(finding(), terminal=True) == (
        "warning[LKA101] connect-before-start: joins the room too early\n"
        " --> agent.py:2:11\n"
        "  |\n"
        "2 |     await ctx.connect()\n"
        "  |           ^^^^^^^^^^^\n"
    )


def test_a_single_line_between_two_is_shown() -> None:
    rows = full(finding(Span(2, 5, 2, 10), related=(related(AGENT, Span(4, 9, 4, 12)),))).splitlines()
    assert rows[4:6] == ["3 |     await begin(", "4 |         ctx,"]


def test_of_a_long_span_the_first_line_is_shown() -> None:
    assert full(finding(Span(3, 5, 5, 10))).splitlines()[2:] == ["3 |     await begin(", "  |     ^^^^^^^^^^^^"]


def test_a_culprit_on_another_line_is_shown_with_the_line_of_the_finding() -> None:
    text = "serve(\n    1,\n    2,\n    name='desk',\n)\n"
    assert full(finding(Span(1, 1, 5, 2), culprit=("desk",)), texts={AGENT: text}).splitlines()[2:] == [
        "1 | serve(",
        "...",
        "4 |     name='desk',",
        "  |          ^^^^^^",
    ]


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, terminal: bool) -> None:
    words = "some words on what follows from it, 日本語 and code().like(this) " * 4
    line = f"    value = call({'argument, ' * 40})"
    other = related(BOOT, Span(1, 200, 1, 210), words)
    diagnostic = finding(Span(1, 13, 1, 400), title=words, note=words, help="x" * 300, label=words, related=(other,))
    text = full(diagnostic, texts={AGENT: line, BOOT: line}, width=width, terminal=terminal)
    assert max(width_of(row) for row in text.splitlines()) <= width


def test_what_does_not_fit_hangs_below_its_beginning() -> None:
    rows = full(finding(note="a note of some words " * 6)).splitlines()
    assert rows[5:] == [
        "  = note: a note of some words a note of some words a note of some words a note",
        "          of some words a note of some words a note of some words",
    ]


def test_a_span_that_ends_before_a_line_does_not_reach_it() -> None:
    assert "3 |" not in full(finding(Span(2, 5, 3, 1)))


def test_the_gutter_is_as_wide_as_the_largest_number() -> None:
    diagnostic = finding(Span(9, 1, 9, 2), related=(related(AGENT, Span(10, 1, 10, 2), "b"),))
    rows = full(diagnostic, texts={AGENT: "\n" * 8 + "a\nb\n"}).splitlines()
    assert rows[1:] == ["   |", " 9 | a", "   | ^", "10 | b", "   | - b"]


@pytest.mark.parametrize(
    "diagnostic",
    [
        finding(START_OF_FILE),
        finding(Span(99, 1, 99, 2)),
        finding(Span(7, 1, 7, 1)),
        finding(path=os.path.join(CWD, "gone.py")),
    ],
)
def test_no_frame_where_there_is_nothing_to_show(diagnostic: Diagnostic) -> None:
    assert len(full(diagnostic).splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "start", "end", "shown"),
    [
        ("x = call()", 4, 10, "1 | x = call()\n  |     ^^^^"),
        ("x = '日本'; call()", 10, 16, "1 | x = '日本'; call()\n  |             ^^^^"),
        ("日本語 = 1", 0, 3, "1 | 日本語 = 1\n  | ^^^^^^"),
        ("é = e\u0301; call()", 8, 12, "1 | é = e\u0301; call()\n  |        ^^^^"),
        ("\tif x:\tcall()", 7, 13, "1 |     if x:   call()\n  |             ^^^^"),
        ("a\x1b[31m = call()", 9, 15, "1 | a␛[31m = call()\n  |          ^^^^"),
        ("a\u202e = call()", 5, 9, "1 | a\\u202e = call()\n  |           ^^^^"),
        ("a\x9b\x7f\x07 = 1", 1, 4, "1 | a\\x9b␡␇ = 1\n  |  ^^^^^^"),
        ("🦀 = 1", 0, 1, "1 | 🦀 = 1\n  | ^^"),
        ("x = '\ud800' # \U000e0001", 4, 7, "1 | x = '\\ud800' # \\U000e0001\n  |     ^^^^^^^^"),
        ("call()", 6, 6, "1 | call()\n  |       ^"),
        ("call()", 2, 2, "1 | call()\n  |   ^"),
        ("call()", 400, 500, "1 | call()\n  |       ^"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, start: int, end: int, shown: str) -> None:
    assert frame_of(line, start, end) == shown


@pytest.mark.parametrize("start", [0, 30, 69, 70, 1_000, 1_999_930, 1_999_999])
def test_a_long_line_is_shown_as_a_window(start: int) -> None:
    line = "".join("0123456789"[i % 10] for i in range(2_000_000))
    shown, carets = frame_of(line, start, start + 1 + (start == 0)).splitlines()
    assert 74 <= len(shown) <= 80
    column = carets.index("^")
    assert shown[column] == str(start % 10)
    assert shown.endswith("...") == (start < 1_999_960)
    assert shown.startswith("1 | ...") == (start > 69)


def test_a_message_is_one_line_without_control_characters() -> None:
    line = full(finding(START_OF_FILE, title="a\nb\x1b]52;c;\x07\u2028\u200bé日本"))
    assert line == ("agent.py:1:1: warning[LKA101] connect-before-start: a␊b␛]52;c;␇\\u2028\\u200bé日本\n")


def test_a_message_does_not_fill_the_screen() -> None:
    assert len(full(finding(START_OF_FILE, title="x" * 1_000_000))) < 3_000


def test_a_path_is_shown_without_control_characters() -> None:
    path = os.path.join(CWD, "a\nb\x1b[2J\udcff.py")
    assert full(finding(START_OF_FILE, path=path)).startswith("a␊b␛[2J\\udcff.py:1:1: ")


def test_a_path_outside_the_current_directory() -> None:
    outside = os.path.join(os.path.dirname(CWD), "other", "x.py")
    assert full(finding(START_OF_FILE, path=outside)).startswith("../other/x.py:1:1: ")


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS=true", "TF_BUILD=True"])
@pytest.mark.parametrize("format", ["full", "concise"])
def test_nothing_commands_a_runner(format: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*variable.split("="))
    path = os.path.join(CWD, "::error ::x.py")
    line = "x = '##[error]' # ##vso[task] ###[x] ##VSO[y] :: call()"
    note = related(path, Span(1, 50, 1, 56), "##[group]")
    diagnostic = finding(Span(1, 50, 1, 56), path=path, title="::error ##[error]", related=(note,))
    reported = Report(diagnostics=(diagnostic,), summary=Summary(sdks=("livekit-agents 1.5.3 (##[x].lock)",)))
    text = render(format, reported, from_texts({path: line}), CWD, colour=False)
    assert "##[" not in text
    assert "##vso[" not in text.lower()
    assert not [row for row in text.splitlines() if row.lstrip().startswith("::")]
    if format == "full":
        rows = text.splitlines()
        (shown,) = [number for number, row in enumerate(rows) if row.endswith("call()")]
        assert rows[shown + 1].index("^") == rows[shown].index("call()")


def test_nothing_is_broken_up_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    path = os.path.join(CWD, "::x.py")
    said = "::x.py:1:1: warning[LKA101] connect-before-start: ##[x]\n"
    assert full(finding(START_OF_FILE, path=path, title="##[x]")) == said


@pytest.mark.parametrize(
    ("seen", "findings", "line"),
    [
        (Summary(), 0, "0 files, 0 workers, 0 jobs, 0 dispatches: no findings"),
        (
            Summary(files=1, workers=1, jobs=1, dispatches=1, sdks=("livekit-agents 1.5.3 (uv.lock)",)),
            1,
            "1 file, 1 worker, 1 job, 1 dispatch, livekit-agents 1.5.3 (uv.lock): 1 finding (1 warning), none fails",
        ),
        (
            Summary(files=3, not_analysed=2),
            0,
            "3 files (2 not analysed), 0 workers, 0 jobs, 0 dispatches: no findings",
        ),
        (
            Summary(files=12, workers=2, jobs=3, dispatches=4, sdks=("a 1 (x)", "b\x1b 2 (y)")),
            4,
            "12 files, 2 workers, 3 jobs, 4 dispatches, a 1 (x), b␛ 2 (y): 4 findings (4 warnings), none fails",
        ),
    ],
)
@pytest.mark.parametrize("format", ["full", "concise"])
def test_the_summary_says_what_was_seen(format: str, seen: Summary, findings: int, line: str) -> None:
    reported = Report(diagnostics=(finding(START_OF_FILE),) * findings, summary=seen)
    text = render(format, reported, from_texts({}), CWD, colour=False, width=200)
    assert text.splitlines()[-1] == line
    assert text.endswith("\n")


def test_the_summary_counts_what_fails() -> None:
    found = (finding(severity=Severity.ERROR), finding(severity=Severity.INFO), finding())
    reported = Report(diagnostics=found, summary=Summary(), failing=2)
    last = render("concise", reported, from_texts({}), CWD, colour=False).splitlines()[-1]
    assert last.endswith(": 3 findings (1 error, 1 warning, 1 info), 2 fail")


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("format", ["full", "concise"])
def test_colours_change_nothing_else(format: str, severity: Severity) -> None:
    note = related(BOOT, Span(1, 1, 1, 2))
    reported = report(finding(severity=severity, related=(note,)))
    source = from_texts({AGENT: TEXT, BOOT: "x"})
    plain = render(format, reported, source, CWD, colour=False)
    coloured = render(format, reported, source, CWD, colour=True)
    assert "\x1b" not in plain
    assert coloured != plain
    assert without_colours(coloured) == plain


def test_json() -> None:
    note = related(BOOT, Span(4, 5, 6, 7))
    diagnostic = finding(related=(note,), note="events are lost", help="start first", label="here")
    text = render("json", report(diagnostic), from_texts({}), CWD, colour=True)
    assert json.loads(text) == [
        {
            "code": "LKA101",
            "name": "connect-before-start",
            "severity": "warning",
            "path": "agent.py",
            "cell": None,
            "line": 2,
            "column": 11,
            "end_line": 2,
            "end_column": 24,
            "message": "joins the room too early: events are lost; start first",
            "url": "https://lkagent-lint.readthedocs.io/rules/lka101-connect-before-start/",
            "fingerprint": "0123456789abcdef",
            "title": "joins the room too early",
            "note": "events are lost",
            "help": "start first",
            "label": "here",
            "related": [
                {"path": "app/boot.py", "cell": None, "line": 4, "column": 5, "message": "the session starts here"}
            ],
            "fix": None,
        }
    ]


def test_json_of_nothing_is_an_empty_array() -> None:
    assert render("json", report(), from_texts({}), CWD, colour=False) == "[]\n"


def test_json_is_utf8_whatever_it_holds_and_loses_nothing() -> None:
    message = 'a"\\\n\x00\x1b\udcff\ud800日🦀\u2028'
    path = os.path.join(CWD, "\udcff\n.py")
    text = render("json", report(finding(path=path, title=message)), from_texts({}), CWD, colour=False)
    (item,) = json.loads(text.encode("utf-8"))
    assert item["message"] == message
    assert item["path"] == "\udcff\n.py"


def test_json_has_a_line_for_each_finding() -> None:
    text = render("json", report(finding(), finding(), finding()), from_texts({}), CWD, colour=False)
    assert [line.rstrip(",") for line in text.splitlines()[1:-1]] == [
        f"  {json.dumps(item)}" for item in json.loads(text)
    ]


@pytest.mark.parametrize("format", names(REPORTS))
def test_text_formats_can_be_encoded(format: str) -> None:
    path = os.path.join(CWD, "\udcff.py")
    diagnostic = finding(Span(1, 1, 1, 2), path=path, title="\ud800", related=(related(path, START_OF_FILE),))
    text = render(format, report(diagnostic), from_texts({path: "\ud800\n"}), CWD, colour=True)
    assert text.encode("utf-8").decode("utf-8") == text


def test_a_file_is_read_once_for_all_its_frames() -> None:
    asked: list[str] = []

    def source(path: str) -> str | None:
        asked.append(path)
        return TEXT

    render("full", report(*[finding()] * 50), source, CWD, colour=False)
    assert asked == [AGENT]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="xml"):
        render("xml", report(), from_texts({}), CWD, colour=False)


@pytest.mark.parametrize(
    ("environ", "links"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"VTE_VERSION": "4601"}, False),
        ({"VTE_VERSION": "7800"}, True),
        ({"TERM_PROGRAM": "vscode"}, True),
        ({"TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"WT_SESSION": "1"}, True),
        ({"TERM_PROGRAM": "vscode", "FORCE_HYPERLINK": "0"}, False),
        ({"FORCE_HYPERLINK": "1"}, True),
    ],
)
@pytest.mark.parametrize("format", ["full", "concise", "grouped"])
def test_a_code_is_a_link_where_the_terminal_knows_links(
    format: str, environ: dict[str, str], links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    report = Report(diagnostics=(finding(),), summary=Summary())
    page = "https://lkagent-lint.readthedocs.io/rules/lka101-connect-before-start/"
    link = f"\x1b]8;;{page}\x1b\\\x1b[1;33mLKA101\x1b[0m\x1b]8;;\x1b\\"
    assert (link in render(format, report, lambda path: TEXT, CWD, True)) is links
    assert "\x1b" not in render(format, report, lambda path: TEXT, CWD, False)

"""The formats that other programs read: valid by their own schemas and readers, whatever a project is called."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import jsonschema
import msgspec
import pytest
from junitparser import JUnitXml

from lkagent_lint.diagnostics import Diagnostic, Place, Related, Report, Severity, Summary
from lkagent_lint.reporters import render, sarif
from lkagent_lint.reporters.github import step_summary
from lkagent_lint.reporters.paths import repository_of
from lkagent_lint.rules import all_rules
from lkagent_lint.text import START_OF_FILE, Span

REPOSITORY = os.path.join(os.path.abspath(os.sep), "work", "project")
CWD = os.path.join(REPOSITORY, "agents")
CALL = Span(2, 11, 2, 24)
NOTHING_SEEN = Summary()
HOSTILE = [
    "new\nline.py",
    "cr\r.py",
    "esc\x1b[2J\x1b]52;c;eA==\x07.py",
    "bidi\u202e\u2066.py",
    "a,b:c%0A;]d.py",
    "<&>\"'`.py",
    "::error ::x.py",
    "##[error]##vso[task].py",
    "$(id) `id`.py",
    "-x.py",
    "é日本🦀.py",
    "bytes\udcff\udc80.py",
    "\ufffe\uffff.py",
    "[a](b)|*_#.py",
]


@pytest.fixture(autouse=True)
def outside_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def finding(
    name: str = "agents/agent.py",
    span: Span = CALL,
    *,
    code: str = "LKA101",
    title: str = "joins the room too early",
    note: str = "",
    help: str = "",
    severity: Severity = Severity.WARNING,
    related: tuple[Related, ...] = (),
    fingerprint: str = "0123456789abcdef",
) -> Diagnostic:
    return Diagnostic(
        code=code,
        name=all_rules()[code].META.name,
        severity=severity,
        title=title,
        note=note,
        help=help,
        place=Place(path_of(name), span),
        related=related,
        fingerprint=fingerprint,
    )


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def path_of(name: str) -> str:
    return os.path.join(REPOSITORY, *name.split("/"))


def related(name: str, span: Span, message: str = "the session starts here") -> Related:
    return Related(Place(path_of(name), span), message)


def text_of(format: str, *diagnostics: Diagnostic, summary: Summary = NOTHING_SEEN, internal_errors: int = 0) -> str:
    reported = Report(diagnostics=diagnostics, summary=summary, internal_errors=internal_errors)
    return render(format, reported, lambda path: None, CWD, True, repository=REPOSITORY)


def hostile_findings(name: str) -> tuple[Diagnostic, ...]:
    """A file, a message and a related place of one hostile name, in three severities."""
    other = related(name, Span(1, 1, 1, 2), name)
    return tuple(finding(name, title=f"says {name} \ud800", severity=each, related=(other,)) for each in Severity)


# SARIF

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))


def run_of(*diagnostics: Diagnostic, internal_errors: int = 0) -> dict[str, Any]:
    """The one run of a SARIF log, checked by the official schema."""
    text = text_of("sarif", *diagnostics, internal_errors=internal_errors)
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)  # pyright: ignore[reportUnknownMemberType]
    # Strict readers refuse lone surrogates.
    msgspec.json.decode(text)
    (run,) = log["runs"]
    return cast("dict[str, Any]", run)


def test_sarif_of_nothing_holds_every_rule() -> None:
    run = run_of()
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(all_rules())
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['name']} ({rule['id']})\n")
        assert rule["helpUri"].endswith(f"/{rule['id'].lower()}-{rule['name']}/")
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert len(rule["properties"]["tags"]) <= 10


def test_a_sarif_result() -> None:
    other = related("web/token server.ts", Span(3, 4, 3, 9), "asked [here]")
    run = run_of(finding(related=(other,), note="see [x](http://example.com)", help="start first"))
    (result,) = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"].keys() == {"%SRCROOT%"}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "LKA101"
    assert result["message"] == {
        "text": "joins the room too early\nnote: see [x]\\(http://example.com)\nhelp: start first\n"
        "[asked \\[here\\]](1)",
        "markdown": (
            "**joins the room too early**\n\nNote: see \\[x\\]\\(http\\://example\\.com\\)\n\nHelp: start first\n\n"
            "- [asked \\[here\\]](1)"
        ),
    }
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "agents/agent.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 24},
    }
    (far,) = result["relatedLocations"]
    assert far["id"] == 1
    assert far["message"] == {"text": "asked [here]"}
    assert far["physicalLocation"]["artifactLocation"]["uri"] == "web/token%20server.ts"
    assert result["partialFingerprints"] == {"lkagentLint/v1": "0123456789abcdef"}


def flow_of(result: dict[str, Any]) -> list[tuple[str, int]]:
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    physical = [step["location"]["physicalLocation"] for step in thread["locations"]]
    return [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in physical]


def test_a_sarif_flow_ends_at_the_finding_or_follows_the_file() -> None:
    far = related("web/token.ts", Span(30, 1, 30, 5))
    near = (related("agents/agent.py", Span(9, 1, 9, 5)), related("agents/agent.py", Span(1, 1, 1, 5)))
    across, within, alone = run_of(finding(related=(far,)), finding(related=near), finding())["results"]
    assert flow_of(across) == [("web/token.ts", 30), ("agents/agent.py", 2)]
    assert flow_of(within) == [("agents/agent.py", 1), ("agents/agent.py", 2), ("agents/agent.py", 9)]
    assert "codeFlows" not in alone


def test_sarif_names_what_was_not_analysed() -> None:
    run = run_of(
        finding("agents/big.py", START_OF_FILE, code="LKA004", title="not analysed"),
        finding("agents/broken.py", code="LKA001", severity=Severity.ERROR),
        finding(),
        internal_errors=1,
    )
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    told = invocation["toolExecutionNotifications"]
    known = {each["id"] for each in run["tool"]["driver"]["notifications"]}
    assert [each["descriptor"]["id"] for each in told] == ["not-analysed", "syntax-error"]
    assert {each["descriptor"]["id"] for each in told} <= known
    assert [each["level"] for each in told] == ["warning", "error"]
    assert len(run["results"]) == 3


def test_sarif_is_cut_where_github_cuts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sarif.MOST_RESULTS == 5_000
    monkeypatch.setattr(sarif, "MOST_RESULTS", 50)
    many = [finding(span=Span(line, 1, line, 2)) for line in range(1, 61)]
    worst = finding("agents/z.py", severity=Severity.ERROR)
    run = run_of(*many, worst)
    assert len(run["results"]) == 50
    assert run["results"][-1]["level"] == "error"
    assert run["results"][-2]["locations"][0]["physicalLocation"]["region"]["startLine"] == 49
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "11 of 61 findings are left out: GitHub shows at most 50."


def test_sarif_keeps_as_many_places_of_a_finding_as_github_takes_and_says_so() -> None:
    many = tuple(related("web/token.ts", Span(line, 1, line, 2)) for line in range(1, 1_200))
    (result,) = run_of(finding(related=many))["results"]
    assert len(result["relatedLocations"]) == sarif.MOST_RELATED == 100
    assert len(flow_of(result)) == 101
    assert result["message"]["text"].endswith("](100)\n(1099 further places are left out)")


@pytest.mark.parametrize("name", HOSTILE)
def test_sarif_of_a_hostile_name(name: str) -> None:
    for result in run_of(*hostile_findings(name))["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert unquote_to_bytes(uri) == os.fsencode(name)


@pytest.mark.skipif(os.name != "posix", reason="the expected address is that of a POSIX path")
def test_a_file_outside_of_the_repository_has_an_absolute_address() -> None:
    outside = msgspec.structs.replace(finding(), place=Place("/other/a b.py", START_OF_FILE))
    (result,) = run_of(outside)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///other/a%20b.py"}


# GitHub


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands in a log, read as actions/runner reads them (src/Runner.Common/ActionCommand.cs)."""
    found: list[tuple[str, dict[str, str], str]] = []
    for line in re.split(r"\r\n|\r|\n", text):
        if line.lstrip().startswith("::"):
            head, _, data = line.lstrip()[2:].partition("::")
            kind, _, properties = head.partition(" ")
            pairs = (each.partition("=") for each in properties.split(",") if each)
            found.append((kind, {key: unescaped(value) for key, _, value in pairs}, unescaped(data)))
    return found


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def test_a_github_command() -> None:
    other = related("web/token.ts", Span(3, 4, 3, 9))
    text = text_of("github", finding(related=(other,), note="50% of: a, b"), summary=Summary(files=1))
    assert text == (
        "::warning title=LKA101 connect-before-start%3A joins the room too early,"
        "file=agents/agent.py,line=2,endLine=2,col=11,endColumn=24"
        "::note: 50%25 of: a, b%0Aweb/token.ts:3: the session starts here\n"
        "1 file, 0 workers, 0 jobs, 0 dispatches: 1 finding (1 warning), none fails\n"
    )


def test_github_takes_columns_on_one_line_only() -> None:
    ((_, properties, _),) = commands(text_of("github", finding(span=Span(2, 11, 4, 3))))
    assert properties.keys() == {"title", "file", "line", "endLine"}


def test_github_shows_the_worst_first_and_says_where_it_stops() -> None:
    found = [finding(span=Span(line, 1, line, 2), severity=Severity.INFO) for line in range(1, 12)]
    text = text_of("github", *found, finding(), finding(severity=Severity.ERROR))
    assert [kind for kind, _, _ in commands(text)] == ["error", "warning", *["notice"] * 11]
    assert text.splitlines()[-2] == "GitHub shows the first 10 annotations of a kind: there are 11 notices"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_command_each(name: str) -> None:
    text = text_of("github", *hostile_findings(name))
    found = commands(text)
    assert [kind for kind, _, _ in found] == ["error", "warning", "notice"]
    # Besides the commands there is the line that says what was seen.
    assert len(re.split(r"[\r\n\x85\u2028]", text)) == len(found) + 2
    for _, properties, _ in found:
        assert properties.keys() == {"title", "file", "line", "endLine", "col", "endColumn"}
        if name.replace("\n", "").replace("\r", "").isprintable() and "##" not in name:
            assert properties["file"] == name
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "##[" not in text
    assert "##vso[" not in text


def test_the_summary_page_of_a_step() -> None:
    environ = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "c0ffee"}
    report = Report(diagnostics=(finding(title="a|b <img> [x](y) @me", help="start it"),), summary=Summary(files=1))
    page = step_summary(report, REPOSITORY, environ)
    (row,) = [line for line in page.splitlines() if "LKA101" in line]
    assert row == (
        "| warning | [agents/agent\\.py\\:2](https://github.com/o/r/blob/c0ffee/agents/agent.py#L2) "
        "| [LKA101](https://lkagent-lint.readthedocs.io/rules/lka101-connect-before-start/) connect-before-start "
        "| a\\|b \\<img\\> \\[x\\]\\(y\\) \\@me<br>**help:** start it |"
    )
    assert "](https://github.com" not in step_summary(report, REPOSITORY, {})


def test_the_summary_page_stays_below_githubs_limit() -> None:
    report = Report(diagnostics=(finding(title="x" * 1_900),) * 1_000, summary=Summary())
    page = step_summary(report, REPOSITORY, {})
    assert len(page.encode()) < 1_000_000
    left_out = re.search(r"^(\d+) further findings are in the log", page, re.MULTILINE)
    assert left_out is not None
    assert int(left_out[1]) + page.count("LKA101") == 1_000


# GitLab


def test_a_gitlab_entry() -> None:
    assert json.loads(text_of("gitlab", finding(severity=Severity.ERROR, note="why", help="start first"))) == [
        {
            "description": "LKA101 joins the room too early [start first]",
            "check_name": "connect-before-start",
            "fingerprint": hashlib.sha256(b"agents/agent.py\0" + b"0123456789abcdef").hexdigest(),
            "severity": "major",
            "location": {
                "path": "agents/agent.py",
                "positions": {"begin": {"line": 2, "column": 11}, "end": {"line": 2, "column": 24}},
            },
            "url": "https://lkagent-lint.readthedocs.io/rules/lka101-connect-before-start/",
            "content": {"body": "**joins the room too early**\n\nNote: why\n\nHelp: start first"},
        }
    ]


def fingerprints(*diagnostics: Diagnostic) -> list[str]:
    return [each["fingerprint"] for each in json.loads(text_of("gitlab", *diagnostics))]


def test_gitlab_fingerprints_are_unique_and_know_no_lines() -> None:
    alike = [finding(span=Span(line, 1, line, 2)) for line in (1, 5, 9)]
    elsewhere = finding("other/agent.py")
    found = fingerprints(*alike, elsewhere)
    assert len(set(found)) == 4
    moved = [finding(span=Span(line, 3, line, 4)) for line in (101, 105, 109)]
    assert fingerprints(*moved, elsewhere) == found


def test_an_empty_gitlab_report_is_an_empty_array() -> None:
    assert text_of("gitlab") == "[]\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_gitlab_of_a_hostile_name(name: str) -> None:
    items = msgspec.json.decode(text_of("gitlab", *hostile_findings(name)), type=list[dict[str, Any]])
    for item in items:
        assert item["location"]["path"] == name.encode("utf-8", "backslashreplace").decode()
        assert {"description", "check_name", "fingerprint", "severity"} <= item.keys()
    assert Counter(item["severity"] for item in items) == {"info": 1, "minor": 1, "major": 1}


# JUnit


def suites(text: str) -> list[Any]:
    return list(cast("Any", JUnitXml.fromstring(text.encode("utf-8"))))


def test_junit_is_read_back() -> None:
    other = related("web/token.ts", Span(3, 4, 3, 9))
    text = text_of("junit", finding(related=(other,)), finding("web/token.ts", severity=Severity.ERROR))
    one, two = suites(text)
    assert (one.name, one.tests, one.failures) == ("agent.py", 1, 1)
    assert two.name == "../web/token.ts"
    (case,) = list(one)
    assert case.name == "LKA101 connect-before-start at 2:11"
    (failure,) = case.result
    assert (failure.type, failure.message) == ("warning", "joins the room too early")
    assert failure.text.splitlines() == [
        "agent.py:2:11: LKA101 joins the room too early",
        "../web/token.ts:3:4: the session starts here",
        "https://lkagent-lint.readthedocs.io/rules/lka101-connect-before-start/",
    ]


def test_junit_of_nothing_is_a_test_that_passed() -> None:
    (suite,) = suites(text_of("junit", summary=Summary(files=3)))
    (case,) = list(suite)
    assert case.is_passed
    assert case.system_out == "3 files, 0 workers, 0 jobs, 0 dispatches: no findings"


@pytest.mark.parametrize("name", HOSTILE)
def test_junit_of_a_hostile_name(name: str) -> None:
    text = text_of("junit", *hostile_findings(name))
    (suite,) = suites(text)
    assert (suite.tests, suite.failures) == (3, 3)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffe\uffff]", text)


# Azure


def test_an_azure_command() -> None:
    text = text_of("azure", finding(title="50%\nof; a]"), summary=Summary(files=1))
    assert text == (
        "##vso[task.logissue type=warning;sourcepath=agents/agent.py;linenumber=2;columnnumber=11;code=LKA101;]"
        "50%AZP25%0Aof; a]\n"
        "1 file, 0 workers, 0 jobs, 0 dispatches: 1 finding (1 warning), none fails\n"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_azure_of_a_hostile_name(name: str) -> None:
    *lines, _seen, end = text_of("azure", *hostile_findings(name)).split("\n")
    assert end == ""
    assert len(lines) == 3
    for line in lines:
        # The command ends at the first bracket, and there is no other.
        properties, _, _ = line.removeprefix("##vso[task.logissue ").partition("]")
        assert [each.partition("=")[0] for each in properties.split(";")[:-1]] == [
            "type",
            "sourcepath",
            "linenumber",
            "columnnumber",
            "code",
        ]
        assert line.lower().count("##vso[") == 1
        assert "##[" not in line
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", line)


# pylint's form, groups, reviewdog


def test_the_form_of_pylint() -> None:
    assert text_of("pylint", finding()) == "agent.py:2: [LKA101(connect-before-start), ] joins the room too early\n"
    assert text_of("pylint") == ""


def test_the_forms_that_editors_read() -> None:
    words = "joins the room too early"
    assert text_of("unix", finding()) == f"agent.py:2:11: {words} [Warning/LKA101]\n"
    assert text_of("vscode", finding()) == f"agent.py(2,11): warning LKA101: {words}\n"
    assert text_of("unix") == text_of("vscode") == ""


def test_the_documentations_matchers_match() -> None:
    page = Path(__file__).resolve().parents[2].joinpath("docs", "editors.md").read_text(encoding="utf-8")
    (block,) = [each for each in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if "problemMatcher" in each]
    pattern = json.loads(block)["tasks"][0]["problemMatcher"]["pattern"]
    match = re.fullmatch(pattern.pop("regexp"), text_of("vscode", finding()).strip())
    assert match is not None
    assert {name: match[number] for name, number in pattern.items()} == {
        "file": "agent.py",
        "line": "2",
        "column": "11",
        "severity": "warning",
        "code": "LKA101",
        "message": "joins the room too early",
    }
    # As autoload/ale/handlers/unix.vim of ALE has it, which the page's linter is read by.
    ale = re.fullmatch(r"[a-zA-Z]?:?[^:]+:(\d+):?(\d+)?:? ?(.+)", text_of("unix", finding()).strip())
    assert ale is not None
    assert ale.groups() == ("2", "11", "joins the room too early [Warning/LKA101]")


def test_findings_by_file() -> None:
    reported = Report(diagnostics=(finding(help="start first"), finding(), finding("web/token.ts")), summary=Summary())
    assert render("grouped", reported, lambda path: None, REPOSITORY, False) == (
        "agents/agent.py:\n"
        "  2:11 warning LKA101 joins the room too early [start first]\n"
        "  2:11 warning LKA101 joins the room too early\n\n"
        "web/token.ts:\n  2:11 warning LKA101 joins the room too early\n\n"
        "0 files, 0 workers, 0 jobs, 0 dispatches: 3 findings (3 warnings), none fails\n"
    )


def test_reviewdog_counts_bytes() -> None:
    other = related("web/token.ts", Span(1, 1, 1, 2))
    reported = Report(diagnostics=(finding(span=Span(1, 3, 1, 4), related=(other,)),), summary=Summary())
    document = msgspec.json.decode(render("rdjson", reported, lambda path: "日é = x\n", REPOSITORY, False))
    (item,) = document["diagnostics"]
    assert item["location"] == {
        "path": "agents/agent.py",
        "range": {"start": {"line": 1, "column": 6}, "end": {"line": 1, "column": 7}},
    }
    assert item["severity"] == "WARNING"
    assert item["code"]["value"] == "LKA101"
    assert item["related_locations"][0]["message"] == "the session starts here"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("format", ["rdjson", "pylint", "grouped", "unix", "vscode"])
def test_a_hostile_name_in_other_formats(name: str, format: str) -> None:
    text = text_of(format, *hostile_findings(name))
    if format == "rdjson":
        assert len(msgspec.json.decode(text)["diagnostics"]) == 3
    elif format != "grouped":
        assert text.count("\n") == 3
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", without_colours(text))


# JSON lines


def test_json_lines_are_the_items_of_the_array() -> None:
    found = (finding(), *hostile_findings(HOSTILE[0]))
    lines = text_of("jsonl", *found).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(text_of("json", *found))
    assert text_of("jsonl") == ""


# Which repository


def test_the_repository_of_paths(tmp_path: Path) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    deep = tmp_path / "repo" / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "loose").mkdir()
    cwd = str(tmp_path)
    assert repository_of((str(deep), str(tmp_path / "repo" / "c.py")), cwd) == str(tmp_path / "repo")
    assert repository_of((str(tmp_path / "loose"),), cwd) == cwd
    assert repository_of((str(deep), str(tmp_path / "loose")), cwd) == cwd

"""The table of formats: what every row promises, and that files are told by how they begin."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from lkagent_lint import engine, rulebook, why
from lkagent_lint.diagnostics import Diagnostic, Place, Related, Report, Severity, Summary
from lkagent_lint.formats import (
    EXPLANATIONS,
    GRAPHS,
    LOOKUPS,
    PAGES,
    REPORTS,
    Format,
    is_ours,
    is_report,
    named,
    names,
    purposes,
)
from lkagent_lint.graph import Document, build
from lkagent_lint.graph import render as render_graph
from lkagent_lint.reporters import render
from lkagent_lint.reporters.github import step_summary
from lkagent_lint.reporters.sarif import Tool, log_of
from lkagent_lint.text import START_OF_FILE, Span
from tests.harness.cases import find_cases
from tests.harness.runs import REPOSITORY

DEMO = REPOSITORY / "fixtures" / "demo"
FAMILIES = {"reports": REPORTS, "pages": PAGES, "graphs": GRAPHS, "explanations": EXPLANATIONS, "lookups": LOOKUPS}
ROWS = [(family, row) for family, rows in FAMILIES.items() for row in rows]
SEEN = Summary(files=12, not_analysed=1, workers=1, jobs=2, dispatches=1, sdks=("livekit-agents 1.8.9 (uv.lock)",))


def finding(path: str, span: Span = START_OF_FILE, message: str = 'no worker is called "desk"') -> Diagnostic:
    related = (Related(Place(os.path.abspath("web.ts"), Span(3, 1, 3, 9)), "the worker"),)
    return Diagnostic(
        code="LKA201",
        name="agent-never-dispatched",
        severity=Severity.WARNING,
        title=message,
        place=Place(os.path.abspath(path), span),
        related=related if span != START_OF_FILE else (),
        fingerprint="0123456789abcdef",
    )


def source(path: str) -> str:
    return "import livekit\n\nserver.rtc_session('desk')\n"


FOUND = {
    "one": Report(diagnostics=(finding("agent.py", Span(3, 1, 3, 9)),), summary=SEEN),
    "without a frame": Report(diagnostics=(finding("agent.py"), finding("b.py")), summary=SEEN),
    "an odd path": Report(diagnostics=(finding("a: b\n/äö [x].py", Span(3, 1, 3, 9)),), summary=SEEN),
    "a long message": Report(diagnostics=(finding("agent.py", Span(3, 1, 3, 9), "so " * 3_000),), summary=SEEN),
}


@pytest.mark.parametrize(("family", "row"), ROWS, ids=[f"{family}-{row.name}" for family, row in ROWS])
def test_a_row_names_its_module(family: str, row: Format) -> None:
    assert find_spec(f"lkagent_lint.{row.module}") is not None
    assert callable(row.renderer)
    assert row.about


def test_names_are_told_apart_within_a_family() -> None:
    for rows in FAMILIES.values():
        assert len(set(names(rows))) == len(rows)
        assert all(named(rows, each.name) is each for each in rows)
        with pytest.raises(ValueError, match="no such format: xml"):
            named(rows, "xml")


def test_purposes_name_every_format_once() -> None:
    for rows in FAMILIES.values():
        assert sorted(re.findall(r"[a-z]+(?=[,;.])", purposes(rows))) == sorted(names(rows))


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("format", names(REPORTS))
def test_a_report_is_told_by_its_beginning(format: str, found: str, colour: bool) -> None:
    text = render(format, FOUND[found], source, os.getcwd(), colour)
    data = text.encode()
    assert is_report(data) == format
    assert is_ours(data) == format
    assert is_report(data.replace(b"\n", b"\r\n")) == format
    assert is_report(b"\xef\xbb\xbf" + data) == format


@pytest.mark.parametrize("format", names(REPORTS))
def test_a_report_of_nothing_is_told_too(format: str) -> None:
    text = render(format, Report(diagnostics=(), summary=SEEN), source, os.getcwd(), colour=False)
    assert (is_ours(text.encode()) is None) == (text == "")


def test_the_page_of_a_step_is_a_report() -> None:
    assert is_ours(step_summary(FOUND["one"], os.getcwd(), {}).encode()) == "github"


@pytest.mark.parametrize("format", names(GRAPHS))
def test_a_graph_is_told_by_its_beginning(format: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for directory in (DEMO, tmp_path):
        surveys = engine.survey(engine.Request(paths=(str(directory),)))
        graphs = tuple(build.build(each.project, wanted=each.is_inside, show=str) for each in surveys)
        for document in (Document(projects=graphs), Document(projects=())):
            assert is_ours(render_graph(format, document, str).encode()) == format


@pytest.mark.parametrize("format", names(EXPLANATIONS))
def test_an_explanation_is_told_by_its_beginning(format: str) -> None:
    path = DEMO / "agents" / "front_desk.py"
    inspection = engine.inspect(engine.Request(paths=(str(path),)))

    def read(each: str) -> str:
        return Path(each).read_text(encoding="utf-8")

    found = why.explain(inspection, str(path), 1, show=str, text=read)
    assert is_ours(why.render(format, found, str).encode()) == format


@pytest.mark.parametrize("format", names(PAGES))
def test_a_page_is_told_by_its_beginning(format: str) -> None:
    pages = rulebook.pages()
    for asked in (*pages, pages):
        assert is_ours(named(PAGES, format).renderer(asked).encode()) == format


def test_a_baseline_is_told_by_its_beginning(tmp_path: Path) -> None:
    (case,) = (each for each in find_cases() if each.code == "LKA101" and each.kind.value == "bad")
    for name in case.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(case.text(name), encoding="utf-8")
    request = engine.Request(paths=(str(tmp_path),), options={"baseline": "known.json"}, directory=str(tmp_path))
    (written,) = engine.rewritten_baselines(request)
    assert is_ours(written.after) == "baseline"


def compact(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"))


def reordered(text: str) -> str:
    return json.dumps(dict(reversed(json.loads(text).items())), indent=4)


@pytest.mark.parametrize(
    ("format", "change"),
    [("json", compact), ("gitlab", compact), ("sarif", compact), ("rdjson", compact), ("sarif", reordered)],
)
def test_a_report_that_was_formatted_anew_is_one(format: str, change: Callable[[str], str]) -> None:
    assert is_report(change(render(format, FOUND["one"], source, os.getcwd(), colour=False)).encode()) == format


OTHERS = {
    "sarif": [
        log_of(FOUND["one"], os.getcwd(), Tool("ruff", "0.9", "https://example.org")),
        '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "eslint"}}}]}',
        '{"runs":[{"tool":{"driver":{"name":"semgrep"}}}],"version":"2.1.0"}',
    ],
    "junit": [
        '<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="0">',
        '<testsuite name="vitest">\n',
    ],
    "gitlab": ['[{"check_name": "F401", "description": "unused", "fingerprint": "12", "location": {}}]'],
    "rdjson": ['{"diagnostics": [{"message": "m", "location": {"path": "a.py"}}]}'],
    "concise": [
        "./agent.py:1:1: F401 'os' imported but unused\n",
        "agent.py:1:1: F401 [*] `os` imported but unused\n",
        'agent.py:7: error: Name "x" is not defined  [name-defined]\n',
    ],
    "grouped": ["agent.py:\n  1:1 F401 [*] `os` imported but unused\n"],
    "pylint": ["agent.py:1: [F401(unused-import), ] unused\n"],
    "unix": ["src/agent.ts:1:1: 'x' is never used. [Error/no-unused-vars]\n\n1 problem\n"],
    "vscode": ["src/agent.ts(1,7): error TS6133: 'x' is declared but never used.\n"],
    "github": ["::error file=agent.py,line=1::unused\n"],
    "azure": ["##vso[task.logissue type=error;sourcepath=agent.py;]unused\n"],
}


@pytest.mark.parametrize(("format", "text"), [(name, text) for name, texts in OTHERS.items() for text in texts])
def test_what_other_linters_write_is_a_report_and_not_ours(format: str, text: str) -> None:
    assert is_report(text.encode()) == format
    assert is_ours(text.encode()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# The desk\n\nagents/front_desk.py:1:1: LKA201 no worker\n",
        '{"agent_name": "desk", "code": "LKA201"}',
        '[{"code": "LKA201", "agent_name": "desk"}]',
        '{"version": "2.1.0", "runs": 3, "agents": [{"agentName": "desk"}]}',
        '{"version": 1, "findings": {"agentName": "desk"}}',
        '{"severity": "high", "location": "here", "roomConfig": {"agents": [{"agentName": "desk"}]}}',
        '[{"description": "A rule", "agentName": "desk", "fingerprint": "12"}]',
        "12 files, and what stands in them\n",
        "lk dispatch create --agent-name desk --room r\n",
        "agents:\n  10:30 AM desk opens\n",
        "flowchart LR\n  caller --> desk\n",
        "digraph agents {\n  desk -> room;\n}\n",
        '<?xml version="1.0"?>\n<agents><agent name="desk"/></agents>\n',
        "# agent.py:1:1: LKA201 nobody asks for it, so\nlk dispatch create --agent-name desk\n",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert is_report(text.encode()) is None


def test_no_file_of_the_fixtures_is_one_but_those_that_say_so() -> None:
    found = {
        path.name
        for path in (REPOSITORY / "fixtures").rglob("*")
        if path.is_file() and "reports" not in path.parts and is_report(path.read_bytes()) is not None
    }
    assert found == set()


def test_a_long_line_costs_little() -> None:
    # What tells a format looks at the beginning only, so a megabyte is read as fast as four kilobytes are.
    for text in ("a:1" * 400_000, "[{" * 400_000, '[{"x": "' + "y" * 1_000_000):
        assert is_report(text.encode()) is None

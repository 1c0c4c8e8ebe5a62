"""A fix in the formats: as edits for programs, as one piece for reviews, as a small diff for people."""

from __future__ import annotations

import json

import pytest

from lkagent_lint.diagnostics import Diagnostic, Report, Severity, Summary
from lkagent_lint.intents import Edit, Fix, Safety
from lkagent_lint.reporters import render
from lkagent_lint.text import Place, Span

PATH = "/p/agent.py"
TEXT = "import time\n\n\nasync def f():\n    a()\n    b()\n"
EDITS = (
    Edit(Place(PATH, Span(1, 1, 1, 1)), "import asyncio\n"),
    Edit(Place(PATH, Span(5, 5, 5, 5)), "await "),
    Edit(Place(PATH, Span(6, 1, 7, 1)), ""),
)


def rendered(format: str, safety: Safety = Safety.SAFE) -> str:
    fix = Fix(safety, "await it", (), EDITS)
    finding = Diagnostic(
        code="LKA106",
        name="unawaited-lifecycle-call",
        severity=Severity.ERROR,
        title="a() is never awaited",
        place=Place(PATH, Span(5, 5, 5, 8)),
        fix=fix,
    )
    report = Report(diagnostics=(finding,), summary=Summary(files=1), failing=1)
    return render(format, report, lambda path: TEXT if path == PATH else None, "/p", False)


@pytest.mark.parametrize(
    ("safety", "words"), [(Safety.SAFE, "fix"), (Safety.UNSAFE, "unsafe fix"), (Safety.SUGGESTION, "suggestion")]
)
def test_people_see_the_lines_that_change(safety: Safety, words: str) -> None:
    shown = rendered("full", safety)
    diff = f"  = {words}: await it\n  | + import asyncio\n5 | -     a()\n6 | -     b()\n  | +     await a()\n"
    assert diff in shown.replace("   =", "  =")


def test_the_summary_says_what_can_be_mended() -> None:
    assert "; 1 can be mended by --fix" in rendered("concise")
    assert "; 1 can be mended by --fix --unsafe-fixes" in rendered("concise", Safety.UNSAFE)
    assert "mended" not in rendered("concise", Safety.SUGGESTION)


def test_json() -> None:
    (item,) = json.loads(rendered("json"))
    for edit in item["fix"]["edits"]:
        assert edit.pop("cell") is None
    assert item["fix"] == {
        "applicability": "safe",
        "message": "await it",
        "edits": [
            {"path": "agent.py", "line": 1, "column": 1, "end_line": 1, "end_column": 1, "content": "import asyncio\n"},
            {"path": "agent.py", "line": 5, "column": 5, "end_line": 5, "end_column": 5, "content": "await "},
            {"path": "agent.py", "line": 6, "column": 1, "end_line": 7, "end_column": 1, "content": ""},
        ],
    }


def test_sarif() -> None:
    (fix,) = json.loads(rendered("sarif"))["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert fix["description"]["text"] == "fix: await it"
    assert change["artifactLocation"]["uri"] == "agent.py"
    assert [each["insertedContent"]["text"] for each in change["replacements"]] == ["import asyncio\n", "await ", ""]
    assert change["replacements"][1]["deletedRegion"] == {
        "startLine": 5,
        "startColumn": 5,
        "endLine": 5,
        "endColumn": 5,
    }


def test_rdjson_has_one_piece() -> None:
    (each,) = json.loads(rendered("rdjson"))["diagnostics"][0]["suggestions"]
    assert each["range"] == {"start": {"line": 1, "column": 1}, "end": {"line": 7, "column": 1}}
    assert each["text"] == "import asyncio\nimport time\n\n\nasync def f():\n    await a()\n"


def test_code_hosts_have_a_diff() -> None:
    diff = "```diff\n@@ agent.py:1 @@\n+import asyncio\n@@ agent.py:5 @@\n-    a()\n-    b()\n+    await a()\n```"
    (item,) = json.loads(rendered("gitlab"))
    assert item["content"]["body"].endswith(f"\n\nfix: await it\n\n{diff}")
    assert diff.replace("\n", "%0A") in rendered("github")

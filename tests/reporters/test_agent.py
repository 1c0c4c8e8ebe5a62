"""The format for coding agents: what to do and where, in few words."""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters import render

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PAGES = "https://lkagent-lint.readthedocs.io/rules/"


@pytest.fixture(scope="module")
def clinic() -> tuple[Report, Path]:
    root = FIXTURES / "reports" / "clinic"
    return engine.check(engine.Request(paths=(str(root),), directory=str(root))), root


def text_of(format: str, report: Report, root: Path) -> str:
    return render(format, report, lambda path: Path(path).read_text(encoding="utf-8"), str(root), colour=False)


def test_a_finding_is_a_line_with_what_to_do_and_the_lines_that_change(clinic: tuple[Report, Path]) -> None:
    said = text_of("agent", *clinic)
    await_it = [
        "22:9 LKA106 AgentSession.aclose() is never awaited",
        "  fix: put `await` before it",
        "  @@ 22",
        "  -        context.session.aclose()",
        "  +        await context.session.aclose()",
    ]
    assert "\n".join(["", *await_it, ""]) in said
    assert "\nagents/front_desk.py:\n" in said
    assert '25:2 LKA202 a token asks for the JT_ROOM agent "front-desk": ' in said
    assert " (see web/token_server.py:10)\n" in said, "the other end lies in another file"


def test_each_page_is_named_once_and_no_reason_is_given(clinic: tuple[Report, Path]) -> None:
    report, root = clinic
    said = text_of("agent", report, root)
    assert said.count(PAGES) == len({each.code for each in report.diagnostics})
    assert not any(each.note in said for each in report.diagnostics if len(each.note) > 20)


def test_it_takes_less_than_half_of_what_others_with_fixes_take(clinic: tuple[Report, Path]) -> None:
    short, *others = (len(text_of(format, *clinic).split()) for format in ("agent", "full", "json"))
    assert short * 2 < min(others)


def test_nothing_found_says_what_was_seen() -> None:
    root = FIXTURES / "rules" / "LKA101-connect-before-start" / "good"
    report = engine.check(engine.Request(paths=(str(root),), directory=str(root)))
    assert text_of("agent", report, root).startswith("1 file, 1 worker, 1 job, 0 dispatches, ")

"""What every finding of every fixture says, and how wide it is: one check of them all."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.reporters.escape import width_of
from lkagent_lint.rules import all_rules
from tests.harness.cases import FIXTURES, find_cases
from tools.captures import FOLDER, PROJECTS, REPOSITORY

MOST, USUAL = 100, 72
"""Characters of a title: of every one, and of 95 in 100."""


@pytest.fixture(scope="module")
def report() -> Report:
    roots = [*(each.root for each in find_cases()), *(REPOSITORY / each for each in PROJECTS.values())]
    return engine.check(engine.Request(paths=tuple(map(str, roots)), jobs=1))


def test_titles_are_short(report: Report) -> None:
    titles = {each.title for each in report.diagnostics}
    assert [each for each in titles if len(each) > MOST] == []
    assert sum(len(each) <= USUAL for each in titles) >= 0.95 * len(titles)


def test_every_finding_has_its_parts(report: Report) -> None:
    for each in report.diagnostics:
        said = f"{each.code} {each.message}"
        assert each.title, said
        assert each.help, said
        assert each.label, said
        assert all(other.message for other in each.related), said
        texts = [each.title, each.note, each.help, each.label, *(other.message for other in each.related)]
        assert not [text for text in texts if text.endswith((".", ";", ":", ",")) and not text.endswith("...")], said
        assert not [text for text in texts if "\n" in text or text != text.strip()], said


def test_texts_name_files_as_they_lie_in_the_project(report: Report) -> None:
    absolute = str(FIXTURES.parent).replace(os.sep, "/")
    assert [each.message for each in report.diagnostics if absolute in each.message] == []


def test_every_rule_is_heard(report: Report) -> None:
    assert Counter(each.code for each in report.diagnostics).keys() >= all_rules().keys() - {"LKA000"}


def test_a_title_that_would_be_too_long_is_cut() -> None:
    meta = all_rules()["LKA101"].META
    place = engine.check(engine.Request(paths=(str(REPOSITORY / PROJECTS["demo"]),), jobs=1)).diagnostics[0].place
    assert len(meta.at(place, "x" * 200).title) == MOST


@pytest.mark.parametrize("name", [*PROJECTS, "rules"])
@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_there_is_room(name: str, width: int) -> None:
    """Of the captures, which ``tools/generate.py --check`` holds to what is printed."""
    for form in (f"{width}.txt", f"{width}.colour.txt", *(["piped.txt"] if width == 80 else [])):
        text = re.sub("␛\\[[0-9;]*m", "", (REPOSITORY / FOLDER / f"{name}.{form}").read_text(encoding="utf-8"))
        assert [line for line in text.splitlines() if width_of(line) > width and not line.startswith("# ")] == []


def test_the_captures_are_those_of_the_tool() -> None:
    """What they hold is compared by ``tools/generate.py --check``."""
    names = {Path(path).name for path in os.listdir(REPOSITORY / FOLDER)}
    parts = {f"{name}.{form}.txt" for name in (*PROJECTS, "rules") for form in ("concise", "piped")}
    parts |= {
        f"{name}.{width}{colour}.txt"
        for name in (*PROJECTS, "rules")
        for width in (80, 120)
        for colour in ("", ".colour")
    }
    assert names == parts | {"clinic"}

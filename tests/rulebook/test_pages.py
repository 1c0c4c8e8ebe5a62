"""Every rule has a page that says what a page must say, and its examples are the fixtures' files."""

from __future__ import annotations

import json
import re
from difflib import unified_diff

import pytest

from lkagent_lint import rulebook
from lkagent_lint.cli import main
from lkagent_lint.rulebook.holding import releases_of
from lkagent_lint.rulebook.lifecycle import SENTENCES
from lkagent_lint.rules import all_rules, previews, rule_names
from lkagent_lint.rules._base import IN_NODE, IN_PYTHON, Default
from lkagent_lint.sources.sdk.order import order
from lkagent_lint.sources.sdk.releases import Package
from tests.harness.cases import Kind, find_cases
from tests.harness.marks import Verb, without_marks

CODES = sorted(all_rules())


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exit:
        main(["rule", *arguments])
    output = capsys.readouterr()
    return exit.value.code if isinstance(exit.value.code, int) else 0, output.out, output.err


def test_what_is_known_of_rules_that_are_not_imported() -> None:
    assert rule_names() == {code: rule.META.name for code, rule in all_rules().items()}
    assert {code for code, rule in all_rules().items() if rule.META.default is Default.PREVIEW} == previews()


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_every_heading_and_something_below_each(code: str) -> None:
    page = rulebook.page(all_rules()[code])
    prose = re.sub(r"^```.*?^```", "CODE", page.explanation, flags=re.MULTILINE | re.DOTALL)
    parts = re.split(r"^## (.*)\n", prose, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == rulebook.HEADINGS
    assert all(part.strip() for part in parts[2::2])
    assert "TODO" not in page.explanation
    assert "<!--" not in page.explanation
    assert re.fullmatch(r"[^\n]+\.", page.title)
    assert len(page.summary) < 100


@pytest.mark.parametrize("code", [code for code in CODES if code > "LKA1"])
def test_a_page_says_for_which_releases_it_holds(code: str) -> None:
    page = rulebook.page(all_rules()[code])
    assert re.match(r"Holds (for @?livekit|whatever)", page.releases)
    assert page.releases in rulebook.markdown(page)
    assert page.releases in rulebook.plain(page)


def test_a_rule_is_expected_only_where_it_holds() -> None:
    """What ``META`` says of releases and languages is what the fixtures show."""
    for case in find_cases():
        expected = {mark.code for mark in case.marks if mark.verb is Verb.EXPECT}
        metas = [rule.META for code, rule in all_rules().items() if code in expected]
        pins = re.findall(r"livekit-agents(?:\[.*?\])?==([\w.]+)", case.text("pyproject.toml"))
        for meta in metas:
            since = meta.since.since
            assert meta.sdks != IN_PYTHON or any(name.endswith(".py") for name in case.files), (case, meta.code)
            assert meta.sdks != IN_NODE or not all(name.endswith((".py", ".toml")) for name in case.files), case
            assert meta.sdks == IN_NODE or all(order(pin) >= order(since) for pin in pins), (case, meta.code)


@pytest.mark.parametrize(
    ("known", "since", "said"),
    [
        ("1.0.0 1.8.9", "1.0.0", "livekit-agents 1.x"),
        ("0.12.21 1.0.0 1.8.9 2.0.0b1 2.0.0rc1", "1.0.0", "livekit-agents 1.x and 2.0.0rc1"),
        ("1.0.0 1.8.9 2.0.0 2.1.0b1", "1.3.1", "livekit-agents 1.x (from 1.3.1 on) and 2.x"),
        ("1.8.9 2.0.0b1", "2.0.0b1", "livekit-agents 2.0.0b1"),
        ("1.8.9 2.0.0", "2.0.0b1", "livekit-agents 2.x"),
        ("1.8.9", "", ""),
    ],
)
def test_which_releases_are_named(known: str, since: str, said: str) -> None:
    assert releases_of(Package("livekit-agents", tuple(known.split())), since) == said


def is_the_difference(text: str, shown: str) -> bool:
    """What a page shows instead of a long file makes that file of the bad one that stands above it."""
    bad = re.search(r"^```\w+\n(.*?)^```", shown.partition("## Example")[2], re.MULTILINE | re.DOTALL)
    difference = re.search(r"^```diff\n(.*?)^```", shown, re.MULTILINE | re.DOTALL)
    assert bad is not None
    assert difference is not None
    found = unified_diff(bad[1].splitlines(), text.rstrip("\n").splitlines(), n=2, lineterm="")
    return [line.rstrip() for line in found][2:] == difference[1].splitlines()


@pytest.mark.parametrize("code", sorted(set(CODES) - {"LKA000"}))
def test_the_examples_are_the_fixtures(code: str) -> None:
    shown = rulebook.page(all_rules()[code]).explanation
    cases = [case for case in find_cases() if case.code == code and case.kind is not Kind.EDGE]
    assert len(cases) == 2
    for case in cases:
        for name in case.files:
            if name != "pyproject.toml":
                text = without_marks(name, case.text(name))
                assert text.rstrip() in shown or (case.kind is Kind.GOOD and is_the_difference(text, shown))
                marks = [
                    mark for mark in case.marks if (mark.verb, mark.path) == (Verb.EXPECT, name) and mark.in_comment
                ]
                named = re.findall(r"(?:#|//) (LKA\d+(?:, LKA\d+)*)$", text, re.MULTILINE)
                assert ", ".join(named).split(", ") == [mark.code for mark in marks] or not (named or marks)


@pytest.mark.parametrize("word", ["LKA101", "lka101", "connect-before-start", "Connect_Before_Start"])
def test_a_rule_is_found_by_code_and_name(word: str) -> None:
    assert rulebook.find(word).META.code == "LKA101"


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("conect-before-start", "LKA101 (connect-before-start)"), ("LKA1100", "LKA110"), ("zzzz", None), ("", None)],
)
def test_a_typo_gives_the_nearest(word: str, nearest: str | None) -> None:
    with pytest.raises(rulebook.UnknownRule) as caught:
        rulebook.find(word)
    assert (caught.value.nearest or "").startswith(nearest or "")
    assert (caught.value.nearest is None) is (nearest is None)


def test_the_command_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    code, text, _ = run(capsys, "LKA101")
    assert code == 0
    assert text.startswith("LKA101 connect-before-start (warning, on by default, since 0.1.0)\n")
    assert "\nWhy it is bad\n-------------\n" in text
    assert "\n    await ctx.connect()  # LKA101\n" in text.replace("        await", "    await")
    assert "```" not in text


def test_the_command_prints_markdown_as_it_stands_in_the_documents(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = run(capsys, "LKA101", "--output-format", "markdown")
    assert text == (rulebook.markdown(rulebook.page(rulebook.find("LKA101"))))
    assert text.startswith("# connect-before-start (LKA101)\n")


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, text, _ = run(capsys, "LKA101", "--output-format", "json")
    record = json.loads(text)
    assert record["code"] == "LKA101"
    assert record["severity"] == "warning"
    assert record["default"] == "on"
    assert record["url"].endswith("/rules/lka101-connect-before-start/")
    assert "## Example" in record["explanation"]


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_the_command_prints_all(capsys: pytest.CaptureFixture[str], format: str) -> None:
    code, text, _ = run(capsys, "--all", "--output-format", format)
    assert code == 0
    for each in CODES:
        assert each in text
    if format == "json":
        assert [each["code"] for each in json.loads(text)] == CODES
    if format == "text":
        assert len(text.splitlines()) == len(CODES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["LKA999x"], 'there is no rule "LKA999x"'),
        (["conect-before-start"], "did you mean LKA101 (connect-before-start)?"),
        ([], "name one rule, or ask for --all"),
        (["LKA101", "--all"], "name one rule, or ask for --all"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    code, output, error = run(capsys, *arguments)
    assert (code, output) == (2, "")
    assert message in error


def test_the_lifecycle_speaks_of_rules_that_there_are() -> None:
    codes = [code for sentence in SENTENCES for code in sentence.codes]
    assert set(codes) <= set(CODES)
    assert len(codes) == len(set(codes))
    # Both groups are about nothing else.
    assert {code for code in CODES if code.startswith(("LKA2", "LKA6"))} <= set(codes)
    names = [sentence.name for sentence in SENTENCES]
    assert len(names) == len(set(names))


def test_a_page_names_the_sentence_that_its_rule_enforces_and_since_when() -> None:
    page = rulebook.page(rulebook.find("LKA101"))
    for text in (rulebook.markdown(page), rulebook.plain(page)):
        assert "The session starts before the job connects" in text
        assert "https://lkagent-lint.readthedocs.io/lifecycle/#start" in text
        assert "since 0.1.0" in text


def test_a_group_is_listed_by_the_beginning_of_its_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("LKA2", "lka2"):
        code, out, _ = run(capsys, word)
        assert code == 0
        assert [line.split()[0] for line in out.splitlines()] == [each for each in CODES if each.startswith("LKA2")]
    _, out, _ = run(capsys, "LKA50", "--output-format", "json")
    assert [each["code"] for each in json.loads(out)] == [each for each in CODES if each.startswith("LKA50")]
    code, _, err = run(capsys, "LKA9")
    assert code == 2
    assert "there is no rule" in err

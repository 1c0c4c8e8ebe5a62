"""Former names of rules: they go on to mean what they meant, one note says what to write, and nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint import engine, rulebook
from lkagent_lint.cli import main
from lkagent_lint.diagnostics import Severity
from lkagent_lint.engine import hiding
from lkagent_lint.rules import _former, all_rules
from lkagent_lint.rules._former import FORMER, Former
from tests.engine.test_check import EARLY, SETTINGS, check, found, write
from tests.engine.test_hiding import early
from tools.site_redirects import redirects
from tools.site_redirects import write as write_site

HIT = [("agent.py", 9, "LKA101")]
IS_CALLED = 'is a former name of LKA101 (connect-before-start); write "connect-before-start" or "LKA101"'


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """LKA101 once had another name, took another rule in, and one rule is gone."""
    entries = (
        Former("LKA101", "early-connect", "LKA101"),
        Former("LKA198", "earliest-connect", "LKA101"),
        Former("LKA199", "gone-rule", None),
    )
    monkeypatch.setattr(_former, "FORMER", entries)
    hiding.rule_codes.cache_clear()
    yield
    hiding.rule_codes.cache_clear()


def test_the_real_table_uses_no_name_twice() -> None:
    today = {word for code, rule in all_rules().items() for word in (code, rule.META.name)}
    words = [each.name for each in FORMER] + [each.code for each in FORMER if each.code != each.now]
    assert not today & set(words)
    assert len(words) == len(set(words))
    assert {each.now for each in FORMER} <= {*all_rules(), None}


def notes(root: Path, **options: Any) -> list[tuple[str, int, str]]:
    report = engine.check(engine.Request(paths=(str(root),), **options))
    return [(Path(note.where).name, note.line, note.message) for note in report.notes]


@pytest.mark.parametrize("word", ["early-connect", "LKA198", "earliest-connect"])
@pytest.mark.parametrize(
    ("lines", "hit"),
    [
        ('select = ["WORD"]', True),
        ('select = []\nextend-select = ["WORD"]', True),
        ('ignore = ["WORD"]', False),
        ('extend-ignore = ["WORD"]', False),
        ('per-file-ignores = {"*.py" = ["WORD"]}', False),
        ('severity = { WORD = "error" }', True),
    ],
)
def test_settings_mean_what_they_meant(tmp_path: Path, word: str, lines: str, hit: bool) -> None:
    write(tmp_path, pyproject_toml=f"{SETTINGS}{lines.replace('WORD', word)}\n", agent_py=EARLY)
    assert found(tmp_path) == (HIT if hit else [])
    at = SETTINGS.count("\n") + lines.count("\n") + 1
    assert notes(tmp_path) == [("pyproject.toml", at, f'"{word}" {IS_CALLED}')]


def test_a_severity_holds(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=f'{SETTINGS}severity = {{ early-connect = "error" }}\n', agent_py=EARLY)
    assert [each.severity for each in check(tmp_path)] == [Severity.ERROR]


@pytest.mark.parametrize(
    "text",
    [
        early("# lkagent: ignore[early-connect] known"),
        early("# lkagent: ignore[LKA198] known"),
        "# lkagent: file-ignore[earliest-connect] known\n" + EARLY,
        "# lkagent: disable[early-connect]\n" + EARLY + "# lkagent: enable[LKA101]\n",
    ],
)
def test_comments_hide_what_they_hid(tmp_path: Path, text: str) -> None:
    write(tmp_path, agent_py=text)
    assert found(tmp_path) == []
    ((_, _, message),) = notes(tmp_path)
    assert message.endswith(IS_CALLED)


def test_flake8_would_not_take_one_code_for_another(tmp_path: Path) -> None:
    write(tmp_path, agent_py=early("# noqa: LKA198"))
    assert found(tmp_path) == [*HIT, ("agent.py", 9, "LKA003")]
    assert any("did you mean LKA101?" in each.message for each in check(tmp_path))
    assert notes(tmp_path) == []


def test_a_rule_that_is_gone_is_a_note_and_no_error(tmp_path: Path) -> None:
    settings = f'{SETTINGS}ignore = ["LKA199"]\n'
    write(tmp_path, pyproject_toml=settings, agent_py=early("# lkagent: ignore[gone-rule] r  # noqa: LKA199"))
    assert found(tmp_path) == HIT
    assert (
        notes(tmp_path)
        == [
            ("agent.py", 9, '"LKA199" names a rule that is gone: LKA199 (gone-rule); take it out'),
            ("agent.py", 9, '"gone-rule" names a rule that is gone: LKA199 (gone-rule); take it out'),
        ]
        or len(notes(tmp_path)) == 2
    )


def test_a_name_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, agent_py=early("# lkagent: ignore[early-connect]"), b_py=early("# lkagent: ignore[early-connect]"))
    assert notes(tmp_path, ignore=("early-connect",)) == [("--ignore", 0, f'"early-connect" {IS_CALLED}')]


def test_the_command_says_so_on_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, pyproject_toml=f'{SETTINGS}ignore = ["early-connect"]\n', agent_py=EARLY)
    with pytest.raises(SystemExit) as ended:
        main(["--output-format", "json"])
    assert ended.value.code == 0
    out, err = capsys.readouterr()
    assert out.strip() == "[]"
    assert err == f'pyproject.toml:{SETTINGS.count(chr(10)) + 1}: "early-connect" {IS_CALLED}\n'


@pytest.mark.parametrize("word", ["early-connect", "Early_Connect", "lka198"])
def test_the_page_of_a_former_name(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rulebook.find(word).META.code == "LKA101"
    with pytest.raises(SystemExit):
        main(["rule", word])
    out, err = capsys.readouterr()
    assert out.startswith("LKA101 connect-before-start")
    assert err == f'"{word}" {IS_CALLED}\n'


def test_there_is_no_page_of_a_rule_that_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rule", "gone-rule"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith('"gone-rule" names a rule that is gone: LKA199')


def test_addresses_lead_on(tmp_path: Path) -> None:
    assert redirects() == {
        "rules/lka101-early-connect/": "rules/lka101-connect-before-start/",
        "rules/lka198-earliest-connect/": "rules/lka101-connect-before-start/",
        "rules/lka199-gone-rule/": "rules/",
    }
    write_site(tmp_path)
    for old, new in redirects().items():
        text = (tmp_path / old / "index.html").read_text(encoding="utf-8")
        (target,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
        assert (tmp_path / old / target).resolve() == (tmp_path / new).resolve()
    with pytest.raises(FileExistsError):  # a former address may not be that of a page of today
        write_site(tmp_path)

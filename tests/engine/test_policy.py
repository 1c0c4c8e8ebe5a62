"""What the settings decide of a file: which rules, how severe, and whether the file is read at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Severity
from lkagent_lint.engine.showing import files_of, settings_of
from tests.engine.test_check import DROPPED, EARLY, SETTINGS, check, found, write
from tests.harness import runs

HIT = [("agent.py", 9, "LKA101")]


def failure(root: Path, **options: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        check(root, **options)
    return caught.value


@pytest.mark.parametrize(
    ("lines", "hit"),
    [
        ('select = ["LKA101"]\nignore = ["LKA"]', True),
        ('select = ["LKA1"]\nignore = ["LKA101"]', False),
        ('select = ["LKA101"]\nignore = ["LKA101"]', False),
        ('select = ["LKA"]\nignore = ["connect-before-start"]', False),
        ('select = ["connect-before-start"]\nignore = ["LKA1"]', True),
        ('select = ["ALL"]', True),
        ('ignore = ["ALL"]', True),  # the default, LKA, is the longer prefix
        ('select = ["ALL"]\nignore = ["ALL"]', False),
        ("select = []", False),
        ('select = []\nextend-select = ["LKA101"]', True),
        ('extend-ignore = ["LKA101"]', False),
    ],
)
def test_the_longest_prefix_wins(tmp_path: Path, lines: str, hit: bool) -> None:
    write(tmp_path, pyproject_toml=f"{SETTINGS}{lines}\n", agent_py=EARLY)
    assert found(tmp_path) == (HIT if hit else [])


@pytest.mark.parametrize("selector", ["lka101", "LKA101 ", "LKA9", "", "connect_before_start", "*"])
def test_a_selector_that_no_rule_answers_to_is_shown_where_it_stands(tmp_path: Path, selector: str) -> None:
    write(tmp_path, pyproject_toml=f'{SETTINGS}ignore = ["LKA102",\n  "{selector}"]\n', agent_py=EARLY)
    error = failure(tmp_path)
    assert (error.path, error.line) == (str(tmp_path / "pyproject.toml"), 7)
    assert error.span is not None
    assert error.span.end_column - error.span.column == len(selector) + 2


def test_the_nearest_rule_is_named(tmp_path: Path) -> None:
    write(tmp_path, agent_py=EARLY)
    assert 'did you mean "LKA101"' in str(failure(tmp_path, select=("lka101",)))
    assert 'did you mean "connect-before-start"' in str(failure(tmp_path, ignore=("connect_before_start",)))
    assert str(failure(tmp_path, options={"extend-select": ["LKA9"]})).startswith("--extend-select: no rule")
    assert failure(tmp_path, assignments=('severity.lka101 = "error"',)).span is not None


def test_settings_of_a_directory_that_was_asked_for_are_validated_also_without_files(tmp_path: Path) -> None:
    write(tmp_path, agent_py=EARLY)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "lkagent-lint.toml").write_text('select = ["LKA9"]\n')
    assert check(tmp_path / "agent.py") != ()
    with pytest.raises(ConfigError, match='no rule is called "LKA9"'):
        check(tmp_path / "empty")


def test_an_extended_file_with_an_unknown_rule_is_named(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=f'{SETTINGS}extend = "base.toml"\n', agent_py=EARLY)
    (tmp_path / "base.toml").write_text('\nper-file-ignores."*.py" = ["LKA999"]\n')
    assert (failure(tmp_path).path, failure(tmp_path).line) == (str(tmp_path / "base.toml"), 2)


def test_preview_opens_the_gate_for_every_rule(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY.replace("ctx.connect()", "ctx.connect(x=1)"), b_py=EARLY.replace("entry", "other"))
    assert "LKA211" not in {code for *_, code in found(tmp_path)}
    assert "LKA211" in {code for *_, code in found(tmp_path, options={"preview": True})}
    assert "LKA211" not in {code for *_, code in found(tmp_path, options={"preview": True}, select=("LKA1",))}
    assert "LKA211" in {code for *_, code in found(tmp_path, options={"extend-select": ["LKA211"]})}


# Files


@pytest.mark.parametrize(
    ("glob", "hit"),
    [
        ("agent.py", False),
        ("*.py", False),
        ("app/", False),
        ("app", False),
        ("app/**", False),
        ("/app/deep/agent.py", False),
        ("**/agent.py", False),
        ("deep/*", True),
        ("/agent.py", True),
        ("tests/", True),
        ("!app/", True),
        ("!tests/", False),
    ],
)
def test_per_file_ignores(tmp_path: Path, glob: str, hit: bool) -> None:
    for key in ("per-file-ignores", "extend-per-file-ignores"):
        write(tmp_path, pyproject_toml=f'{SETTINGS}{key} = {{ "{glob}" = ["LKA101"] }}\n', app__deep__agent_py=EARLY)
        assert found(tmp_path) == (HIT if hit else [])


def test_per_file_ignores_win_over_the_longest_prefix(tmp_path: Path) -> None:
    lines = 'select = ["LKA101"]\n[tool.lkagent-lint.per-file-ignores]\n"agent.py" = ["LKA"]\n'
    write(tmp_path, pyproject_toml=SETTINGS + lines, agent_py=EARLY, other_py=EARLY)
    assert found(tmp_path) == [("other.py", 9, "LKA101")]


def test_globs_are_relative_to_the_file_that_holds_them(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=f'{SETTINGS}per-file-ignores = {{ "/agent.py" = ["LKA101"] }}\n', agent_py=EARLY)
    write(tmp_path / "app", pyproject_toml='[tool.lkagent-lint]\nextend = "../pyproject.toml"\n', agent_py=EARLY)
    assert found(tmp_path) == HIT  # the inherited glob means the file at the top
    write(tmp_path / "app", pyproject_toml='[tool.lkagent-lint]\nper-file-ignores = { "/agent.py" = ["LKA1"] }\n')
    assert found(tmp_path) == []
    assignment = 'per-file-ignores = { "/agent.py" = ["LKA1"] }'
    (tmp_path / "app/pyproject.toml").unlink()
    assert found(tmp_path, assignments=(assignment,), directory=str(tmp_path / "app")) == HIT


@pytest.mark.parametrize("glob", ["a[", "a***b*c*d*e", "", "!", "[z-a]"])
def test_a_pattern_that_cannot_be_used_is_shown_where_it_stands(tmp_path: Path, glob: str) -> None:
    write(tmp_path, pyproject_toml=f'{SETTINGS}\n[tool.lkagent-lint.per-file-ignores]\n"{glob}" = []\n', agent_py=EARLY)
    error = failure(tmp_path)
    assert (error.line, "pattern that cannot be used" in error.message) == (8, True)


def test_excluded_files_are_checked_where_they_are_named(tmp_path: Path) -> None:
    settings = SETTINGS + 'exclude = ["agent.py"]\nextend-exclude = ["*.ts"]\n'
    write(tmp_path, pyproject_toml=settings, agent_py=EARLY)
    agent = tmp_path / "agent.py"
    assert found(tmp_path) == []
    assert found(agent) == HIT
    assert found(agent, options={"force-exclude": True}) == []
    assert found(agent, overlays={str(agent): EARLY.encode()}) == []  # editors name what they find
    write(tmp_path, pyproject_toml=settings + "force-exclude = true\n")
    assert found(agent) == []
    assert found(agent, options={"force-exclude": False}) == HIT


def test_a_later_exclude_speaks_last(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=SETTINGS + 'exclude = ["*.py"]\nextend-exclude = ["!agent.py"]\n', agent_py=EARLY)
    assert found(tmp_path) == HIT


# Severities


@pytest.mark.parametrize(
    ("table", "severity"),
    [
        ('LKA101 = "error"', Severity.ERROR),
        ('LKA101 = "info"', Severity.INFO),
        ('LKA1 = "error"\nLKA = "info"', Severity.ERROR),
        ('LKA1 = "error"\nconnect-before-start = "info"', Severity.INFO),
        ('ALL = "error"', Severity.ERROR),
        ('LKA2 = "error"', Severity.WARNING),
    ],
)
def test_the_severity_of_a_rule(tmp_path: Path, table: str, severity: Severity) -> None:
    write(tmp_path, pyproject_toml=f"{SETTINGS}[tool.lkagent-lint.severity]\n{table}\n", agent_py=EARLY)
    report = engine.check(engine.Request(paths=(str(tmp_path),)))
    assert [each.severity for each in report.diagnostics] == [severity]
    assert report.failing == (severity is not Severity.INFO)


def test_severities_hold_for_the_files_of_their_settings(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=SETTINGS + 'severity.LKA1 = "error"\n', a_py=EARLY)
    write(tmp_path / "below", pyproject_toml='[tool.lkagent-lint]\nfail-on = "error"\n', b_py=DROPPED)
    assert [(each.code, each.severity) for each in check(tmp_path)] == [
        ("LKA101", Severity.ERROR),
        ("LKA106", Severity.ERROR),
    ]


# Showing


def test_what_is_shown_of_settings_and_files(tmp_path: Path) -> None:
    write(tmp_path, pyproject_toml=SETTINGS + 'ignore = ["LKA1"]\nexclude = ["old/"]\n', a_py=EARLY, old__b_py=EARLY)
    write(tmp_path / "below", pyproject_toml=SETTINGS, c_py=EARLY)
    request = engine.Request(paths=(str(tmp_path), str(tmp_path / "below/c.py")))
    above, below = settings_of(request)
    assert (above.root, below.root) == (str(tmp_path), str(tmp_path / "below"))
    assert ("LKA101" in above.rules, "LKA101" in below.rules) == (False, True)
    names = [os.path.relpath(path, tmp_path).replace(os.sep, "/") for path in files_of(request)]
    assert names == ["a.py", "below/c.py", "below/pyproject.toml", "pyproject.toml"]
    named = engine.Request(paths=(str(tmp_path / "old/b.py"),))
    assert files_of(named) == (str(tmp_path / "old/b.py"),)
    with pytest.raises(ConfigError):
        settings_of(engine.Request(paths=(str(tmp_path),), assignments=('ignore = ["LKA999"]',)))


def test_flake8_reads_the_same_settings(tmp_path: Path) -> None:
    write(tmp_path, a_py=EARLY, tests__b_py=EARLY)
    (tmp_path / "pyproject.toml").unlink()
    own = tmp_path / "lkagent-lint.toml"

    def rows() -> list[tuple[str, str]]:
        return [(row.path, row.code) for row in runs.flake8(tmp_path, "-j1", ".")]

    own.write_text('root = true\nseverity.LKA101 = "info"\n')
    assert rows() == []
    own.write_text('root = true\nper-file-ignores = { "tests/" = ["LKA101"] }\n')
    assert rows() == [("a.py", "LKA101")]
    (tmp_path / "base.toml").write_text('extend-exclude = ["a.py"]\n')
    own.write_text('root = true\nextend = "base.toml"\n')
    assert rows() == [("tests/b.py", "LKA101")]

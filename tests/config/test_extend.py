"""Several sources of settings: which file is found, what ``extend`` makes of two, what the command line adds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lkagent_lint.config import ConfigError, Configuration, Settings, SettingsFinder
from lkagent_lint.config.overrides import from_assignment, from_option, is_assignment
from lkagent_lint.diagnostics import Severity


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def settings(directory: Path) -> Settings:
    return SettingsFinder().for_directory(str(directory))


def configuration(directory: Path) -> Configuration:
    return SettingsFinder().configuration(str(directory))


def failure(directory: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        SettingsFinder().for_directory(str(directory))
    return caught.value


@pytest.mark.parametrize("name", ["lkagent-lint.toml", ".lkagent-lint.toml"])
def test_a_file_of_its_own_needs_no_table(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, 'fail-on = "error"\n')
    assert settings(tmp_path / "below") == Settings(fail_on=Severity.ERROR)


def test_an_empty_file_of_its_own_is_the_nearest(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.lkagent-lint]\nselect = []\n")
    write(tmp_path / "web/lkagent-lint.toml", "")
    write(tmp_path / "web/pyproject.toml", "[project]\nname = 'x'\n")
    assert settings(tmp_path / "web/app") == Settings()


def test_two_files_in_one_directory_are_an_error(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.lkagent-lint]\n")
    write(tmp_path / "lkagent-lint.toml", "")
    assert failure(tmp_path).message == (
        "lkagent-lint.toml and pyproject.toml both hold settings for this directory: keep one of them"
    )


def test_a_table_in_a_file_of_its_own_is_an_error_that_says_so(tmp_path: Path) -> None:
    write(tmp_path / "lkagent-lint.toml", "[tool.lkagent-lint]\nroot = true\n")
    error = failure(tmp_path)
    assert error.line == 1
    assert "without [tool.lkagent-lint]" in error.message


def test_extend_replaces_key_by_key_and_adds_what_begins_with_extend(tmp_path: Path) -> None:
    write(
        tmp_path / "pyproject.toml",
        """[tool.lkagent-lint]
root = true
select = ["LKA1"]
extend-select = ["LKA211"]
ignore = ["LKA102"]
exclude = ["old/"]
extend-exclude = ["older/"]
fail-on = "info"
severity = { LKA101 = "error", LKA103 = "warning" }
per-file-ignores = { "a/**" = ["LKA101"] }
extend-per-file-ignores = { "b/**" = ["LKA101"] }
""",
    )
    write(
        tmp_path / "web/lkagent-lint.toml",
        """extend = "../pyproject.toml"
extend-select = ["LKA2"]
extend-ignore = ["LKA104"]
exclude = ["new/"]
severity = { LKA103 = "error" }
extend-per-file-ignores = { "b/**" = ["LKA102"] }
""",
    )
    assert settings(tmp_path / "web") == Settings(
        root=False,  # it speaks of the directory of its own file
        extend="../pyproject.toml",
        select=("LKA1",),
        extend_select=("LKA211", "LKA2"),
        ignore=("LKA102",),
        extend_ignore=("LKA104",),
        exclude=("new/",),
        extend_exclude=(),  # what the replaced exclude was extended by goes with it
        fail_on=Severity.INFO,
        severity={"LKA101": Severity.ERROR, "LKA103": Severity.ERROR},
        per_file_ignores={"a/**": ("LKA101",)},
        extend_per_file_ignores={"b/**": ("LKA101", "LKA102")},
    )


def test_every_value_knows_where_it_comes_from(tmp_path: Path) -> None:
    base = write(tmp_path / "base.toml", '# shared\nextend-exclude = ["a/"]\nfail-on = "info"\n')
    own = write(tmp_path / "pyproject.toml", '[tool.lkagent-lint]\nextend = "base.toml"\nextend-exclude = ["b/"]\n')
    found = configuration(tmp_path)
    assert found.path == str(own)
    assert found.origins("extend-exclude") == ((str(base), 2), (str(own), 3))
    assert found.origins("fail-on") == ((str(base), 3),)
    assert found.origins("select") == ()
    assert [layer.directory for layer, _ in found.parts("extend-exclude")] == [str(tmp_path)] * 2


def test_extend_follows_a_chain_to_its_end(tmp_path: Path) -> None:
    for number in range(300):
        write(tmp_path / f"{number}.toml", f'extend = "{number + 1}.toml"\nextend-ignore = ["{number}"]\n')
    write(tmp_path / "300.toml", "preview = true\n")
    write(tmp_path / "lkagent-lint.toml", 'extend = "0.toml"\n')
    assert settings(tmp_path).preview
    assert settings(tmp_path).extend_ignore[::299] == ("299", "0")


@pytest.mark.parametrize("link", [False, True])
def test_a_cycle_is_an_error_that_names_its_way(tmp_path: Path, link: bool) -> None:
    write(tmp_path / "lkagent-lint.toml", 'extend = "a/b.toml"\n')
    back = "../lkagent-lint.toml"
    if link:
        (tmp_path / "c.toml").symlink_to(tmp_path / "lkagent-lint.toml")
        back = "../c.toml"
    write(tmp_path / "a/b.toml", f'# c\nextend = "{back}"\n')
    error = failure(tmp_path)
    assert error.path == str(tmp_path / "a/b.toml")
    assert error.line == 2
    assert "lkagent-lint.toml → a/b.toml → " in error.message.replace(os.sep, "/")


def test_a_file_that_extends_itself_is_a_cycle(tmp_path: Path) -> None:
    write(tmp_path / "lkagent-lint.toml", 'extend = "lkagent-lint.toml"\n')
    assert "leads back" in failure(tmp_path).message


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere.toml", "there is no such file"),
        ("", "there is no such file"),
        ("other", "there is no such file"),
        ("other/pyproject.toml", "it has no table [tool.lkagent-lint]"),
    ],
)
def test_what_cannot_be_extended(tmp_path: Path, target: str, reason: str) -> None:
    write(tmp_path / "other/pyproject.toml", "[project]\nname = 'x'\n")
    write(tmp_path / "lkagent-lint.toml", f'root = true\nextend = "{target}"\n')
    error = failure(tmp_path)
    assert (error.path, error.line) == (str(tmp_path / "lkagent-lint.toml"), 2)
    assert reason in error.message


def test_an_error_in_an_extended_file_stands_there(tmp_path: Path) -> None:
    write(tmp_path / "base.toml", "\nselct = []\n")
    write(tmp_path / "lkagent-lint.toml", 'extend = "base.toml"\n')
    assert (failure(tmp_path).path, failure(tmp_path).line) == (str(tmp_path / "base.toml"), 2)


# What a settings file may be


def test_a_mark_carriage_returns_and_a_megabyte_are_read(tmp_path: Path) -> None:
    text = '[tool.lkagent-lint]\r\nignore = [\r\n  "LKA101",\r\n]\r\n# ' + "x" * 1_000_000 + "\r\nselct = 1\r\n"
    write(tmp_path / "pyproject.toml", b"\xef\xbb\xbf" + text.encode())
    error = failure(tmp_path)
    assert error.span is not None
    assert (error.line, error.span.column, error.span.end_column) == (6, 1, 6)


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"ignore = ['\xe9']\n", 1, "not UTF-8"),
        (b"\xff\xfer\x00o\x00", 1, "not UTF-8"),
        (b"severity = {}\n[severity]\n", 2, "invalid TOML"),
        (b"[severity]\n[severity]\n", 2, "invalid TOML"),
        (b"preview = true\npreview = true\n", 2, "invalid TOML"),
        (b"ignore = [\n", 2, "invalid TOML"),
        (b"a\0b = 1\n", 1, "invalid TOML"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_line(
    tmp_path: Path, data: bytes, line: int, words: str
) -> None:
    write(tmp_path / "lkagent-lint.toml", data)
    assert (failure(tmp_path).line, words in failure(tmp_path).message) == (line, True)


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ('severity = { LKA101 = "off" }', 'to turn a rule off, add it to "ignore"', (1, 23, 1, 28)),
        ('[severity]\nLKA101 = "error"\nLKA102 = "warn"', 'did you mean "warning"?', (3, 10, 3, 16)),
        ('severity = "error"', "must be a table of rules", (1, 12, 1, 19)),
        ("ignore = ['LKA101', 2]", "must be a list of strings", (1, 21, 1, 22)),
        ('per-file-ignores = { "a" = "LKA1" }', "with lists of rules", (1, 28, 1, 34)),
        ('fail-on = "Error"', 'did you mean "error"?', (1, 11, 1, 18)),
        ('sdk-version = "latest"', "one release", (1, 15, 1, 23)),
    ],
)
def test_a_wrong_value_is_shown_where_it_stands(
    tmp_path: Path, text: str, words: str, place: tuple[int, int, int, int]
) -> None:
    write(tmp_path / "lkagent-lint.toml", text)
    error = failure(tmp_path)
    assert words in error.message
    assert error.span is not None
    assert tuple(getattr(error.span, name) for name in ("line", "column", "end_line", "end_column")) == place


# The command line


def test_one_file_can_hold_for_everything(tmp_path: Path) -> None:
    write(tmp_path / "a/lkagent-lint.toml", "preview = true\n")
    chosen = write(tmp_path / "b/strict.toml", 'fail-on = "info"\nroot = true\n')
    finder = SettingsFinder(file=str(chosen))
    assert finder.for_directory(str(tmp_path / "a")) == Settings(fail_on=Severity.INFO, root=True)
    assert finder.own(str(tmp_path / "a")) is None
    assert finder.own(str(tmp_path / "b")) is not None
    with pytest.raises(ConfigError, match="there is no such file"):
        SettingsFinder(file=str(tmp_path / "none.toml")).for_directory(str(tmp_path))


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    own = write(
        tmp_path / "lkagent-lint.toml", 'extend-select = ["LKA3"]\nseverity.LKA101 = "error"\npreview = false\n'
    )
    overrides = (
        from_assignment('severity.LKA102 = "info"', str(tmp_path / "cwd")),
        from_option("--select", "select", ["LKA1"], str(tmp_path)),
        from_option("--preview", "preview", True, str(tmp_path)),
    )
    found = SettingsFinder(overrides=overrides).configuration(str(tmp_path))
    assert found.settings == Settings(
        select=("LKA1",), preview=True, severity={"LKA101": Severity.ERROR, "LKA102": Severity.INFO}
    )
    assert found.origins("severity") == ((str(own), 2), ("--config", 1))
    assert found.origins("preview") == (("--preview", None),)
    assert SettingsFinder(True, overrides=overrides).for_directory(str(tmp_path)).preview


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("preview=true", True),
        ('severity."connect-before-start" = "info"', True),
        ("lint.toml", False),
        ("dir/lint.toml", False),
        ("/a=b/lint.toml", False),
    ],
)
def test_an_assignment_is_told_from_a_file(argument: str, expected: bool) -> None:
    assert is_assignment(argument) is expected


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("fail-on=error", "--config 'fail-on = \"error\"'"),
        ("fail-on=", "invalid TOML"),
        ("fial-on='error'", 'did you mean "fail-on"?'),
        ("root=true", "speaks of the file"),
        ("extend='x'", "speaks of the file"),
        ("preview=1", "must be true or false"),
    ],
)
def test_an_assignment_that_cannot_be_used(argument: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_assignment(argument, "/")
    assert words in str(caught.value)
    assert caught.value.path == "--config"

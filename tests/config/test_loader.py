"""The settings of a pyproject.toml: what is read, and how a mistake in it is reported."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from lkagent_lint.config import ConfigError, Settings, SettingsFinder, read_settings
from lkagent_lint.config.layers import EXPECTED
from lkagent_lint.config.loader import FILE_NAMES
from lkagent_lint.diagnostics import Severity


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def failure(data: bytes) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_settings("/p/pyproject.toml", data)
    return caught.value


def test_every_setting_is_read() -> None:
    settings = read_settings(
        "/p/pyproject.toml",
        b"""[tool.lkagent-lint]
root = true
select = ["LKA1", "connect-before-start"]
ignore = ["LKA101"]
exclude = ["legacy/"]
fail-on = "error"
dispatched-elsewhere = ["support-*"]
job-type-model = "server"
sdk-version = "1.5.3"
info-in-flake8 = true
""",
    )
    assert settings == Settings(
        root=True,
        select=("LKA1", "connect-before-start"),
        ignore=("LKA101",),
        exclude=("legacy/",),
        fail_on=Severity.ERROR,
        dispatched_elsewhere=("support-*",),
        job_type_model="server",
        sdk_version="1.5.3",
        info_in_flake8=True,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[project]\nname = 'x'\n",
        b"[project]\ndependencies = ['lkagent-lint']\n",
        b"[tool.ruff]\nselect = [\n",
        b"\xff\xfe\x00",
        b"[tool]\nother = 1 # lkagent-lint\n",
    ],
)
def test_a_file_without_our_table_has_no_settings(data: bytes) -> None:
    assert read_settings("/p/pyproject.toml", data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"[tool]\nlkagent-lint.root = true\n",
        b'[tool."lkagent-lint"]\r\nroot = true\r\n',
        b"\xef\xbb\xbf[tool.lkagent-lint]\nroot = true\n",
        b"tool.lkagent-lint = { root = true }\n",
    ],
)
def test_every_spelling_of_the_table_is_the_table(data: bytes) -> None:
    assert read_settings("/p/pyproject.toml", data) == Settings(root=True)


def test_an_empty_table_is_the_defaults() -> None:
    assert read_settings("/p/pyproject.toml", b"[tool.lkagent-lint]\n") == Settings()


def test_an_unknown_key_is_an_error_with_its_line_and_the_nearest_key() -> None:
    error = failure(b"[tool.ruff]\nselct = 1\n[tool.lkagent-lint]\nroot = true\nselct = []\n")
    assert str(error) == (
        '/p/pyproject.toml:5:1: unknown setting "selct" in [tool.lkagent-lint]; did you mean "select"?'
    )
    assert (error.path, error.line) == ("/p/pyproject.toml", 5)


def test_an_unknown_key_like_no_other_lists_the_settings() -> None:
    message = failure(b"[tool.lkagent-lint]\nzzzzzz = 1\n").message
    assert "did you mean" not in message
    assert all(field.encode_name in message for field in msgspec.structs.fields(Settings))


def test_an_underscore_instead_of_a_hyphen_is_recognised() -> None:
    assert 'did you mean "fail-on"?' in failure(b"[tool.lkagent-lint]\nfail_on = 'error'\n").message
    error = failure(b"[tool.lkagent_lint]\nroot = true\n")
    assert error.line == 1
    assert 'did you mean "tool.lkagent-lint"?' in error.message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("root = 'yes'", '"root" in [tool.lkagent-lint] must be true or false'),
        ("select = 'LKA1'", '"select" in [tool.lkagent-lint] must be a list of strings'),
        ("exclude = ['a', 1]", '"exclude" in [tool.lkagent-lint] must be a list of strings'),
        ("fail-on = 'fatal'", '"fail-on" in [tool.lkagent-lint] must be "error", "warning" or "info"'),
        ("job-type-model = 1", '"job-type-model" in [tool.lkagent-lint] must be "reference" or "server"'),
        ("drain-timeout = -1", '"drain-timeout" in [tool.lkagent-lint] must be a number of seconds, 0 or more'),
        ("sdk-version = 1.5", '"sdk-version" in [tool.lkagent-lint] must be a string'),
        (
            "sdk-version = '~=1.5'",
            '"sdk-version" in [tool.lkagent-lint] must be one release, as in "1.5.3"',
        ),
    ],
)
def test_a_wrong_value_is_an_error_with_its_line(line: str, expected: str) -> None:
    error = failure(f"[tool.lkagent-lint]\n# a comment\n{line}\n".encode())
    assert (error.line, error.message) == (3, expected)


def test_every_setting_has_words_for_what_it_expects() -> None:
    assert set(EXPECTED) == {field.encode_name for field in msgspec.structs.fields(Settings)}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[tool.lkagent-lint]\nselect = [\n\n= 1", 4),
        (b"[tool.lkagent-lint]\n[tool.lkagent-lint]\n", 2),
        (b"[tool.lkagent-lint]\nroot = true\nroot = true\n", 3),
        (b"[tool.lkagent-lint]\n\nexclude = ['\xff']\n", 3),
        (b"[tool.lkagent-lint]\nx = " + b"[" * 100_000, None),
        (b"[tool.lkagent-lint]\nx = " + b"1" * 10_000, None),
    ],
)
def test_a_broken_file_that_mentions_us_is_an_error(data: bytes, line: int | None) -> None:
    error = failure(data)
    assert error.line == line or (line is None and error.line is not None)
    assert "invalid TOML" in error.message or "not UTF-8" in error.message


def test_a_table_that_is_no_table_is_an_error() -> None:
    error = failure(b"[tool]\nlkagent-lint = 1\n")
    assert (error.line, error.message) == (2, "[tool.lkagent-lint] must be a table")


def test_an_error_without_a_place_prints_its_message_alone() -> None:
    assert str(ConfigError(None, None, "no")) == "no"
    assert str(ConfigError("p", None, "no")) == "p: no"


def test_the_nearest_settings_decide_alone(tmp_path: Path) -> None:
    outer = write(tmp_path / "pyproject.toml", "[tool.lkagent-lint]\nignore = ['LKA1']\nroot = true\n")
    write(tmp_path / "a/pyproject.toml", "[project]\nname = 'a'\n")
    inner = write(tmp_path / "a/b/pyproject.toml", "[tool.lkagent-lint]\nselect = ['LKA2']\n")
    finder = SettingsFinder()
    assert finder.for_directory(str(tmp_path / "a")) == Settings(ignore=("LKA1",), root=True)
    assert finder.origin(str(tmp_path / "a")) == str(outer)
    assert finder.for_directory(str(tmp_path / "a/b/c/d")) == Settings(select=("LKA2",))
    assert finder.origin(str(tmp_path / "a/b/c/d")) == str(inner)
    assert finder.own(str(tmp_path / "a")) is None
    own = finder.own(str(tmp_path / "a/b"))
    assert own is not None
    assert own.settings == Settings(select=("LKA2",))


def test_defaults_come_from_no_file(tmp_path: Path) -> None:
    finder = SettingsFinder()
    assert finder.for_directory(str(tmp_path)) == Settings()
    assert finder.origin(str(tmp_path)) is None


def test_isolated_reads_no_file(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.lkagent-lint]\nnonsense = 1\n")
    finder = SettingsFinder(isolated=True)
    assert finder.for_directory(str(tmp_path)) == Settings()
    assert finder.origin(str(tmp_path)) is None
    assert finder.own(str(tmp_path)) is None


def test_a_file_is_read_once_however_many_ask() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return b"[tool.lkagent-lint]\nroot = true\n" if path == os.path.abspath("/a/pyproject.toml") else None

    finder = SettingsFinder(read=read)
    directory = os.path.abspath("/a/b")
    for name in ("c", "d", "c"):
        assert finder.for_directory(os.path.join(directory, name)).root
    assert len(asked) == len(set(asked)) == 4 * len(FILE_NAMES)


def test_a_path_deeper_than_the_stack_is_walked() -> None:
    finder = SettingsFinder(read=lambda path: None)
    assert finder.for_directory("/" + "a/" * 5000 + "a") == Settings()


def test_a_settings_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.symlink_to(path)
    with pytest.raises(ConfigError, match="it cannot be read: "):
        SettingsFinder().for_directory(str(tmp_path))


def test_a_directory_or_a_dangling_link_of_that_name_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "a/pyproject.toml").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/pyproject.toml").symlink_to(tmp_path / "nowhere")
    assert SettingsFinder().own(str(tmp_path / "a")) is None
    assert SettingsFinder().own(str(tmp_path / "b")) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_fifo_of_that_name_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        SettingsFinder().for_directory(str(tmp_path))


def test_a_huge_file_is_an_error_not_a_wait(tmp_path: Path) -> None:
    with open(tmp_path / "pyproject.toml", "wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(ConfigError, match="larger than 10,000,000 bytes"):
        SettingsFinder().for_directory(str(tmp_path))

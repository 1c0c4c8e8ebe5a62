"""Settings on the command line, with the real engine: options, ``@FILE``, what is shown, and how mistakes are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lkagent_lint.cli import main
from lkagent_lint.config.files import read_layer
from tests.engine.test_check import EARLY, SETTINGS

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one finding as the current directory."""
    for name in ("GITHUB_ACTIONS", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "agent.py").write_text(EARLY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 1),
        (["--fail-on", "error"], 0),
        (["--config", "fail-on='error'"], 0),
        (["--config", "severity.LKA101='info'"], 0),
        (["--config", "severity.LKA101='info'", "--fail-on", "info"], 1),
        (["--config", "ignore=['LKA1']"], 0),
        (["--config", "ignore=['LKA1']", "--extend-select", "LKA101"], 1),
        (["--config", "per-file-ignores={'agent.py'=['LKA1']}"], 0),
        (["--config", "exclude=['agent.py']"], 0),
        (["--config", "exclude=['agent.py']", "agent.py"], 1),
        (["--config", "exclude=['agent.py']", "agent.py", "--force-exclude"], 0),
        (["--config", "quiet.toml"], 0),
        (["--config", "quiet.toml", "--config", "ignore=[]"], 1),
        (["--isolated", "--config", "ignore=['LKA1']"], 0),
    ],
)
def test_what_options_do(project: Path, arguments: list[str], code: int) -> None:
    (project / "quiet.toml").write_text('ignore = ["LKA101"]\n')
    assert run(*arguments) == code


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "none.toml"], "none.toml: there is no such file"),
        (["--config", "."], "needs a file"),
        (["--config", "a.toml", "--config", "b.toml"], "one file"),
        (["--config", "a.toml", "--isolated"], "contradict"),
        (["--config", "fail-on=error"], "strings need quotes"),
        (["--config", "fail-on='eror'"], 'did you mean "error"?'),
        (["--extend-select", "LKA9"], '--extend-select: no rule is called "LKA9"'),
        (["--select", ","], "no rule is named"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_says_why(arguments: list[str], words: str, capsys: Captured) -> None:
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert (out, words in err) == ("", True)


def test_a_mistake_in_a_settings_file_is_shown_with_a_caret(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_text('[tool.lkagent-lint]\n# \N{PILE OF POO}\n"igno\\u0072" = [] # why\n')
    assert run() == 2
    assert capsys.readouterr().err.splitlines() == [
        'error: pyproject.toml:3:1: unknown setting "ignor" in [tool.lkagent-lint]; did you mean "ignore"?',
        "  |",
        '3 | "igno\\u0072" = [] # why',
        "  | ^^^^^^^^^^^^",
    ]


def test_a_line_of_a_megabyte_is_shown_as_a_window(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_text('[tool.lkagent-lint]\nignore = ["' + "x" * 1_000_000 + '"]\n')
    assert run() == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert max(map(len, lines)) < 2_200


def test_control_characters_of_a_settings_file_never_reach_the_terminal(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_text('[tool.lkagent-lint]\n"\\u001b[31m\u202e" = 1\n')
    assert run() == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\u202e" not in err


def test_the_settings_that_are_shown_can_be_read_back(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_text(
        SETTINGS + 'severity = { LKA101 = "error" }\nper-file-ignores = { "a b/**" = ["LKA1"] }\n'
    )
    assert run("--show-settings", "--preview", "agent.py") == 0
    out = capsys.readouterr().out
    assert "# settings of agent.py\n# from pyproject.toml; " in out
    assert '\nseverity = { LKA101 = "error" }' in out
    assert [
        line.rpartition("  # ")[2] for line in out.splitlines() if line.startswith(("severity", "preview", "sel"))
    ] == [
        "default",
        "--preview",
        "pyproject.toml:6",
    ]
    layer = read_layer("/x/lkagent-lint.toml", out.encode(), None)
    assert layer is not None
    assert layer.values["preview"] is True


def test_the_settings_are_shown_as_json(project: Path, capsys: Captured) -> None:
    (project / "web").mkdir()
    (project / "web/lkagent-lint.toml").write_text('extend = "../pyproject.toml"\nexclude = ["x"]\n')
    assert run("--show-settings", ".", "web", "--output-format", "json") == 0
    above, web = json.loads(capsys.readouterr().out)
    assert (above["file"], web["file"]) == ("pyproject.toml", "web/lkagent-lint.toml")
    assert web["settings"]["exclude"] == {"value": ["x"], "origin": "web/lkagent-lint.toml:2"}
    assert web["settings"]["fail-on"] == {"value": "warning", "origin": "default"}


def test_the_releases_that_files_are_judged_by_are_shown(project: Path, capsys: Captured) -> None:
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    (project / "requirements.txt").write_text("livekit-agents==1.99.0\n")
    (project / "package.json").write_text('{"dependencies": {"@livekit/agents": "1.4.3"}}')
    assert run("--show-settings", "agent.py") == 0
    python = "livekit-agents 1.99.0 (requirements.txt), newer than 1.8.9, the newest known: names are not judged"
    assert f"\n# judged by {python}\n" in capsys.readouterr().out
    assert run("--show-settings", ".", "--output-format", "json") == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert shown["sdks"] == [python, "@livekit/agents 1.4.3 (package.json)"]


def test_the_files_of_a_check_are_shown(project: Path, capsys: Captured) -> None:
    (project / "new\nline.py").write_text("")
    assert run("--show-files") == 0
    assert capsys.readouterr().out.splitlines() == ["agent.py", "new\u240aline.py", "pyproject.toml"]
    assert run("--show-files", "agent.py", "--output-format", "json") == 0
    assert json.loads(capsys.readouterr().out) == ["agent.py"]


# @FILE


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_arguments_come_from_a_file(project: Path, end: str, capsys: Captured) -> None:
    (project / "arguments").write_bytes(
        end.join(["\ufeff--ignore", "LKA1", "", "  ", "a b.py"]).encode() + end.encode()
    )
    (project / "a b.py").write_text("")
    assert run("@arguments", "--output-format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_ten_thousand_paths_come_from_a_file(project: Path) -> None:
    (project / "arguments").write_text("agent.py\n" * 10_000)
    assert run("check", "@arguments") == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot read the arguments in arguments"), (b"a\0b\n", "null byte"), (b"@arguments\n", "no such")],
)
def test_a_file_of_arguments_that_cannot_be_used(
    project: Path, content: bytes | None, words: str, capsys: Captured
) -> None:
    if content is not None:
        (project / "arguments").write_bytes(content)
    assert run("@arguments") == 2
    assert words in capsys.readouterr().err


def test_a_file_whose_name_begins_with_the_mark_is_named_by_its_path(project: Path) -> None:
    (project / "@agent.py").write_text(EARLY)
    assert run("./@agent.py") == 1
    assert run("--", "@agent.py") == 1

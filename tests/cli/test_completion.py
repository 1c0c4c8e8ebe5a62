"""Completion, asked for as each shell asks for it, and by real shells where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.standing_in import run

SHELLS = ("bash", "zsh", "fish")
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def completions(line: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """What bash is offered for the last word of a line."""
    monkeypatch.setenv("_LKAGENT_LINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    assert run() == 0
    return capfd.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("lkagent-lint gr", ["file,gr", "plain,graph"]),
        ("lkagent-lint --output-f", ["plain,--output-format", "plain,--output-file"]),
        ("lkagent-lint check --output-format s", ["plain,sarif"]),
        ("lkagent-lint --output-format s", ["plain,sarif"]),
        ("lkagent-lint src --color ", ["plain,auto", "plain,always", "plain,never"]),
        ("lkagent-lint rule connect-b", ["plain,connect-before-start"]),
        ("lkagent-lint --select LKA101,lka20", [f"plain,LKA101,LKA20{n}" for n in range(1, 10)]),
        ("lkagent-lint src", ["file,src"]),
        ("lkagent-lint check src", ["file,src"]),
        ("lkagent-lint completion z", ["plain,zsh"]),
    ],
)
def test_what_is_offered(
    line: str, offered: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert completions(line, monkeypatch, capfd) == offered


def test_every_command_is_offered_first(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    offered = completions("lkagent-lint ", monkeypatch, capfd)
    assert {"plain,check", "plain,rule", "plain,graph", "plain,completion"} < set(offered)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_sound(shell: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("completion", shell) == 0
    script = capfd.readouterr().out
    assert f"_LKAGENT_LINT_COMPLETE={shell}_complete" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(script)
    subprocess.run([shell, "-n", str(file)], check=True)


def command_on_path(directory: Path) -> dict[str, str]:
    """An environment in which ``lkagent-lint`` is this interpreter's."""
    file = directory / "lkagent-lint"
    file.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lkagent_lint "$@"\n')
    file.chmod(0o755)
    repository = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PATH": f"{directory}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": repository}


@posix
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes(tmp_path: Path) -> None:
    environ = command_on_path(tmp_path)
    program = (
        'eval "$(lkagent-lint completion bash)"\n'
        "COMP_WORDS=(lkagent-lint rule LKA10); COMP_CWORD=2\n"
        '_lkagent_lint_completion lkagent-lint LKA10 rule; echo "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run(["bash", "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split()[:3] == ["LKA101", "LKA102", "LKA103"]


@posix
@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_completes(tmp_path: Path) -> None:
    environ = {**command_on_path(tmp_path), "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    program = 'lkagent-lint completion fish | source; complete -C "lkagent-lint rule LKA10"'
    done = subprocess.run(["fish", "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert [line.split("\t")[0] for line in done.stdout.splitlines()][:2] == ["LKA101", "LKA102"]


@posix
@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_completes(tmp_path: Path) -> None:
    """The completion system needs a terminal, so what it would call stands in for it."""
    environ = command_on_path(tmp_path)
    program = (
        'compdef() { }; _describe() { print -l -- ${(P)3}; }; compadd() { print -l -- "$@"; }\n'
        'eval "$(lkagent-lint completion zsh)"\n'
        "words=(lkagent-lint rule LKA10); CURRENT=3; _lkagent_lint_completion\n"
    )
    done = subprocess.run(["zsh", "-f", "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert "LKA101:" in done.stdout

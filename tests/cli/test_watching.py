"""``--watch``: a report, and another one whenever something has changed that matters."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import watchfiles

from lkagent_lint import engine
from lkagent_lint.cli import _watching, main
from lkagent_lint.cli._reports import Output

AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext):
    session = AgentSession()
    await ctx.connect()
    await session.start(agent=Agent(instructions="x"), room=ctx.room)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    (tmp_path / "agent.py").write_text(AGENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def screens(project: Path, steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the agent say one thing after the other, each told as a change."""

    def changes(*directories: str, **_: object) -> Iterator[set[tuple[watchfiles.Change, str]]]:
        assert directories == (str(project),)
        for text in steps:
            (project / "agent.py").write_text(text)
            yield {(watchfiles.Change.modified, str(project / "agent.py"))}
        raise KeyboardInterrupt

    monkeypatch.setattr(watchfiles, "watch", changes)


def request(project: Path) -> engine.Request:
    return engine.Request(paths=(str(project),))


def test_each_change_is_checked(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screens(project, [AGENT.replace("    await ctx.connect()\n", ""), AGENT], monkeypatch)
    assert _watching.watch(request(project), (Output("concise", None),), color="never") == 0
    shown = capsys.readouterr()
    assert [line.split(":")[3].split()[1] for line in shown.out.splitlines() if line.startswith("agent.py")] == [
        "LKA101"
    ] * 2
    assert shown.err.count("waiting for changes") == 3


def test_settings_that_cannot_be_used_end_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\nignroe = []\n")
    screens(project, [AGENT], monkeypatch)
    assert _watching.watch(request(project), (Output("concise", None),), color="never") == 0
    shown = capsys.readouterr()
    assert shown.err.count('unknown setting "ignroe"') == 2
    assert shown.out.strip() == ""


def test_real_changes_are_seen_and_reports_are_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a check writes itself is no change, and neither is what no check reads."""
    stop = threading.Event()
    found = _watching.changes_in((str(project),), {str(project / "report.txt")}, stop)
    writing = threading.Timer(0.2, _write, [project])
    writing.start()
    assert next(found) == {str(project / "agent.py")}
    writing.join()
    stop.set()


def _write(project: Path) -> None:
    for name in ("report.txt", "picture.png", os.path.join(".git", "index"), "agent.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("x = 1\n")


def test_one_screen(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_watching, "is_terminal", lambda: True)
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "80")
    screens(project, [], monkeypatch)
    _watching.watch(request(project), (Output("full", None),), color="never")
    out = capsys.readouterr().out
    assert out.startswith("\x1b[2J")
    assert "more lines" in out
    assert len(out.splitlines()) <= 6


@pytest.mark.parametrize(
    "others", [["--fix"], ["--diff"], ["--statistics"], ["--show-files"], ["--stdin-filename", "agent.py", "-"]]
)
def test_what_cannot_be_done_again_and_again(
    project: Path, others: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lkagent_lint.cli._check.read_stdin", lambda: b"")
    with pytest.raises(SystemExit) as ended:
        main(["check", "--watch", *others])
    assert ended.value.code == 2
    assert "--watch" in capsys.readouterr().err


def test_without_the_library(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(click.ClickException, match=r"lkagent-lint\[watch\]"):
        _watching.watch(request(project), (Output("concise", None),), color="never")

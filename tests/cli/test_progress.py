"""What a long run says while it runs."""

from __future__ import annotations

import io
import time

import pytest

from lkagent_lint import engine
from lkagent_lint.cli import _progress
from lkagent_lint.cli._progress import Progress
from lkagent_lint.diagnostics import Report
from tests.cli.standing_in import Recorder, finding, report, run


class Terminal(io.StringIO):
    def __init__(self, terminal: bool = True) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "_DELAY", 0.05)
    monkeypatch.setattr(_progress, "_PERIOD", 0.01)
    monkeypatch.setenv("TERM", "xterm")


def shown(stream: Terminal, seconds: float) -> str:
    watch = engine.Watch()
    with Progress(watch, stream):
        watch.at("reading files")
        time.sleep(seconds)
    return stream.getvalue()


def test_a_long_run_says_what_it_is_at_and_cleans_up() -> None:
    text = shown(Terminal(), 0.5)
    assert text.startswith("\r\x1b[Klkagent-lint: reading files, 0 s")
    assert text.endswith("\r\x1b[K")
    assert "\n" not in text


def test_a_short_run_says_nothing() -> None:
    assert shown(Terminal(), 0.0) == ""


def test_only_a_terminal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Terminal(terminal=False), 0.2) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Terminal(), 0.2) == ""
    closed = Terminal()
    closed.close()
    with Progress(engine.Watch(), closed):
        time.sleep(0.1)


def test_the_line_is_gone_before_the_report_and_after_an_error(
    asked: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    def slow(request: engine.Request, watch: engine.Watch) -> Report:
        watch.at("LKA203")
        time.sleep(0.3)
        if request.isolated:
            raise KeyboardInterrupt
        return report(finding())

    monkeypatch.setattr(engine, "check", slow)
    assert run() == 0
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert "\x1b" not in capfd.readouterr().out
    assert run("--isolated") == 130
    assert terminal.getvalue().rstrip("\n").endswith("\r\x1b[K")

"""Several reports in one run, and files that must not be written or cannot be."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from lkagent_lint.formats import REPORTS
from lkagent_lint.formats import names as names_of
from tests.cli.standing_in import Recorder, finding, report, run


@pytest.fixture
def failing(asked: Recorder) -> Recorder:
    asked.answer = report(finding(), failing=1)
    return asked


def names() -> list[str]:
    """The files in the current directory."""
    return sorted(os.listdir())


def test_several_reports_in_one_run(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkdir("out")
    arguments = ["--output", "sarif=out/a.sarif", "--output", "json=out/b.json", "--output=concise"]
    assert run(*arguments) == 1
    assert json.loads(Path("out/a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads(Path("out/b.json").read_text())[0]["code"] == "LKA101"
    assert capfd.readouterr().out.startswith("agent.py:1:7: warning LKA101 ")
    assert len(failing.requests) == 1
    assert sorted(os.listdir("out")) == ["a.sarif", "b.json"]


def test_reports_in_files_only_print_nothing(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--output", "gitlab=a.json") == 1
    assert run("--output-file", "b.txt") == 1
    assert run("--output-format", "junit", "--output-file", "c.xml") == 1
    assert capfd.readouterr() == ("", "")
    assert Path("b.txt").read_text().startswith("agent.py:1:7: warning[LKA101] ")
    assert Path("c.xml").read_text().startswith("<?xml")


def test_a_format_for_the_terminal_stands_beside_files(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--output-format", "concise", "--output", "json=a.json") == 1
    assert capfd.readouterr().out.count("\n") == 2
    assert "a.json" in names()


def test_colours_are_for_the_terminal(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    run("--color", "always", "--output", "full=a.txt", "--output", "concise")
    assert "\x1b" in capfd.readouterr().out
    assert "\x1b" not in Path("a.txt").read_text()


@pytest.mark.parametrize("format", names_of(REPORTS))
def test_every_report_can_be_written_again(failing: Recorder, format: str) -> None:
    """Also under a name that the linter would otherwise read."""
    for answer in (report(finding(), failing=1), report(), report(finding(), finding(), failing=1)):
        failing.answer = answer
        run("--output", f"{format}=report.txt", "--output-format", "concise")
        run("--output", f"{format}=report.yaml")
    assert Path("report.txt").read_text() == Path("report.yaml").read_text()
    assert names() == ["agent.py", "report.txt", "report.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output", "xml"], 'there is no format "xml"'),
        (["--output", "json="], "--output json= names no file"),
        (["--output", "json", "--output", "sarif"], "only one format can go to standard output"),
        (["--output", "json", "--output-format", "full"], "only one format can go to standard output"),
        (["--output", "json=a", "--output", "sarif=./a"], "two formats cannot go to one file"),
        (["--output-file", "gone/a.txt"], "cannot write gone/a.txt: there is no directory gone"),
        (["--output-file", "there"], "cannot write there: it is a directory"),
        (["--output-file", "there/"], "cannot write there/: it names no file"),
        (["--output-file", "a\x1b\n/b"], "cannot write a␛␊/b: there is no directory a␛␊"),
        (["--output", "json=agent.py"], "cannot write agent.py: there is such a file already"),
        (["--output", "json=other.ts"], "cannot write other.ts: there is such a file already"),
        (["--output", "json=pyproject.toml"], "cannot write pyproject.toml: there is such a file already"),
        (["--output", "json=package.json"], "cannot write package.json: there is such a file already"),
        (["data.csv", "--output", "json=data.csv"], "cannot write data.csv: there is such a file already"),
    ],
)
def test_a_report_that_cannot_be_is_an_error_before_the_run(
    asked: Recorder, arguments: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkdir("there")
    texts = {
        "other.ts": "",
        "pyproject.toml": "[tool.lkagent-lint]\n",
        "package.json": '{"name": "lkagent-lint"}\n',
        "data.csv": "a,b\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    assert run(*arguments) == 2
    out, err = capfd.readouterr()
    assert err.startswith(f"error: {message}")
    assert out == ""
    assert asked.requests == []
    assert {name: Path(name).read_text() for name in texts} == texts


posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")
unprivileged = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")


@posix
def test_a_link_is_not_followed(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    Path("precious").write_text("mine\n")
    os.symlink("precious", "a.sarif")
    os.symlink("nowhere", "b.sarif")
    assert run("--output", "sarif=a.sarif") == 2
    assert run("--output", "sarif=b.sarif") == 2
    assert "error: cannot write b.sarif: it is a symbolic link\n" in capfd.readouterr().err
    assert Path("precious").read_text() == "mine\n"


@posix
def test_devices_are_written_to(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--output", "json=/dev/stdout") == 1
    assert json.loads(capfd.readouterr().out)[0]["code"] == "LKA101"
    assert run("--output", "json=/dev/null") == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_costs_no_other_report(failing: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--output", "json=/dev/full", "--output", "sarif=a.sarif", "--output", "concise") == 2
    out, err = capfd.readouterr()
    assert err == "error: cannot write /dev/full: No space left on device\n"
    assert out.startswith("agent.py:1:7: warning LKA101 ")
    assert Path("a.sarif").exists()


@unprivileged
def test_a_directory_that_takes_no_files(asked: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkdir("closed", 0o555)
    assert run("--output", "json=closed/a.json") == 2
    assert "no files can be made in closed" in capfd.readouterr().err


def test_a_failed_write_leaves_the_old_report(
    failing: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("--output", "json=a.json") == 1
    before = Path("a.json").read_text()
    failing.answer = report()

    def refuse(source: str, target: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", refuse)
    assert run("--output", "json=a.json") == 2
    assert capfd.readouterr().err == "error: cannot write a.json: Input/output error\n"
    assert Path("a.json").read_text() == before
    assert names() == ["a.json", "agent.py"]


@posix
def test_a_report_keeps_the_modes_of_its_file(failing: Recorder) -> None:
    Path("old.txt").touch(0o600)
    os.chmod("old.txt", 0o600)
    before = os.umask(0o027)
    try:
        run("--output-file", "old.txt")
        run("--output-file", "new.txt")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(os.stat(name).st_mode) for name in ("old.txt", "new.txt")] == [0o600, 0o640]


def test_the_summary_of_a_step(failing: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.path.abspath("summary.md"))
    Path("summary.md").write_text("# before\n")
    assert run("--output-format", "concise") == 1
    assert Path("summary.md").read_text() == "# before\n"
    assert run("--output-format", "github") == 1
    text = Path("summary.md").read_text()
    assert text.startswith("# before\n### lkagent-lint\n")
    assert "[LKA101](" in text


def test_a_summary_that_cannot_be_written(
    failing: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.path.abspath("gone/summary.md"))
    assert run("--output-format", "github") == 2
    out, err = capfd.readouterr()
    assert out.startswith("::warning title=LKA101 ")
    assert err.startswith("error: cannot write ")

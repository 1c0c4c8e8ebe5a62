"""The command: arguments, exit codes, and surroundings that fail. The engine is a stand-in."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import msgspec
import pytest

from lkagent_lint import __version__, engine
from lkagent_lint.cli._command import command
from lkagent_lint.cli._output import wants_colour
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Fault, Report
from tests.cli.standing_in import Recorder, finding, report, run
from tests.signals import heed_interrupts


@pytest.mark.parametrize("arguments", [[], ["."], ["check"], ["check", "."]])
def test_the_current_directory_is_checked_by_default(asked: Recorder, arguments: list[str]) -> None:
    assert run(*arguments) == 0
    assert asked.request == engine.Request(paths=(os.getcwd(),), cache=True)


def test_paths_are_those_given(asked: Recorder) -> None:
    os.mkdir("check")
    assert run("agent.py", "check", "./check/..") == 0
    assert asked.request.paths == tuple(os.path.abspath(path) for path in ("agent.py", "check", "."))


def test_a_path_may_look_like_an_option(asked: Recorder) -> None:
    Path("--select").touch()
    assert run("--", "--select") == 0
    assert asked.request.paths == (os.path.abspath("--select"),)


def test_rules_are_lists_and_repeatable(asked: Recorder) -> None:
    assert run("--select", "LKA1, LKA203", "--select=name", "--ignore", "LKA101,,", "--isolated") == 0
    assert asked.request.select == ("LKA1", "LKA203", "name")
    assert asked.request.ignore == ("LKA101",)
    assert asked.request.isolated


@pytest.mark.parametrize(
    ("answer", "arguments", "code"),
    [
        (report(), [], 0),
        (report(finding()), [], 0),
        (report(finding(), failing=1), [], 1),
        (report(finding(), failing=1), ["--exit-zero"], 0),
        (report(finding(), failing=1, internal_errors=1), [], 2),
        (report(finding(), failing=1, internal_errors=1), ["--exit-zero"], 2),
    ],
)
@pytest.mark.parametrize("format", ["full", "concise", "json"])
def test_exit_codes(asked: Recorder, answer: Report, arguments: list[str], code: int, format: str) -> None:
    asked.answer = answer
    assert run(*arguments, "--output-format", format) == code


def test_the_report_goes_to_standard_output(asked: Recorder, capfd: pytest.CaptureFixture[str]) -> None:
    asked.answer = report(finding(), failing=1)
    run("--output-format", "concise")
    run("--output-format", "json")
    run()
    out, err = capfd.readouterr()
    concise, summary, *rest = out.splitlines()
    assert concise == "agent.py:1:7: warning LKA101 joins the room too early"
    assert summary.endswith(": 1 finding (1 warning), 1 fails")
    assert json.loads("\n".join(rest[:3]))[0]["path"] == "agent.py"
    head = "agent.py:1:7: warning[LKA101] connect-before-start: joins the room too early"
    assert rest[3:7] == [head, "  |", "1 | await ctx.connect()", "  |       ^^^^^^^^^^^"]
    assert err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.py"], "error: no such file or directory: gone.py\n"),
        (["agnet.py"], "error: no such file or directory: agnet.py; did you mean agent.py?\n"),
        (["agent.py", ""], "error: no such file or directory: \n"),
        (["a\x1b[2J\n"], "error: no such file or directory: a␛[2J␊\n"),
        (["--output-format", "xml"], "error: invalid value for '--output-format'"),
        (["--jobs", "0"], "error: invalid value for '--jobs'"),
        (["--jobs", "many"], "error: invalid value for '--jobs'"),
        (["--select", ","], "error: invalid value for '--select': no rule is named"),
        (["--nonsense"], "error: no such option"),
        (["-"], "error: - needs --stdin-filename"),
        (["-", "agent.py"], "error: - reads standard input and cannot stand beside other paths"),
        (["-", "-", "--stdin-filename", "x.py"], "error: - reads standard input"),
        (["--stdin-filename", "x.py"], "error: --stdin-filename needs - as the only path"),
        (["agent.py", "--stdin-filename", "x.py"], "error: --stdin-filename needs - as the only path"),
    ],
)
def test_wrong_usage(asked: Recorder, arguments: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    out, err = capfd.readouterr()
    assert err.startswith(message)
    assert out == ""
    assert asked.requests == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ConfigError("pyproject.toml", 3, 'unknown setting "x"'), 'pyproject.toml:3: unknown setting "x"'),
        (RecursionError("too deep"), "internal error: RecursionError: too deep"),
        (MemoryError(), "internal error: MemoryError: "),
        (OSError(2, "No such file", "x"), "internal error: FileNotFoundError: "),
        (GeneratorExit("panic"), "internal error: GeneratorExit: panic"),
    ],
)
def test_a_failure_is_a_message(
    asked: Recorder, error: BaseException, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    asked.answer = error
    assert run() == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"error: {message}")
    assert "Traceback" not in err


def test_a_crash_can_be_looked_into(
    asked: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LKAGENT_LINT_TRACEBACK", "1")
    asked.answer = RecursionError("too\x1b deep")
    assert run() == 2
    *trace, message, _ = capfd.readouterr().err.splitlines()
    assert trace[0] == "Traceback (most recent call last):"
    assert "standing_in.py" in "".join(trace)
    assert message == "error: internal error: RecursionError: too␛ deep"


def test_a_crash_behind_a_finding_can_be_looked_into(
    asked: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    crashed = report(finding(), internal_errors=1)
    trace = "Traceback (most recent call last):\n  x\x1b\nKeyError: 1"
    asked.answer = msgspec.structs.replace(crashed, faults=(Fault(os.path.abspath("agent.py"), "rule LKA101", trace),))
    assert run() == 2
    assert capfd.readouterr().err == ""
    monkeypatch.setenv("LKAGENT_LINT_TRACEBACK", "1")
    assert run() == 2
    assert capfd.readouterr().err == "rule LKA101:\nTraceback (most recent call last):\n  x␛\nKeyError: 1\n"


def test_an_interrupt_has_its_own_code(asked: Recorder) -> None:
    asked.answer = KeyboardInterrupt()
    assert run() == 130


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize("data", [b"", b"\xff\x00\r\n", b"await ctx.connect()\n"])
def test_standard_input_stands_in_for_a_file(asked: Recorder, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(data))
    assert run("-", "--stdin-filename", "app/new.py") == 0
    path = os.path.abspath("app/new.py")
    assert asked.request == engine.Request(paths=(path,), overlays={path: data}, cache=True)


def test_frames_show_the_unsaved_text(
    asked: Recorder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin("xawait éunsaved()\n".encode()))
    asked.answer = report(finding())
    run("-", "--stdin-filename", "agent.py")
    assert "1 | xawait éunsaved()" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("agent.py", b"# coding: latin-1\nx\xe9 = connect()\n", "# coding: latin-1"),
        ("agent.py", "\ufeffé = connect()\n".encode(), "é = connect()"),
        ("agent.py", b"\xe9 = connect()\n", "é = connect()"),
        ("web/token.ts", "# coding: latin-1 é\n".encode(), "# coding: latin-1 é"),
    ],
)
def test_frames_decode_as_the_language_does(
    asked: Recorder, name: str, data: bytes, shown: str, capfd: pytest.CaptureFixture[str]
) -> None:
    os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
    Path(name).write_bytes(data)
    asked.answer = report(finding(name))
    run()
    assert f"1 | {shown}\n" in capfd.readouterr().out


@pytest.mark.parametrize("arguments", [["check", "--help"], ["check", "-h"], ["--select", "x", "-h"]])
def test_help_names_everything_and_shows_an_example(
    asked: Recorder, arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 0
    text = capfd.readouterr().out
    own = "--select --ignore --isolated --stdin-filename --jobs --version"
    shown = "--output-format --output-file --output --statistics --since --color --exit-zero"
    for option in [
        *own.split(),
        *shown.split(),
        "-h, --help",
        "Example:",
        "[tool.lkagent-lint]",
        "# lkagent: ignore[LKA101]",
    ]:
        assert option in text
    assert asked.requests == []


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_the_help_of_all_lists_each_command_in_a_group(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 0
    text = capfd.readouterr().out
    lines = [line.split() for line in text.splitlines() if line.startswith("  ")]
    listed = [words[0] for words in lines if len(words) > 2 and words[0] in command.commands]
    assert sorted(listed) == sorted(command.commands)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "--select" not in text


@pytest.mark.parametrize(
    ("word", "meant"),
    [("chek", "check"), ("rules", "rule --all"), ("grph", "graph"), ("help", "--help"), ("fix", "check --fix")],
)
def test_a_misspelt_command_is_told_the_nearest(
    asked: Recorder, word: str, meant: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(word, "LKA101") == 2
    assert f"{word}; did you mean lkagent-lint {meant}?\n" in capfd.readouterr().err
    assert asked.requests == []


def test_a_word_that_is_nothing_may_have_been_meant_as_a_command(
    asked: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("format") == 2
    assert capfd.readouterr().err == "error: no such command, file or directory: format\ntry: lkagent-lint --help\n"
    assert asked.requests == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--json"], "no such option --json; write --output-format json"),
        (["check", "-q"], "no such option -q; write --output-format concise"),
        (["--exclude", "a"], "no such option --exclude; write the setting exclude, in [tool.lkagent-lint]"),
        (["init", "--dry-run"], "no such option --dry-run; write --diff"),
        (["init", "--json"], "no such option '--json'."),
    ],
)
def test_what_other_linters_call_an_option_is_told_the_one_here(
    asked: Recorder, arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capfd.readouterr().err.splitlines()[0] == f"error: {said}"
    assert asked.requests == []


def test_a_folder_that_is_called_like_a_command_is_a_folder(asked: Recorder) -> None:
    os.mkdir("rules")
    assert run("rules") == 0
    assert asked.request.paths == (os.path.abspath("rules"),)


@pytest.mark.parametrize(
    ("arguments", "helped"),
    [
        (["--nonsense"], "check"),
        (["check", "--jobs", "0"], "check"),
        (["rule", "nothing-like-it"], "rule"),
        (["graph", "--nonsense"], "graph"),
        (["why", "nowhere"], "why"),
    ],
)
def test_a_hint_names_the_help_that_says_more(
    asked: Recorder, arguments: list[str], helped: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert capfd.readouterr().err.splitlines()[-1] == f"try: lkagent-lint {helped} --help"
    assert asked.requests == []


def test_options_are_called_the_same_everywhere() -> None:
    """One spelling has one meaning, so that what is learnt of one command holds for the others."""
    kinds: dict[str, set[str]] = {}
    for each in command.commands.values():
        for option in each.params:
            for spelling in option.opts if not getattr(option, "hidden", False) else ():
                kinds.setdefault(spelling, set()).add(option.type.name)
    assert {spelling for spelling, found in kinds.items() if spelling.startswith("-") and len(found) > 1} == set()
    assert "--format" not in kinds
    choices = [
        option.type.choices
        for each in command.commands.values()
        for option in each.params
        if "--fail-on" in option.opts and not getattr(option, "hidden", False) and isinstance(option.type, click.Choice)
    ]
    assert len(set(choices)) == 1


def test_version_with_v_says_what_a_bug_report_needs(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--version", "-v"], ["-v", "--version"], ["check", "--version", "--verbose"]):
        assert run(*arguments) == 0
        out = capfd.readouterr().out
        for word in (__version__, sys.executable, "livekit-agents up to ", "libcst ", "flake8 "):
            assert word in out


@pytest.mark.parametrize("arguments", [["--version"], ["check", "--version"]])
def test_version(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 0
    assert capfd.readouterr().out == f"lkagent-lint {__version__}\n"


@pytest.mark.parametrize(
    ("choice", "environ", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"CLICOLOR": "0"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "0"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(
    choice: str, environ: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def isatty() -> bool:
        return terminal

    monkeypatch.setattr(sys.stdout, "isatty", isatty)
    monkeypatch.setattr(os, "name", "posix")
    assert wants_colour(choice, environ) == wanted


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_the_colour_option_reaches_the_report(
    asked: Recorder, color: str, coloured: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    run("--color", color)
    assert ("\x1b" in capfd.readouterr().out) == coloured
    run("--color", color, "--output-format", "json")
    assert capfd.readouterr().out == "[]\n"


REPOSITORY = str(Path(__file__).resolve().parents[2])
STAND_IN = """
import sys, time
from lkagent_lint import engine
from lkagent_lint.cli import main
from lkagent_lint.diagnostics import Diagnostic, Place, Report, Severity, Summary
from lkagent_lint.text import Span

def check(request, watch):
    if "wait" in sys.argv:
        print("ready", flush=True)
        time.sleep(600)
    path = request.paths[0] + "/ünï-\\udcff.py"
    one = Diagnostic(code="LKA101", name="n", severity=Severity.ERROR, title="\\ud800 日本",
                     place=Place(path, Span(1, 1, 1, 2)))
    return Report(diagnostics=(one,) * 3_000, summary=Summary(), failing=1)

engine.check = check
main(sys.argv[2:])
"""


def start(tmp_path: Path, *arguments: str, redirection: str = "", **environ: str) -> subprocess.Popen[bytes]:
    """The command with a stand-in for the engine, as a process of its own, its output as the shell says."""
    script = tmp_path / "run.py"
    script.write_text(STAND_IN, encoding="utf-8")
    command = [sys.executable, str(script), *(arguments or ("go",))]
    if redirection:
        command = ["sh", "-c", f'exec "$@" {redirection}', "sh", *command]
    return subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": REPOSITORY, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts if os.name == "posix" else None,
    )


posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell and signals")


@posix
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, unbuffered: str) -> None:
    process = start(tmp_path, PYTHONUNBUFFERED=unbuffered)
    assert process.stdout is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [("go",), ("go", "--help"), ("go", "--version")])
def test_a_full_disk_is_an_error(tmp_path: Path, arguments: tuple[str, ...], unbuffered: str) -> None:
    process = start(tmp_path, *arguments, redirection=">/dev/full", PYTHONUNBUFFERED=unbuffered)
    _, err = process.communicate()
    assert err == b"error: cannot write the output: No space left on device\n"
    assert process.returncode == 2


@posix
@pytest.mark.parametrize(
    ("redirection", "arguments", "code"),
    [
        (">&-", ("go",), 1),
        (">&- 2>&-", ("go",), 1),
        ("2>&-", ("go", "gone.py"), 2),
        ("<&-", ("go", "-", "--stdin-filename", "x.py"), 1),
        (">&-", ("go", "--help"), 0),
    ],
)
def test_closed_streams_change_no_exit_code(
    tmp_path: Path, redirection: str, arguments: tuple[str, ...], code: int
) -> None:
    process = start(tmp_path, *arguments, redirection=redirection)
    _, err = process.communicate()
    assert err == b""
    assert process.returncode == code


@posix
def test_an_interrupt_ends_quietly(tmp_path: Path) -> None:
    process = start(tmp_path, "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("format", ["full", "concise", "json"])
def test_an_encoding_that_lacks_characters_is_no_error(tmp_path: Path, encoding: str, format: str) -> None:
    process = start(tmp_path, "go", "--output-format", format, PYTHONIOENCODING=encoding)
    out, err = process.communicate()
    assert err == b""
    assert process.returncode == 1
    if format == "json":
        assert json.loads(out.decode(encoding))[0]["message"] == "\ud800 日本"
    else:
        shown = "日本" if encoding == "utf-8" else "\\u65e5\\u672c"
        head = f"LKA101] n: \\ud800 {shown}" if format == "full" else f"error LKA101 \\ud800 {shown}"
        assert head in out.decode(encoding)


def test_both_spellings_of_the_command_are_one() -> None:
    command = [sys.executable, "-m", "lkagent_lint", "--version"]
    assert subprocess.run(command, capture_output=True, check=True, cwd=REPOSITORY).stdout.startswith(b"lkagent-lint ")


def test_version_imports_nothing_heavy() -> None:
    program = "import sys, lkagent_lint.cli as c\ntry: c.main(['--version'])\nfinally: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True, cwd=REPOSITORY
    )
    modules = set(done.stdout.split())
    assert "click" in modules
    assert not modules & {"libcst", "msgspec", "lkagent_lint.engine", "lkagent_lint.reporters"}


def test_where_facts_are_kept(asked: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LKAGENT_LINT_CACHE_DIR", "elsewhere")
    assert run() == 0
    assert run("--cache-dir", "here") == 0
    assert run("--no-cache") == 0
    assert [(each.cache, each.cache_dir) for each in asked.requests] == [
        (True, os.path.abspath("elsewhere")),
        (True, os.path.abspath("here")),
        (False, os.path.abspath("elsewhere")),
    ]

"""The flake8 plugin, called as flake8 calls it and under real flake8. The engine is a stand-in."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from lkagent_lint import engine, flake8_plugin
from lkagent_lint.config import ConfigError
from lkagent_lint.diagnostics import Diagnostic, Place, Related, Report, Severity, Summary
from lkagent_lint.flake8_plugin import Plugin
from lkagent_lint.sources.lifecycle_words import may_hold_finding
from lkagent_lint.text import START_OF_FILE, Span

REPOSITORY = str(Path(__file__).resolve().parents[1])
AGENT = "from livekit import agents\n"
Rows = list[tuple[int, int, str]]


class Engine:
    """Notes what it is asked and answers with diagnostics or an exception."""

    def __init__(self) -> None:
        self.requests: list[engine.Request] = []
        self.answer: tuple[Diagnostic, ...] | BaseException = ()

    def __call__(self, request: engine.Request) -> Report:
        self.requests.append(request)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return Report(diagnostics=self.answer, summary=Summary())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """The stand-in, in an empty project (with ``.git``) that is the current directory."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("LKAGENT_LINT_CACHE_DIR", raising=False)
    stand_in = Engine()
    monkeypatch.setattr(engine, "check", stand_in)
    monkeypatch.setattr(flake8_plugin, "_runs", {})
    return stand_in


def options(*filenames: str, **others: object) -> Namespace:
    return Namespace(filenames=list(filenames), stdin_display_name="stdin", lka_isolated=False, **others)


def check(filename: str, text: str = AGENT, given: Namespace | None = None) -> Rows:
    """What the plugin yields for a file."""
    plugin = Plugin(ast.parse(""), filename, text.splitlines(keepends=True), given or options("."))
    rows = list(plugin.run())
    assert all(kind is Plugin for *_, kind in rows)
    return [(line, column, text) for line, column, text, _ in rows]


def place(name: str, span: Span) -> Place:
    return Place(os.path.abspath(name), span)


def finding(
    name: str = "agent.py",
    line: int = 2,
    column: int = 5,
    *,
    code: str = "LKA101",
    message: str = "too early",
    severity: Severity = Severity.WARNING,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    return Diagnostic(
        code=code,
        name="some-rule",
        severity=severity,
        title=message,
        place=place(name, Span(line, column, line, column + 1)),
        related=related,
    )


def test_a_row_is_what_flake8_takes(asked: Engine) -> None:
    asked.answer = (finding(), finding("other.py", 9))
    assert check("./agent.py") == [(2, 4, "LKA101 too early")]
    assert check("other.py") == [(9, 4, "LKA101 too early")]
    assert check("third.py") == []


def test_the_project_is_checked_once(asked: Engine) -> None:
    os.mkdir("app")
    for name in ("agent.py", "app/boot.py", os.path.abspath("app/other.py"), "gone/x.py"):
        check(name)
    assert asked.requests == [engine.Request(paths=(os.getcwd(),), respect_noqa=False, plans_fixes=False, cache=True)]


def test_a_file_that_is_checked_again_has_changed(asked: Engine) -> None:
    check("agent.py")
    asked.answer = (finding(),)
    assert check("agent.py") == [(2, 4, "LKA101 too early")]
    assert len(asked.requests) == 2


def test_each_root_is_a_project_of_its_own(asked: Engine) -> None:
    os.makedirs("nested/.git")
    check("nested/agent.py")
    check("agent.py")
    assert [request.paths for request in asked.requests] == [(os.path.abspath("nested"),), (os.getcwd(),)]


def test_without_a_root_the_paths_given_decide(
    asked: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("loose"))
    os.makedirs("a/b")
    os.makedirs("a/c")
    given = options("a/b", "a/c/agent.py")
    check("a/b/x.py", given=given)
    check("a/c/agent.py", given=given)
    assert [request.paths for request in asked.requests] == [(os.path.abspath("a"),)]


def test_a_file_that_can_hold_nothing_costs_nothing(asked: Engine) -> None:
    assert check("agent.py", "import django\n\nurls = []\n") == []
    assert asked.requests == []


def test_a_helper_that_does_not_mention_the_sdk_has_its_findings(asked: Engine) -> None:
    asked.answer = (finding("boot.py"),)
    assert check("boot.py", "async def boot(ctx):\n    await begin(ctx)\n") == [(2, 4, "LKA101 too early")]


@pytest.mark.parametrize("code", ["LKA001", "LKA002", "LKA003", "LKA004"])
def test_what_flake8_says_itself_is_left_to_it(asked: Engine, code: str) -> None:
    asked.answer = (finding(code=code), finding())
    assert check("agent.py") == [(2, 4, "LKA101 too early")]


def test_an_internal_error_stands_on_the_first_line(asked: Engine) -> None:
    asked.answer = (finding(code="LKA000", line=7, message="rule x failed"),)
    assert check("agent.py") == [(1, 0, "LKA000 rule x failed")]


@pytest.mark.parametrize(("setting", "shown"), [("true", 1), ("false", 0)])
def test_info_only_where_the_settings_ask_for_it(asked: Engine, setting: str, shown: int) -> None:
    os.mkdir("app")
    Path("app/pyproject.toml").write_text(f"[tool.lkagent-lint]\ninfo-in-flake8 = {setting}\n")
    asked.answer = (finding("app/agent.py", severity=Severity.INFO), finding(severity=Severity.INFO))
    assert len(check("app/agent.py")) == shown
    assert check("agent.py") == []
    assert check("app/agent.py", given=Namespace(filenames=["."], lka_isolated=True)) == []


def test_a_finding_in_another_language_stands_at_its_first_related_place_in_python(asked: Engine) -> None:
    related = (
        Related(place("web/other.ts", START_OF_FILE), "there"),
        Related(place("agent.py", Span(3, 2, 3, 4)), "registered here"),
        Related(place("second.py", START_OF_FILE), "and here"),
    )
    asked.answer = (
        finding("web/token.ts", 12, 3, related=related),
        finding("web/token.ts", 13, 3, related=related[:1]),
    )
    assert check("agent.py") == [(3, 1, "LKA101 too early (web/token.ts:12:3)")]
    assert check("second.py") == []


def test_rows_are_sorted_and_single(asked: Engine) -> None:
    asked.answer = (finding(line=9), finding(line=2), finding(line=9))
    assert [line for line, *_ in check("agent.py")] == [2, 9]


def test_messages_are_one_line_without_control_characters(asked: Engine) -> None:
    asked.answer = (finding(message="a\nb\x1b[2J\u202e\ud800"), finding(message="", line=3))
    assert check("agent.py") == [(2, 4, "LKA101 a␊b␛[2J\\u202e\\ud800"), (3, 4, "LKA101 some-rule")]


class Spiteful(Exception):
    def __str__(self) -> str:
        raise RuntimeError


class Panic(BaseException):
    """As the panics of native parsers, which are no Exception."""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("a\nb"), "ValueError: a␊b"),
        (RecursionError("deep"), "RecursionError: deep"),
        (SyntaxError("wrong"), "SyntaxError: wrong"),
        (MemoryError(), "MemoryError: "),
        (Spiteful(), "Spiteful: no description"),
        (Panic("parser"), "Panic: parser"),
    ],
)
def test_a_failure_is_one_finding_in_each_file_and_is_not_repeated(
    asked: Engine, error: BaseException, text: str
) -> None:
    asked.answer = error
    row = (1, 0, f"LKA000 lkagent-lint failed on this file's project: {text}")
    assert check("agent.py") == check("other.py") == [row]
    assert len(asked.requests) == 1


def test_settings_found_late_are_a_finding(asked: Engine) -> None:
    asked.answer = ConfigError("app/pyproject.toml", 3, "unknown rule")
    assert check("agent.py") == [
        (1, 0, "LKA000 lkagent-lint cannot use its settings: app/pyproject.toml:3: unknown rule")
    ]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_is_not_held_up(asked: Engine, error: type[BaseException]) -> None:
    asked.answer = error()
    with pytest.raises(error):
        check("agent.py")


@pytest.mark.parametrize("given", [Namespace(), Namespace(filenames=None, stdin_display_name=None)])
def test_options_may_lack_everything(asked: Engine, given: Namespace) -> None:
    asked.answer = (finding(),)
    assert check("agent.py", given=given) == [(2, 4, "LKA101 too early")]


def test_isolation_reaches_the_engine(asked: Engine) -> None:
    check("agent.py", given=Namespace(filenames=["."], lka_isolated=True))
    assert asked.requests[0].isolated


def stdin(display_name: str) -> Namespace:
    return Namespace(filenames=["-"], stdin_display_name=display_name)


def test_standard_input_stands_in_for_the_file_it_is_named_after(asked: Engine) -> None:
    asked.answer = (finding("app/agent.py", code="LKA203"),)
    assert check("app/agent.py", given=stdin("app/agent.py")) == [(2, 4, "LKA203 too early")]
    assert asked.requests == [
        engine.Request(
            paths=(os.getcwd(),),
            overlays={os.path.abspath("app/agent.py"): AGENT.encode()},
            respect_noqa=False,
            plans_fixes=False,
            cache=True,
        )
    ]


@pytest.mark.parametrize(
    ("saved", "is_it"),
    [
        (AGENT.encode(), True),
        (AGENT.encode().replace(b"\n", b"\r\n"), True),
        (AGENT.encode().replace(b"\n", b"\r"), True),
        (b"\xef\xbb\xbf" + AGENT.encode(), True),
        (AGENT.encode() + b"\n", False),
        (b"", False),
        (AGENT.encode() + b"\xff", False),
    ],
)
def test_text_as_it_is_saved_is_the_file_itself(asked: Engine, saved: bytes, is_it: bool) -> None:
    Path("agent.py").write_bytes(saved)
    asked.answer = (finding(),)
    for _ in range(2):
        assert check("agent.py", given=stdin("agent.py")) == [(2, 4, "LKA101 too early")]
    overlays = {} if is_it else {os.path.abspath("agent.py"): AGENT.encode()}
    assert (
        asked.requests
        == [engine.Request(paths=(os.getcwd(),), overlays=overlays, respect_noqa=False, plans_fixes=False, cache=True)]
        * 2
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_text_of_a_link_stands_in_for_it(asked: Engine) -> None:
    Path("real.py").write_text(AGENT)
    Path("agent.py").symlink_to("real.py")
    check("agent.py", given=stdin("agent.py"))
    assert asked.requests[0].overlays == {os.path.abspath("agent.py"): AGENT.encode()}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("# coding: latin-1\nx = 'é'  # livekit\n", b"# coding: latin-1\nx = '\xe9'  # livekit\n"),
        ("# coding: utf-8\nx = 'é'  # livekit\n", "# coding: utf-8\nx = 'é'  # livekit\n".encode()),
        ("x = 'é'  # livekit\n", "x = 'é'  # livekit\n".encode()),
        ("# coding: latin-1\nx = '日'  # livekit\n", "# coding: latin-1\nx = '日'  # livekit\n".encode()),
        ("# coding: rot13\nx = 'é'  # livekit\n", "# coding: rot13\nx = 'é'  # livekit\n".encode()),
        ("# coding: nonsense\n# livekit\n", b"# coding: nonsense\n# livekit\n"),
    ],
)
def test_standard_input_is_encoded_as_its_cookie_says(asked: Engine, text: str, data: bytes) -> None:
    assert check("agent.py", text, given=stdin("agent.py")) == []
    assert list(asked.requests[0].overlays.values()) == [data]


def test_nameless_standard_input_has_only_findings_of_its_own(asked: Engine) -> None:
    elsewhere = Related(place("agent.py", START_OF_FILE), "there")
    within = Related(place("stdin.py", START_OF_FILE), "here")
    asked.answer = (
        finding("stdin.py", 1, related=(elsewhere,)),
        finding("stdin.py", 2, related=(within,)),
        finding("stdin.py", 3, code="LKA203"),
        finding("stdin.py", 4),
        finding("agent.py", 5),
    )
    assert [line for line, *_ in check("stdin", given=stdin("stdin"))] == [2, 4]
    path = os.path.abspath("stdin.py")
    assert asked.requests == [
        engine.Request(
            paths=(path,), overlays={path: AGENT.encode()}, respect_noqa=False, plans_fixes=False, cache=True
        )
    ]


def test_a_file_called_stdin_is_a_file(asked: Engine) -> None:
    check("stdin")
    assert asked.requests == [engine.Request(paths=(os.getcwd(),), respect_noqa=False, plans_fixes=False, cache=True)]


@pytest.mark.parametrize(
    ("data", "may"),
    [
        (b"", False),
        (b"import os\nrestart = sidewalk = agent_names = 1\n", False),
        (b"from livekit import agents", True),
        (b"import mylivekitwrapper", True),
        (b"worker.start()", True),
        (b"room.sid", True),
        (b"async def f(): pass", True),
        ("é = 1".encode(), False),
        ("ctx.\uff43onnect()".encode(), True),
        (b"\xff\xfe", False),
        (b"\xe9 ctx.connect()", True),
    ],
)
def test_the_byte_test_lets_everything_through_that_can_hold_a_finding(data: bytes, may: bool) -> None:
    assert may_hold_finding(data) == may


# Real flake8. ``fork`` lets its workers inherit the stand-in.
DRIVER = """
import multiprocessing, os, sys
if "fork" in multiprocessing.get_all_start_methods():
    multiprocessing.set_start_method("fork")
from lkagent_lint import engine
from lkagent_lint.diagnostics import Diagnostic, Place, Report, Severity, Summary
from lkagent_lint.text import Span

def check(request):
    found = []
    on_disk = {os.path.abspath(name) for name in os.listdir(".") if name.endswith(".py")}
    for path in sorted(on_disk | set(request.overlays)):
        data = request.overlays.get(path)
        text = data.decode() if data is not None else open(path, encoding="utf-8").read()
        if "crash" in text:
            raise RecursionError("deep")
        for number, line in enumerate(text.split("\\n"), 1):
            at = line.find("connect")
            if at >= 0:
                span = Span(number, at + 1, number, at + 8)
                found.append(Diagnostic(code="LKA101", name="n", severity=Severity.WARNING,
                                        title="too early", place=Place(path, span)))
    return Report(diagnostics=tuple(found), summary=Summary())

engine.check = check
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""


def installed() -> bool:
    return any(entry.name == "LKA" for entry in importlib.metadata.entry_points(group="flake8.extension"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tox.ini").write_text(
        "[flake8]\n"
        if installed()
        else "[flake8]\n[flake8:local-plugins]\nextension = LKA = lkagent_lint.flake8_plugin:Plugin\n"
    )
    (tmp_path / ".git").mkdir()
    for number in range(12):
        (tmp_path / f"agent{number}.py").write_text(
            "import livekit\n\n\nasync def entry(ctx):\n    é = await ctx.connect()\n"
            "    await ctx.connect()  # noqa: LKA101\n",
            encoding="utf-8",
        )
    (tmp_path / "broken.py").write_text("import livekit\n\ndef connect(:\n")
    return tmp_path


def flake8(project: Path, *arguments: str, text: str | None = None) -> tuple[int, str]:
    """Exit code and output of real flake8 with the plugin and the stand-in engine."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, "--select=LKA,E9", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": REPOSITORY, "PYTHONUTF8": "1"},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_flake8_reports_the_same_for_any_number_of_jobs(project: Path) -> None:
    one = flake8(project, "-j1")
    assert flake8(project, "-j8") == flake8(project, "-j8", ".") == one
    code, out = one
    assert code == 1
    expected = [f"./agent{number}.py:5:19: LKA101 too early" for number in range(12)]
    assert sorted(line for line in out.splitlines() if "LKA" in line) == sorted(expected)
    assert "E999" in out


def test_flake8_reports_the_same_for_standard_input_with_a_name(project: Path) -> None:
    text = (project / "agent3.py").read_text(encoding="utf-8")
    code, out = flake8(project, "--stdin-display-name", "agent3.py", "-", text=text)
    assert (code, out) == flake8(project, "agent3.py")
    assert out == "agent3.py:5:19: LKA101 too early\n"
    changed = flake8(project, "--stdin-display-name", "agent3.py", "-", text="\n" + text)
    assert changed == (1, "agent3.py:6:19: LKA101 too early\n")


def test_flake8_reports_nameless_standard_input(project: Path) -> None:
    assert flake8(project, "-", text="import livekit\nctx.connect()\n") == (
        1,
        "stdin:2:5: LKA101 too early\n",
    )


def test_flake8_applies_its_own_comments_and_selection(project: Path) -> None:
    assert flake8(project, "--disable-noqa", "agent3.py")[1].count("LKA101") == 2
    assert flake8(project, "--extend-ignore=LKA1", "agent3.py") == (0, "")


@pytest.mark.parametrize("jobs", ["-j1", "-j8"])
def test_flake8_survives_a_failure(project: Path, jobs: str) -> None:
    (project / "agent5.py").write_text("import livekit  # crash\n")
    code, out = flake8(project, jobs)
    assert code == 1
    message = "1:1: LKA000 lkagent-lint failed on this file's project: RecursionError: deep"
    assert sorted(line for line in out.splitlines() if "LKA" in line) == sorted(
        f"./agent{number}.py:{message}" for number in range(12)
    )
    assert "E999" in out


def test_flake8_says_clearly_that_settings_cannot_be_used(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nselekt = []\n")
    code, out = flake8(project)
    head, message = out.splitlines()
    assert code == 1
    assert head == "There was a critical error during execution of Flake8:"
    assert message.startswith("lkagent-lint: ")
    assert 'pyproject.toml:2:1: unknown setting "selekt"' in message
    assert flake8(project, "--lka-isolated") == (1, flake8(project, "--lka-isolated", "-j1")[1])


def test_flake8_lists_the_plugin_and_its_option(project: Path) -> None:
    _, out = flake8(project, "--help")
    assert "--lka-isolated" in out
    assert "lkagent" in flake8(project, "--version")[1] or not installed()


def test_flake8_legacy_interface(project: Path) -> None:
    program = DRIVER.replace(
        "from flake8.main.cli import main\nsys.exit(main(sys.argv[1:]))",
        "from flake8.api.legacy import get_style_guide\n"
        "guide = get_style_guide(select=['LKA'])\n"
        "print(guide.check_files(['agent3.py']).total_errors)\n"
        "open('agent3.py', 'a').write('    ctx.connect()\\n')\n"
        "print(guide.check_files(['agent3.py']).total_errors)\n",
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project,
        env={**os.environ, "PYTHONPATH": REPOSITORY, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    assert [line for line in done.stdout.splitlines() if line.isdigit()] == ["1", "2"]

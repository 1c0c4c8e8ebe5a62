"""The harness notices what it is there to notice: wrong fixtures, wrong findings, and ways of running that differ."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import pytest

from lkagent_lint import engine
from lkagent_lint.config.loader import ConfigError
from lkagent_lint.diagnostics import Report, Severity
from tests.harness import cases, runs
from tests.harness.cases import Case, Kind

SETTINGS = '[project]\ndependencies = ["livekit-agents==1.5.3"]\n[tool.lkagent-lint]\nroot = true\n'
AGENT = """\
# Joins the room before the session has started.
from livekit.agents import Agent, AgentServer, AgentSession

server = AgentServer()


@server.rtc_session()
async def entry(ctx):
    session = AgentSession()
    await ctx.connect()  # {mark}
    await session.start(room=ctx.room, agent=Agent(instructions=""))
"""
EXPECTED = 'expect LKA101 warning "nothing is lost yet"'
FOLDER = "LKA101-connect-before-start"
AT = f"{FOLDER}/edge/one/agent.py:10: "


def write(root: Path, **files: str) -> Case:
    """A case of LKA101 with these files (``a_py`` is a.py), and settings unless it has its own."""
    for name, text in {"pyproject_toml": SETTINGS, **files}.items():
        path = root / name.replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kind = Kind(root.name) if root.parent.name == FOLDER else Kind.EDGE
    return Case(f"{FOLDER}/edge/one" if kind is Kind.EDGE else f"{FOLDER}/{kind.value}", root, "LKA101", kind)


def agent(root: Path, mark: str) -> Case:
    return write(root, agent_py=AGENT.format(mark=mark))


def judged(case: Case) -> list[str]:
    return cases.judge(case, runs.plain(case.root))


# What a case's marks say of its findings


def test_a_case_whose_marks_hold(tmp_path: Path) -> None:
    case = agent(tmp_path, EXPECTED)
    assert list(case.problems()) == []
    assert judged(case) == []


@pytest.mark.parametrize(
    ("mark", "problems"),
    [
        ("nothing", [AT + "no mark expects: LKA101 warning ctx.connect() runs before"]),
        ("ok LKA101 no listener", [AT + '"ok" denies (no listener): LKA101 warning ctx.connect()']),
        (
            'expect LKA101 "never said"',
            [
                AT + 'LKA101 "never said" is expected, and this is reported: LKA101 warning ctx.connect()',
                AT + "no mark expects: LKA101",
            ],
        ),
        (
            'expect LKA101 error "nothing is lost yet"',
            [AT + 'LKA101 error "nothing is lost yet" is expected, and this', AT + "no mark expects: LKA101"],
        ),
        (
            'expect LKA106 "nothing is lost yet"',
            [AT + 'LKA106 "nothing is lost yet" is expected, and this', AT + "no mark expects: LKA101"],
        ),
        (
            f'{EXPECTED}; expect LKA101 "nothing is lost yet"',
            [AT + 'LKA101 "nothing is lost yet" is expected, and this is reported'],
        ),
        (
            'todo-expect LKA101 "nothing is lost yet" a gap',
            [AT + 'LKA101 is reported now: turn "todo-expect" into "expect" (a gap)'],
        ),
        (f"{EXPECTED}; todo-expect LKA106 " + '"never awaited" a gap', []),
        ("todo-ok LKA101 a false alarm", []),
        (
            f"{EXPECTED}; todo-ok LKA106 a false alarm",
            [AT + 'LKA106 is not reported any more: turn "todo-ok" into "ok" (a false alarm)'],
        ),
        (f"{EXPECTED}; ok LKA106 it is awaited", []),
    ],
)
def test_marks_that_do_not_hold(tmp_path: Path, mark: str, problems: list[str]) -> None:
    found = judged(agent(tmp_path, mark))
    assert [text[: len(start)] for text, start in zip(found, problems, strict=True)] == problems


def test_a_mark_speaks_of_its_own_line_and_file_only(tmp_path: Path) -> None:
    text = AGENT.format(mark="here").replace("session = AgentSession()", f"session = AgentSession()  # {EXPECTED}")
    case = write(tmp_path, agent_py=text, other_py=f"# Not this one.\n{chr(10) * 8}x = 1  # {EXPECTED}\n")
    assert [problem.partition(": ")[0] for problem in judged(case)] == [
        f"{FOLDER}/edge/one/agent.py:9",
        f"{FOLDER}/edge/one/other.py:10",
        f"{FOLDER}/edge/one/agent.py:10",
    ]


def test_marks_in_a_sidecar(tmp_path: Path) -> None:
    case = write(tmp_path, agent_py=AGENT.format(mark="here"), agent_py_marks=f"# Why.\n10: {EXPECTED}\n")
    assert judged(case) == []


# What is wrong with a fixture itself


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"pyproject_toml": "[tool.lkagent-lint]\n"}, "pyproject.toml: it must say"),
        ({"pyproject_toml": "[project]\n"}, "pyproject.toml: it must say"),
        ({"b_py": ""}, "b.py:1: the file must open with a comment"),
        ({"b_py": "#\nimport os\n"}, "b.py:1: the file must open with a comment"),
        ({"b_py": "\n# Late.\n"}, "b.py:1: the file must open with a comment"),
        ({"b_py": "# coding: latin-1\nx = 1\n"}, "b.py:1: the file must open with a comment"),
        ({"b_py": "#!/usr/bin/env python3\nx = 1\n"}, "b.py:1: the file must open with a comment"),
        ({"b_py": '"""\nLate.\n"""\n'}, "b.py:1: the file must open with a comment"),
        ({"b_py": "# ok LKA101 this is all\n"}, "b.py:1: the file must open with a comment"),
        ({"b_py": "# Why.\nx = 1  # expects LKA101\n"}, 'b.py:2: unknown mark "expects"'),
        ({"b_py": "# Why.\nx = 1  # ok LKA999 why\n"}, "b.py:2: there is no rule LKA999"),
        ({"b_py": "# Why.\n", "b_py_marks": "3: ok LKA101 why\n"}, "b.py.marks: there is no line 3"),
        ({"c_py_marks": "1: ok LKA101 why\n"}, "c.py.marks:1: there is no file"),
    ],
)
def test_a_fixture_that_is_not_in_order(tmp_path: Path, files: dict[str, str], problem: str) -> None:
    case = write(tmp_path, agent_py=AGENT.format(mark=EXPECTED), **files)
    (found,) = case.problems()
    assert found.startswith(f"{FOLDER}/edge/one/{problem}")


@pytest.mark.parametrize(
    "text",
    [
        "# Why.\n",
        '"""Why."""\n',
        "r'Why.'\n",
        "\ufeff# Why.\n",
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n# Why.\n",
        "# The coding: cookie of this file is a comment.\n",
        "# Why.\r# More.\r",
        "# Why.\nx = 1  # todo-expect LKA999 " + '"a" the rule is still to come\n',
    ],
)
def test_a_fixture_in_order(tmp_path: Path, text: str) -> None:
    case = write(tmp_path, agent_py=AGENT.format(mark=EXPECTED), b_py=text)
    assert list(case.problems()) == []


@pytest.mark.parametrize(
    ("kind", "mark", "problem"),
    [
        ("bad", 'expect LKA106 "a"', "it must expect LKA101 at least once"),
        ("good", EXPECTED, "what is shown as right can have no mark but ok"),
        ("good", 'todo-expect LKA101 "a" why', "what is shown as right can have no mark but ok"),
        ("one", "nothing", "at least one mark must say what the case is about"),
    ],
)
def test_what_each_kind_of_case_must_hold(tmp_path: Path, kind: str, mark: str, problem: str) -> None:
    folder = tmp_path / FOLDER
    case = agent(folder / kind if kind != "one" else folder / "edge" / kind, mark)
    assert list(case.problems()) == [f"{case.name}: {problem}"]


def test_an_empty_case(tmp_path: Path) -> None:
    assert f"{FOLDER}/edge/one: the project has no files" in list(write(tmp_path).problems())


def test_finding_cases(tmp_path: Path) -> None:
    for name in ("bad", "good", "edge/one", "edge/two", "good/nested"):
        write(tmp_path / FOLDER / name, agent_py="# Why.\n")
    assert [(case.name, case.kind, case.code) for case in cases.find_cases(tmp_path)] == [
        (f"{FOLDER}/bad", Kind.BAD, "LKA101"),
        (f"{FOLDER}/edge/one", Kind.EDGE, "LKA101"),
        (f"{FOLDER}/edge/two", Kind.EDGE, "LKA101"),
        (f"{FOLDER}/good", Kind.GOOD, "LKA101"),
    ]
    assert list(cases.layout_problems(tmp_path)) == []
    assert "nested/agent.py" in cases.find_cases(tmp_path)[3].files


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("LKA101-another-name/bad/a.py", "LKA101-another-name: a fixture's folder is called"),
        ("LKA999-no-such-rule/bad/a.py", "LKA999-no-such-rule: a fixture's folder is called"),
        ("connect-before-start/bad/a.py", "connect-before-start: a fixture's folder is called"),
        (f"{FOLDER}/a.py", f"{FOLDER}/a.py: this file is in no"),
        (f"{FOLDER}/edge/a.py", f"{FOLDER}/edge/a.py: this file is in no"),
        (f"{FOLDER}/edges/one/a.py", f"{FOLDER}/edges/one/a.py: this file is in no"),
    ],
)
def test_what_lies_beside_the_cases(tmp_path: Path, path: str, problem: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("# Why.\n")
    assert next(cases.layout_problems(tmp_path)).startswith(problem)


# Ways of running: each must notice an engine that depends on what that way changes

Check = Callable[[engine.Request], Report]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, agent_py=AGENT.format(mark=EXPECTED), helper_py="# Why.\nx = 1\n")
    return root


def without_findings(check: Check, request: engine.Request) -> Report:
    return msgspec.structs.replace(check(request), diagnostics=())


def depends_on_the_order_of_paths(check: Check, request: engine.Request) -> Report:
    in_order = list(request.paths) == sorted(request.paths)
    return check(request) if in_order else without_findings(check, request)


def depends_on_the_files_named(check: Check, request: engine.Request) -> Report:
    is_directory = Path(request.paths[0]).is_dir() or len(request.paths) > 1
    return check(request) if is_directory else without_findings(check, request)


def depends_on_the_disk(check: Check, request: engine.Request) -> Report:
    return check(msgspec.structs.replace(request, overlays={}))


def depends_on_the_settings_on_disk(check: Check, request: engine.Request) -> Report:
    overlays = {path: data for path, data in request.overlays.items() if not path.endswith(".toml")}
    return check(msgspec.structs.replace(request, overlays=overlays))


def depends_on_the_path(check: Check, request: engine.Request) -> Report:
    return without_findings(check, request) if "tests" in Path(request.paths[0]).parts else check(request)


@pytest.mark.parametrize(
    ("way", "broken"),
    [
        ("in-reverse", depends_on_the_order_of_paths),
        ("file-by-file", depends_on_the_files_named),
        ("unsaved", depends_on_the_disk),
        ("unsaved", depends_on_the_settings_on_disk),
        ("elsewhere", depends_on_the_path),
    ],
)
def test_a_way_notices_an_engine_that_depends_on_it(
    project: Path,
    tmp_path: Path,
    way: str,
    broken: Callable[[Check, engine.Request], Report],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = runs.plain(project)
    assert [each.code for each in expected] == ["LKA101"]
    for name in ("right", "wrong"):
        (tmp_path / name).mkdir()
    assert runs.WAYS[way](project, tmp_path / "right") == expected

    check = engine.check
    monkeypatch.setattr(engine, "check", partial(broken, check))
    try:
        found = runs.WAYS[way](project, tmp_path / "wrong")
    except ConfigError:
        return
    assert found != expected


def test_one_rule_alone_is_that_rule(project: Path) -> None:
    assert runs.selecting(project, "LKA101") == runs.plain(project)
    assert runs.selecting(project, "LKA106") == ()


@pytest.mark.parametrize(
    ("text", "line", "result"),
    [
        (b"a\nb\nc\n", 2, b"a\nb  # noqa: LKA101\nc\n"),
        (b"a\r\nb", 2, b"a\r\nb  # noqa: LKA101"),
        (b"a\rb\rc", 1, b"a  # noqa: LKA101\rb\rc"),
        (b"a\x0cb\n\xe9  # why\n", 2, b"a\x0cb\n\xe9  # why  # noqa: LKA101\n"),
        (b"a  # noqa: LKA106  # why\n", 1, b"a  # noqa: LKA101,LKA106  # why\n"),
        (b"a  # noqa:LKA106\n", 1, b"a  # noqa:LKA101,LKA106\n"),
    ],
)
def test_putting_a_noqa_comment_on_a_line(text: bytes, line: int, result: bytes) -> None:
    assert runs.with_noqa(text, line, ["LKA101"]) == result


def test_a_noqa_comment_hides_the_finding(project: Path) -> None:
    data = (project / "agent.py").read_bytes()
    assert runs.with_unsaved(project, {"agent.py": runs.with_noqa(data, 10, ["LKA101"])}) == ()
    found = runs.with_unsaved(project, {"agent.py": runs.with_noqa(data, 10, ["LKA106"])})
    assert [each for each in found if each.code != "LKA002"] == list(runs.plain(project))


def test_findings_are_told_apart_by_everything_that_they_say(project: Path) -> None:
    (found,) = runs.plain(project)
    assert found.path == "agent.py"
    assert [path for path, _, _ in found.related] == ["agent.py"]
    outside = engine.check(engine.Request(paths=(str(project),)))
    assert runs.findings_of(outside, project / "below") == ()


def test_what_flake8_does_not_show(project: Path) -> None:
    (one,) = runs.plain(project)
    info = one._replace(severity=Severity.INFO)
    left_to_it = one._replace(code="LKA004")
    assert runs.rows_under_flake8(project, [one, info, left_to_it]) == runs.rows([one])
    (project / "pyproject.toml").write_text(SETTINGS + "info-in-flake8 = true\n")
    assert runs.rows_under_flake8(project, [info]) == runs.rows([info])
    (project / "agent.py").write_text("this is no Python\n")
    assert runs.rows_under_flake8(project, [one]) == []


def test_flake8_and_the_command_are_read(project: Path) -> None:
    expected = runs.rows(runs.plain(project))
    assert [tuple(row) for row in expected] == [("agent.py", 10, 11, "LKA101")]
    assert runs.flake8(project, ".") == expected
    assert runs.command(project, ".") == (1, expected)

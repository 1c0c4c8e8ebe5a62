"""Notebooks: the code of their cells is one module, and places are told by cell and line, in every format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.formats import REPORTS
from lkagent_lint.sources.notebooks import HEADER, Notebook, read_notebook
from tests.cli.standing_in import run

IMPORTS = """\
%pip install livekit-agents
import asyncio
from livekit.agents import Agent, AgentServer, AgentSession, JobContext, cli
"""
SERVER = "server = AgentServer()"
ENTRY = """\
@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    session = AgentSession()
    await ctx.connect()
    files = !ls
    await asyncio.sleep(1)
    await session.start(agent=Agent(instructions=""), room=ctx.room)
"""
CELLS = (
    ("markdown", "# An agent"),
    ("code", IMPORTS),
    ("code", SERVER),
    ("code", ENTRY),
    ("code", "cli.run_app(server)"),
)


def notebook(cells: Sequence[tuple[str, str]] = CELLS, language: str = "python", indent: int | None = 1) -> str:
    made = [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in cells]
    about = {"kernelspec": {"language": language, "name": "x"}}
    return json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "agent.ipynb").write_text(notebook())
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_places_are_told_by_cell_and_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--no-cache", "--output-format", "concise") == 1
    line, _ = capfd.readouterr().out.splitlines()
    assert line.startswith("agent.ipynb:cell 4:4:11: warning LKA101 ")
    assert run("--no-cache") == 1
    out = capfd.readouterr().out
    assert "\n4 |     await ctx.connect()\n" in out
    assert "\n5 |     files = !ls\n" in out, "the cell as it stands there"
    assert "(cell 4, line 6)" in " ".join(out.split())


def _place(format: str, out: str) -> object:
    """Where a format says that the finding is."""
    match format:
        case "full" | "concise":
            return out.partition(": warning")[0]
        case "grouped" | "agent":
            return out.splitlines()[0].rstrip(":") + ":" + out.split()[2]
        case "json":
            (item,) = json.loads(out)
            return item["path"], item["cell"], item["line"], item["column"], item["related"][0]["cell"]
        case "jsonl":
            item = json.loads(out)
            return item["path"], item["cell"], item["line"], item["column"], item["related"][0]["cell"]
        case "gitlab":
            (item,) = json.loads(out)
            return item["location"]["path"], item["location"]["positions"]["begin"]["line"]
        case "sarif":
            (result,) = json.loads(out)["runs"][0]["results"]
            where = result["locations"][0]["physicalLocation"]
            return where["artifactLocation"]["uri"], where["region"]["startLine"]
        case "rdjson":
            (item,) = json.loads(out)["diagnostics"]
            return item["location"]["path"], item["location"]["range"]["start"]["line"]
        case _:
            return out


WANTED: dict[str, object] = {
    "full": "agent.ipynb:cell 4:4:11",
    "concise": "agent.ipynb:cell 4:4:11",
    "grouped": "agent.ipynb:cell 4:4:11",
    "agent": "agent.ipynb:cell 4:4:11",
    "json": ("agent.ipynb", 4, 4, 11, 4),
    "jsonl": ("agent.ipynb", 4, 4, 11, 4),
    "gitlab": ("agent.ipynb", 1),
    "sarif": ("agent.ipynb", 1),
    "rdjson": ("agent.ipynb", 1),
}
"""Formats without a word for cells say the file, as ruff does: a line of the module would be one that nobody sees."""
HOLD = {
    "github": "file=agent.ipynb,line=1,",
    "unix": "agent.ipynb:1:1: ",
    "vscode": "agent.ipynb(1,1): warning LKA101: ",
    "pylint": "agent.ipynb:1: [LKA101(",
    "azure": "sourcepath=agent.ipynb;linenumber=1;",
    "junit": "agent.ipynb",
}


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("format", [each.name for each in REPORTS])
def test_every_format_says_the_cell_or_the_file(format: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--output-format", format) == 1
    out = capfd.readouterr().out
    if format in WANTED:
        assert _place(format, out) == WANTED[format]
    else:
        assert HOLD.get(format, "agent.ipynb:cell 4:4:11: ") in out
    assert "cell 4" in out


def test_a_comment_hides_in_a_cell_too(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for comment in ("# noqa: LKA101", "# lkagent: ignore[LKA101] known"):
        hidden = ENTRY.replace("connect()", f"connect()  {comment}")
        (project / "agent.ipynb").write_text(notebook([*CELLS[:3], ("code", hidden)]))
        assert run("--no-cache") == 0
        assert run("--no-cache", "--list-suppressions") == 0
        assert "agent.ipynb:cell 4:4:26: " in capfd.readouterr().out


def test_no_comment_is_written_into_a_notebook(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = (project / "agent.ipynb").read_bytes()
    assert run("--no-cache", "--add-noqa") == 1
    assert "agent.ipynb:cell 4:4:11: LKA101 no comment can be written here" in capfd.readouterr().out
    assert (project / "agent.ipynb").read_bytes() == before


def test_no_fix_is_written_into_a_notebook(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = (project / "agent.ipynb").read_bytes()
    assert run("--no-cache", "--fix", "--unsafe-fixes") == 1
    assert "internal error" not in capfd.readouterr().err
    assert (project / "agent.ipynb").read_bytes() == before


def test_modules_and_notebooks_are_one_project(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    named = SERVER + '\n\n@server.rtc_session(agent_name="desk")\nasync def entry(ctx: JobContext) -> None: ...\n'
    (project / "agent.ipynb").write_text(notebook([*CELLS[:2], ("code", named)]))
    (project / "token.py").write_text(
        "from livekit import api\n\n\ndef mint():\n    agents = [api.RoomAgentDispatch(agent_name='desc')]\n"
        "    return api.AccessToken().with_room_config(api.RoomConfiguration(agents=agents))\n"
    )
    assert run("--no-cache", "--select", "LKA203", "--output-format", "json") == 1
    (found,) = json.loads(capfd.readouterr().out)
    assert found["cell"] is None
    assert [(each["path"], each["cell"], each["line"]) for each in found["related"]] == [("agent.ipynb", 3, 3)]
    assert run("graph", "--no-cache") == 0
    assert 'worker "desk" (JT_ROOM) at agent.ipynb:cell 3:3:2' in capfd.readouterr().out
    assert run("why", "agent.ipynb:cell 3:3", "LKA203", "--no-cache") == 0


def test_unsaved_text_of_a_notebook_is_one(project: Path) -> None:
    path = str(project / "agent.ipynb")
    report = engine.check(engine.Request(paths=(path,), overlays={path: notebook(CELLS[:3]).encode()}))
    assert report.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"cells": [{"source": "import livekit"', "LKA004"),
        ('["livekit"]', "LKA004"),
        ('{"worksheets": [{"cells": [{"input": "import livekit"}]}]}', "LKA004"),
        ("[" * 100_000 + "livekit", "LKA004"),
        ("{}", None),
        ("", None),
        (notebook([("code", "import livekit\nif")]), "LKA001"),
        (notebook([("code", "await livekit.x()\nasync with livekit.y() as z:\n    pass")]), None),
        (notebook([("code", "import livekit\nreturn 1")]), "LKA001"),
        (notebook([("markdown", "livekit (")]), None),
        (notebook([("code", "library(livekit); f <- function() {")], language="R"), None),
    ],
)
def test_what_is_none_is_told_and_what_is_valid_there_is_not(project: Path, text: str, code: str | None) -> None:
    path = project / "agent.ipynb"
    path.write_text(text)
    report = engine.check(engine.Request(paths=(str(path),)))
    assert [each.code for each in report.diagnostics] == ([code] if code else [])
    if code == "LKA001":
        assert [each.place.cell for each in report.diagnostics] == [1]


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("%pip install x\na = 1", "get_ipython()\na = 1\n"),
        ("if a:\n    !ls -l\n    b", "if a:\n    get_ipython()\n    b\n"),
        ("files = !ls\nx, y = %magic", "files = get_ipython()\nx, y = get_ipython()\n"),
        ("%%bash\nls\nrm (", "\n\n\n"),
        ("\n%%time\nawait f()", "\n\nawait f()\n"),
        ("%time await f()\nx", "pass ;await f()\nx\n"),
        ("%timeit -n 3 f()", "get_ipython()\n"),
        ("f?", "get_ipython()\n"),
        ("?f", "get_ipython()\n"),
        ("!ls \\\n  -l\nx", "get_ipython()\n\nx\n"),
        ('"""\n%pip in a string\n!\n"""', '"""\n%pip in a string\n!\n"""\n'),
        ("a = (b\n% c)", "a = (b\n% c)\n"),
        ("a == b\na != b", "a == b\na != b\n"),
        ("", "\n"),
        ("x\r\ny\r\n", "x\ny\n"),
        ("# a question?", "# a question?\n"),
    ],
)
def test_what_ipython_makes_its_own_of_is_unknown_and_every_line_stays(source: str, module: str) -> None:
    made = read_notebook(notebook([("code", source), ("code", "last")]).encode())
    assert isinstance(made, Notebook)
    assert made.text == f"{HEADER}{module}last\n"
    assert made.cell(made.text.count("\n")) == (2, 1)
    assert made.code(1) == source
    assert made.code(3) == ""


def test_a_line_belongs_to_the_cell_that_it_stands_in() -> None:
    made = read_notebook(notebook([("markdown", "x"), ("code", "a\nb"), ("code", ""), ("code", "c")]).encode())
    assert isinstance(made, Notebook)
    lines = made.text.splitlines()
    assert {lines[line - 1]: made.cell(line) for line in (2, 3, 5)} == {"a": (2, 1), "b": (2, 2), "c": (4, 1)}
    assert made.cell(1) == (2, 1)

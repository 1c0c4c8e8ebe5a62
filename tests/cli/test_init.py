"""``lkagent-lint init`` sets a project up without a question, adds to what is there and breaks none of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from lkagent_lint.adoption import additions
from lkagent_lint.adoption.table import with_setting
from lkagent_lint.config.toml import parse_toml, table
from tests.cli.standing_in import run

AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session(agent_name="front-desk")
async def entry(ctx: JobContext):
    await ctx.connect()
    await AgentSession().start(agent=Agent(instructions=""), room=ctx.room)
"""
DOCUMENTS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "agent.py").write_text(AGENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(project: Path) -> dict[str, bytes]:
    """What a project holds, the cache left aside."""
    paths = (path for path in project.rglob("*") if path.is_file() and ".lkagent_lint_cache" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


FULL = {
    "pyproject.toml": '[project]\nname = "x"  # ours\n\n[tool.ruff]\nline-length = 88\n',
    ".pre-commit-config.yaml": "# hooks\nrepos:\n  - repo: local\n    hooks:\n      - id: x\n\nci: {}\n",
    ".gitignore": "*.pyc",
    ".gitlab-ci.yml": "stages: [build, checks]\n\nbuild:\n  stage: build\n  script: [make, !reference [.x, y]]\n",
    ".github/dependabot.yml": "version: 2\n",
}


def test_everything_that_the_project_has_is_extended_once(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / ".github").mkdir()
    for name, text in FULL.items():
        (project / name).write_text(text)
    assert run("init") == 0
    made = files(project)
    assert set(made) - set(FULL) == {"agent.py", "lkagent-baseline.json", ".github/workflows/lkagent-lint.yml"}
    settings = parse_toml(made["pyproject.toml"])
    assert settings == {
        **parse_toml(FULL["pyproject.toml"].encode()),
        "tool": {"ruff": {"line-length": 88}, "lkagent-lint": {"baseline": "lkagent-baseline.json"}},
    }
    assert made["pyproject.toml"].startswith(FULL["pyproject.toml"].encode())
    hooks = yaml.safe_load(made[".pre-commit-config.yaml"])
    assert [each["hooks"][0]["id"] for each in hooks["repos"]] == ["x", "lkagent-lint"]
    assert (hooks["ci"], made[".pre-commit-config.yaml"][:7]) == ({}, b"# hooks")
    assert made[".gitignore"] == b"*.pyc\n.lkagent_lint_cache/\n"
    assert b"\nlkagent-lint:\n  stage: checks\n" in made[".gitlab-ci.yml"]
    assert made[".gitlab-ci.yml"].startswith(FULL[".gitlab-ci.yml"].encode())
    capfd.readouterr()
    assert run() == 0
    assert "no findings but 2 of the baseline" in capfd.readouterr().out
    assert run("init") == 0
    assert files(project) == made
    assert run("init", "--diff") == 0
    assert capfd.readouterr().out.endswith("nothing to write\n")


def test_a_difference_is_shown_and_nothing_written(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(FULL["pyproject.toml"])
    before = files(project)
    assert run("init", "--diff", "--pre-commit") == 0
    assert files(project) == before
    out = capfd.readouterr().out
    assert '+[tool.lkagent-lint]\n+baseline = "lkagent-baseline.json"\n' in out
    assert "--- /dev/null\n+++ b/lkagent-baseline.json\n" in out
    assert "+  - repo: https://github.com/lkagent-lint/lkagent-lint\n" in out


def test_a_project_of_node_gets_a_file_of_its_own(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "package.json").write_text("{}")
    assert run("init", "--pre-commit") == 0
    assert "next: pre-commit install" in capfd.readouterr().out
    assert files(project)["lkagent-lint.toml"] == b'baseline = "lkagent-baseline.json"\n'


def test_a_project_without_findings_gets_no_baseline(project: Path) -> None:
    (project / "agent.py").write_text("print()\n")
    (project / ".gitignore").write_text("")
    assert run("init") == 0
    assert set(files(project)) == {"agent.py", ".gitignore"}


def test_a_link_is_not_written_through(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A repository that someone else wrote must not choose what is written elsewhere."""
    elsewhere = project.parent / "elsewhere"
    elsewhere.mkdir()
    for name in (".gitignore", "pyproject.toml", ".pre-commit-config.yaml", ".gitlab-ci.yml"):
        (elsewhere / name).write_text("")
        (project / name).symlink_to(elsewhere / name)
    (elsewhere / "github").mkdir()
    (project / ".github").symlink_to(elsewhere / "github")
    assert run("init") == 0
    assert all(not path.read_text() for path in elsewhere.iterdir() if path.is_file())
    assert not list((elsewhere / "github").iterdir())
    assert capfd.readouterr().out.count("it is a symbolic link") == 4
    assert not (project / "lkagent-baseline.json").exists(), "no settings would name it"


def test_settings_that_cannot_be_extended_are_told_and_nothing_is_promised(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("[tool\n")
    assert run("init") == 0
    out = capfd.readouterr().out
    assert 'pyproject.toml: left alone; add baseline = "lkagent-baseline.json" under [tool.lkagent-lint]' in out
    assert "in the baseline" not in out
    assert "2 findings would fail a run" in out
    assert set(files(project)) == {"agent.py", "pyproject.toml"}


def test_findings_under_settings_of_their_own_are_told(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "lkagent-lint.toml").write_text('ignore = ["LKA201"]\n')
    (project / "sub" / "agent.py").write_text(AGENT)
    assert run("init") == 0
    assert "1 finding would fail a run" in capfd.readouterr().out
    assert run() == 1


TABLES = {
    "nothing": "",
    "no end of line": '[project]\nname = "x"',
    "a table": "[tool.lkagent-lint]\npreview = true  # yes\n\n[tool.ruff]\n",
    "an empty table at the end": "[tool.lkagent-lint]",
    "a table below it alone": '[tool.lkagent-lint.severity]\nLKA101 = "error"\n',
    "tables around another": "[tool.lkagent-lint]\npreview = true\n[tool.ruff]\n[tool.lkagent-lint.severity]\n",
    "the table after its own": "[tool.lkagent-lint.names]\nemitters = []\n[tool.lkagent-lint]\npreview = true\n",
    "dotted keys": "[tool]\nlkagent-lint.preview = true\n",
    "dotted from the top": "tool.lkagent-lint.preview = true\n",
    "an inline table": '[tool]\nlkagent-lint = { preview = true }\nother = "x"\n',
    "all inline": "tool = { lkagent-lint = { preview = true } }\n",
    "windows": '[project]\r\nname = "x"\r\n\r\n[tool.lkagent-lint]\r\npreview = true\r\n',
    "a byte order mark": "\ufeff[project]\n",
    "comments at the end": "[tool.lkagent-lint]\npreview = true\n\n# the end\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_setting_is_added_and_nothing_else_changes(name: str) -> None:
    before = TABLES[name].encode()
    after = with_setting(before, "baseline", "b.json", in_table=True)
    assert after is not None
    said, says = parse_toml(before), parse_toml(after)
    own = table(table(says["tool"])["lkagent-lint"])
    assert own.pop("baseline") == "b.json"
    before_own = table(table(said.get("tool")).get("lkagent-lint"))
    assert own == before_own
    assert {**table(says["tool"]), "lkagent-lint": 0} == {**table(said.get("tool")), "lkagent-lint": 0}
    assert {**says, "tool": 0} == {**said, "tool": 0}
    kept = [line.split(b"#")[0].strip(b" \r}") for line in before.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line]
    assert all(line in after for line in kept), "every line is still there"
    assert after.startswith(b"\xef\xbb\xbf") == before.startswith(b"\xef\xbb\xbf")
    assert len(re.findall(rb"(?<!\r)\n", after)) == 0 or b"\r\n" not in before
    assert with_setting(after, "baseline", "b.json", in_table=True) is None, "it is there"


@pytest.mark.parametrize(
    "text", ["tool = 1", "[tool]\nlkagent-lint = 1", "[tool.lkagent-lint]\nbaseline = 'x'", "[tool", "\udc80"]
)
def test_what_cannot_be_extended_is_left_alone(text: str) -> None:
    assert with_setting(text.encode("utf-8", "surrogateescape"), "baseline", "b", in_table=True) is None


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("repos: []\n", 0),
        ("repos: []  # none yet\nci: {}\n", 0),
        ("repos:\n- repo: local\n  hooks: []\n", 1),
        ("repos:\n    -   repo: local\n        hooks:\n        -   id: x\n# the end", 1),
        ("ci: {}\nrepos:\n- repo: local\n  hooks: []\n\n# about\ndefault_stages: [commit]\n", 1),
        ("repos:\r\n- repo: local\r\n  hooks: []\r\n", 1),
    ],
)
def test_the_hook_comes_last(before: str, wanted: int) -> None:
    made = additions.with_hook(before.encode())
    assert made is not None
    said = yaml.safe_load(made)
    assert [each["repo"] for each in said["repos"]] == ["local"] * wanted + [additions.REPOSITORY]
    assert {**said, "repos": None} == {**yaml.safe_load(before), "repos": None}
    assert [line for line in before.splitlines() if "[]" not in line] == [
        line for line in made.decode().splitlines() if line in before.splitlines() and "[]" not in line
    ]
    assert additions.with_hook(made) == made


@pytest.mark.parametrize("before", ["", "- x\n", "repos: {a: b}\n", "repos: [{repo: local, hooks: []}]\n", "a: [\n"])
def test_hooks_in_another_form_are_left_alone(before: str) -> None:
    assert additions.with_hook(before.encode()) is None


@pytest.mark.parametrize(
    ("before", "stage"),
    [("a:\n  script: x\n", "test"), ("stages: [build, lint-it]\n", "lint-it"), ("stages:\n  - one\n  - two", "one")],
)
def test_a_job_has_a_stage_that_there_is(before: str, stage: str) -> None:
    made = additions.with_job(before.encode())
    assert made is not None
    assert yaml.safe_load(made)["lkagent-lint"]["stage"] == stage
    assert made.decode().startswith(before)
    assert additions.with_job(made) == made


def test_the_documentation_shows_what_is_written() -> None:
    page = (DOCUMENTS / "ci.md").read_text(encoding="utf-8")
    assert additions.hooks() in page
    assert additions.workflow().partition("permissions:")[2] in page

"""A project can adopt the linter in one step, whatever it finds there: every fixture at once, by comments and by a
baseline.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from lkagent_lint import engine
from lkagent_lint.engine.adding import Added, suppress_all
from lkagent_lint.sources.reading import Undecodable, decode
from tests.test_fixtures import CASES, union

__all__ = ["union"]
_WRITTEN = rb"(?:#|//|\{/\*) lkagent: ignore\[[A-Z0-9, ]+\] known(?: \*/\})?"
ALONE = re.compile(rb"(?:(?<=[\r\n])|\A)[ \t]*" + _WRITTEN + rb"(?:\r\n?|\n)")
BEHIND = re.compile(rb"  " + _WRITTEN)


def request(union: Path, **options: object) -> engine.Request:
    paths = tuple(str(union / each.name) for each in CASES)
    return engine.Request(paths=paths, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def added(union: Path) -> Added:
    return suppress_all(request(union), "known")


def test_a_comment_hides_every_finding_that_a_comment_can_hide(added: Added) -> None:
    assert added.hidden > 400
    left = [each for each in added.left if not each.code.startswith("LKA0")]
    # JSON has no comments, and in a block of YAML a comment would be a part of the value.
    elsewhere = [each for each in left if not each.place.path.endswith((".json", ".yml", ".yaml"))]
    assert [f"{each.place.path}:{each.place.span.line} {each.code}" for each in elsewhere] == []


def test_nothing_but_comments_is_written(added: Added) -> None:
    for rewrite in added.rewrites:
        assert BEHIND.sub(b"", ALONE.sub(b"", rewrite.after)) == rewrite.before, rewrite.path


def test_a_baseline_knows_every_finding_also_when_it_has_moved(union: Path) -> None:
    path = str(union / "known.json")
    asked = request(union, options={"baseline": path})
    (written,) = engine.rewritten_baselines(asked)
    assert written.added > 400
    moved = {path: written.after}
    for file in union.rglob("*.py"):
        data = file.read_bytes()
        text = decode(data)
        # What cannot be read, and what the first two lines say, would change with the lines.
        if not isinstance(text, Undecodable) and "coding" not in text[:200]:
            moved[str(file)] = b"# moved\n\n\n" + data.removeprefix(b"\xef\xbb\xbf")
    report = engine.check(msgspec.structs.replace(asked, overlays=moved))
    assert [f"{each.place.path} {each.code}" for each in report.diagnostics if each.code != "LKA000"] == []
    (baseline,) = report.baselines
    assert baseline.stale == ()


README = Path(__file__).resolve().parents[1] / "README.md"
AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session(agent_name="front-desk")
async def entry(ctx: JobContext):
    await ctx.connect()
    await AgentSession().start(agent=Agent(instructions=""), room=ctx.room)
"""
SECOND_STEP = '[tool.lkagent-lint]\ndispatched-elsewhere = ["front-desk"]\n'
FOUND_THERE = {
    "no pyproject.toml": None,
    "no table": '[project]\nname = "x"\nversion = "1"\n',
    "an empty file": "",
    "no end of line": '[project]\nname = "x"',
    "the table of the second step": f'[project]\nname = "x"\n\n{SECOND_STEP}',
    "a table in the midst": f'{SECOND_STEP}\n[tool.ruff]\n\n[tool.lkagent-lint.names]\njoins-room = ["x.y"]\n',
    "tables below it alone": '[tool.lkagent-lint.severity]\nLKA101 = "error"\n',
    "a file of its own": None,
}
"""What a project may hold when somebody comes to the third step."""


def blocks(kind: str) -> list[str]:
    """The blocks of the README's steps in one language, without their indentation."""
    steps = README.read_text(encoding="utf-8").partition("## In an existing repository\n")[2].partition("\n## ")[0]
    found = re.findall(rf"^   ```{kind}\n(.*?)^   ```", steps, re.MULTILINE | re.DOTALL)
    return [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in found]


@pytest.mark.parametrize("there", FOUND_THERE)
def test_the_steps_of_the_readme_end_in_a_green_run(tmp_path: Path, there: str) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "agent.py").write_text(AGENT)
    settings = tmp_path / ("lkagent-lint.toml" if there == "a file of its own" else "pyproject.toml")
    text = FOUND_THERE[there]
    if text is not None:
        settings.write_text(text)
    assert run(tmp_path, "lkagent-lint").returncode == 1
    for command in "".join(blocks("sh")).splitlines():
        assert run(tmp_path, command).returncode == 0, command
    green = run(tmp_path, "lkagent-lint")
    assert (green.returncode, green.stderr) == (0, "")
    assert (tmp_path / "lkagent-baseline.json").exists()
    (tmp_path / "new.py").write_text(AGENT.replace("front-desk", "back-office"))
    assert run(tmp_path, "lkagent-lint").returncode == 1


def test_the_steps_leave_settings_to_the_command() -> None:
    """A line of a shell that adds a table breaks a file that has it."""
    assert blocks("sh")
    assert not blocks("toml")
    assert not [line for line in "".join(blocks("sh")).splitlines() if ">" in line or "pyproject" in line]


def run(project: Path, command: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = shlex.split(command)
    assert program == "lkagent-lint"
    return subprocess.run(
        [sys.executable, "-m", "lkagent_lint", *arguments], cwd=project, capture_output=True, encoding="utf-8"
    )

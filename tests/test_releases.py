"""Projects written for a release whose like most are not yet: what is right there stays unreported, and every break of
older code that can be seen is found.

Each file of ``fixtures/releases/<release>/valid`` and ``breaks`` is a project of its own, pinned to that release.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.rules import all_rules
from lkagent_lint.sources.sdk.releases import SERVER_NODE, Basis
from tests.harness import cases, runs
from tests.harness.cases import Case, Kind

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "releases"
VALID = sorted(FOLDER.glob("*/valid/*.py"))
BREAKS = sorted(FOLDER.glob("*/breaks/*.py"))
PINS = ("==1.99.0", "==2.99.0", "==3.0.0", ">=2.99", "==99.0.0b1")
"""Nobody knows what these offer."""


def project(file: Path, directory: Path, pin: str, *, preview: bool = False) -> Case:
    """The file alone in a project."""
    (directory / "agent.py").write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (directory / "pyproject.toml").write_text(
        f'[project]\nname = "agent"\nversion = "1"\ndependencies = ["livekit-agents{pin}"]\n\n'
        f'[tool.lkagent-lint]\nroot = true\npreview = {str(preview).lower()}\ndispatched-elsewhere = ["*"]\n',
        encoding="utf-8",
    )
    return Case(file.stem, directory, "LKA000", Kind.EDGE)


def release_of(file: Path) -> str:
    return file.parents[1].name


def test_there_is_one_for_every_form() -> None:
    assert len(VALID) >= 25
    assert BREAKS


@pytest.mark.parametrize("file", VALID, ids=[file.stem for file in VALID])
def test_valid_code_is_not_reported(file: Path, tmp_path: Path) -> None:
    assert runs.plain(project(file, tmp_path, f"=={release_of(file)}").root) == ()


@pytest.mark.parametrize("file", VALID, ids=[file.stem for file in VALID])
@pytest.mark.parametrize("pin", PINS)
def test_valid_code_is_not_reported_for_what_comes_later(file: Path, pin: str, tmp_path: Path) -> None:
    assert runs.plain(project(file, tmp_path, pin).root) == ()


@pytest.mark.parametrize("file", BREAKS, ids=[file.stem for file in BREAKS])
def test_every_break_is_found_and_nothing_else(file: Path, tmp_path: Path) -> None:
    case = project(file, tmp_path, f"=={release_of(file)}", preview=True)
    assert cases.judge(case, runs.plain(case.root)) == []


@pytest.mark.parametrize("file", BREAKS, ids=[file.stem for file in BREAKS])
@pytest.mark.parametrize("pin", PINS)
def test_no_break_is_claimed_of_what_nobody_knows(file: Path, pin: str, tmp_path: Path) -> None:
    """What rests on the order of the lifecycle may still be said, within the major release."""
    found = runs.plain(project(file, tmp_path, pin).root)
    assert [each for each in found if each.code not in ("LKA101", "LKA212")] == []


def test_two_releases_live_in_one_project(tmp_path: Path) -> None:
    for folder, pin, text in (
        ("old", "==1.8.9", "from livekit.agents import LiveSession, AgentServer\nAgentServer(agent_name='a')\n"),
        ("new", "==2.0.0b1", "from livekit.agents import LiveSession, AgentServer\nAgentServer(agent_name='a')\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "requirements.txt").write_text(f"livekit-agents{pin}\n")
        (tmp_path / folder / "agent.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    found = engine.check(engine.Request(paths=(str(tmp_path),), select=("LKA3", "LKA5"))).diagnostics
    assert [(Path(each.place.path).parent.name, each.code) for each in found] == [
        ("old", "LKA504"),
        ("old", "LKA307"),
    ]


AHEAD = "99.0"
"""Newer than every release of a major."""
PINS_OF = {"pyproject.toml": r"(livekit-agents==\d+\.)[\w.]+", "package.json": r'("@livekit/agents": "\d+\.)[^"]*'}
BAD = [
    case
    for case in cases.find_cases()
    if case.kind is Kind.BAD
    and "LKA1" < case.code < "LKA6"
    and all_rules()[case.code].META.packages[1] is not SERVER_NODE  # which has a pin of its own
    and any(name in case.files and re.search(pin, case.text(name)) for name, pin in PINS_OF.items())
]


@pytest.mark.parametrize("case", BAD, ids=[case.code for case in BAD])
def test_what_is_said_of_a_release_that_nobody_knows(case: Case, tmp_path: Path) -> None:
    """The order of the lifecycle holds there; what a release refuses or lacks does not, as ``META`` has it."""
    shutil.copytree(case.root, tmp_path, dirs_exist_ok=True)
    for name, pin in PINS_OF.items():
        if name in case.files:
            text = re.sub(pin, rf"\g<1>{AHEAD}", case.text(name))
            (tmp_path / name).write_text(text, encoding="utf-8")
    basis = all_rules()[case.code].META.basis
    rests_on_release = basis in (Basis.REFUSAL, Basis.TABLES) and case.code != "LKA502"  # which says what is there
    assert (case.code in {each.code for each in runs.plain(tmp_path)}) is not rests_on_release


PYTHON = """
from livekit import rtc
from livekit.agents import AgentServer, AgentSession, Agent, JobContext

server = AgentServer()

@server.rtc_session()
async def entry(ctx: JobContext) -> None:
    await ctx.connect()
    await ctx.wait_for_participant()
    ctx.room.on("particpant_connected", print)
    await ctx.room.publish_data(b"")
    session = AgentSession()
    await session.start(Agent(instructions=""), room=ctx.room)
"""
NODE = """
import { type JobContext, ServerOptions, defineAgent, voice } from '@livekit/agents';

export default defineAgent({
  entry: async (ctx: JobContext) => {
    await ctx.connect();
    await ctx.waitForParticipant();
    const session = new voice.AgentSession();
    session.speak('hello');
    await session.start({ agent: new voice.Agent({ instructions: '' }), room: ctx.room });
  },
});
new ServerOptions({ workerType: 1 });
"""


@pytest.mark.parametrize(
    ("name", "text", "package", "version", "codes"),
    [
        ("agent.py", PYTHON, "livekit", "1.1.21", {"LKA101", "LKA402", "LKA406"}),
        ("agent.py", PYTHON, "livekit", "1.3.0", {"LKA101"}),
        ("agent.ts", NODE, "@livekit/agents", "1.9.0", {"LKA101", "LKA308", "LKA406"}),
        ("agent.ts", NODE, "@livekit/agents", "1.10.0", {"LKA101"}),
        ("agent.ts", NODE, "@livekit/agents", "2.0.0", set[str]()),
        ("agent.ts", NODE, "@livekit/agents", "2.0.0-beta.1", set[str]()),
    ],
)
def test_pins_ahead_of_other_tables(
    name: str, text: str, package: str, version: str, codes: set[str], tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n", encoding="utf-8")
    if name == "agent.ts":
        (tmp_path / "package.json").write_text(f'{{"dependencies": {{"{package}": "{version}"}}}}', encoding="utf-8")
    else:
        (tmp_path / "requirements.txt").write_text(f"livekit-agents==1.8.9\n{package}=={version}\n", encoding="utf-8")
    assert {each.code for each in runs.plain(tmp_path)} == codes

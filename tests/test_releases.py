"""Projects written for a release whose like most are not yet: what is right there stays unreported, and every break of
older code that can be seen is found.

Each file of ``fixtures/releases/<release>/valid`` and ``breaks`` is a project of its own, pinned to that release.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lkagent_lint import engine
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

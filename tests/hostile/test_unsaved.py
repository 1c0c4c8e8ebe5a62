"""Text that is on no disk: a buffer that is broken while somebody types, and standard input of every kind."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.sources.reading import DEFAULT_LIMIT
from tests.cli.standing_in import run
from tools.hostile.inputs import AGENT, PROJECT, in_entry, named

_DISPATCH = "lk dispatch create --room r --agent-name one\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose agent is dispatched, as the current directory."""
    (tmp_path / "pyproject.toml").write_text(PROJECT + 'exclude = ["left_out.py"]\n')
    (tmp_path / "agents.py").write_text(named("'one'"))
    (tmp_path / "start.sh").write_text(_DISPATCH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_broken_buffer_floods_nothing(project: Path) -> None:
    buffer = (project / "agents.py").read_text() + "async def more(ctx:\n"
    for paths in ((str(project),), (str(project / "agents.py"),)):
        overlays = {str(project / "agents.py"): buffer.encode()}
        report = engine.check(engine.Request(paths=paths, overlays=overlays, jobs=1))
        assert [each.code for each in report.diagnostics] == ["LKA001"]


def test_a_letter_that_looks_alike_is_named(project: Path) -> None:
    (project / "agents.py").write_text(
        in_entry(
            "    await ctx.connect()\n    ctx.room.on('dis\u0441onnected', print)\n"
            "    await ctx.wait_for_p\u0430rticipant()\n"
        )
    )
    (project / "start.sh").unlink()
    told = {each.code: each.message for each in engine.check(engine.Request(paths=(str(project),), jobs=1)).diagnostics}
    assert "U+0441, cyrillic small letter es" in told["LKA402"]
    assert "U+0430, cyrillic small letter a" in told["LKA406"]


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("agents.py", b"", 0, ""),
        ("agents.py", b"import livekit.agents\n" + bytes(range(256)), 1, "LKA004"),
        ("agents.py", AGENT.encode() + b"#" * DEFAULT_LIMIT, 1, "LKA004"),
        ("new/agent.py", AGENT.encode(), 1, "LKA106"),
        ("left_out.py", AGENT.encode(), 0, ""),
        ("../elsewhere/agent.py", AGENT.encode(), 1, "LKA106"),
    ],
    ids=["empty", "bytes that are no text", "too large", "of a new file", "of a file that is left out", "outside"],
)
def test_standard_input(
    name: str,
    data: bytes,
    code: int,
    said: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (project / "start.sh").unlink()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("-", "--stdin-filename", name, "--no-cache", "--output-format", "concise") == code
    out, err = capfd.readouterr()
    assert "Traceback" not in err
    assert said in out
    assert bool(said) == bool("LKA" in out)


def test_standard_input_that_is_closed(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("-", "--stdin-filename", "agents.py", "--no-cache", "--output-format", "concise") == 0
    assert "Traceback" not in capfd.readouterr().err

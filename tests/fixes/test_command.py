"""``--fix`` and its like as the command has them: exit codes, what is written and shown; and kills meanwhile."""

from __future__ import annotations

import os
import random
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from lkagent_lint import writing
from lkagent_lint.cli import main

BAD = (
    "from livekit.agents import AgentServer, JobContext\n\nserver = AgentServer()\n\n\n"
    "@server.rtc_session()\nasync def entry(ctx: JobContext) -> None:\n    ctx.connect()\n"
)
GOOD = BAD.replace("    ctx.connect()", "    await ctx.connect()")
UNSAFE = BAD.replace("    ctx.connect()", "    await ctx.connect()\n    time.sleep(1)").replace(
    "server =", "import time\n\nserver ="
)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "agent.py"
    path.write_text(BAD)
    return path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["--no-cache", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_what_is_mended_does_not_fail_the_run(agent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--fix", "--show-fixes") == 0
    assert agent.read_text() == GOOD
    assert capsys.readouterr().err == "mended 1 finding in 1 file\nagent.py: 1 × LKA106 (unawaited-lifecycle-call)\n"
    assert run("--fix", "--exit-non-zero-on-fix") == 0


def test_a_run_can_fail_because_something_was_mended(agent: Path) -> None:
    assert run("--fix", "--exit-non-zero-on-fix") == 1
    assert agent.read_text() == GOOD


def test_a_diff_writes_nothing(agent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--diff") == 1
    assert agent.read_text() == BAD
    shown = capsys.readouterr()
    assert "-    ctx.connect()\n+    await ctx.connect()\n" in shown.out
    assert shown.err == "would mend 1 finding in 1 file\n"
    agent.write_text(GOOD)
    assert run("--diff") == 0
    assert capsys.readouterr().out == ""


def test_what_is_unsafe_is_mended_where_that_is_asked_for(agent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent.write_text(UNSAFE)
    assert run("--fix") == 1
    assert agent.read_text() == UNSAFE
    assert "LKA405" in capsys.readouterr().out
    assert run("--fix-only") == 0
    assert capsys.readouterr().out == ""
    assert run("--fix", "--unsafe-fixes") == 0
    assert "await asyncio.sleep(1)" in agent.read_text()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_cannot_be_written_is_left_and_named(agent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (agent.parent / "twin.py").hardlink_to(agent)
    assert run("--fix", "agent.py") == 1
    assert agent.read_text() == BAD
    assert "agent.py:8: LKA106 was not mended: it has 2 names (hard links)" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_permissions_and_links_are_kept(agent: Path) -> None:
    """The time of the change is new: what is built from the file, and compiled of it, has to be made anew."""
    real = agent.rename(agent.parent / "real.py")
    agent.symlink_to(real.name)
    real.chmod(0o640)
    os.utime(real, (1, 1))
    assert run("--fix", "agent.py") == 0
    assert agent.is_symlink()
    assert agent.readlink() == Path("real.py")
    assert (real.read_text(), stat.S_IMODE(real.stat().st_mode)) == (GOOD, 0o640)
    assert real.stat().st_mtime > 1
    assert sorted(os.listdir(agent.parent)) == ["agent.py", "pyproject.toml", "real.py"]


def test_no_file_is_written_where_one_has_changed_meanwhile(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.py", "b.py")]
    for path in paths:
        path.write_bytes(b"old")
    paths[1].write_bytes(b"theirs")
    with pytest.raises(writing.WriteError, match=r"b\.py: it has changed since it was read"):
        writing.rewrite_all([writing.Rewrite(str(path), b"old", b"new") for path in paths])
    assert [path.read_bytes() for path in paths] == [b"old", b"theirs"]
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]


def test_what_is_not_mended_by_settings(agent: Path) -> None:
    assert run("--fix", "--config", 'unfixable = ["LKA1"]') == 1
    assert agent.read_text() == BAD


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_kill_leaves_every_file_old_or_new(tmp_path: Path) -> None:
    """At any moment of writing a fix in two files."""
    contents = (b"old" * 50_000, b"new" * 70_000)
    paths = [str(tmp_path / name) for name in ("a.py", "b.py")]
    chance = random.Random(7)
    for _ in range(40):
        for path in paths:
            Path(path).write_bytes(contents[0])
        child = os.fork()
        if child == 0:  # pragma: no cover
            now = contents
            while True:
                writing.rewrite_all([writing.Rewrite(path, now[0], now[1]) for path in paths])
                now = now[1], now[0]
        time.sleep(chance.uniform(0, 0.004))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert all(Path(path).read_bytes() in contents for path in paths)

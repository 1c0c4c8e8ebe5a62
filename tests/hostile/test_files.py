"""What stands in the place of a file, files of several names, and directories that are nobody's project."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from lkagent_lint import engine
from lkagent_lint.diagnostics import Report
from lkagent_lint.frontends import python
from lkagent_lint.sources import roots
from tests.cli.standing_in import run
from tools.hostile.inputs import AGENT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and home directories of POSIX")
LONE = """\
from livekit.agents import AgentServer

server = AgentServer()


@server.rtc_session(agent_name="one")
async def entry(ctx):
    await ctx.connect()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one agent, as the current directory."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    (project / "agent.py").write_text(AGENT)
    monkeypatch.chdir(project)
    return project


def check(*paths: Path) -> Report:
    return engine.check(engine.Request(paths=tuple(map(str, paths)), jobs=1))


def found(*paths: Path) -> list[tuple[str, str]]:
    return [(each.code, os.path.basename(each.place.path)) for each in check(*paths).diagnostics]


def test_what_is_no_file_is_an_error_by_its_name(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe.py")
    (project / "below").mkdir()
    os.symlink("below", "linked")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket.py")
        for name, what in {
            "pipe.py": "a named pipe",
            "socket.py": "a socket",
            "/dev/null": "a device",
            "linked": "a link to a directory",
        }.items():
            assert run(name, "--no-cache") == 2
            assert f"error: {name} is {what}" in capfd.readouterr().err
    assert found(project) == [("LKA106", "agent.py")]


def test_a_file_of_two_names_is_checked_once(project: Path) -> None:
    os.symlink("agent.py", "link.py")
    os.link("agent.py", "other.py")
    expected = [("LKA106", "agent.py")]
    assert found(project) == expected
    assert found(project / "link.py") == expected
    assert found(project / "link.py", project / "agent.py") == expected


def test_a_copy_of_a_file_is_another_file(project: Path) -> None:
    (project / "other.py").write_bytes((project / "agent.py").read_bytes())
    assert found(project) == [("LKA106", "agent.py"), ("LKA106", "other.py")]


@pytest.mark.parametrize("settings", [False, True])
def test_a_home_directory_is_a_project_only_if_it_says_so(
    settings: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()  # of settings files that are kept in a repository
    (tmp_path / "agent.py").write_text(AGENT)
    (tmp_path / "other.py").write_text(AGENT)
    if settings:
        (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\n")
    everything = check(tmp_path)
    one = check(tmp_path / "agent.py")
    assert len(one.diagnostics) == 1
    assert len(everything.diagnostics) == (2 if settings else 0)
    assert [note.message.startswith("this is a home directory") for note in one.notes] == ([] if settings else [True])
    assert one.summary.files == (2 if settings else 1)


@pytest.mark.parametrize("settings", [False, True])
def test_a_mount_is_a_project_only_if_it_says_so(
    settings: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system is asked what is a mount; a test may not make one."""
    mount = tmp_path / "mount"
    mount.mkdir()
    for name in ("agent.py", "other.py"):
        (mount / name).write_text(AGENT)
    if settings:
        (mount / "pyproject.toml").write_text("[tool.lkagent-lint]\n")
    monkeypatch.setattr(roots, "_ismount", str(mount).__eq__)
    one = check(mount / "agent.py")
    assert [each.code for each in one.diagnostics] == ["LKA106"]
    assert one.summary.files == (2 if settings else 1)
    assert ["mount" in note.message for note in one.notes] == ([] if settings else [True])


@pytest.mark.skipif(os.geteuid() != 0 if os.name == "posix" else True, reason="only root may mount")
def test_a_file_system_that_is_mounted(tmp_path: Path) -> None:
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True)
    if done.returncode:
        pytest.skip("no mounts are allowed here")
    try:
        for name in ("agent.py", "other.py"):
            (tmp_path / name).write_text(AGENT)
        report = check(tmp_path / "agent.py")
        assert report.summary.files == 1
        assert "mount" in report.notes[0].message
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_nothing_indexes_a_whole_file_system() -> None:
    path = os.path.join(os.path.abspath(os.sep), "no-such-agent.py")
    report = engine.check(engine.Request(paths=(path,), overlays={path: AGENT.encode()}, jobs=1))
    assert [each.code for each in report.diagnostics] == ["LKA106"]
    assert report.summary.files == 1
    assert "the root of a file system" in report.notes[0].message


@pytest.mark.parametrize(
    "files",
    [
        ("livekit-agents/livekit/agents/__init__.py", "livekit-plugins/x/x.py", "examples/talk.py"),
        ("livekit-agents/livekit/agents/worker.py",),
    ],
)
def test_a_copy_of_an_sdk_takes_no_part(files: tuple[str, ...], project: Path) -> None:
    for name in files:
        path = project / "third_party" / "agents" / name
        path.parent.mkdir(parents=True)
        path.write_text(AGENT)
    assert found(project) == [("LKA106", "agent.py")]


def test_a_copy_of_an_sdk_for_node_takes_no_part(project: Path) -> None:
    copy = project / "agents-js"
    for name in ("agents/src", "plugins", "examples"):
        (copy / name).mkdir(parents=True)
    (copy / "examples" / "talk.py").write_text(AGENT)
    assert ("LKA106", "talk.py") in found(project)
    (copy / "agents" / "package.json").write_text('{"name": "@livekit/agents"}')
    assert found(project) == [("LKA106", "agent.py")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sip.yaml", b"agent_name: one\n# " + b"x" * 2_000_000),
        ("sip.yaml", "agent_name: one\n".encode("utf-16-le")),
        ("start.sh", b"lk dispatch create --agent-name one\n#" + b"x" * 2_000_000),
    ],
)
def test_a_text_that_is_not_read_is_not_absent(name: str, data: bytes, project: Path) -> None:
    (project / "agent.py").write_text(LONE)
    (project / name).write_bytes(data)
    report = check(project)
    said = {each.code: each for each in report.diagnostics}
    assert set(said) == {"LKA004", "LKA201"}
    assert said["LKA201"].severity.name == "INFO"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_texts_in_wide_encodings_are_read(encoding: str, project: Path) -> None:
    (project / "agent.py").write_text(LONE)
    (project / "start.ps1").write_bytes("lk dispatch create --agent-name two\n".encode(encoding))
    assert ("LKA203", "start.ps1") in found(project)


class _Panic(BaseException):
    """As a native parser's panic is one."""


def test_a_panic_of_a_parser_costs_its_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "other.py").write_text(AGENT + "# another one\n")
    real = python.extract

    def panicking(data: bytes, words: frozenset[str]) -> object:
        if b"another one" in data:
            raise _Panic("as in Rust")
        return real(data, words)

    monkeypatch.setattr(python, "extract", panicking)
    assert found(project) == [("LKA106", "agent.py"), ("LKA000", "other.py")]

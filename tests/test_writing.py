"""What is written is written whole, keeps what the file had, and goes through no link."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lkagent_lint import writing
from lkagent_lint.formats import REPORTS, names
from lkagent_lint.reporters.destination import check_destination
from lkagent_lint.writing import WriteError

posix = pytest.mark.skipif(os.name != "posix", reason="owners, modes and links of POSIX")
linux = pytest.mark.skipif(sys.platform != "linux", reason="extended attributes of Linux")
unprivileged = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")

WRITERS: list[Callable[[str, bytes], None]] = [writing.write, lambda path, data: writing.rewrite(path, b"old", data)]
"""What puts a file in the place of another, which holds ``old``."""
both = pytest.mark.parametrize("write", WRITERS, ids=["write", "rewrite"])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    return path


@both
def test_a_file_of_the_longest_name(tmp_path: Path, write: Callable[[str, bytes], None]) -> None:
    path = tmp_path / ("n" * 255)
    path.write_bytes(b"old")
    write(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == [path.name]


@posix
@both
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666])
def test_permissions_are_kept(old: Path, write: Callable[[str, bytes], None], mode: int) -> None:
    old.chmod(mode)
    before = os.umask(0o077)
    try:
        write(str(old), b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(old.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        writing.write(str(tmp_path / "new"), b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


@both
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(old: Path, write: Callable[[str, bytes], None]) -> None:
    os.chown(old, 12345, 54321)
    old.chmod(0o640)
    write(str(old), b"new")
    status = old.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (12345, 54321, 0o640)
    assert old.read_bytes() == b"new"


@posix
@both
def test_an_owner_that_cannot_be_kept_is_a_reason(
    old: Path, write: Callable[[str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    def another(descriptor: int) -> Any:
        status = list(real(descriptor))
        status[stat.ST_UID] += 1
        return os.stat_result(status)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fstat", another)
    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(WriteError, match="it belongs to another user or group"):
        write(str(old), b"new")
    assert (old.read_bytes(), os.listdir(old.parent)) == (b"old", ["file"])


def set_attribute(path: Path) -> None:
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system has no extended attributes")


@linux
@both
def test_extended_attributes_are_kept(old: Path, write: Callable[[str, bytes], None]) -> None:
    set_attribute(old)
    write(str(old), b"new")
    assert old.read_bytes() == b"new"
    assert os.getxattr(old, "user.note") == b"kept"


@linux
@both
def test_an_attribute_that_cannot_be_kept_is_a_reason(
    old: Path, write: Callable[[str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    def names(*_: object) -> list[str]:
        return ["security.selinux", "user.note"]

    def nothing(*_: object) -> bytes:
        return b""

    monkeypatch.setattr(os, "listxattr", names)
    monkeypatch.setattr(os, "getxattr", nothing)
    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(WriteError, match=r"its attribute user\.note cannot be kept: Operation not supported"):
        write(str(old), b"new")
    assert (old.read_bytes(), os.listdir(old.parent)) == (b"old", ["file"])


@posix
@both
def test_a_file_of_several_names_is_not_parted_from_them(old: Path, write: Callable[[str, bytes], None]) -> None:
    os.link(old, old.parent / "other")
    with pytest.raises(WriteError, match=r"it has 2 names \(hard links\)"):
        write(str(old), b"new")
    assert (old.read_bytes(), (old.parent / "other").read_bytes()) == (b"old", b"old")
    assert old.samefile(old.parent / "other")


@both
@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    old: Path, write: Callable[[str, bytes], None], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    if call == "fsync" and write is writing.write:
        write(str(old), b"old")  # what can be made again is not waited for
    else:
        with pytest.raises(WriteError, match=f"cannot write {old}: No space left on device"):
            write(str(old), b"new")
    assert (old.read_bytes(), os.listdir(old.parent)) == (b"old", ["file"])


@posix
def test_an_unfinished_file_of_a_run_that_was_killed_is_in_nobodys_way(old: Path) -> None:
    """In a container every run may have the same process id."""
    (old.parent / f"file.{os.getpid()}.tmp").write_bytes(b"half")
    writing.write(str(old), b"new")
    assert old.read_bytes() == b"new"


@posix
@pytest.mark.parametrize("write", [writing.write, writing.create, writing.append], ids=["write", "create", "append"])
@pytest.mark.parametrize("target", ["precious", "nowhere"])
def test_nothing_goes_through_a_link(tmp_path: Path, write: Callable[[str, bytes], None], target: str) -> None:
    (tmp_path / "precious").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(WriteError):
        write(str(tmp_path / "link"), b"new")
    assert (tmp_path / "precious").read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["link", "precious"]


# Where it may go


def check(path: Path, *inputs: Path) -> str:
    """Why nothing may be written there; empty if it may."""
    try:
        check_destination(str(path), [str(each) for each in inputs])
    except WriteError as error:
        return str(error).removeprefix(f"cannot write {path}: ")
    return ""


NOT_OURS = "there is such a file already, and it is no report of lkagent-lint"
OTHERS = {
    "agent.py": "x = 1\n",
    "empty.py": "",
    "empty.tsx": "",
    "stub.pyi": "x: int\n",
    "pyproject.toml": "[project]\n",
    "lkagent-lint.toml": "root = true\n",
    "uv.lock": "version = 1\n",
    "poetry.lock": "# @generated\n",
    "package-lock.json": "{}\n",
    "yarn.lock": "# yarn lockfile v1\n",
    "key.pem": "-----BEGIN PRIVATE KEY-----\n",
    "id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    ".env": "LIVEKIT_API_SECRET=x\n",
    "data.csv": "a,b\n",
    "picture.png": "\x89PNG\n",
    "app.min.js": "x()\n",
    "known.json": '{"version": 2}\n',
    "report.xml": '<testsuites name="other">\n',
    "notes": "agent.py:1:1: W000 by another linter\n",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_not_ours_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(OTHERS[name], encoding="latin-1")
    assert check(tmp_path / name, tmp_path) == NOT_OURS


@pytest.mark.parametrize("name", ["report", "report.json", "report.txt", "report.csv", "report.xml", "uv.lock"])
def test_a_report_of_ours_and_an_empty_file_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("agent.py:1:7: LKA101 [warning] too early\n  |\n")
    assert check(tmp_path / name, tmp_path) == ""
    (tmp_path / name).write_text("\n")
    assert check(tmp_path / name, tmp_path) == ""


def test_what_is_checked_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("")
    assert check(tmp_path / "odd", tmp_path / "odd") == NOT_OURS


@posix
def test_a_link_on_the_way_in_what_is_checked(tmp_path: Path) -> None:
    (tmp_path / "project" / "sub").mkdir(parents=True)
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "project" / "out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "mine").symlink_to(tmp_path / "elsewhere")
    refused = "out is a symbolic link of what is checked"
    assert check(tmp_path / "project" / "out" / "a.json", tmp_path / "project") == refused
    assert check(tmp_path / "project" / "out" / "deep" / "a.json", tmp_path / "project") == refused
    assert check(tmp_path / "mine" / "a.json", tmp_path / "project") == ""
    assert check(tmp_path / "project" / "out" / "a.json", tmp_path / "project" / "sub") == ""


# Every surface asks


def command(*arguments: str, cwd: Path, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=False, **options
    )


SURFACES = {
    "check": ("lkagent_lint", "check", "--isolated", "--no-cache", "--output-file"),
    "output": ("lkagent_lint", "check", "--isolated", "--no-cache", "--output"),
    "facts": ("lkagent_lint", "facts", ".", "--isolated", "--output-file"),
    "link": ("lkagent_lint", "link", "given.facts", "--isolated", "--output-file"),
    "flake8": ("flake8", "--isolated", "--format=sarif", "--lka-no-cache", "--output-file"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "elsewhere").mkdir(parents=True)
    (project / "agent.py").write_text("from livekit.agents import AgentServer\n")
    assert command("lkagent_lint", "facts", ".", "--output-file", "given.facts", cwd=project).returncode == 0
    return project


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_refuses(project: Path, surface: str) -> None:
    (project / "uv.lock").write_text("version = 1\n")
    (project / "precious").write_text("mine\n")
    destinations = ["agent.py", "uv.lock", "precious"]
    if os.name == "posix":
        (project / "link").symlink_to("precious")
        (project / "dangling").symlink_to("nowhere")
        (project / "out").symlink_to("elsewhere")
        destinations += ["link", "dangling", "out/report"]
    before = {name: (project / name).read_bytes() for name in ("agent.py", "uv.lock", "precious")}
    for name in destinations:
        value = f"json={name}" if surface == "output" else name
        done = command(*SURFACES[surface], value, cwd=project)
        said = done.stdout + done.stderr
        assert f"cannot write {name}: " in said, (name, said)
        assert "Traceback" not in said
        assert done.returncode == (1 if surface == "flake8" else 2)
    assert {name: (project / name).read_bytes() for name in before} == before
    assert os.listdir(project / "elsewhere") == []
    assert not (project / "nowhere").exists()
    assert not [name for name in os.listdir(project) if name.endswith(".tmp")]


@pytest.mark.parametrize("surface", SURFACES)
def test_every_surface_writes_again(project: Path, surface: str) -> None:
    value = "json=report" if surface == "output" else "report"
    first = command(*SURFACES[surface], value, cwd=project)
    assert (project / "report").exists(), first.stderr
    again = command(*SURFACES[surface], value, cwd=project)
    assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, first.stderr)
    assert first.returncode in (0, 1)


def test_facts_are_no_report_and_reports_no_facts(project: Path) -> None:
    command(*SURFACES["check"], "report", cwd=project)
    assert "it holds no facts of lkagent-lint" in command(*SURFACES["facts"], "report", cwd=project).stderr
    assert "it is no report of lkagent-lint" in command(*SURFACES["check"], "given.facts", cwd=project).stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("surface", SURFACES)
def test_a_full_disk_is_one_line(project: Path, surface: str) -> None:
    value = "json=/dev/full" if surface == "output" else "/dev/full"
    done = command(*SURFACES[surface], value, cwd=project)
    said = [line for line in (done.stdout + done.stderr).splitlines() if "critical error" not in line]
    assert [line.rpartition("lkagent-lint: ")[2].removeprefix("error: ") for line in said if "cannot" in line] == [
        "cannot write /dev/full: No space left on device"
    ]
    assert "Traceback" not in done.stderr


FORMATTED = ("flake8", "--isolated", "--format=sarif", "--lka-no-cache")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_log_of_flake8_on_a_full_disk(project: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-m", *FORMATTED], cwd=project, stdout=full, stderr=subprocess.PIPE)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 1


@posix
def test_a_log_of_flake8_for_a_reader_that_has_gone(project: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([sys.executable, "-m", *FORMATTED], cwd=project, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_every_format_is_known_again(project: Path) -> None:
    """Or a second run could not replace the report of the first."""
    (project / "agent.py").write_text("from livekit.agents import AgentServer\nserver = AgentServer(\n")
    for name in names(REPORTS):
        for _ in range(2):
            done = command("lkagent_lint", "--no-cache", "--isolated", "--output", f"{name}=again", cwd=project)
            assert done.returncode == 1, (name, done.stderr)
        (project / "again").unlink()


def test_no_other_module_writes_files() -> None:
    """``open`` for writing, renames and the like stand in one module."""
    import ast

    package = Path(writing.__file__).parent
    found: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if _writes(node):
                found.add(path.relative_to(package).as_posix())
    # Standard output that is closed, a pipe to a worker, a lock, which holds nothing, and a server's standard output.
    known = {"cli/_output.py", "extraction/worker.py", "cache/directory.py", "server/__init__.py"}
    assert found - {"writing.py"} == known


def _writes(node: Any) -> bool:
    import ast

    if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "formatter":  # click's, which writes help
        return node.attr in {"write_text", "write_bytes", "rename", "mkstemp", "NamedTemporaryFile"} or (
            node.attr in {"replace", "O_CREAT", "O_WRONLY", "O_RDWR", "link", "symlink", "truncate"}
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
        )
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    modes = [
        each.value for each in (*node.args[1:2], *(k.value for k in node.keywords)) if isinstance(each, ast.Constant)
    ]
    return name in {"open", "fdopen"} and any(
        isinstance(mode, str) and set(mode) & set("wax+") and len(mode) < 4 for mode in modes
    )

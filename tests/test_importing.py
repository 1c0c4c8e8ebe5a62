"""No module of the directory in which the linter runs stands in for a library, whatever its name.

The directory holds a module for every name that Python's library and ours have. Those that Python imports of itself,
before it comes to a line of ours, are left out: nothing can be done about them (SECURITY.md says so), and the tests
find out which they are.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from lkagent_lint.extraction.one import SourceFile
from lkagent_lint.extraction.pool import Pool
from lkagent_lint.importing import NothingFromCurrentDirectory, without_current_directory

REPOSITORY = Path(__file__).resolve().parents[1]
AGENT = """\
from livekit.agents import Agent, AgentServer, AgentSession, JobContext

server = AgentServer()


@server.rtc_session()
async def entry(ctx: JobContext):
    await ctx.connect()
    await AgentSession().start(agent=Agent(instructions=""), room=ctx.room)
"""
NEWER = "type X = int\nY = f'{X:>{10}}'\n"
"""Syntax that not every Python reads, so that libcst is asked."""
INNOCENT = "import sys\nprint(*sys.modules)\n"


def _always(*_: object) -> bool:
    return True


def names() -> set[str]:
    """Every module of Python's library, of our dependencies, and some that libraries try to import."""
    found = {name for name in sys.stdlib_module_names if name.isidentifier()}
    for distribution in importlib.metadata.distributions():
        found |= {
            str(file.parts[0]).partition(".")[0] for file in distribution.files or () if str(file).endswith(".py")
        }
    found |= {"re2", "hyperscan", "uvloop", "colorama", "orjson", "tomllib", "tomli", "_pytest", "sitecustomize_"}
    return {name for name in found if name.isidentifier()} - {"lkagent_lint", "tests", "tools"}


def python(*arguments: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Python as a user starts it: nothing keeps the current directory from its path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LKAGENT"))}
    command = [sys.executable, *arguments]
    path = {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=cwd, env={**kept, **path, **environ}, capture_output=True, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project large enough for workers, with something for every front end."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "agent.py").write_text(AGENT)
    (project / "newer.py").write_text(f"{NEWER}{AGENT}")
    for number in range(4):
        (project / f"large_{number}.py").write_text(f"{AGENT}\n{'x = 1  # livekit' * 1}\n" + "y = 2\n" * 20_000)
    (project / "backend.ts").write_text("import { AgentDispatchClient } from 'livekit-server-sdk';\n")
    (project / "rules.yaml").write_text("agent_name: livekit\n")
    (project / "call.sh").write_text("lk dispatch create --agent-name one\n")
    (project / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    return project


class Traps:
    """Modules in a directory that leave a mark and end the process that imports them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._mark = directory / "ran"
        self.names: set[str] = set()

    def lay(self, names: Iterable[str]) -> None:
        for name in names:
            deed = f"open({str(self._mark)!r}, 'a').write({name + ' '!r})"
            (self._directory / f"{name}.py").write_text(f"{deed}\nraise SystemExit\n")
            self.names.add(name)

    def take_away(self, names: Iterable[str]) -> None:
        for name in self.names.intersection(names):
            (self._directory / f"{name}.py").unlink()
            self.names.remove(name)

    def take_away_what_runs(self, *arguments: str, **environ: str) -> None:
        """Take away those that a program which is not ours runs into. It prints what it has imported."""
        (self._directory / "innocent.py").write_text(INNOCENT)
        plain = self._directory.parent / "plain"
        shutil.copytree(self._directory, plain, ignore=lambda _, names: [n for n in names if n[:-3] in self.names])
        done = python(*arguments, cwd=plain, **environ)
        assert done.returncode == 0, done.stderr
        self.take_away(name.partition(".")[0] for name in done.stdout.split())
        for _ in range(100):
            python(*arguments, cwd=self._directory, **environ)
            if not self.that_ran:
                return
            self.take_away(self.that_ran.split())
            self._mark.unlink()
        raise AssertionError("there is no end to it")

    @property
    def that_ran(self) -> str:
        return self._mark.read_text() if self._mark.exists() else ""


def test_the_traps_work(project: Path) -> None:
    traps = Traps(project)
    traps.lay(["click"])
    python("-c", "import click", cwd=project)
    assert traps.that_ran == "click "


@pytest.mark.parametrize(("jobs", "entries"), [("1", ""), ("2", ""), ("2", ":"), ("2", ":.")])
def test_python_m(project: Path, jobs: str, entries: str) -> None:
    path = f"{REPOSITORY}{entries.replace(':', os.pathsep)}"
    traps = Traps(project)
    traps.lay(names())
    traps.take_away_what_runs("-m", "innocent", PYTHONPATH=path)
    assert "typing" in traps.names
    arguments = ("-m", "lkagent_lint", "--jobs", jobs, "--no-cache", "--output-format", "concise")
    done = python(*arguments, cwd=project, PYTHONPATH=path)
    assert traps.that_ran == ""
    assert done.stderr == ""
    assert re.search(r"^\d+ files", done.stdout, re.MULTILINE)


def test_python_m_where_python_has_imported_little(project: Path) -> None:
    """Without ``site``, which looks into .pth files, and those import this and that."""
    libraries = os.pathsep.join([str(REPOSITORY), *(entry for entry in sys.path if entry.endswith("-packages"))])
    traps = Traps(project)
    traps.lay(names())
    traps.take_away_what_runs("-S", "-m", "innocent", PYTHONPATH=libraries)
    assert {"typing", "re", "enum", "copyreg", "__future__"} <= traps.names
    done = python("-S", "-m", "lkagent_lint", "--jobs", "2", "--no-cache", cwd=project, PYTHONPATH=libraries)
    assert traps.that_ran == ""
    assert done.stderr == ""
    assert "files" in done.stdout


def test_a_project_that_lies_elsewhere(project: Path, tmp_path: Path) -> None:
    traps = Traps(project)
    traps.lay(names())
    done = python("-m", "lkagent_lint", str(project), "--jobs", "2", "--no-cache", cwd=tmp_path)
    assert traps.that_ran == ""
    assert done.stderr == ""
    assert "files" in done.stdout


FLAKE8_ALONE = """\
import runpy, sys
from lkagent_lint.flake8_plugin import Plugin
Plugin.parse_options = classmethod(lambda *_: None)
Plugin.run = lambda self: iter(())
try:
    runpy.run_module("flake8", run_name="__main__")
except SystemExit as ended:
    assert not ended.code
    import flake8.exceptions
    print(*sys.modules)
"""


@pytest.mark.parametrize("output", ["default", "sarif"])
def test_the_flake8_plugin(project: Path, output: str) -> None:
    arguments = ("--jobs=1", "--isolated", "--select=LKA", "--lka-no-cache", "agent.py", "newer.py")
    traps = Traps(project)
    traps.lay(names())
    traps.take_away_what_runs("-c", FLAKE8_ALONE, *arguments)
    assert {"msgspec", "libcst", "yaml", "pathspec"} <= traps.names
    done = python("-m", "flake8", f"--format={output}", *arguments, cwd=project)
    assert traps.that_ran == ""
    assert (done.stderr, done.returncode) == ("", 1)
    assert "LKA101" in done.stdout


def test_a_worker_of_a_process_that_imports_from_the_current_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traps = Traps(project)
    traps.lay(names())
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "path", ["", str(project), *sys.path])
    source = SourceFile("agent.py", "python", "", AGENT.encode())
    with Pool(2) as pool:
        monkeypatch.setattr(Pool, "_is_worth_it", _always)
        made = list(pool.make([source, source]))
        processes = [worker._process for worker in pool._workers]  # pyright: ignore[reportPrivateUsage]
    assert traps.that_ran == ""
    assert any(processes)
    assert [isinstance(each, bytes) for _, each in made] == [True, True]


def test_the_path_of_flake8_is_what_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    before = ["", str(tmp_path), "/elsewhere", "relative"]
    monkeypatch.setattr(sys, "path", list(before))
    with NothingFromCurrentDirectory():
        assert sys.path == ["/elsewhere"]
    assert sys.path == before


def test_a_current_directory_by_another_name_or_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone, link = tmp_path / "gone", tmp_path / "link"
    gone.mkdir()
    link.symlink_to(gone)
    monkeypatch.chdir(gone)
    assert without_current_directory([str(link), str(tmp_path)]) == [str(tmp_path)]
    gone.rmdir()
    assert without_current_directory(["", str(tmp_path)]) == [str(tmp_path)]


def test_where_the_package_itself_lies_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert without_current_directory(["", "/elsewhere"]) == ["/elsewhere", str(REPOSITORY)]

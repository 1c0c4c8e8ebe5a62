"""What the linter never does, watched by the interpreter itself: no network, no process, nothing of the project runs.

Anyone can run it over a project of their own: ``python tests/test_harmless.py PATH``.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO = REPOSITORY / "fixtures" / "demo"

_NETWORK = ("socket.", "urllib.", "ftplib.", "smtplib.", "http.client.", "imaplib.", "poplib.", "telnetlib.")
_PROCESSES = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.")


def watch(project: str) -> None:
    """Run the command over a project in this process, and end it at once if it does what it must not."""
    project = os.path.realpath(project)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith((*_NETWORK, *_PROCESSES)):
            stop(event, arguments)
        if event == "exec" and _file_of(arguments[0]).startswith(project + os.sep):
            stop("running", (_file_of(arguments[0]),))
        if event == "import" and isinstance(arguments[1], str) and os.path.realpath(arguments[1]).startswith(project):
            stop("importing", arguments)

    def stop(event: str, arguments: tuple[object, ...]) -> None:
        os.write(2, f"it must not: {event} {arguments!r}\n".encode("utf-8", "backslashreplace"))
        os._exit(99)

    sys.addaudithook(hook)
    # One process reads the files, so that all is seen.
    sys.argv = ["lkagent-lint", project, "--jobs", "1", "--no-cache", "--preview"]
    runpy.run_module("lkagent_lint", run_name="__main__")


def _file_of(code: object) -> str:
    """The file that code is from; empty where it is from none."""
    name = str(getattr(code, "co_filename", ""))
    return "" if name.startswith("<") else os.path.realpath(name)


def run(program: str, *arguments: str, cwd: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", cwd=cwd)


WATCHED = f"import sys; sys.path[0] = {str(REPOSITORY)!r}; from tests.test_harmless import watch; watch(sys.argv[1])"


def test_no_connection_and_no_process() -> None:
    done = run(WATCHED, str(DEMO))
    assert done.stderr == ""
    assert done.returncode == 1
    assert "LKA202" in done.stdout


@pytest.fixture
def treacherous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of modules that betray themselves, under names that the linter and its libraries import."""
    agent = "from livekit.agents import AgentServer\nimport helper\n"
    deed = f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise SystemExit('it ran')\n"
    for name in ("helper", "click", "yaml", "msgspec", "libcst", "pathspec", "livekit", "conftest", "setup"):
        (tmp_path / f"{name}.py").write_text(deed)
    (tmp_path / "agent.py").write_text(agent)
    (tmp_path / "pyproject.toml").write_text("[tool.lkagent-lint]\nroot = true\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_of_the_project_is_imported(treacherous: Path) -> None:
    done = run(WATCHED, ".", cwd=treacherous)
    assert done.returncode == 0, done.stderr
    assert not (treacherous / "ran").exists()


def test_the_watch_notices() -> None:
    """A connection, a process, and code of the project each end the run."""
    for deed in (
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        f"import runpy; runpy.run_path({str(DEMO / 'agents' / '__init__.py')!r})",
    ):
        program = f"{WATCHED.rpartition(';')[0]}; import lkagent_lint.cli as c; c.main = lambda: exec({deed!r})"
        done = run(f"{program}; watch(sys.argv[1])", str(DEMO))
        assert done.returncode == 99, deed
        assert "it must not" in done.stderr


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    watch(sys.argv[1])

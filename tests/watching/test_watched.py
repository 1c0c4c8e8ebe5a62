"""The real command in each of its ways touches nothing but what it may; and whoever tries to hide something is seen."""

from __future__ import annotations

import importlib.util
import marshal
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.watching.watch import MARKER, Rules, Watched, run, traced
from tools.hostile.inputs import AGENT, PROJECT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="paths and calls of Linux")
COMMAND = [sys.executable, "-m", "lkagent_lint", "check", "--output", "concise"]
WORKER = f"{sys.executable} -I -S -c"
GIT = shutil.which("git") or "git"
strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    """A project of code that betrays itself where it runs, with links out of it, and a place for what is kept."""
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.py").write_text("import livekit.agents\n")
    (tmp_path / "kept").mkdir()
    for name, text in {
        "pyproject.toml": PROJECT,
        "agent.py": AGENT,
        "helper.py": f"MARK = {MARKER!r}\nraise SystemExit(MARK)\nimport livekit.agents\n",
        "conftest.py": f"MARK = {MARKER!r}\n",
        "start.sh": "lk dispatch create --agent-name one\n",
    }.items():
        (project / name).write_text(text)
    (project / "leaving.py").symlink_to(tmp_path / "secret.py")
    (project / "away").symlink_to(tmp_path)
    return Rules(project.resolve(), (tmp_path.resolve() / "kept",))


def _checked(done: Watched) -> None:
    assert "LKA106" in done.out, done.err
    assert done.code == 1
    assert done.wrong == []


@pytest.mark.parametrize("how", ["alone", "cache", "report"])
def test_a_check(how: str, rules: Rules, tmp_path: Path) -> None:
    kept = rules.places[0]
    arguments = {
        "alone": ["--no-cache"],
        "cache": ["--cache-dir", str(kept)],
        "report": ["--no-cache", "--output", f"sarif={kept / 'report.sarif'}"],
    }[how]
    _checked(run([*COMMAND, "--jobs", "1", *arguments], rules, tmp_path / "log"))
    assert any(kept.iterdir()) is (how != "alone")


def test_flake8(rules: Rules, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flake8", "--select", "LKA", "--jobs", "1", "agent.py"]
    _checked(run(command, rules, tmp_path / "log", LKAGENT_LINT_CACHE_DIR=str(rules.places[0])))


def _repository(rules: Rules) -> None:
    """The project becomes a repository of one commit, in which the agent has changed since."""
    agent = rules.project / "agent.py"
    agent.write_text("")
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=n", "-c", "user.email=e@e", "commit", "-qm", "x"],
    ):
        subprocess.run([GIT, *arguments], cwd=rules.project, check=True)
    agent.write_text(AGENT)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_has_changed(rules: Rules, tmp_path: Path) -> None:
    _repository(rules)
    _checked(run([*COMMAND, "--no-cache", "--since", "HEAD"], rules._replace(programs=(GIT,)), tmp_path / "log"))


@strace
def test_workers(rules: Rules, tmp_path: Path) -> None:
    """What workers do is seen by the system alone, because they start without any hook."""
    for number in range(8):
        (rules.project / f"more_{number}.py").write_text(f"import livekit.agents  # {number} {'x' * 42_000}\n")
    done = traced([*COMMAND, "--no-cache", "--jobs", "2"], rules._replace(programs=(WORKER,)), tmp_path / "log")
    _checked(done)
    assert sum(path.read_text(errors="replace").startswith("execve") for path in tmp_path.glob("log.*")) == 3


EVASIONS = {
    "text that is run": ("exec(compile(open('helper.py').read().partition('raise')[0], 'x', 'exec'))", "exec"),
    "a pickle": ("import pickle; pickle.load(open('data.pickle', 'rb'))", "pickle.find_class"),
    "bytecode without a source": ("import sys; sys.path.insert(0, 'below'); import hidden", "marshal.loads"),
    "a link that leaves": ("open('leaving.py').read()", "reads"),
    "a directory behind a link": ("import os; os.listdir(os.path.abspath('away'))", "lists"),
    "a file of another place": ("open('../secret.py').read()", "reads"),
    "a new file": ("open('new.py', 'w').close()", "writes"),
    "a file by its descriptor": ("import os; os.close(os.open('new.py', os.O_WRONLY | os.O_CREAT))", "writes"),
    "another name": ("import os; os.rename(os.path.abspath('start.sh'), os.path.abspath('x'))", "os.rename"),
    "no file any more": ("import os; os.remove(os.path.abspath('conftest.py'))", "os.remove"),
    "a connection": ("import socket; socket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
    "a process": ("import subprocess; subprocess.run(['true'])", "starts"),
    "a shell": ("import os; os.system('true')", "os.system"),
    "another kind of process": (
        "import os; os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
        "os.posix_spawn",
    ),
    "the library of the system": ("import ctypes; ctypes.CDLL(None).getpid()", "ctypes"),
}


def test_evasions_are_seen(rules: Rules, tmp_path: Path) -> None:
    (rules.project / "data.pickle").write_bytes(pickle.dumps(os.path.join))
    (rules.project / "below").mkdir()
    code = compile(f"MARK = {MARKER!r}\n", "hidden.py", "exec")
    header = importlib.util.MAGIC_NUMBER + bytes(12)
    (rules.project / "below" / "hidden.pyc").write_bytes(header + marshal.dumps(code))
    program = "".join(f"try:\n    {deed}\nfinally:\n    pass\n" for deed, _ in EVASIONS.values())
    done = run([sys.executable, "-c", program], rules, tmp_path / "log")
    assert done.code == 0, done.err
    unseen = [name for name, (_, seen) in EVASIONS.items() if not any(each.startswith(seen) for each in done.wrong)]
    assert unseen == []


@strace
def test_what_no_hook_sees_is_seen_by_the_system(rules: Rules, tmp_path: Path) -> None:
    """A process that is started past subprocess, and calls of the system's library."""
    program = (
        "import ctypes, os\nlibrary = ctypes.CDLL(None)\nif library.fork() == 0:\n"
        "    library.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'true', None))\nos.wait()\n"
        "library.rename(b'start.sh', b'x.sh')\nlibrary.socket(2, 1, 0)\nlibrary.unlink(b'conftest.py')\n"
        "library.open(b'leaving.py', 0)\nlibrary.creat(b'new.py', 0o600)\n"
    )
    done = traced([sys.executable, "-c", program], rules, tmp_path / "log")
    assert done.code == 0, done.err
    for seen in ("starts true", "rename", "socket", "unlink", "reads", "writes"):
        assert any(each.startswith(seen) for each in done.wrong), (seen, done.wrong)

"""Runs a command under watch, and says what it did that it must not do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
HOOK = Path(__file__).resolve().parent / "hook"
MARKER = "this-stands-in-the-project-alone"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS = ("os.walk", "os.putenv", "os.unsetenv", "os.chdir", "os.getxattr", "os.listxattr")
_CHANGES = frozenset(
    [
        "os.rename",
        "os.remove",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.chmod",
        "os.chown",
        "os.truncate",
        "os.utime",
        "os.setxattr",
        "os.removexattr",
    ]
)
_SETTINGS = frozenset(
    [
        "pyproject.toml",
        "lkagent-lint.toml",
        ".lkagent-lint.toml",
        ".git",
        ".gitignore",
        "setup.cfg",
        "tox.ini",
        ".flake8",
    ]
)
"""What may be looked for above a project, by the linter and by flake8."""
_OF_THE_MACHINE = ("/dev/null", "/dev/urandom", "/proc/", "/sys/", "/etc/", "/usr/", "/lib", "/dev/pts", "/dev/shm")


class Watched(NamedTuple):
    """One run: how it ended, and what of it is not allowed."""

    code: int
    out: str
    err: str
    wrong: list[str]


class Rules(NamedTuple):
    """What a run may do besides reading the project and Python's own files."""

    project: Path
    places: tuple[Path, ...] = ()
    """Directories that it may write to."""
    programs: tuple[str, ...] = ()
    """Processes that it may start: how their command lines begin."""

    def reads(self, path: str) -> bool:
        """Whether a file may be read: what stands in the project and lies there, what is the machine's own."""
        real = os.path.realpath(path)
        project = str(self.project)
        if _below(path, project):
            return _below(real, project)
        own = (str(REPOSITORY), *sys.path, sys.prefix, sys.base_prefix, *map(str, self.places))
        settings = os.path.basename(path) in _SETTINGS
        above = _below(project, os.path.dirname(path))
        return any(_below(real, os.path.realpath(each)) for each in own if each) or (
            real.startswith(_OF_THE_MACHINE) or (above and (settings or os.path.isdir(path)))
        )

    def writes(self, path: str) -> bool:
        """Whether a file may be written: what is kept, the report, Python's own bytecode."""
        real = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        bytecode = "__pycache__" in path and not _below(real, str(self.project))
        return bytecode or path == "/dev/null" or any(_below(real, str(each)) for each in self.places)

    def starts(self, line: str) -> bool:
        """Whether a process may be started."""
        return line.startswith(self.programs) if self.programs else False


def _below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def run(command: Sequence[str], rules: Rules, log: Path, **environ: str) -> Watched:
    """Run a command of Python under the audit hook, in the project."""
    done = _run(command, rules, PYTHONPATH=f"{HOOK}{os.pathsep}{REPOSITORY}", LKAGENT_LINT_WATCH=str(log), **environ)
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert events, "nothing was watched"
    wrong = [each for event, *texts in events for each in _of_audit(event, texts, rules)]
    return Watched(done.returncode, done.stdout, done.stderr, wrong)


def traced(command: Sequence[str], rules: Rules, log: Path, **environ: str) -> Watched:
    """Run a command under strace, with every process that it starts."""
    strace = ["strace", "-ff", "-qq", "-s", "4096", "-e", "trace=%file,%network,%process", "-o", str(log)]
    done = _run([*strace, *command], rules, PYTHONPATH=str(REPOSITORY), **environ)
    # A file for each process; what begins with the first call of the first one is the command itself.
    files = sorted(log.parent.glob(f"{log.name}.*"), key=lambda path: int(path.suffix[1:]))
    lines = [line for path in files for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    assert lines[0].startswith("execve("), "nothing was traced"
    wrong = [each for line in lines[1:] for each in _of_trace(line, rules)]
    return Watched(done.returncode, done.stdout, done.stderr, wrong)


def _run(command: Sequence[str], rules: Rules, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=rules.project,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LKAGENT_LINT_MARKER": MARKER, **environ},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )


def _of_audit(event: str, texts: list[str], rules: Rules) -> Iterator[str]:
    if event == "open":
        path, flags = texts[0], int(texts[1])
        if flags & _WRITES:
            if not rules.writes(path):
                yield f"writes {path}"
        elif not rules.reads(path):
            yield f"reads {path}"
    elif event in _CHANGES:
        # Names relative to a directory's descriptor are names below a place that may be written to.
        for path in (
            texts[:2] if event in ("os.rename", "os.link") else texts[1:2] if event == "os.symlink" else texts[:1]
        ):
            if os.path.isabs(path) and not rules.writes(path):
                yield f"{event} {path}"
    elif event == "subprocess.Popen":
        line = " ".join(re.findall(r"'([^']*)'", texts[1])) or texts[0]
        if not rules.starts(line):
            yield f"starts {line[:200]}"
    elif event == "ctypes.dlopen":
        if texts[0] in ("None", "libc.so.6"):
            yield f"ctypes {texts[0]}"
    elif event.startswith("ctypes."):
        return
    elif event == "os.listdir" or event == "os.scandir":
        if os.path.isabs(texts[0]) and not rules.reads(texts[0]):
            yield f"lists {texts[0]}"
    elif event in _HARMLESS or event.startswith(("shutil.", "tempfile.")):
        return  # each of their steps is an event of its own
    else:
        yield f"{event} {' '.join(texts)[:200]}"


_CALL = re.compile(r"^(\w+)\((.*)\)\s+=\s+(-?\d+|\?)")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_CHANGING = ("unlink", "rename", "mkdir", "rmdir", "link", "symlink", "chmod", "chown", "truncate", "utime", "setxattr")


def _of_trace(line: str, rules: Rules) -> Iterator[str]:
    call = _CALL.match(line)
    if call is None or call[3].startswith("-"):
        return
    name, arguments = call[1], call[2]
    paths = [os.path.join(rules.project, each) for each in _PATH.findall(arguments)]
    relative = "AT_FDCWD" not in arguments and name.endswith("at") and not arguments.startswith('"')
    if name in ("open", "openat", "creat"):
        path = paths[0]
        if relative:  # below a directory that was opened itself
            return
        if name == "creat" or "O_WRONLY" in arguments or "O_RDWR" in arguments or "O_CREAT" in arguments:
            if not rules.writes(path):
                yield f"writes {path}"
        elif not rules.reads(path):
            yield f"reads {path}"
    elif name in ("execve", "execveat"):
        line = " ".join(_PATH.findall(arguments.partition("[")[2].partition("]")[0]))
        if not rules.starts(line):
            yield f"starts {line[:200]}"
    elif name in ("socket", "connect", "bind", "sendto"):
        yield f"{name} {arguments[:80]}"
    elif name.removeprefix("l").startswith(_CHANGING) and not relative:
        for path in paths if not name.startswith("symlink") else paths[1:]:
            if not rules.writes(path):
                yield f"{name} {path}"

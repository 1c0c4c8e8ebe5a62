"""Which program the words of a command run: interpreters, what stands before them, package managers.

Sources: the command lines of Python, Node, uv 0.9, Poetry 2, npm 11, pnpm 10 and Yarn 1, tini 0.19 and dumb-init 1.2.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

from lkagent_lint.languages import PYTHON, SCRIPTS

_MAX_WORDS = 40
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_PYTHON = re.compile(r"python[\d.]*")
_BEFORE = frozenset({"exec", "env", "nohup", "time", "then", "do", "else", "command", "{", "opentelemetry-instrument"})
_WITH_ONE_WORD = frozenset({"gosu", "su-exec", "ddtrace-run"})
_ENDS_OPTIONS = frozenset({"doppler", "infisical", "op", "dotenvx"})
"""They run what stands behind ``--``."""
_INITS = frozenset({"tini", "dumb-init", "catatonit", "docker-init"})
_ENVIRONMENTS = frozenset({"uv", "poetry", "pipenv", "pdm", "rye", "hatch"})
_UV_VALUES = frozenset(
    [
        "-p",
        "--python",
        "--with",
        "--env-file",
        "--project",
        "--directory",
        "--group",
        "--extra",
        "--package",
        "--no-group",
        "--only-group",
        "--index",
    ]
)
_SCRIPT_RUNNERS = frozenset({"tsx", "ts-node", "ts-node-esm", "bun", "deno"})
_NODE_VALUES = frozenset({"-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file", "-C"})
_PYTHON_VALUES = frozenset({"-X", "-W"})
MANAGERS = frozenset({"npm", "pnpm", "yarn"})
_EXECUTORS = frozenset({"npx", "pnpx", "bunx"})
_SDK_MODULE, _SDK_COMMAND = "livekit.agents", "livekit-agents"
"""The SDKs' own command lines, which are given the worker's file: ``python -m livekit.agents start agent.py``."""
_SDK_VALUES = frozenset(
    {
        *("--log-level", "--log-format", "--url", "--api-key", "--api-secret", "--cli-addr", "--reload-addr"),
        *("--worker-token", "--shutdown-timeout", "--drain-timeout"),
    }
)
_MAKE_VALUES = frozenset({"-C", "-f", "--directory", "--file", "--makefile", "-j"})
_COMMAND_NAME = re.compile(r"[A-Za-z][\w.-]*")
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_UNKNOWN = re.compile(r"[$`%]|\{\{")


class Runs(enum.Enum):
    """What the words name."""

    FILE = "file"
    MODULE = "module"
    SERVED = "served"
    """The file whose server the SDK's own command line runs; empty for the one that it finds."""
    SCRIPT = "script"
    """A shell script, by its path."""
    NAMED_SCRIPT = "named-script"
    """A script of package.json, by its name."""
    COMMAND = "command"
    """A command that a package installs, by its name."""
    TARGET = "target"
    """A rule of a Makefile, by its name."""


class Program(NamedTuple):
    """What a command runs."""

    runs: Runs
    target: str
    """The path, the module's or the script's name, as written."""
    arguments: tuple[str, ...]
    is_exec: bool = False
    """The shell becomes it."""
    manager: str = ""
    """The package manager that starts it."""
    reaches_group: bool = False
    """An init process before it hands signals to the whole group."""


def program_of(words: tuple[str, ...]) -> Program | None:
    """What a command runs; None where that is not known, as with a variable in the program's place."""
    reader = _WordReader(words[:_MAX_WORDS])
    try:
        return reader.program()
    except IndexError:
        return None


class _WordReader:
    """Reads the words of one command from the left. Raises IndexError where they end too early."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._at = 0
        self._exec = False
        self._manager = ""
        self._group = False

    def program(self) -> Program | None:
        """Each round takes at least one word, so it ends."""
        while True:
            word = self._take()
            name = word.rpartition("/")[2]
            if _ASSIGNMENT.fullmatch(word) or name in _BEFORE:
                self._exec = self._exec or word == "exec"
            elif _UNKNOWN.search(word):
                return None
            elif name in _INITS:
                self._group = name == "dumb-init" or "-g" in self._options()
            elif name in _WITH_ONE_WORD:
                self._take()
            elif name in _ENDS_OPTIONS:
                self._at = (
                    self._words.index("--", self._at) + 1 if "--" in self._words[self._at :] else len(self._words)
                )
            elif name in _ENVIRONMENTS:
                if self._take() != "run":
                    return None
                self._options(_UV_VALUES if name == "uv" else frozenset())
            elif name == "make":
                self._options(_MAKE_VALUES)
                return self._found(Runs.TARGET, self._take())
            elif name in _EXECUTORS:
                self._manager = self._manager or "npx"
                self._options()
            elif name in MANAGERS:
                found = self._managed(name)
                if found is not None:
                    return found
            else:
                return self._interpreted(word, name)

    def _managed(self, manager: str) -> Program | None:
        """A script of package.json; None where the words behind the manager are a program (``pnpm exec tsx``)."""
        self._manager = manager
        self._options()
        verb = self._take()
        if verb in ("exec", "dlx"):
            self._options()
            return None
        if verb in ("run", "run-script"):
            self._options()
            verb = self._take()
        return self._found(Runs.NAMED_SCRIPT, verb)

    def _interpreted(self, word: str, name: str) -> Program | None:
        if _PYTHON.fullmatch(name):
            self._options(_PYTHON_VALUES, stop=("-m", "-c"))
            word = self._take()
            if word == "-m":
                word = self._take()
                return self._of_sdk() if word == _SDK_MODULE else self._found(Runs.MODULE, word)
        elif name == "node":
            self._options(_NODE_VALUES, stop=("-e", "--eval"))
            word = self._take()
        elif name in _SCRIPT_RUNNERS:
            self._options(_NODE_VALUES)
            word = self._take()
            word = self._take() if word == "run" else word
        elif name in _SHELLS:
            self._options()
            return self._found(Runs.SCRIPT, self._take())
        if word.endswith((*PYTHON, *SCRIPTS)) or (name == "node" and not word.startswith("-")):
            return self._found(Runs.FILE, word)
        if word.endswith((".sh", ".bash")):
            return self._found(Runs.SCRIPT, word)
        if name == _SDK_COMMAND:
            return self._of_sdk()
        return self._found(Runs.COMMAND, name) if _COMMAND_NAME.fullmatch(name) else None

    def _of_sdk(self) -> Program | None:
        """The worker's file that the SDK's own command line is given, empty for one that it looks for itself, with the
        command as if the file were run.
        """
        options = self._options(_SDK_VALUES)
        command = self._take()
        options += self._options(_SDK_VALUES)
        file = self._words[self._at] if self._at < len(self._words) else ""
        self._at += 1
        options += self._options(_SDK_VALUES)
        if _UNKNOWN.search(file) or not is_known((command, *options)):
            return None
        mode = "dev" if "--dev" in options else command
        return Program(Runs.SERVED, file, (mode,), self._exec, self._manager, self._group)

    def _found(self, runs: Runs, target: str) -> Program | None:
        arguments = self._words[self._at :]
        if self._manager and arguments[:1] == ("--",):
            arguments = arguments[1:]
        if _UNKNOWN.search(target):
            return None
        return Program(runs, target, arguments, self._exec, self._manager, self._group)

    def _take(self) -> str:
        word = self._words[self._at]
        self._at += 1
        return word

    def _options(self, with_value: frozenset[str] = frozenset(), stop: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Pass over options, up to ``--`` or the first word that is none."""
        start = self._at
        while self._at < len(self._words) and self._words[self._at].startswith("-"):
            word = self._words[self._at]
            if word in stop:
                break
            self._at += 2 if word in with_value else 1
            if word == "--":
                break
        return self._words[start : self._at]


def is_known(words: tuple[str, ...]) -> bool:
    """Whether words are what they seem: no variable, no template."""
    return not any(_UNKNOWN.search(each) for each in words)

"""git, asked about a repository that may be anybody's: nothing that the repository configures is run.

A configuration that came with a checkout can name commands in many places. All that git could reach from the questions
asked here is switched off on the command line and in the environment, which both outrank a repository's own words. The
program itself is never taken from what is checked.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator

import click

from lkagent_lint import disk

_TIMEOUT = 60
_NO_COMMANDS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "safe.bareRepository=explicit",  # a folder of a project may look like a repository and bring a configuration
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=false",
    "core.askPass=",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
)
_ENVIRON = {
    "GIT_ALLOW_PROTOCOL": "none",  # no protocol is called so: git talks to no remote, by whatever program
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


class GitError(click.ClickException):
    """git cannot say what it was asked; the message says why."""


class Git:
    """Asks the git program that is found for some paths (absolute). Raises GitError where there is none."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._program = _program({_tree(path) for path in paths})

    def ask(self, directory: str, *arguments: str) -> str | None:
        """What git prints in a directory, None where it fails. Raises GitError where it cannot be run."""
        return self._run(directory, (), arguments)

    def ask_of_files(self, directory: str, *arguments: str) -> str | None:
        """The same for a question that makes git look into files: without the filters that are configured for them."""
        names = self.ask(directory, "config", "--list", "--name-only", "-z")
        return None if names is None else self._run(directory, tuple(_without_filters(names.split("\0"))), arguments)

    def _run(self, directory: str, settings: tuple[str, ...], arguments: tuple[str, ...]) -> str | None:
        options = [part for each in (*_NO_COMMANDS, "core.quotePath=false", *settings) for part in ("-c", each)]
        try:
            done = subprocess.run(
                [self._program, "--no-pager", *options, *arguments],
                cwd=directory,
                env={**os.environ, **_ENVIRON},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise GitError(f"--since: git did not answer: {error}") from None
        return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _without_filters(names: Iterable[str]) -> Iterator[str]:
    """Settings that take away every filter that a configuration names. git filters a file before it compares its
    content, which it does wherever the times of a file cannot be trusted."""
    for driver in sorted({name.rpartition(".")[0] for name in names if name.startswith("filter.")}):
        if "=" in driver:  # on the command line, the key would end there
            raise GitError(
                f"--since: this repository configures a filter whose name holds a sign of equality: {driver}"
            )
        yield from (f"{driver}.{part}=" for part in ("clean", "smudge", "process"))
        yield f"{driver}.required=false"


def _program(trees: set[str]) -> str:
    """The full path of git: the first in PATH that does not lie in one of the directories given."""
    name = "git.exe" if os.name == "nt" else "git"
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if not os.path.isabs(directory):  # it would mean the current directory or one below it
            continue
        if not any(disk.is_inside(os.path.realpath(directory), tree) for tree in trees):
            found = shutil.which(os.path.join(directory, name))
            if found is not None and not any(disk.is_inside(os.path.realpath(found), tree) for tree in trees):
                return found
    raise GitError("--since needs git, and there is none outside of what is checked")


def _tree(path: str) -> str:
    """The top of the work tree that a path lies in, or the path itself: what came with the project."""
    path = os.path.realpath(path)
    directory = path
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return path
        directory = parent
    return directory

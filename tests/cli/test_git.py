"""git runs nothing that the configuration of a checked repository names, and is not taken from it. git is real."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lkagent_lint.cli._git import Git, GitError
from lkagent_lint.cli._since import changed_since

pytestmark = [
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(os.name != "posix", reason="the probes are shell scripts"),
]
MISSING = "1" * 40
"""An object that no repository has."""


def git(directory: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True)


class Trap:
    """A repository of one commit, and a command that leaves a mark when it runs."""

    def __init__(self, directory: Path) -> None:
        self.repository = directory / "repository"
        self._mark = directory / "ran"
        self.command = self.script("probe", "cat")
        self.repository.mkdir()
        (self.repository / "agent.py").write_text("one\n")
        git(self.repository, "init", "--quiet", "--initial-branch=main")
        git(self.repository, "add", ".")
        git(self.repository, "commit", "--quiet", "--message=one")

    def script(self, name: str, then: str) -> str:
        path = self._mark.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch {self._mark}\n{then}\n")
        path.chmod(0o755)
        return str(path)

    def configure(self, **values: str) -> None:
        """``core__fsmonitor`` stands for core.fsmonitor."""
        for key, value in values.items():
            git(self.repository, "config", key.replace("__", "."), value)

    def since(self, revision: str = "HEAD") -> frozenset[str]:
        return changed_since(revision, (str(self.repository),))

    @property
    def has_run(self) -> bool:
        return self._mark.exists()


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    trap = Trap(tmp_path)
    yield trap
    assert not trap.has_run


def distrust_times(repository: Path) -> None:
    """Let git take every file for one that may have changed within the tick of the clock, and compare contents."""
    os.utime(repository / ".git" / "index", (1_000_000_000, 1_000_000_000))


def test_filters_monitors_and_drivers(trap: Trap) -> None:
    trap.configure(
        core__fsmonitor=trap.command,
        core__pager=trap.command,
        diff__external=trap.command,
        diff__x__command=trap.command,
        diff__x__textconv=trap.command,
        filter__x__clean=trap.command,
    )
    (trap.repository / ".git" / "info" / "attributes").write_text("*.py filter=x diff=x\n")
    distrust_times(trap.repository)
    assert trap.since() == frozenset()
    (trap.repository / "agent.py").write_text("two\n")
    assert trap.since() == {str(trap.repository / "agent.py")}


def test_that_such_a_filter_runs_by_itself(tmp_path: Path) -> None:
    """Or the test above would show nothing."""
    trap = Trap(tmp_path)
    trap.configure(filter__x__clean=trap.command)
    (trap.repository / ".git" / "info" / "attributes").write_text("*.py filter=x\n")
    distrust_times(trap.repository)
    git(trap.repository, "diff-index", "--name-only", "HEAD", "--")
    assert trap.has_run


@pytest.mark.parametrize("key", ["process", "smudge"])
def test_the_other_kinds_of_filter(trap: Trap, key: str) -> None:
    trap.configure(**{f"filter__a b.c__{key}": trap.command, "filter__a b.c__required": "true"})
    (trap.repository / ".git" / "info" / "attributes").write_text('*.py filter="a b.c"\n*.py filter=x\n')
    distrust_times(trap.repository)
    assert trap.since() == frozenset()


def test_a_filter_that_cannot_be_taken_away(trap: Trap) -> None:
    trap.configure(**{"filter__a=b__clean": trap.command})
    distrust_times(trap.repository)
    with pytest.raises(GitError, match="whose name holds a sign of equality"):
        trap.since()


def test_hooks(trap: Trap) -> None:
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        trap.script(f"hooks/{name}", "exit 0")
    trap.configure(core__hooksPath=str(trap.repository.parent / "hooks"))
    (trap.repository / "agent.py").write_text("two\n")
    assert trap.since() == {str(trap.repository / "agent.py")}


@pytest.mark.parametrize(
    "remote",
    [
        {"url": "{repository}", "uploadpack": "{command} </dev/null; false"},
        {"url": "ssh://localhost/x"},
        {"url": "ext::{command}"},
        {"url": "git://localhost/x"},
        {"url": "https://localhost:1/x"},
        {"url": "x", "vcs": "x"},
    ],
    ids=lambda remote: remote["url"].partition(":")[0],
)
def test_nothing_is_fetched_for_an_object_that_is_missing(
    trap: Trap, remote: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    trap.configure(
        core__repositoryformatversion="1",
        extensions__partialClone="origin",
        remote__origin__promisor="true",
        core__sshCommand=trap.command,
        core__gitProxy=trap.command,
        credential__helper=f"!{trap.command}",
        protocol__ext__allow="always",
    )
    trap.script("programs/git-remote-x", "cat")
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{trap.repository.parent / 'programs'}")
    for key, value in remote.items():
        trap.configure(**{f"remote__origin__{key}": value.format(command=trap.command, repository=trap.repository)})
    (trap.repository / ".git" / "refs" / "heads" / "dev").write_text(f"{MISSING}\n")
    with pytest.raises(GitError, match="git knows no such revision"):
        trap.since("dev")


def test_that_such_a_remote_is_asked_by_itself(tmp_path: Path) -> None:
    """Or the test above would show nothing."""
    trap = Trap(tmp_path)
    trap.configure(
        core__repositoryformatversion="1",
        extensions__partialClone="origin",
        remote__origin__promisor="true",
        remote__origin__url=str(trap.repository),
        remote__origin__uploadpack=f"{trap.command} </dev/null; false",
    )
    subprocess.run(["git", "cat-file", "-e", MISSING], cwd=trap.repository, capture_output=True, check=False)
    assert trap.has_run


def test_every_call_forbids_protocols_and_lazy_fetching(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of git know one or the other."""
    environments: list[dict[str, str]] = []
    run = subprocess.run

    def note(*arguments: object, env: dict[str, str], **options: object) -> object:
        environments.append(env)
        return run(*arguments, env=env, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext")
    monkeypatch.setattr(subprocess, "run", note)
    trap.since()
    assert {(each["GIT_ALLOW_PROTOCOL"], each["GIT_NO_LAZY_FETCH"]) for each in environments} == {("none", "1")}


def test_a_folder_that_looks_like_a_repository(trap: Trap) -> None:
    """It can be committed like any folder, and its configuration with it."""
    folder = trap.repository / "folder"
    shutil.copytree(trap.repository / ".git", folder)
    git(folder, "config", "core.bare", "false")
    git(folder, "config", "core.worktree", ".")
    git(folder, "config", "core.fsmonitor", trap.command)
    with pytest.raises(GitError, match="is in no git repository that git can read"):
        changed_since("HEAD", (str(folder),))


@pytest.mark.parametrize("entry", [".", "", "programs", "{repository}/programs", "{link}"])
@pytest.mark.parametrize("here", ["repository", "elsewhere"])
def test_git_is_not_taken_from_what_is_checked(
    trap: Trap, monkeypatch: pytest.MonkeyPatch, entry: str, here: str
) -> None:
    directory = trap.repository.parent / here
    for folder in (trap.repository, trap.repository / "programs", directory, directory / "programs"):
        folder.mkdir(exist_ok=True)
        shutil.copy(trap.command, folder / "git")
    link = trap.repository.parent / "link"
    link.symlink_to(trap.repository / "programs")
    monkeypatch.chdir(directory)
    first = entry.format(repository=trap.repository, link=link)
    monkeypatch.setenv("PATH", f"{first}{os.pathsep}{os.environ['PATH']}")
    changed = changed_since("HEAD", (str(trap.repository / "programs"),))
    assert str(trap.repository / "git") in changed


def test_git_is_called_by_its_full_path(trap: Trap) -> None:
    program = Git((str(trap.repository),))._program  # pyright: ignore[reportPrivateUsage]
    assert os.path.isabs(program)

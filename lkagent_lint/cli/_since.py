"""Which files have changed since a revision, as git tells it.

The repository may be anybody's, so git is kept from running what its configuration names: no file system monitor, no
hooks, no filters and no external diff (``diff-index`` compares what it knows of each file, not contents).
"""

from __future__ import annotations

import os
import subprocess

import click

_GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")
_TIMEOUT = 60


class GitError(click.ClickException):
    """git cannot say what has changed; the message says why."""


def changed_since(revision: str, paths: tuple[str, ...]) -> frozenset[str]:
    """The absolute paths of files and submodules that differ from ``revision``, and of files that are new to git.

    ``revision`` is looked up in the repository of each path (absolute). Compared is the last commit that it has in
    common with HEAD, so that what others did since is not counted; the revision itself where none is known, as in a
    shallow clone. Raises GitError.
    """
    changed: set[str] = set()
    for top in sorted({_top(path if os.path.isdir(path) else os.path.dirname(path), revision) for path in paths}):
        commit = _run(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if commit is None:
            raise GitError(f"--since {revision}: git knows no such revision in {top}; a shallow clone may lack it")
        base = _run(top, "merge-base", commit.strip(), "HEAD")
        against = (commit if base is None else base).strip()
        options = ("--name-only", "-z", "--no-renames", "--diff-filter=d", "--no-ext-diff", "--ignore-submodules=dirty")
        differing = _run(top, "diff-index", *options, against, "--")
        unknown = _run(top, "ls-files", "-z", "--others", "--exclude-standard")
        if differing is None or unknown is None:
            raise GitError(f"--since {revision}: git cannot compare the files of {top}")
        changed |= {os.path.join(top, name) for name in (*differing.split("\0"), *unknown.split("\0")) if name}
    return frozenset(changed)


def _top(directory: str, revision: str) -> str:
    """The top of the work tree that holds a directory, spelled as the directory is."""
    up = _run(directory, "rev-parse", "--show-cdup")
    if up is None:
        raise GitError(f"--since {revision}: {directory} is in no git repository that git can read")
    return os.path.normpath(os.path.join(directory, up.rstrip("\n")))


def _run(directory: str, *arguments: str) -> str | None:
    """What git prints, None where it fails. Raises GitError where there is no git."""
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [*_GIT, *arguments],
            cwd=directory,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
        )
    except FileNotFoundError:
        raise GitError("--since needs git, and there is none") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"--since: git did not answer: {error}") from None
    return os.fsdecode(done.stdout) if done.returncode == 0 else None

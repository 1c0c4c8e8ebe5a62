"""Which files have changed since a revision, as git tells it."""

from __future__ import annotations

import os

from lkagent_lint.cli._git import Git, GitError


def changed_since(revision: str, paths: tuple[str, ...]) -> frozenset[str]:
    """The absolute paths of files and submodules that differ from ``revision``, and of files that are new to git.

    ``revision`` is looked up in the repository of each path (absolute). Compared is the last commit that it has in
    common with HEAD, so that what others did since is not counted; the revision itself where none is known, as in a
    shallow clone. Raises GitError.
    """
    git = Git(paths)
    changed: set[str] = set()
    directories = {path if os.path.isdir(path) else os.path.dirname(path) for path in paths}
    for top in sorted({_top(git, directory, revision) for directory in directories}):
        commit = git.ask(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if commit is None:
            raise GitError(f"--since {revision}: git knows no such revision in {top}; a shallow clone may lack it")
        base = git.ask(top, "merge-base", commit.strip(), "HEAD")
        against = (commit if base is None else base).strip()
        options = ("--name-only", "-z", "--no-renames", "--diff-filter=d", "--ignore-submodules=dirty")
        differing = git.ask_of_files(top, "diff-index", "--no-ext-diff", "--no-textconv", *options, against, "--")
        unknown = git.ask(top, "ls-files", "-z", "--others", "--exclude-standard")
        if differing is None or unknown is None:
            raise GitError(f"--since {revision}: git cannot compare the files of {top}")
        changed |= {os.path.join(top, name) for name in (*differing.split("\0"), *unknown.split("\0")) if name}
    return frozenset(changed)


def _top(git: Git, directory: str, revision: str) -> str:
    """The top of the work tree that holds a directory, spelled as the directory is."""
    up = git.ask(directory, "rev-parse", "--show-cdup")
    if up is None:
        raise GitError(f"--since {revision}: {directory} is in no git repository that git can read")
    return os.path.normpath(os.path.join(directory, up.rstrip("\n")))

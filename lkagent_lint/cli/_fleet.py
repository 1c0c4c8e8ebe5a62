"""The command ``manifest``, and whether a manifest that a check is given is as old as its repository."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from lkagent_lint import __version__, engine, writing
from lkagent_lint.cli._check import request_for
from lkagent_lint.cli._git import Git, GitError
from lkagent_lint.cli._output import print_note, write_output


def write_manifest(paths: tuple[str, ...], output_file: str | None, *, isolated: bool) -> int:
    """Write what the projects of some paths register and dispatch, to a file or to standard output.

    Raises ConfigError as the engine does, ClickException for a file that is there and no manifest, and WriteError.
    """
    request = request_for(paths, None, {"isolated": isolated}, cache=True)
    data = engine.manifest(request, __version__, _commit(request.paths[0]))
    if output_file is None:
        write_output(data.decode())
        return 0
    from lkagent_lint.formats import HEAD, is_ours

    path = os.path.abspath(output_file)
    try:
        with open(path, "rb") as stream:
            before = stream.read()
    except FileNotFoundError:
        writing.create(path, data)
        return 0
    except OSError as error:
        raise click.ClickException(f"cannot read {output_file}: {error.strerror or error}") from None
    if is_ours(before[:HEAD]) != "manifest":
        raise click.ClickException(f"{output_file} is there already and no manifest")
    if before != data:
        writing.rewrite(path, before, data)
    return 0


def note_old(manifests: Iterable[str]) -> None:
    """Say of each manifest (an absolute path) whose repository has gone on since that it is old."""
    for path in manifests:
        said = _age(path)
        if said:
            print_note(f"{os.path.relpath(path)}: {said}: write it anew with lkagent-lint manifest")


def _age(path: str) -> str:
    """How a manifest is older than the repository that it lies in; empty where it is not, or lies in none."""
    try:
        commit = engine.manifest_commit(path)
        directory, name = os.path.split(path)
        git = Git([path])
        if not commit or git.ask(directory, "rev-parse", "--verify", "--quiet", "HEAD") is None:
            return ""
        if git.ask(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}") is None:
            return f"it was written at commit {commit[:12]}, which its repository does not have"
        others = ("--", ":/", f":(exclude,literal){name}")
        count = git.ask(directory, "rev-list", "--count", f"{commit}..HEAD", *others)
    except (GitError, ValueError):
        return ""
    number = int(count) if count is not None and count.strip().isdigit() else 0
    if not number:
        return ""
    return f"it was written at commit {commit[:12]}, and its repository is {number} commit{'s' * (number > 1)} further"


def _commit(path: str) -> str:
    """The commit that a path's repository is at; empty where there is none, or no git."""
    directory = path if os.path.isdir(path) else os.path.dirname(path)
    try:
        return (Git([path]).ask(directory, "rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
    except GitError:
        return ""

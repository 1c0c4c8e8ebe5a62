"""What is left out of the index: built-in directories, gitignore files, and the ``exclude`` setting."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from lkagent_lint.config.loader import ConfigError
from lkagent_lint.sources.reading import Overlays, Unreadable, decode_loosely

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NEVER_READ = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS", "_darcs", "node_modules"})
"""Directories that no setting brings back."""

EXCLUDED = frozenset(
    {
        # environments and installed packages
        ".venv", "venv", ".direnv", ".pixi", ".tox", ".nox", ".eggs", "site-packages", "dist-packages",
        "__pypackages__", "bower_components", ".pnpm-store", ".yarn",
        # caches
        "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".pytype", ".cache",
        ".ipynb_checkpoints", ".turbo", ".parcel-cache", ".gradle",
        # what builds leave behind
        "build", "dist", ".next", ".nuxt", ".svelte-kit", ".output", ".vercel", ".serverless", ".terraform",
        "DerivedData", "Pods", "coverage", "htmlcov",
    }
)  # fmt: skip
"""Directories left out unless ``exclude`` holds their negation, as in ``exclude = ["!build/"]``."""

_LINE_END = re.compile(r"\r?\n")
# pathspec compiles each star to a backtracking repetition; these bounds keep a match cubic in one name.
_MAX_STARS_IN_SEGMENT = 3
_MAX_DOUBLE_STARS = 3


class Patterns:
    """Gitignore patterns and the directory that they are relative to (an absolute path)."""

    def __init__(self, directory: str, lines: list[str], spec: GitIgnoreSpec) -> None:
        self._skip = len(directory.rstrip(os.sep)) + 1
        self._lines = lines
        self._spec = spec

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """True if the last pattern that fits the path ignores it, False if it re-includes it, or None."""
        relative = path[self._skip :]
        if os.sep != "/":
            relative = relative.replace(os.sep, "/")
        found = self._spec.check_file(relative + "/" if is_directory else relative)
        if (
            is_directory
            and found.include
            and found.index is not None
            and self._lines[found.index].endswith("/**")
        ):
            # `a/**` is about what lies in a, not about a: a later `!a/b` must still be reached.
            found = self._spec.check_file(relative)
        return found.include


def parse_patterns(directory: str, lines: list[str]) -> tuple[Patterns | None, str | None]:
    """The patterns (None if there are none) and the first that is refused: malformed or too many ``*``."""
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    if not wanted:
        return None, None
    from pathspec import GitIgnoreSpec

    kept = [line for line in wanted if not _is_explosive(line)]
    try:
        spec = GitIgnoreSpec.from_lines(kept)
    except ValueError:
        kept = [line for line in kept if _compiles(line)]
        spec = GitIgnoreSpec.from_lines(kept)
    usable = set(kept)
    refused = next((line for line in wanted if line not in usable), None)
    return Patterns(directory, kept, spec), refused


def _compiles(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def exclude_patterns(origin: str, exclude: tuple[str, ...]) -> Patterns | None:
    """The ``exclude`` setting of a settings file (its absolute path). A bad pattern raises ConfigError."""
    patterns, refused = parse_patterns(os.path.dirname(origin), list(exclude))
    if refused is not None:
        raise ConfigError(
            origin, None, f'"exclude" in [tool.lkagent-lint] has a pattern that cannot be used: "{refused}"'
        )
    return patterns


def gitignore_of(directory: str, overlays: Overlays) -> Patterns | None:
    """The patterns of the directory's own ``.gitignore``; unusable lines are skipped, as git does."""
    return _from_file(directory, os.path.join(directory, ".gitignore"), overlays)


def gitignores_above(root: str, overlays: Overlays) -> list[Patterns]:
    """What git applies to a root from outside it, lowest precedence first: the repository's exclude file and
    the ``.gitignore`` files from the work tree's top down to the root's parent. Empty outside of one."""
    ancestry = [root]
    while not os.path.lexists(os.path.join(ancestry[-1], ".git")):
        parent = os.path.dirname(ancestry[-1])
        if parent == ancestry[-1]:
            return []
        ancestry.append(parent)
    top = ancestry[-1]
    found = [_from_file(top, os.path.join(_git_directory(top), "info", "exclude"), overlays)]
    found += [gitignore_of(directory, overlays) for directory in reversed(ancestry[1:])]
    return [patterns for patterns in found if patterns is not None]


def _from_file(directory: str, path: str, overlays: Overlays) -> Patterns | None:
    data = overlays.read(path)
    if isinstance(data, Unreadable):
        return None
    return parse_patterns(directory, _LINE_END.split(decode_loosely(data)))[0]


def _git_directory(top: str) -> str:
    """Where a work tree keeps what it shares with its repository: a linked one has a ``.git`` file."""
    path = os.path.join(top, ".git")
    pointer = Overlays().read(path, limit=10_000)
    if isinstance(pointer, Unreadable) or not pointer.startswith(b"gitdir:"):
        return path
    private = os.path.join(top, os.fsdecode(pointer[len(b"gitdir:") :].strip()))
    shared = Overlays().read(os.path.join(private, "commondir"), limit=10_000)
    return private if isinstance(shared, Unreadable) else os.path.join(private, os.fsdecode(shared.strip()))


def _is_explosive(line: str) -> bool:
    segments = line.split("/")
    stars = max((len(re.findall(r"\*+", segment)) for segment in segments), default=0)
    return stars > _MAX_STARS_IN_SEGMENT or segments.count("**") > _MAX_DOUBLE_STARS

"""What is left out of the index: built-in directories, gitignore files, and the ``exclude`` setting."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, cast

from lkagent_lint import disk
from lkagent_lint.config.layers import Configuration
from lkagent_lint.sources.reading import Overlays, Unreadable, decode_loosely

NEVER_READ = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS", "_darcs", "node_modules", disk.CACHE})
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
MAX_PATTERNS = 5_000
"""Lines of one gitignore file that are applied, each to every path below."""
MAX_PATTERN = 1_000
"""Characters of a line that is applied."""


class IgnorePatterns:
    """Gitignore patterns, and the directory (an absolute path) that they are relative to.

    Answers for one path as git does on its way down: a pattern that fits a directory says nothing of what
    lies in it, since the walk never enters an ignored one.
    """

    def __init__(self, directory: str, patterns: list[tuple[str, bool]], cut: str | None = None) -> None:
        self.cut = cut
        """The file that holds more patterns, or longer ones, than these."""
        self._prefix = os.path.join(directory, "")
        self.all = patterns
        # Most paths fit no pattern, and one search that says so is cheaper than one for each pattern.
        self._any = _compiled("|".join(f"(?:{regex})" for regex, _ in patterns))

    def verdict(self, path: str, is_directory: bool) -> bool | None:
        """True if the last pattern that fits the path ignores it, False if it re-includes it, or None.

        None also for a path that does not lie below the directory.
        """
        if not self.all or not path.startswith(self._prefix):
            return None
        relative = path[len(self._prefix) :]
        if os.sep != "/":
            relative = relative.replace(os.sep, "/")
        if is_directory:
            relative += "/"
        if not self._any.search(relative):
            return None
        return next(ignores for regex, ignores in reversed(self.all) if _compiled(regex).search(relative))


@lru_cache(maxsize=1024)
def _compiled(regex: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # `[[` and `[a--]` in a pattern are not ours to mend
        return re.compile(regex)


class _Compiled(Protocol):
    """What pathspec documents of a compiled pattern; its own annotations leave the regex's type open."""

    regex: re.Pattern[str] | None
    include: bool | None


# pathspec names the slash between a directory that fits and what lies in it. The slash must come last here.
_DIRECTORY_MARK = re.compile(r"\(\?P<\w+>/\)")


def parse_patterns(directory: str, lines: list[str]) -> tuple[IgnorePatterns | None, str | None]:
    """The patterns (None if there are none) and the first that is refused: malformed or too many ``*``."""
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    if not wanted:
        return None, None
    kept = [line for line in wanted if not _is_explosive(line)]
    compiled = _from_pathspec(kept)
    if compiled is None:
        kept = [line for line in kept if _from_pathspec([line]) is not None]
        compiled = _from_pathspec(kept) or []
    patterns = [
        (_DIRECTORY_MARK.sub(r"/\\Z", pattern.regex.pattern), pattern.include)
        for pattern in compiled
        if pattern.regex is not None and pattern.include is not None
    ]
    usable = set(kept)
    refused = next((line for line in wanted if line not in usable), None)
    return (IgnorePatterns(directory, patterns) if patterns else None), refused


def _inner(line: str) -> str:
    """``a/**`` and ``a/**/`` are about what lies in a; pathspec also lets them fit a itself."""
    line = line.rstrip("\r")
    if line.endswith("/**"):
        return f"{line}/*"
    return f"{line}*/" if line.endswith("/**/") else line


def _from_pathspec(lines: list[str]) -> Iterable[_Compiled] | None:
    """The compiled patterns of some lines; None if one of them is malformed.

    The spec is not asked for a verdict, in no release up to 1.1.1 and by none of its backends, because its rules are
    not git's on the way down. For ``build`` and ``!src*`` it brings back ``src/build/``, as something in ``src``; an
    inner ``!build/`` speaks of what lies in it too, and so overrules an outer file; and ``a/**/`` fits ``a``. Its own
    regular expressions, of which the end tells the two apart, give git's answers (``tests/sources/test_ignoring.py``).
    """
    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return cast("Iterable[_Compiled]", GitIgnoreSpec.from_lines(map(_inner, lines)).patterns)
        except (ValueError, re.error):  # some bad ranges are seen by the regex compiler only
            return None


def exclude_patterns(configuration: Configuration) -> list[IgnorePatterns]:
    """What the settings exclude, the weightiest last. A pattern that cannot be used raises ConfigError."""
    found: list[IgnorePatterns] = []
    for key in ("exclude", "extend-exclude"):
        for layer, value in configuration.parts(key):
            lines = list(cast("tuple[str, ...]", value))
            patterns, refused = parse_patterns(layer.directory, lines)
            if refused is not None:
                message = f'"{key}" in {layer.table_name} has a pattern that cannot be used: "{refused}"'
                raise layer.error(message, key, lines.index(refused))
            if patterns is not None:
                found.append(patterns)
    return found


def gitignore_of(directory: str, overlays: Overlays) -> IgnorePatterns | None:
    """The patterns of the directory's own ``.gitignore``; unusable lines are skipped, as git does."""
    return _from_file(directory, os.path.join(directory, ".gitignore"), overlays)


def gitignores_above(root: str, overlays: Overlays) -> list[IgnorePatterns]:
    """What git applies to a root from outside it, lowest precedence first: the repository's exclude file and
    the ``.gitignore`` files from the work tree's top down to the root's parent. Empty outside of one."""
    ancestry = [root]
    while not disk.lexists(os.path.join(ancestry[-1], ".git")):
        parent = os.path.dirname(ancestry[-1])
        if parent == ancestry[-1]:
            return []
        ancestry.append(parent)
    top = ancestry[-1]
    found = [_from_file(top, os.path.join(_git_directory(top), "info", "exclude"), overlays)]
    found += [gitignore_of(directory, overlays) for directory in reversed(ancestry[1:])]
    return [patterns for patterns in found if patterns is not None]


def _from_file(directory: str, path: str, overlays: Overlays) -> IgnorePatterns | None:
    data = overlays.read(path)
    if isinstance(data, Unreadable):
        return None
    lines = _LINE_END.split(decode_loosely(data))
    usable = [line for line in lines if len(line) <= MAX_PATTERN][:MAX_PATTERNS]
    patterns = parse_patterns(directory, usable)[0]
    if len(usable) == len(lines):
        return patterns
    return IgnorePatterns(directory, [] if patterns is None else patterns.all, path)


def _git_directory(top: str) -> str:
    """Where a work tree keeps what it shares with its repository: a linked one has a ``.git`` file."""
    path = os.path.join(top, ".git")
    pointer = Overlays().read(path, limit=10_000)
    if isinstance(pointer, Unreadable) or not pointer.startswith(b"gitdir:"):
        return path
    private = os.path.join(top, os.fsdecode(pointer[len(b"gitdir:") :].strip()))
    shared = Overlays().read(os.path.join(private, "commondir"), limit=10_000)
    return private if isinstance(shared, Unreadable) else os.path.join(private, os.fsdecode(shared.strip()))


def is_excluded(patterns: list[IgnorePatterns], path: str, is_directory: bool) -> bool | None:
    """What the last of several lists of patterns that speaks of a path says; None where none does."""
    for each in reversed(patterns):
        verdict = each.verdict(path, is_directory)
        if verdict is not None:
            return verdict
    return None


def _is_explosive(line: str) -> bool:
    segments = line.split("/")
    stars = max((len(re.findall(r"\*+", segment)) for segment in segments), default=0)
    return stars > _MAX_STARS_IN_SEGMENT or segments.count("**") > _MAX_DOUBLE_STARS

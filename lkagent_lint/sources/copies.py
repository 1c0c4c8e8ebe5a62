"""Files that only repeat what another one says: backups, and what a compiler made of a source."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator

from lkagent_lint.languages import COMPILED, SCRIPTS

_BACKUP = re.compile(
    r"(?:copy|kopie|copie|copia) (?:of|von|de|di) .*"
    r"|.*(?: -)? copy(?: \(?\d+\)?)?(?:\.\w+)?"
    r"|.*\.(?:bak|orig|old|backup|save|rej)\d*(?:\.\w+)?"
    r"|.*~|#.*#|\.#.*",
    re.IGNORECASE | re.DOTALL,
)
"""What editors, patch tools, desktops and people call the copy of a file that they keep."""
_TYPED = tuple(suffix for suffix in SCRIPTS if suffix not in COMPILED)
_BUILT = frozenset({"dist", "build", "out"})
"""Directories that hold what was compiled from ``src``, or from the directory above."""
_MARK = b"//# sourceMappingURL="
"""The line by which a compiler says what a file was made of."""


def is_backup(path: str) -> bool:
    """Whether a file is a copy that somebody kept, by its base name: nothing runs it."""
    return _BACKUP.fullmatch(os.path.basename(path)) is not None


def is_compiled(path: str, data: bytes, scripts: Collection[str]) -> bool:
    """Whether one of a project's scripts (absolute paths) is the source of which a JavaScript file was made."""
    if not path.endswith(COMPILED):
        return False
    is_marked = _MARK in data
    stem = os.path.splitext(path)[0]
    if is_marked and any(stem + suffix in scripts for suffix in _TYPED):
        return True
    return any(each + suffix in scripts for each in _sources(stem, is_marked) for suffix in SCRIPTS)


def _sources(stem: str, is_marked: bool) -> Iterator[str]:
    """Where the source may stand, without a suffix: ``src/a`` and ``a`` for ``dist/a``."""
    parts = stem.split(os.sep)
    for index, part in enumerate(parts[:-1]):
        if part in _BUILT or (part == "lib" and is_marked):
            yield os.sep.join([*parts[:index], "src", *parts[index + 1 :]])
            yield os.sep.join([*parts[:index], *parts[index + 1 :]])

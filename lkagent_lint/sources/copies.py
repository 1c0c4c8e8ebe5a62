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
_KEPT = re.compile(
    r"(?P<before>.+?)[-_. ]+(?:backup|bak|bkp|bck|old|orig|original|copy|prev|previous|save|saved)(?:[-_. v]*\d+)*"
    r"|(?:backup|bak|bkp|bck|old|orig|original|copy|prev|previous)[-_. ]+(?:of[-_. ]+)?(?P<behind>.+)",
    re.IGNORECASE | re.DOTALL,
)
"""What people call a copy that they keep beside its original, without what ends both names; other files are called so
too, where there is no original."""
_SAYS_BACKUP = re.compile(
    r".+[-_. ](?:backup|bak|bkp)(?:[-_. v]*\d+)*|(?:backup|bak|bkp)[-_. ]of[-_. ].+", re.IGNORECASE | re.DOTALL
)
_KEEPING = re.compile(r"(?:.*[-_.])?(?:backups?|bak|old|archived?)(?:[-_.].*)?", re.IGNORECASE | re.DOTALL)
"""Directories in which people keep what they do not use any more."""
_TYPED = tuple(suffix for suffix in SCRIPTS if suffix not in COMPILED)
_BUILT = frozenset({"dist", "build", "out"})
"""Directories that hold what was compiled from ``src``, or from the directory above."""
_MARK = b"//# sourceMappingURL="
"""The line by which a compiler says what a file was made of."""


def is_backup(path: str) -> bool:
    """Whether a file is a copy that somebody kept, by its base name: nothing runs it."""
    return _BACKUP.fullmatch(os.path.basename(path)) is not None


def original_of(path: str) -> str | None:
    """Where the original lies of which a file is a copy that somebody kept, if the original lies there; None for a name
    that does not say so.
    """
    directory, base = os.path.split(path)
    stem, suffix = os.path.splitext(base)
    found = _KEPT.fullmatch(stem)
    return None if found is None else os.path.join(directory, (found["before"] or found["behind"]) + suffix)


def may_be_backup(path: str, root: str) -> bool:
    """Whether the name of a file, or of a directory below the root that holds it, says that it is kept and not used.

    That alone is not certain: ``call_backup.py`` may call the one who stands in.
    """
    *directories, base = os.path.relpath(path, root).split(os.sep)
    says = _SAYS_BACKUP.fullmatch(os.path.splitext(base)[0]) is not None
    return says or any(_KEEPING.fullmatch(each) for each in directories)


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

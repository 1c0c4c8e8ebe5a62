"""Whether a message may quote a file that settings name.

The settings of a checked project can point anywhere, by ``extend`` and other keys or by a symbolic link in their own
place. What is no file of that project is none of its reports' business: a message about it says what is the matter,
and nothing of what stands in it.
"""

from __future__ import annotations

import os

from lkagent_lint import disk


def withheld(path: str, home: str | None, suffix: str = ".toml") -> str | None:
    """Why messages must not quote a file (absolute path), as the end of a sentence; None where they may.

    They may where its name ends with ``suffix`` and it lies in the project of ``home``, the directory of the settings
    that led to it, once links are followed; or where the user named it on the command line (``home`` is None).
    """
    if home is None:
        return None
    target = disk.realpath(path)
    if os.path.splitext(target)[1] != suffix:
        return f"it is called otherwise than *{suffix}"
    return None if disk.is_inside(target, _project(disk.realpath(home))) else "it lies outside of the project"


def _project(directory: str) -> str:
    """The nearest directory from one on up with ``.git``; the directory itself where there is none, or where that is
    somebody's home, which holds more than a project."""
    somebodys = disk.realpath(os.path.expanduser("~"))
    top = directory
    while not disk.lexists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return directory
        top = parent
    return directory if disk.is_inside(somebodys, top) else top

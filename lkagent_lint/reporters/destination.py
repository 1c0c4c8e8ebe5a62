"""Where something may be written: never over a file that is not ours, and never to where a checked project leads."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable

from lkagent_lint.formats import HEAD, is_ours
from lkagent_lint.sources.discovery import kind_of
from lkagent_lint.writing import WriteError, check_directory, is_stream, reason_of

_A_REPORT = "it is no report of lkagent-lint"


def is_report_of_ours(beginning: bytes) -> bool:
    """Whether a file that begins so is a report that the linter wrote."""
    return is_ours(beginning) is not None


def check_destination(
    path: str,
    inputs: Iterable[str],
    is_own: Callable[[bytes], bool] = is_report_of_ours,
    otherwise: str = _A_REPORT,
    *,
    make_directory: bool = False,
) -> None:
    """Raise WriteError where a file must not be written: before the run, so that nobody waits for it in vain.

    ``inputs`` are the absolute paths that are checked. What exists is replaced only if it is empty or ``is_own`` says
    so of its first bytes, and if no front end would read it for its name; ``otherwise`` says what it is if not. Links
    are not followed, neither the last part of the path nor one in what is checked: somebody else may have laid them.
    With ``make_directory`` the directory is made where there is none.
    """
    if not os.path.basename(path):
        raise WriteError(path, "it names no file")
    checked = frozenset(inputs)
    _check_links(path, checked)
    try:
        if make_directory:
            os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        status = os.lstat(path)
        if is_stream(path):
            return
        if stat.S_ISLNK(status.st_mode):
            raise WriteError(path, "it is a symbolic link")
        if stat.S_ISDIR(status.st_mode):
            raise WriteError(path, "it is a directory")
        if os.path.abspath(path) in checked or not _is_replaceable(path, is_own):
            raise WriteError(path, f"there is such a file already, and {otherwise}")
        if not os.access(path, os.W_OK):
            raise WriteError(path, os.strerror(errno.EACCES))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise WriteError(path, reason_of(error)) from None
    check_directory(path)


def _check_links(path: str, checked: frozenset[str]) -> None:
    """Raise WriteError where a directory on the way to a path is a link that lies in something that is checked."""
    directory = os.path.dirname(os.path.abspath(path))
    while directory != os.path.dirname(directory):
        if any(directory.startswith(os.path.join(each, "")) for each in checked) and os.path.islink(directory):
            raise WriteError(path, f"{os.path.basename(directory)} is a symbolic link of what is checked")
        directory = os.path.dirname(directory)


def _is_replaceable(path: str, is_own: Callable[[bytes], bool]) -> bool:
    """Whether nothing is lost with an existing file."""
    if kind_of(os.path.basename(path)) not in (None, "text"):
        return False
    with open(path, "rb") as file:
        beginning = file.read(HEAD)
    return not beginning.strip() or is_own(beginning)

"""Writing a report to a file: whole or not at all, and never over a source."""

from __future__ import annotations

import contextlib
import errno
import os
import stat

import click

from lkagent_lint.formats import HEAD, is_ours
from lkagent_lint.sources.discovery import kind_of


class FileError(click.ClickException):
    """A file cannot or must not be written; the message says which and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


def check_destination(path: str, inputs: frozenset[str]) -> None:
    """Raise FileError where a report must not go: before the run, so that nobody waits for it in vain.

    ``inputs`` are the absolute paths that are checked. What exists is replaced if no front end would read it or if
    it is a report of ours; links are not followed, because a checked repository may have laid them.
    """
    if not os.path.basename(path):
        raise FileError(path, "it names no file")
    try:
        status = os.lstat(path)
        if _is_stream(path):
            return
    except FileNotFoundError:
        _check_directory(path)
        return
    except (OSError, ValueError) as error:
        raise FileError(path, reason_of(error)) from None
    if stat.S_ISLNK(status.st_mode):
        raise FileError(path, "it is a symbolic link")
    if stat.S_ISDIR(status.st_mode):
        raise FileError(path, "it is a directory")
    if os.path.abspath(path) in inputs or _is_source(path):
        raise FileError(path, "there is such a file already, and it is no report of lkagent-lint")
    if not os.access(path, os.W_OK):
        raise FileError(path, os.strerror(errno.EACCES))
    _check_directory(path)


def _check_directory(path: str) -> None:
    directory = os.path.dirname(path) or "."
    if not os.path.isdir(directory):
        raise FileError(path, f"there is no directory {directory}")
    if not os.access(directory, os.W_OK):
        raise FileError(path, f"no files can be made in {directory}")


def _is_source(path: str) -> bool:
    """Whether the linter would read an existing file as part of a project, and it is no report of ours."""
    kind = kind_of(os.path.basename(path))
    if kind != "text":
        return kind is not None
    try:
        with open(path, "rb") as file:
            beginning = file.read(HEAD)
    except OSError:
        return True
    # An empty file is no report, but nothing is lost with it.
    return bool(beginning.strip()) and is_ours(beginning) is None


def _is_stream(path: str) -> bool:
    """A pipe, a terminal or another device: there is nothing to replace."""
    if os.path.abspath(path).startswith("/dev/"):
        return True  # /dev/stdout may be a file
    try:
        return not stat.S_ISREG(os.stat(path).st_mode) and not os.path.isdir(path)
    except OSError:
        return False


def write_file(path: str, text: str) -> None:
    """Write a text as UTF-8 under another name and let it take the file's place. Raises FileError.

    Lone surrogates, which UTF-8 has no form for, are escaped. A device is written to as it is.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if _is_stream(path):
            with open(path, "wb") as stream:
                stream.write(data)
            return
        _replace(path, data)
    except (OSError, ValueError) as error:
        raise FileError(path, reason_of(error)) from None


def rewrite_file(path: str, before: bytes, after: bytes) -> None:
    """Let new bytes take the place of a file's, whole or not at all, if it still holds what was read.

    A symbolic link stays one; what it leads to is replaced. Raises FileError.
    """
    target = os.path.realpath(path)
    try:
        if not os.access(target, os.W_OK):
            raise FileError(path, os.strerror(errno.EACCES))
        with open(target, "rb") as file:
            if file.read() != before:
                raise FileError(path, "it has changed since it was read")
        _replace(target, after)
    except (OSError, ValueError) as error:
        raise FileError(path, reason_of(error)) from None


def write_new_file(path: str, data: bytes) -> None:
    """Write a file that does not exist yet, whole or not at all. Raises FileError, also where it exists."""
    try:
        if os.path.lexists(path):
            raise FileError(path, os.strerror(errno.EEXIST))
        _check_directory(path)
        _replace(path, data)
    except (OSError, ValueError) as error:
        raise FileError(path, reason_of(error)) from None


def append_file(path: str, text: str) -> None:
    """Add a text as UTF-8 to a file, which is made where it is missing. Raises FileError."""
    try:
        with open(path, "ab") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except (OSError, ValueError) as error:
        raise FileError(path, reason_of(error)) from None


def _replace(path: str, data: bytes) -> None:
    # In the same directory, because only there a rename is atomic.
    unfinished = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        with contextlib.suppress(FileNotFoundError):
            os.chmod(unfinished, stat.S_IMODE(os.stat(path).st_mode))
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def reason_of(error: OSError | ValueError) -> str:
    """Why a file operation failed, in the system's words."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "no file can have this name"

"""The one writer: every file that the linter writes is written here, whole or not at all.

Bytes go to a new file in the same directory, which then takes the place of the old one, with its permissions, owner and
extended attributes. What cannot be kept is a reason not to write. Nothing is written through a symbolic link, unless
the caller has looked where it leads.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple, cast

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_HERE_ONLY = ("security.", "trusted.")
"""Extended attributes that the system gives a file by its place and its maker, and mostly lets nobody set."""


class WriteError(Exception):
    """A file cannot or must not be written; ``str()`` says which and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")
        self.reason = reason


def reason_of(error: OSError | ValueError) -> str:
    """Why a file operation failed, in the system's words."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "no file can have this name"


def is_stream(path: str) -> bool:
    """Whether a path is a pipe, a terminal or another device: there is nothing to replace."""
    if os.path.abspath(path).startswith("/dev/"):
        return True  # /dev/stdout may be a file
    try:
        return not stat.S_ISREG(os.stat(path).st_mode) and not os.path.isdir(path)
    except OSError:
        return False


def write(path: str, data: bytes) -> None:
    """Put a file in its place, or in the place of another. A stream is written to as it is. Raises WriteError."""
    try:
        if is_stream(path):
            with open(path, "wb") as stream:
                stream.write(data)
            return
        _replace(path, data)
    except (OSError, ValueError) as error:
        raise WriteError(path, reason_of(error)) from None


class Rewrite(NamedTuple):
    """A file (absolute path) whose bytes change."""

    path: str
    before: bytes
    after: bytes


def rewrite(path: str, before: bytes, after: bytes) -> None:
    """Let new bytes take the place of a file's if it still holds what was read. Raises WriteError.

    A symbolic link stays one; what it leads to is replaced.
    """
    rewrite_all([Rewrite(path, before, after)])


def rewrite_all(rewrites: Sequence[Rewrite]) -> None:
    """The same with several files: none is touched before every one of them could be. Raises WriteError."""
    made: list[tuple[str, str]] = []
    path = ""
    try:
        for each in rewrites:
            path, target = each.path, os.path.realpath(each.path)
            made.append((_rewritten(path, target, each.before, each.after), target))
        for unfinished, path in made:
            os.replace(unfinished, path)
    except (OSError, ValueError) as error:
        raise WriteError(path, reason_of(error)) from None
    finally:
        for unfinished, _ in made:
            with contextlib.suppress(OSError):  # most have become the files
                os.unlink(unfinished)


def _rewritten(path: str, target: str, before: bytes, after: bytes) -> str:
    """A new file beside another, to take its place."""
    if not os.access(target, os.W_OK):
        raise WriteError(path, os.strerror(errno.EACCES))
    with open(target, "rb") as file:
        if file.read() != before:
            raise WriteError(path, "it has changed since it was read")
    return _unfinished(target, after, 0o666, _status(target), durable=True)


def hindrance(path: str) -> str:
    """Why no new bytes can take the place of a file's, as far as that shows beforehand; empty where they can."""
    target = os.path.realpath(path)
    try:
        if not os.access(target, os.W_OK) or not os.access(os.path.dirname(target), os.W_OK):
            return os.strerror(errno.EACCES)
        _status(target)
    except (OSError, ValueError, WriteError) as error:
        return error.reason if isinstance(error, WriteError) else reason_of(error)
    return ""


def create(path: str, data: bytes) -> None:
    """Write a file that does not exist yet. Raises WriteError, also where it exists."""
    try:
        if os.path.lexists(path):
            raise WriteError(path, os.strerror(errno.EEXIST))
        check_directory(path)
        _replace(path, data)
    except (OSError, ValueError) as error:
        raise WriteError(path, reason_of(error)) from None


def append(path: str, data: bytes) -> None:
    """Add to a file, which is made where it is missing. Raises WriteError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS, 0o666)
        with open(descriptor, "ab") as file:
            file.write(data)
    except (OSError, ValueError) as error:
        raise WriteError(path, reason_of(error)) from None


def put(path: str, data: bytes, mode: int) -> None:
    """Put a file of ours in its place, with these permissions and whatever stood there. Raises OSError, ValueError."""
    _put(path, data, mode, None)


def check_directory(path: str) -> None:
    """Raise WriteError where the directory of a path is missing or takes no files."""
    directory = os.path.dirname(path) or "."
    if not os.path.isdir(directory):
        raise WriteError(path, f"there is no directory {directory}")
    if not os.access(directory, os.W_OK):
        raise WriteError(path, f"no files can be made in {directory}")


def _replace(path: str, data: bytes) -> None:
    _put(path, data, 0o666, _status(path))


def _status(path: str) -> os.stat_result | None:
    """Of a file that may be replaced; None where there is none. Raises WriteError for others."""
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        status = None
    if status is not None and stat.S_ISLNK(status.st_mode):
        raise WriteError(path, "it is a symbolic link")
    if status is not None and status.st_nlink > 1:
        raise WriteError(
            path, f"it has {status.st_nlink} names (hard links), and the others would keep the old content"
        )
    return status


def _put(path: str, data: bytes, mode: int, before: os.stat_result | None) -> None:
    unfinished = _unfinished(path, data, mode, before)
    try:
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _unfinished(path: str, data: bytes, mode: int, before: os.stat_result | None, *, durable: bool = False) -> str:
    """A new file with these bytes beside a path, and what it keeps of the one that is there."""
    # In the same directory, because only there a rename is atomic; by a short name, because the file's own may be as
    # long as names can be.
    unfinished = os.path.join(os.path.dirname(path), f".lkagent-lint.{os.urandom(6).hex()}.tmp")
    descriptor = os.open(unfinished, _NEW | _FLAGS, mode if before is None else 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if before is not None:
                _keep(path, unfinished, descriptor, before)
            if durable:
                os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise
    return unfinished


def _keep(path: str, unfinished: str, descriptor: int, before: os.stat_result) -> None:
    """Give a new file the owner, the extended attributes and the permissions of the one in whose place it comes."""
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.chown(unfinished, before.st_uid, before.st_gid)
        except PermissionError:
            raise WriteError(path, "it belongs to another user or group, which a new file would not") from None
    if sys.platform == "linux":
        for name in _attributes(path):
            try:
                os.setxattr(descriptor, name, os.getxattr(path, name))
            except OSError as error:
                if not name.startswith(_HERE_ONLY):
                    raise WriteError(path, f"its attribute {name} cannot be kept: {reason_of(error)}") from None
    os.chmod(unfinished, stat.S_IMODE(before.st_mode))


def _attributes(path: str) -> list[str]:
    if sys.platform != "linux":
        return []
    try:
        return os.listxattr(path)
    except OSError:  # a file system that has none
        return []


def to_stdout(text: str) -> None:
    """Write a text to standard output, whole, escaped where its encoding has no such character.

    Raises OSError where that fails; what is still buffered goes nowhere then, or the interpreter would complain at
    exit.
    """
    bytes_to_stdout(text.encode(sys.stdout.encoding or "utf-8", "backslashreplace"))


def bytes_to_stdout(data: bytes) -> None:
    """The same with bytes that are written as they are."""
    stdout = sys.stdout
    try:
        stdout.flush()
        _write_all(stdout.buffer, data)
    except OSError:
        abandon_stdout()
        raise


def _write_all(file: BinaryIO, data: bytes) -> None:
    # With PYTHONUNBUFFERED the file below a text stream is raw: it may take a part and say so.
    rest = memoryview(data)
    while rest:
        written = cast("int | None", file.write(rest))
        if written is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        rest = rest[written:]
    file.flush()


def abandon_stdout() -> None:
    """Let what is still buffered for standard output go nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())
        os.close(descriptor)

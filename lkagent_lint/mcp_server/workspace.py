"""What a client lets the server look at: the roots that it names, or the directory in which the server was started."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from lkagent_lint import disk


class OutsideError(Exception):
    """A path is not one that the client lets the server look at, or there is nothing."""


class Workspace(NamedTuple):
    """Some directories (absolute paths), the first of which relative paths start from."""

    roots: tuple[str, ...]

    def path(self, given: str) -> str:
        """The absolute path of what a client calls so; it need not exist. Raises OutsideError."""
        path = os.path.normpath(os.path.join(self.roots[0], given))
        try:
            real = os.path.realpath(path)
        except ValueError:
            raise OutsideError(f"no path: {given!r}") from None
        if not any(disk.is_inside(real, os.path.realpath(each)) for each in self.roots):
            raise OutsideError(f"{given} lies outside of {', '.join(self.roots)}")
        return path

    def existing(self, given: Iterable[str]) -> tuple[str, ...]:
        """The same of files and directories that are there; all roots where none is given."""
        paths = tuple(map(self.path, given)) or self.roots
        for path in paths:
            if not os.path.exists(path):
                raise OutsideError(f"no such file or directory: {path}")
        return paths

    @contextmanager
    def fenced(self) -> Generator[None]:
        """Whatever is asked of the disk meanwhile is asked within the roots."""
        with disk.fenced(self.roots):
            yield


def workspace_of(uris: Iterable[str], directory: str) -> Workspace:
    """The workspace of the roots of a client, given by their addresses; of a directory where none is one of a file."""
    roots = dict.fromkeys(path for uri in uris if (path := _path(uri)))
    return Workspace(tuple(roots) or (directory,))


def _path(uri: str) -> str:
    address = urlsplit(uri)
    if address.scheme != "file" or address.netloc not in ("", "localhost"):
        return ""
    path = url2pathname(address.path)
    return os.path.normpath(path) if os.path.isabs(path) and "\0" not in path else ""

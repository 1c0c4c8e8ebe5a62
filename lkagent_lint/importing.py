"""Keeps modules of the current directory, which is mostly the project that is checked, from standing in for libraries.

Python puts that directory first on its path under ``python -m``, and an empty entry of PYTHONPATH means it too. This
module must come before any other import, so it imports only what Python has imported before it ran a line of ours, and
not even ``__future__``.
"""

import os
import sys


def leave_out_current_directory() -> None:
    """For the rest of this process, import nothing from the current directory."""
    sys.path[:] = without_current_directory(sys.path)


class NothingFromCurrentDirectory:
    """The same for as long as the context lasts, in a process that is another program's."""

    def __enter__(self) -> None:
        self._before = list(sys.path)
        leave_out_current_directory()

    def __exit__(self, *_: object) -> None:
        sys.path[:] = self._before


def without_current_directory(path: "list[str]") -> "list[str]":
    """A module path without the current directory and what is relative to it.

    Where this package itself lies there, with its libraries perhaps, they come last.
    """
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it has been removed
        return [entry for entry in path if os.path.isabs(entry)]
    own = os.path.realpath(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    kept = [entry for entry in path if os.path.isabs(entry) and os.path.realpath(entry) != here]
    return [*kept, here] if own == here else kept

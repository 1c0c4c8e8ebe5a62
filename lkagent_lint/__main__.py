"""The ``lkagent-lint`` command as a process of its own, and ``python -m lkagent_lint``."""

import sys

TYPE_CHECKING = False  # what `typing` calls so; a module of the project may have that name
if TYPE_CHECKING:
    from typing import NoReturn


def run() -> "NoReturn":
    """The installed script: run the command, then end the process with its exit code.

    The interpreter's way out takes every object apart, which costs a warm run a sixth of its time, so that after the
    functions registered with ``atexit`` the process ends at once (as mypy does). Where a thread still runs, or what was
    printed cannot be written, it goes the usual way.
    """
    try:
        _main()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            _leave(ended.code)
        raise


def _main() -> "NoReturn":
    try:
        from lkagent_lint.importing import leave_out_current_directory

        leave_out_current_directory()  # before anything else is imported
        import gc

        gc.disable()  # imports make many objects and hardly any cycle; a run ends before one counts
        from lkagent_lint.cli import main

        main()
    except KeyboardInterrupt:  # while the program is still being imported; later ones are told by the command
        sys.exit(130)


def _leave(code: int) -> None:
    import atexit
    import os
    import threading

    if threading.active_count() > 1:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # closed, full, or none
        return
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]
    os._exit(code)


if __name__ == "__main__":
    _main()

"""Signals for processes that tests start."""

from __future__ import annotations

import signal


def heed_interrupts() -> None:
    """A job in a shell's background ignores SIGINT, and what it starts would do so too. For ``preexec_fn``."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

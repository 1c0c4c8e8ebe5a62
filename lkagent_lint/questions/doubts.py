"""Why something that is not seen may be there after all: the one record for every rule that speaks of an absence."""

from __future__ import annotations

from typing import NamedTuple

from lkagent_lint.diagnostics import Place


class Doubt(NamedTuple):
    """One reason why an absence is not sure, or has another cause."""

    place: Place | None
    """Where it stands; None where no line of the project says it."""
    why: str
    """Half a sentence for people."""

"""Which objects could be the body of a request for an agent, by their keys; in every language."""

from __future__ import annotations

import re
from collections.abc import Collection

_BESIDE = re.compile(
    r"room|call|phone|number|participant|identity|session|metadata|trunk|dispatch|token|user|attributes|^to$",
    re.IGNORECASE,
)
_MOST = 12
"""Keys of a request; what has more describes something."""


def could_ask(keys: Collection[str]) -> bool:
    """An object that names an agent, by its keys: it holds little else, and something that a request for one has.

    Other things have names of agents, too: a persona, a row of a table. What is spread into it may be anything.
    """
    others = [key for key in keys if key not in ("agentName", "agent_name")]
    if not others or "**" in others:
        return True
    return len(others) < _MOST and any(map(_BESIDE.search, others))

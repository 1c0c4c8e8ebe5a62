"""What is written down by hand of the SDKs agrees with the tables of their newest releases, so that it does not rot."""

from __future__ import annotations

import pytest

from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.parts import package_of
from lkagent_lint.sources.sdk.successors import EVENTS, REMOVED


@pytest.mark.parametrize("dotted", sorted(REMOVED))
def test_what_is_called_removed_was_there_and_is_gone(dotted: str) -> None:
    table = tables.table(package_of(dotted))
    module, _, name = dotted.rpartition(".")
    periods = table.periods(module, name) or table.periods(dotted, "")
    assert periods
    assert periods[-1].until


def test_successors_of_events_are_events() -> None:
    events = (
        tables.newest("livekit-agents").events("AgentSession").keys() | tables.newest("livekit").events("Room").keys()
    )
    assert set(EVENTS.values()) <= events
    assert not set(EVENTS) & events

"""What is written down by hand of the SDKs agrees with the tables of their newest releases, so that it does not rot."""

from __future__ import annotations

import pytest

from lkagent_lint.project import python_sdk
from lkagent_lint.sources.sdk import tables
from lkagent_lint.sources.sdk.successors import EVENTS, REMOVED
from lkagent_lint.sources.sdk.tables import Kind, Member

_ELSEWHERE = {"AvatarSession": "livekit.agents.voice.avatar._types.AvatarSession"}
_NOT_THERE = {"BrowserSession"}
"""Of a plugin, which has no table."""


def member_of(kind: str, name: str) -> Member | None:
    found = (tables.newest(each).member(_ELSEWHERE.get(kind, kind), name) for each in tables.packages())
    return next((each for each in found if each is not None), None)


@pytest.mark.parametrize("kind", sorted(python_sdk.CLASSES - _NOT_THERE))
def test_every_class_is_there(kind: str) -> None:
    assert any(tables.newest(each).has_class(_ELSEWHERE.get(kind, kind)) for each in tables.packages())


@pytest.mark.parametrize(("kind", "name"), sorted(python_sdk.ATTRIBUTES))
def test_every_attribute_is_there(kind: str, name: str) -> None:
    found = member_of(kind, name)
    assert found is not None
    assert found.parameters is None


@pytest.mark.parametrize(("kind", "name"), sorted(python_sdk.UNAWAITED))
def test_what_has_to_be_awaited_is_a_coroutine(kind: str, name: str) -> None:
    found = member_of(kind, name)
    assert found is not None
    assert found.kind is Kind.COROUTINE


@pytest.mark.parametrize(("kind", "name"), sorted(python_sdk.AWAITABLE_NEVER))
def test_what_must_not_be_awaited_is_none(kind: str, name: str) -> None:
    found = member_of(kind, name)
    assert found is not None
    assert found.kind is Kind.METHOD


@pytest.mark.parametrize("dotted", sorted(REMOVED))
def test_what_is_called_removed_was_there_and_is_gone(dotted: str) -> None:
    table = tables.table(tables.package_of(dotted))
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

"""Which claims can be tried here."""

from __future__ import annotations

import os

import pytest
from packaging.version import Version

from tests.sdk.harness import VARIABLE, Sdk, find_sdk


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a claim where there is no livekit-agents, or none of its releases."""
    mark = item.get_closest_marker("sdk")
    if mark is None:
        return
    found = find_sdk()
    if isinstance(found, str):
        if os.environ.get(VARIABLE):
            pytest.fail(found, pytrace=False)
        pytest.skip(found)
    since, before = mark.kwargs["since"], mark.kwargs["before"]
    if since and found.version < Version(since):
        pytest.skip(f"it holds since livekit-agents {since}; this is {found.version}")
    if before and found.version >= Version(before):
        pytest.skip(f"it holds before livekit-agents {before}; this is {found.version}")


@pytest.fixture
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """The interpreter with livekit-agents; only tests that are claims may ask for it."""
    assert request.node.get_closest_marker("sdk") is not None, "mark it with @claim"
    found = find_sdk()
    assert isinstance(found, Sdk)
    return found

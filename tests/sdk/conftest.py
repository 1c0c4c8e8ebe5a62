"""Which claims can be tried here."""

from __future__ import annotations

import os

import pytest
from packaging.version import Version

from tests.sdk.harness import VARIABLE, Sdk, find_sdk


@pytest.fixture
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """The interpreter with livekit-agents. The test is skipped where there is none, or none of its releases."""
    found = find_sdk()
    if isinstance(found, str):
        if os.environ.get(VARIABLE):
            pytest.fail(found)
        pytest.skip(found)
    mark = request.node.get_closest_marker("sdk")
    assert mark is not None, "a test of the SDK says what it shows: mark it with @claim"
    since, before = mark.kwargs["since"], mark.kwargs["before"]
    if since and found.version < Version(since):
        pytest.skip(f"it holds since livekit-agents {since}; this is {found.version}")
    if before and found.version >= Version(before):
        pytest.skip(f"it holds before livekit-agents {before}; this is {found.version}")
    return found
